-- check: none
-- severity: block
-- judges: build
-- description: Every prompt that a row with calls names is here.
select distinct
    served.prompt_hash,
    served.used_by
from served_rows as served
anti join staged
    on served.prompt_hash = staged.prompt_hash
where served.prompt_hash is not null
