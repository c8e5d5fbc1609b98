-- check: 15
-- severity: block
-- judges: build
-- description: No group of similar questions is in both folds, whatever their sources.
select
    examples.group_id,
    list(staged.example_id)[1:5] as example_ids
from staged
inner join reasonmed as examples on staged.example_id = examples.example_id
group by examples.group_id
having count(distinct staged.fold) > 1
