-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every row belongs to a question of its source.
select
    question_id,
    source
from staged
where (question_id, source) not in (select (question_id, source) from questions)
