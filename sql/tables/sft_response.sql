-- makes: sft_response
-- reads: training_material
-- description: The output is the short answer alone.
select
    example_id,
    question_id,
    source,
    instruction,
    input,
    summary as output,
    fold,
    split_role,
    provider_kind
from training_material
