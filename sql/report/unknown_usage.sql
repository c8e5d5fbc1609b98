-- reads: llm_calls
-- description: Requests of which the endpoint did not tell what they used, and what is reserved for them.
select
    count(*) as requests,
    sum(reserved_usd) as reserved_usd
from llm_calls
where tells_no_usage(is_declined, prompt_tokens, completion_tokens)
