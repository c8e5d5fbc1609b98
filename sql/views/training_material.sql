-- makes: training_material
-- reads: answer_summaries, questions, reasonmed
-- description: What the three training sets are written from; only examples whose summary stands.
select
    examples.example_id,
    examples.source,
    examples.path_text,
    summaries.summary,
    examples.answer_letter,
    questions.question || chr(10) || chr(10) || array_to_string(
        lettered(questions.options), chr(10)
    ) as instruction,
    coalesce(questions.context, '') as input,
    examples.fold,
    examples.split_role,
    examples.provider_kind
from reasonmed as examples
inner join questions on examples.question_id = questions.question_id
inner join answer_summaries as summaries on examples.example_id = summaries.example_id and summaries.is_accepted
