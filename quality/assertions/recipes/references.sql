-- check: none
-- severity: block
-- judges: build
-- description: Every version up to the last one that a publish names is here.
select distinct publishes.recipe as version
from publishes
anti join staged
    on publishes.recipe = staged.version
where publishes.recipe <= (select max(copied.version) from staged as copied)
