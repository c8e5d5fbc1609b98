-- check: none
-- severity: warn
-- judges: build
-- description: Every row that a reviewer filled in can be used.
select
    file,
    row,
    reviewer,
    problem,
    raw_text
from staged
where problem is not null
