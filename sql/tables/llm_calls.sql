-- makes: llm_calls
-- relations: attempts, prices
-- description: The ledger's attempts of every call that was made for this warehouse or that a row of it used, at the
--     profile's prices.
select
    attempts.call_key || '/' || attempts.attempt as attempt_id,
    attempts.*,
    (
        coalesce(attempts.prompt_tokens, 0) * prices.prompt_usd_per_million
        + coalesce(attempts.completion_tokens, 0) * prices.completion_usd_per_million
    ) * if(attempts.batch_id is null, 1, prices.batch_price_factor) / 1e6 as cost_usd
from attempts
left join prices on attempts.provider = prices.provider and attempts.model = prices.model
