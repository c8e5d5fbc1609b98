-- cost: calls, tokens and dollars by role, model and source; a call that served several rows is split among them.
with

calls as (
    select
        call_key,
        any_value(model) as model,
        count(*) as attempts,
        sum(prompt_tokens) as prompt_tokens,
        sum(completion_tokens) as completion_tokens,
        sum(cost_usd) as cost_usd
    from llm_calls
    group by call_key
)

select
    uses.role,
    calls.model,
    uses.source,
    round(sum(uses.cost_share), 1) as calls,
    round(sum(calls.attempts * uses.cost_share), 1) as attempts,
    round(sum(calls.prompt_tokens * uses.cost_share)) as prompt_tokens,
    round(sum(calls.completion_tokens * uses.cost_share)) as completion_tokens,
    round(sum(calls.cost_usd * uses.cost_share), 4) as cost_usd
from call_uses as uses
inner join calls on uses.call_key = calls.call_key
group by all
order by all
