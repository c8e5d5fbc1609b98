-- check: none
-- severity: block
-- judges: build
-- description: Every used call has its attempts, numbered from 1 without gaps, at most one of them accepted.
with

used as (
    select unnest(call_keys) as call_key from reasoning_paths
    union
    select unnest(call_keys) as call_key from verifications
    union
    select unnest(call_keys) as call_key from verifier_audit
    union
    select unnest(call_keys) as call_key from ranked_paths
    union
    select unnest(call_keys) as call_key from refined_paths
    union
    select unnest(call_keys) as call_key from answer_summaries
    union
    select unnest(call_keys) as call_key from quality_scores
),

calls as (
    select
        call_key,
        count(*) as n_attempts,
        count(distinct attempt) as n_numbers,
        max(attempt) as last_attempt,
        count(*) filter (where is_accepted) as n_accepted
    from staged
    group by call_key
)

select
    used.call_key,
    calls.n_attempts,
    calls.last_attempt,
    calls.n_accepted
from used
left join calls on used.call_key = calls.call_key
where
    calls.call_key is null
    or calls.n_attempts != calls.n_numbers
    or calls.n_attempts != calls.last_attempt
    or calls.n_accepted > 1
