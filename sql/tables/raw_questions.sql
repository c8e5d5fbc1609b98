-- makes: raw_questions
-- relations: published
-- description: Read from the training splits of the source's files; unreadable records go to `rejected_questions`.
select *
from published
