-- check: 6
-- severity: warn
-- judges: model
-- scope: unit
-- description: No path holds a mark of thinking; where one is left, the model thinks in a form that is not declared.
select
    path_id,
    model,
    thinking_mark_in(path_text) as found
from staged
where thinking_mark_in(path_text) != ''
