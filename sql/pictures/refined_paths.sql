-- relations: staged
-- description: Rewritten texts by stage: accepted or not, by round.
select
    stage || ', round ' || round as label,
    if(is_accepted, 'accepted', 'not accepted') as series,
    count(*) as value
from staged
group by all
order by all
