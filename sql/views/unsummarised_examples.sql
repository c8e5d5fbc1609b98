-- makes: unsummarised_examples
-- reads: answer_summaries, reasonmed
-- description: Final examples that are in none of the training sets, for want of a summary that stands.
select
    examples.example_id,
    examples.question_id,
    examples.source,
    examples.tier,
    summaries.outcome,
    summaries.rejection,
    summaries.raw_text
from reasonmed as examples
left join answer_summaries as summaries on examples.example_id = summaries.example_id
where not coalesce(summaries.is_accepted, false)
