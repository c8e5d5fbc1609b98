-- check: none
-- severity: block
-- judges: build
-- description: Every summary belongs to an example of its question.
select
    example_id,
    question_id,
    source
from staged
where (example_id, question_id, source) not in (select (example_id, question_id, source) from reasonmed)
