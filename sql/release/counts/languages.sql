-- relations: rows
-- description: The languages of the questions.
select
    language,
    count(*) as examples
from rows
group by language
order by language
