-- check: 10
-- severity: block
-- judges: build
-- scope: unit
-- description: Ranks run from 1 without gaps; paths that are not near copies have a second rank that does too.
with

numbered as (
    select
        path_id,
        question_id,
        path_rank,
        near_copy_of,
        selection_rank,
        row_number() over (partition by question_id order by path_rank) as expected_rank,
        case
            when near_copy_of is null
                then row_number() over (partition by question_id, near_copy_of is null order by path_rank)
        end as expected_selection_rank
    from staged
)

select *
from numbered
where path_rank != expected_rank or selection_rank is distinct from expected_selection_rank
