-- check: none
-- severity: block
-- judges: build
-- description: An entry is applied, or has a reason why not; a corrected key differs from the published one.
select
    override_id,
    kind,
    is_applied,
    problem,
    gold_text
from staged
where
    is_applied != (problem is null)
    or (kind != 'correct_key' and (gold_letter is not null or gold_text is not null))
    or (
        kind = 'correct_key'
        and is_applied
        and (gold_letter is null or gold_text is null or option_key(gold_text) = option_key(published_gold_text))
    )
