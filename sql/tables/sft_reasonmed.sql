-- makes: sft_reasonmed
-- reads: training_material
-- description: The output is the path, then the short answer.
select
    example_id,
    question_id,
    source,
    instruction,
    input,
    case getvariable('rule_template')
        when 'think' then '<think>' || chr(10) || path_text || chr(10) || '</think>' || chr(10) || chr(10) || summary
        else path_text || chr(10) || chr(10) || summary
    end as output,
    fold,
    split_role,
    provider_kind
from training_material
