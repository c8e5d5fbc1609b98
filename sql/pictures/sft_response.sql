-- relations: staged
-- description: Training records by source and fold.
select
    source as label,
    fold as series,
    count(*) as value
from staged
group by all
order by all
