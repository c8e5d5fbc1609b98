-- relations: staged
-- description: Decisions by source.
select
    source as label,
    decision as series,
    count(*) as value
from staged
group by all
order by all
