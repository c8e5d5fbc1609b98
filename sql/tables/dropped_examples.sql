-- makes: dropped_examples
-- reads: expected_examples
-- description: The expected examples that have no path.
select
    example_id,
    question_id,
    source,
    tier,
    slot,
    reason,
    detail
from expected_examples
where source = getvariable('source') and path_id is null
