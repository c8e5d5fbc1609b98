-- makes: sft_cot
-- reads: training_material
-- description: The output is the path alone.
select
    example_id,
    question_id,
    source,
    instruction,
    input,
    case getvariable('rule_template')
        when 'think'
            then
                '<think>' || chr(10) || path_text || chr(10) || '</think>'
                || chr(10) || chr(10) || 'Final answer: ' || answer_letter
        else path_text
    end as output,
    fold,
    split_role,
    provider_kind
from training_material
