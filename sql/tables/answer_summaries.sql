-- makes: answer_summaries
-- step: calls/summarise
-- description: Asked for every final example; one that fails or concludes with another letter keeps its row and leaves
--     the example out of the training sets.
with

answered as (
    select
        calls.row_id as example_id,
        calls.question_id,
        calls.source,
        replies.* exclude (row_id, value),
        replies.value ->> 'path_text' as summary,
        replies.value ->> 'answer_letter' as answer_letter,
        case
            when replies.outcome != 'completed' then coalesce(replies.outcome_detail, replies.outcome)
            when not coalesce(
                is_answer_match(replies.value ->> 'answer_letter', calls.answer_letter, calls.options), false
            ) then format('concludes {}, the path {}', replies.value ->> 'answer_letter', calls.answer_letter)
        end as rejection
    from calls
    inner join replies on calls.row_id = replies.row_id
)

select
    * exclude (summary),
    case when rejection is null then summary end as summary,
    rejection is null as is_accepted,
    case when rejection is null then content_hash(summary) end as content_hash
from answered
