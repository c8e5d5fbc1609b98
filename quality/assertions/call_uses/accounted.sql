-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every use is of a known call, and the rows that a call served carry all of its cost between them, and no
--     more.
with

-- What a trace counts for each row, by the row's share of the call.
traced as (
    select
        uses.call_key,
        sum(uses.cost_share) as cost_share
    from staged as uses
    inner join served_rows as served
        on uses.used_by = served.used_by and uses.row_id = served.row_id and uses.call_key = served.call_key
    group by uses.call_key
),

used as (select distinct call_key from staged)

select
    used.call_key,
    traced.cost_share,
    calls.call_key is not null as is_known
from used
left join traced on used.call_key = traced.call_key
left join (select distinct call_key from llm_calls) as calls on used.call_key = calls.call_key
where calls.call_key is null or abs(coalesce(traced.cost_share, 0) - 1) > 1e-6
