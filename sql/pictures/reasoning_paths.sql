-- relations: staged
-- description: How the calls ended, by generator.
select
    generator as label,
    outcome as series,
    count(*) as value
from staged
group by all
order by all
