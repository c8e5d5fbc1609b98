-- check: 8
-- severity: block
-- judges: build
-- scope: unit
-- description: Every path of the partition has a row.
select
    path_id,
    question_id
from reasoning_paths
where source = getvariable('source') and path_id not in (select path_id from staged)
