-- reads: cost
-- description: Calls, tokens and dollars by source and what became of the rows that they served; dollars are null where
--     one of them is unknown.
select
    source,
    spent_on,
    round(sum(calls)) as calls,
    sum(prompt_tokens + completion_tokens) as tokens,
    case when sum(unknown_attempts) = 0 then sum(cost_usd) end as usd
from cost
where source is not null
group by source, spent_on
order by source, spent_on
