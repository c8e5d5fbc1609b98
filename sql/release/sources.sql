-- relations: facts
-- description: The sources of the released examples.
select
    source as name,
    any_value(licence) as licence,
    any_value(language) as language,
    count(distinct question_id) as questions,
    count(*) as examples
from facts
group by source
order by source
