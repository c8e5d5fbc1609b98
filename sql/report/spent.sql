-- reads: cost
-- description: Calls, tokens and dollars by source and what became of the rows that they served; dollars as far as they
--     are known, with the number of attempts of unknown cost.
select
    coalesce(source, 'no source') as source,
    spent_on,
    round(sum(calls)) as calls,
    sum(prompt_tokens + completion_tokens) as tokens,
    sum(cost_usd) as usd,
    round(sum(unknown_attempts)) as unknown_attempts
from cost
group by all
order by all
