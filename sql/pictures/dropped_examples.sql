-- relations: staged
-- description: Dropped examples by reason.
select
    reason as label,
    'examples' as series,
    count(*) as value
from staged
group by reason
order by value desc
