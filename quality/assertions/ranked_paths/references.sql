-- check: 10
-- severity: block
-- judges: build
-- scope: unit
-- description: Only correct paths of Easy and Medium questions are ranked; a near copy names a better-ranked path.
select
    staged.path_id,
    staged.question_id,
    staged.tier,
    staged.near_copy_of
from staged
left join verifications
    on
        staged.path_id = verifications.path_id
        and staged.question_id = verifications.question_id
        and staged.generator = verifications.generator
        and verifications.is_correct
left join difficulty_tiers as tiers on staged.question_id = tiers.question_id and staged.tier = tiers.tier
left join staged as originals
    on
        staged.near_copy_of = originals.path_id
        and staged.question_id = originals.question_id
        and staged.path_rank > originals.path_rank
where
    verifications.path_id is null
    or tiers.question_id is null
    or staged.tier not in ('easy', 'medium')
    or (staged.near_copy_of is not null and originals.path_id is null)
