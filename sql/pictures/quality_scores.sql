-- relations: staged
-- description: Mean score before and after rewriting, by tier.
select
    tier as label,
    text_role as series,
    avg(score) as value
from staged
where score is not null
group by all
order by min(list_position(['easy', 'medium', 'difficult'], tier)), series
