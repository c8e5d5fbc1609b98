-- makes: dropped_examples
-- reads: expected_examples
-- description: What the tiers promise and no path fills: examples and dropped ones make up what was expected.
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
