-- makes: calls
-- reads: questions
-- role: generator
-- description: One call per question, generator slot and sample.
with

slots as (
    select unnest(
        from_json(
            getvariable('generators'),
            '[{"slot": "varchar", "sample": "bigint"}]'
        )
    ) as slot
)

select
    id_of([questions.question_id, 'generated', slot.slot, slot.sample::varchar, '0']) as row_id,
    questions.question_id,
    questions.source,
    slot.slot as generator,
    slot.sample,
    getvariable('seed') + slot.sample as seed,
    questions.question,
    questions.context,
    questions.options
from questions
cross join slots
where questions.source = getvariable('source')
order by questions.question_id, slot.slot, slot.sample
