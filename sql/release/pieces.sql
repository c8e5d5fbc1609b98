-- reads: answer_summaries, questions, reasonmed
-- relations: facts
-- description: The facts of some examples with their long texts, by the variables fold, first_id and last_id.
select
    facts.*,
    questions.question,
    questions.context,
    questions.options,
    reasonmed.path_text,
    summaries.summary
from facts
inner join questions on facts.question_id = questions.question_id
inner join reasonmed on facts.example_id = reasonmed.example_id
inner join answer_summaries as summaries on facts.example_id = summaries.example_id
where
    facts.fold = getvariable('fold')
    and facts.example_id between getvariable('first_id') and getvariable('last_id')
