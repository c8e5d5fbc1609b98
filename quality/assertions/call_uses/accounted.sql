-- check: none
-- severity: block
-- judges: build
-- description: Every use is of a known call, and what the rows' calls and the unused calls cost adds up to what all
--     calls of llm_calls cost; attempts of unknown cost likewise.
with

calls as (
    select
        call_key,
        coalesce(sum(cost_usd), 0) as cost_usd,
        count(*) filter (where cost_usd is null) as unknown_attempts
    from llm_calls
    group by call_key
),

-- What a trace counts for each row, by the row's share of the call.
traced as (
    select
        calls.cost_usd * uses.cost_share as cost_usd,
        calls.unknown_attempts * uses.cost_share as unknown_attempts
    from staged as uses
    inner join served_rows as served
        on uses.used_by = served.used_by and uses.row_id = served.row_id and uses.call_key = served.call_key
    inner join calls on uses.call_key = calls.call_key
    union all by name
    select
        cost_usd,
        unknown_attempts
    from calls
    where call_key not in (select call_key from staged)
),

sums as (
    select
        coalesce(sum(cost_usd), 0) as cost_usd,
        coalesce(sum(unknown_attempts), 0) as unknown_attempts
    from traced
),

totals as (
    select
        coalesce(sum(cost_usd), 0) as cost_usd,
        coalesce(sum(unknown_attempts), 0) as unknown_attempts
    from calls
)

select
    null as call_key,
    sums.cost_usd as traced_usd,
    totals.cost_usd as total_usd,
    sums.unknown_attempts as traced_unknown,
    totals.unknown_attempts as total_unknown
from sums
cross join totals
where
    abs(sums.cost_usd - totals.cost_usd) > 1e-6 * (1 + totals.cost_usd)
    or abs(sums.unknown_attempts - totals.unknown_attempts) > 1e-6 * (1 + totals.unknown_attempts)
union all by name
select distinct call_key
from staged
where call_key not in (select call_key from calls)
