-- check: 3
-- severity: block
-- judges: build
-- description: No group of similar questions is in both folds.
select
    group_id,
    list(question_id)[1:5] as question_ids
from staged
group by group_id
having count(distinct fold) > 1
