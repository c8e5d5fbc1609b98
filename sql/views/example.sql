-- makes: example
-- reads: answer_summaries, questions, reasonmed
-- description: A final row as a reader wants it: question, options, key, tier, path and short answer.
select
    examples.example_id,
    examples.source,
    examples.tier,
    examples.stage,
    examples.model,
    questions.subject,
    questions.question,
    questions.context,
    lettered(questions.options) as options,
    questions.gold_letter || '. ' || questions.gold_text as key,
    examples.path_text as path,
    summaries.summary,
    examples.is_label_doubt,
    examples.override_note,
    examples.provider_kind,
    examples.question_id,
    examples.path_id
from reasonmed as examples
inner join questions on examples.question_id = questions.question_id
left join answer_summaries as summaries on examples.example_id = summaries.example_id and summaries.is_accepted
