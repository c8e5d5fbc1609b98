-- relations: staged
-- description: Final examples by tier and by how their path was made.
select
    tier as label,
    stage as series,
    count(*) as value
from staged
group by all
order by min(list_position(['easy', 'medium', 'difficult'], tier)), series
