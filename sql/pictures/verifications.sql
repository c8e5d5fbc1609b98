-- relations: staged
-- description: Verdicts by generator.
select
    generator as label,
    case when is_correct then 'correct' when not is_correct then 'error' else 'missing' end as series,
    count(*) as value
from staged
group by all
order by all
