-- relations: released_edges
-- description: No edge occurs twice.
select *
from released_edges
group by all
having count(*) > 1
