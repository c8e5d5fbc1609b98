-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Medium questions are refined, Difficult ones regenerated, from a path of the same question.
select
    staged.path_id,
    staged.question_id,
    staged.tier,
    staged.stage,
    staged.parent_path_id
from staged
left join difficulty_tiers as tiers
    on staged.question_id = tiers.question_id and staged.source = tiers.source and staged.tier = tiers.tier
left join reasoning_paths as parents
    on staged.parent_path_id = parents.path_id and staged.question_id = parents.question_id
left join staged as bases
    on
        staged.parent_path_id = bases.path_id
        and staged.question_id = bases.question_id
        and staged.stage = 'regenerated'
        and bases.stage = 'refined'
where
    tiers.question_id is null
    or (staged.parent_path_id is not null and parents.path_id is null and bases.path_id is null)
    or case staged.tier
        when 'medium' then staged.stage != 'refined'
        when 'difficult'
            then
                staged.stage != 'regenerated'
                and not (
                    staged.stage = 'refined'
                    and getvariable('rule_difficult_base') = 'refined'
                    and not staged.is_accepted
                )
        else true
    end
