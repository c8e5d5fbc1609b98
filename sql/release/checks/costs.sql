-- relations: declared_costs, rows
-- description: The examples of a source are of no more calls and dollars than the record has for them.
with

spent as (
    select
        source,
        sum(calls) as calls,
        sum(cost_usd) as cost_usd
    from rows
    group by source
),

known as (
    select
        source,
        sum(calls) as calls,
        sum(usd) as usd
    from declared_costs
    where spent_on = 'examples'
    group by source
)

select
    spent.source,
    spent.calls,
    spent.cost_usd,
    known.calls as calls_of_record,
    known.usd as usd_of_record
from spent
left join known on spent.source = known.source
where
    -- The record has sums of rounded numbers.
    spent.calls > coalesce(known.calls, 0) + 5
    or spent.cost_usd > coalesce(known.usd, 0) + 0.001
