-- makes: calls
-- reads: reasonmed, questions
-- role: summariser
-- description: One call per final example.
select
    examples.example_id as row_id,
    examples.question_id,
    examples.source,
    1::bigint as sample,
    getvariable('seed') as seed,
    questions.question,
    questions.context,
    questions.options,
    examples.answer_letter,
    examples.path_text
from reasonmed as examples
inner join questions on examples.question_id = questions.question_id
where examples.source = getvariable('source')
order by examples.question_id, examples.example_id
