-- makes: votes
-- step: calls/verify
-- description: One row per judged path: the verifier's replies brought together; a tie counts as an error.
with

votes as (
    select
        calls.path_id,
        calls.sample,
        replies.*,
        replies.value ->> 'verdict' as vote,
        replies.value ->> 'reason' as vote_reason
    from calls
    inner join replies on calls.row_id = replies.row_id
),

counted as (
    select
        path_id,
        count(vote) as n_votes,
        count(vote) filter (where vote = 'correct') as n_votes_correct,
        case
            when count(vote) = 0 then null
            when 2 * count(vote) filter (where vote = 'correct') > count(vote) then 'correct'
            else 'error'
        end as verdict
    from votes
    group by path_id
)

select
    counted.*,
    list_sum(list(votes.attempts)) as all_attempts,
    flatten(list(votes.call_keys order by votes.sample)) as all_call_keys,
    arg_min(votes.vote_reason, votes.sample) filter (where votes.vote = counted.verdict) as verdict_reason,
    -- The first vote that agrees with the verdict stands for the row; where no vote is usable, the first one.
    arg_min(votes, (votes.vote is distinct from counted.verdict, votes.sample)) as vote
from counted
inner join votes on counted.path_id = votes.path_id
group by all
