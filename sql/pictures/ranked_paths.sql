-- relations: staged
-- description: Scores by generator.
select
    coalesce(score::varchar, 'missing') as label,
    generator as series,
    count(*) as value
from staged
group by all
order by all
