-- makes: refined_paths
-- reads: questions
-- relations: paths, votes, near_copies
-- description: Rounds of rewriting and judging per path, then the next-ranked path; the rows of every round are kept.
--     A text that nearly copies the question's other one that stands is not accepted.
with

judged as (
    select
        paths.* exclude (call_keys, attempts),
        list_concat(paths.call_keys, coalesce(votes.all_call_keys, [])) as call_keys,
        paths.attempts + coalesce(votes.all_attempts, 0) as attempts,
        votes.verdict,
        votes.verdict_reason,
        votes.outcome as verifier_outcome,
        is_answer_match(paths.answer_letter, questions.gold_letter, questions.options) as is_answer_match,
        questions.gold_letter,
        near_copies.near_copy_of
    from paths
    inner join questions on paths.question_id = questions.question_id
    left join votes on paths.path_id = votes.path_id
    left join near_copies on paths.path_id = near_copies.path_id
),

decided as (
    select
        *,
        path_is_correct(is_missing, error_kind is not null, verdict, is_answer_match) as is_correct,
        case
            when is_missing then 'no reply: ' || outcome
            when supports_key is false then 'the key is not supported'
            when error_kind is not null then 'the reply is ' || error_kind
            when tier = 'difficult' and stage = 'refined' then 'base of the regeneration'
            -- The published pipeline takes a rewritten text as it comes.
            when not getvariable('rule_verify_rewrites') then null
            when not coalesce(is_answer_match, false)
                then format('concludes {}, the key is {}', coalesce(answer_letter, 'nothing'), gold_letter)
            when verdict is null then 'no verdict: ' || verifier_outcome
            when verdict = 'error' then 'verifier: ' || verdict_reason
            when len(leak_phrases) > 0 then 'betrays its source: ' || array_to_string(leak_phrases, ', ')
        end as fault
    from judged
),

-- Only a text that stands can be copied: an accepted one of an earlier round, or one of this round without a fault.
compared as (
    select
        decided.* exclude (fault),
        coalesce(
            decided.fault, case when originals.fault is null then 'nearly the same as ' || decided.near_copy_of end
        ) as rejection
    from decided
    left join decided as originals on decided.near_copy_of = originals.path_id
)

select
    * exclude (gold_letter, near_copy_of),
    rejection is null as is_accepted
from compared
