-- makes: spending
-- reads: llm_calls
-- description: What was reserved for the requests of this warehouse and what they were settled at, by role, model and
--     source, of all its builds together. `requests` were sent and not declined; `settled_usd` is the cost of those
--     whose cost is known. `no_usage` counts those of which the endpoint did not tell what they used, with what stays
--     reserved for them; `no_price` those whose model had no price on that day.
select
    role,
    model,
    made_for_source as source,
    count(*) filter (not is_declined) as requests,
    count(*) filter (is_declined) as declined,
    sum(reserved_usd) filter (not is_declined) as reserved_usd,
    sum(cost_usd) filter (not is_declined) as settled_usd,
    count(*) filter (tells_no_usage(is_declined, prompt_tokens, completion_tokens)) as no_usage,
    sum(reserved_usd) filter (tells_no_usage(is_declined, prompt_tokens, completion_tokens)) as no_usage_usd,
    count(*) filter (
        cost_usd is null and not tells_no_usage(is_declined, prompt_tokens, completion_tokens)
    ) as no_price
from llm_calls
where made_for is not null
group by role, model, made_for_source
order by all
