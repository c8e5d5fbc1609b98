-- relations: staged
-- description: Entries of the overrides file.
select
    kind as label,
    if(is_applied, 'followed', 'not followed') as series,
    count(*) as value
from staged
group by all
order by all
