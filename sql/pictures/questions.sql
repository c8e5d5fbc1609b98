-- relations: staged
-- description: Letter of the key.
select
    gold_letter as label,
    'questions' as series,
    count(*) as value
from staged
group by gold_letter
order by gold_letter
