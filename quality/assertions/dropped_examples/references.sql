-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every dropped example belongs to a question of that tier, and has the id that the example would have.
select
    staged.example_id,
    staged.question_id,
    staged.tier,
    staged.slot,
    staged.reason
from staged
left join difficulty_tiers as tiers
    on staged.question_id = tiers.question_id and staged.source = tiers.source and staged.tier = tiers.tier
where
    tiers.question_id is null
    or staged.example_id != id_of([staged.question_id, staged.slot::varchar])
    or (staged.reason = 'label_doubt' and not tiers.is_label_doubt)
