-- makes: paths
-- reads: reasoning_paths
-- description: The generated paths of the source, to be judged.
select *
from reasoning_paths
where source = getvariable('source')
