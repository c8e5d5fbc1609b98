-- makes: training_material
-- reads: answer_summaries, questions, reasonmed
-- description: What the three training sets are written from; only examples whose summary stands. Control tokens of
--     chat templates and tags without their partner are broken up, as in prompts: `<s>` is `< s>`.
with

as_published as (
    select
        examples.example_id,
        examples.question_id,
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
)

select
    * replace (
        training_text(path_text) as path_text,
        training_text(summary) as summary,
        training_text(instruction) as instruction,
        training_text(input) as input
    )
from as_published
