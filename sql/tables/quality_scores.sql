-- makes: quality_scores
-- step: calls/score
-- description: Asked for a seeded sample spread over the tiers; rewritten examples are scored before and after. A
--     judgement that could not be read is missing, not zero.
with

scored as (
    select
        calls.row_id as score_id,
        calls.example_id,
        calls.question_id,
        calls.source,
        calls.tier,
        calls.text_role,
        calls.path_id,
        replies.* exclude (row_id, value, raw_text, error_kind, is_missing),
        (replies.value ->> 'clinical_accuracy')::double as clinical_accuracy,
        (replies.value ->> 'logic')::double as logic,
        (replies.value ->> 'factual_correctness')::double as factual_correctness,
        (replies.value ->> 'completeness')::double as completeness,
        replies.value ->> 'justification' as justification
    from calls
    inner join replies on calls.row_id = replies.row_id
)

select
    *,
    (clinical_accuracy + logic + factual_correctness + completeness) / 4 as score
from scored
