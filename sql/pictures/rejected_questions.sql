-- relations: staged
-- description: Rejected records by reason.
select
    reason as label,
    'records' as series,
    count(*) as value
from staged
group by reason
order by value desc
