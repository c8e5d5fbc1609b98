-- relations: staged
-- description: Attempts by role and outcome.
select
    role as label,
    outcome as series,
    count(*) as value
from staged
group by all
order by all
