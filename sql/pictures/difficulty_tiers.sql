-- relations: staged
-- description: Questions by tier.
select
    tier as label,
    'questions' as series,
    count(*) as value
from staged
group by tier
order by min(list_position(['easy', 'medium', 'difficult', 'unresolved'], tier))
