-- makes: votes
-- step: calls/verify
-- description: One row per judged path: the verifier's replies brought together; a tie counts as an error.
with

votes as (
    select
        calls.path_id,
        calls.sample,
        replies.value ->> 'verdict' as verdict,
        replies.value ->> 'reason' as reason,
        replies.* exclude (row_id, value, raw_text, error_kind, is_missing)
    from calls
    inner join replies on calls.row_id = replies.row_id
),

counted as (
    select
        path_id,
        count(verdict) as n_votes,
        count(verdict) filter (where verdict = 'correct') as n_votes_correct,
        case
            when count(verdict) = 0 then null
            when 2 * count(verdict) filter (where verdict = 'correct') > count(verdict) then 'correct'
            else 'error'
        end as verdict,
        list_sum(list(attempts)) as all_attempts,
        flatten(list(call_keys order by sample)) as all_call_keys
    from votes
    group by path_id
)

-- The first vote that agrees with the verdict stands for the row; where no vote is usable, the first one.
select
    counted.*,
    case when votes.verdict = counted.verdict then votes.reason end as verdict_reason,
    votes.* exclude (path_id, sample, verdict, reason, call_keys, attempts)
from counted
inner join votes on counted.path_id = votes.path_id
qualify
    row_number() over (
        partition by counted.path_id
        order by votes.verdict is distinct from counted.verdict, votes.sample
    ) = 1
