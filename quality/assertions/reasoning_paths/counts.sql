-- check: 5
-- severity: block
-- judges: build
-- scope: unit
-- description: Every question has one row per generator slot and sample, and no other.
with

generators as (
    select unnest(from_json(
        getvariable('generators'),
        '[{"slot": "varchar", "sample": "bigint", "temperature": "double", "top_p": "double", "max_tokens": "bigint",
        "model": "varchar", "model_key": "varchar", "revision": "varchar", "reasoning": "varchar"}]'
    ), max_depth := 2)
),

expected as (
    select
        questions.question_id,
        generators.slot as generator,
        generators.sample
    from questions
    cross join generators
    where questions.source = getvariable('source')
),

found as (
    select
        question_id,
        generator,
        sample,
        count(*) as n_rows
    from staged
    group by all
)

select
    coalesce(expected.question_id, found.question_id) as question_id,
    coalesce(expected.generator, found.generator) as generator,
    coalesce(expected.sample, found.sample) as sample,
    expected.question_id is not null as is_expected,
    coalesce(found.n_rows, 0) as n_rows
from expected
full join found
    on
        expected.question_id = found.question_id
        and expected.generator = found.generator
        and expected.sample = found.sample
where expected.question_id is null or found.n_rows is distinct from 1
