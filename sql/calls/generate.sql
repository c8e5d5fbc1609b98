-- generate: one call per question, generator slot and sample.
select
    id_of([questions.question_id, 'generated', slots.slot, slots.sample::varchar, '0']) as row_id,
    questions.question_id,
    questions.source,
    slots.slot as generator,
    slots.model as model_name,
    slots.sample,
    slots.temperature,
    slots.top_p,
    slots.max_tokens,
    getvariable('seed') + slots.sample as seed,
    questions.question,
    questions.context,
    questions.options
from questions
cross join slots
where questions.source = getvariable('source')
order by questions.question_id, slots.slot, slots.sample
