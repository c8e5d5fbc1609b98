-- makes: raw_questions
-- relations: published
-- description: The source's records as published, those of its training splits.
select *
from published
