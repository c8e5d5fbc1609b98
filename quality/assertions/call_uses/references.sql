-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every use names a row of the warehouse that lists the call, with its question and example.
select
    staged.use_id,
    staged.used_by,
    staged.row_id,
    staged.call_key
from staged
left join served_rows as served
    on
        staged.used_by = served.used_by
        and staged.row_id = served.row_id
        and staged.source = served.source
        and staged.question_id is not distinct from served.question_id
        and staged.example_id is not distinct from served.example_id
        and staged.call_key = served.call_key
where served.call_key is null
