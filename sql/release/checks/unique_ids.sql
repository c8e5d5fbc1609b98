-- relations: rows
-- description: No example and no path occurs twice.
select
    example_id,
    path_id
from rows
qualify
    count(*) over (partition by example_id) > 1
    or count(*) over (partition by path_id) > 1
