-- check: none
-- severity: block
-- judges: build
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
where
    tiers.question_id is null
    or (staged.parent_path_id is not null and parents.path_id is null)
    or staged.stage != case staged.tier when 'medium' then 'refined' when 'difficult' then 'regenerated' else '' end
