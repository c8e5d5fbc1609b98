-- makes: verifications
-- reads: reasoning_paths, questions
-- relations: votes
-- description: Asked for every usable path; an error path is not correct without a call.
with

judged as (
    select
        paths.path_id,
        paths.question_id,
        paths.source,
        paths.generator,
        paths.error_kind as path_error_kind,
        paths.is_missing as is_path_missing,
        paths.answer_letter,
        is_answer_match(paths.answer_letter, questions.gold_letter, questions.options) as is_answer_match,
        questions.gold_letter,
        votes.verdict,
        votes.verdict_reason,
        coalesce(votes.n_votes, 0) as n_votes,
        coalesce(votes.n_votes_correct, 0) as n_votes_correct,
        votes.outcome,
        votes.outcome_detail,
        coalesce(votes.all_call_keys, []) as call_keys,
        votes.model,
        votes.revision,
        votes.served_model,
        votes.system_fingerprint,
        votes.provider_kind,
        votes.prompt_hash,
        votes.finish_reason,
        votes.prompt_tokens,
        votes.completion_tokens,
        votes.reasoning_tokens,
        coalesce(votes.all_attempts, 0) as attempts
    from reasoning_paths as paths
    inner join questions on paths.question_id = questions.question_id
    left join votes on paths.path_id = votes.path_id
    where paths.source = getvariable('source')
),

decided as (
    select
        *,
        path_is_correct(is_path_missing, path_error_kind is not null, verdict, is_answer_match) as is_correct
    from judged
)

select
    * exclude (verdict_reason, gold_letter),
    case
        when is_path_missing then null
        when path_error_kind is not null then 'the reply is ' || path_error_kind
        when not is_correct and coalesce(verdict, 'correct') != 'error'
            then format('concludes {}, the key is {}', answer_letter, gold_letter)
        else verdict_reason
    end as reason
from decided
