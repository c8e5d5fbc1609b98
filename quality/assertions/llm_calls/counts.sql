-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every used call has its attempts, numbered from 1 without gaps, at most one of them accepted.
with

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
    coalesce(used.call_key, calls.call_key) as call_key,
    calls.n_attempts,
    calls.last_attempt,
    calls.n_accepted
from (select distinct call_key from served_rows) as used
full outer join calls on used.call_key = calls.call_key
where
    calls.call_key is null
    or calls.n_attempts != calls.n_numbers
    or calls.n_attempts != calls.last_attempt
    or calls.n_accepted > 1
