-- check: 14
-- severity: block
-- judges: build
-- scope: unit
-- description: Examples and dropped examples together are the expected ones, each once.
with

expected as (
    select
        tiers.question_id,
        places.slot
    from difficulty_tiers as tiers
    inner join (select unnest([1, 2]) as slot) as places
        on tiers.tier in ('easy', 'medium') or (tiers.tier = 'difficult' and places.slot = 1)
    where tiers.source = getvariable('source')
),

found as (
    select question_id, slot from staged
    union all by name
    select question_id, slot from reasonmed where source = getvariable('source')
),

counted as (select question_id, slot, count(*) as n_rows from found group by all)

select
    coalesce(expected.question_id, counted.question_id) as question_id,
    coalesce(expected.slot, counted.slot) as slot,
    expected.question_id is not null as is_expected,
    coalesce(counted.n_rows, 0) as n_examples_and_dropped
from expected
full join counted on expected.question_id = counted.question_id and expected.slot = counted.slot
where expected.question_id is null or counted.n_rows is distinct from 1
