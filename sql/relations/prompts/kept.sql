-- makes: kept
-- previous: prompts
-- description: The prompts that were in use before: one that no row names any more stays.
select
    prompt_hash,
    role,
    template,
    first_used,
    last_used
from prompts
