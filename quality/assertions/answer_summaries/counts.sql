-- check: 13
-- severity: block
-- judges: build
-- description: Every example has a row, failed ones too.
select
    example_id,
    question_id
from reasonmed
where source = getvariable('source') and example_id not in (select example_id from staged)
