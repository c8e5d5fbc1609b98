-- check: none
-- severity: block
-- judges: build
-- description: Every row is of a declared source and of a benchmark split.
select
    raw_id,
    source,
    split,
    split_role
from staged
where not list_contains(getvariable('sources'), source) or split_role != 'benchmark'
