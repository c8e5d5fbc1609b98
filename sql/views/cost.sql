-- makes: cost
-- reads: call_costs
-- description: Calls, tokens and dollars by role, model, source, tier and what they were spent on (see call_costs).
select
    role,
    model,
    source,
    tier,
    spent_on,
    round(sum(calls), 1) as calls,
    round(sum(attempts), 1) as attempts,
    round(sum(prompt_tokens))::bigint as prompt_tokens,
    round(sum(completion_tokens))::bigint as completion_tokens,
    round(sum(cost_usd), 6) as cost_usd,
    round(sum(paid_usd), 6) as paid_usd,
    round(sum(unknown_attempts), 1) as unknown_attempts,
    round(sum(unknown_usd), 6) as unknown_usd
from call_costs
group by role, model, source, tier, spent_on
order by all
