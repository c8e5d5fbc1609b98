-- check: none
-- severity: block
-- judges: build
-- description: Every row rejected as a repetition has the evidence that its decision needs.
select
    match_id,
    decision,
    is_exact,
    edit_ratio,
    is_same_gold,
    is_same_facts
from staged
where
    case decision
        when 'duplicate' then not (is_exact and is_same_gold)
        when 'conflicting_gold' then is_same_gold
        when 'near_duplicate'
            then
                not (
                    edit_ratio >= getvariable('rule_near_duplicate_ratio')
                    and is_same_gold
                    and is_same_facts
                )
        else false
    end
