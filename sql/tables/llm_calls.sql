-- makes: llm_calls
-- relations: attempts, prices
-- description: The ledger's attempts of every call that was made for this warehouse or that a row of it used, at the
--     profile's prices of their day. What a request cost is null where its tokens or their prices are unknown.
select
    attempts.call_key || '/' || attempts.attempt as attempt_id,
    attempts.*,
    case
        when attempts.is_declined then 0.0
        else (
            usd_of(
                attempts.prompt_tokens
                - coalesce(attempts.cached_tokens, 0)
                - coalesce(attempts.cache_write_tokens, 0),
                prices.input
            )
            + usd_of(coalesce(attempts.cached_tokens, 0), prices.cached_input)
            + usd_of(coalesce(attempts.cache_write_tokens, 0), prices.cache_write)
            + usd_of(attempts.completion_tokens, prices.output)
        ) * if(attempts.batch_id is null, 1, prices.batch_factor)
    end as cost_usd
from attempts
left join prices
    on attempts.provider = prices.provider
    and attempts.model = prices.model
    and attempts.started_at >= prices.since
    and attempts.started_at < prices.until
