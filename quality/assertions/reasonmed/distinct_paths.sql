-- check: 14
-- severity: block
-- judges: build
-- description: The two paths of a question are not near copies of each other.
select
    question_id,
    edit_ratio
from measured
where edit_ratio >= getvariable('rule_near_copy_ratio')
