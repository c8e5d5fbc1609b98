-- check: 14
-- severity: block
-- judges: build
-- scope: unit
-- description: Two examples of an Easy or Medium question and one of a Difficult one, less those without a path.
with

slots as (
    select
        tiers.question_id,
        tiers.tier,
        places.slot
    from difficulty_tiers as tiers
    inner join (select unnest([1, 2]) as slot) as places
        on tiers.tier in ('easy', 'medium') or (tiers.tier = 'difficult' and places.slot = 1)
    where tiers.source = getvariable('source')
),

paths as (
    select question_id, selection_rank as slot from ranked_paths where tier = 'easy' and selection_rank <= 2
    union by name
    select question_id, slot from refined_paths where is_accepted
),

expected as (
    select
        slots.question_id,
        slots.slot
    from slots
    inner join paths on slots.question_id = paths.question_id and slots.slot = paths.slot
),

found as (select question_id, slot, count(*) as n_rows from staged group by all)

select
    coalesce(expected.question_id, found.question_id) as question_id,
    coalesce(expected.slot, found.slot) as slot,
    expected.question_id is not null as is_expected,
    coalesce(found.n_rows, 0) as n_rows
from expected
full join found on expected.question_id = found.question_id and expected.slot = found.slot
where expected.question_id is null or found.n_rows is distinct from 1
