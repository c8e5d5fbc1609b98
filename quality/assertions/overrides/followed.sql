-- check: none
-- severity: warn
-- judges: build
-- description: Every entry of the overrides file names a question and can be applied.
select
    kind,
    entry,
    question_id,
    source,
    native_id,
    decided_by,
    problem
from staged
where not is_applied
