-- check: none
-- severity: block
-- judges: build
-- description: No prompt that was here is lost, and none was last used before it was first used.
select
    coalesce(staged.prompt_hash, before.prompt_hash) as prompt_hash,
    staged.first_used,
    staged.last_used
from staged
full outer join prompts as before on staged.prompt_hash = before.prompt_hash
where staged.prompt_hash is null or staged.first_used > staged.last_used
