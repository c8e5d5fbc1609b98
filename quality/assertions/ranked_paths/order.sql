-- check: 10
-- severity: block
-- judges: build
-- scope: unit
-- description: A better score ranks first, a missing one last, and equal ones by their hash.
with

neighbours as (
    select
        path_id,
        question_id,
        path_rank,
        score,
        tie_hash,
        lag(score) over better as score_before,
        lag(tie_hash) over better as hash_before
    from staged
    window better as (partition by question_id order by path_rank)
)

select *
from neighbours
where
    hash_before is not null
    and (
        coalesce(score, -1) > coalesce(score_before, -1)
        or (score is not distinct from score_before and tie_hash < hash_before)
    )
