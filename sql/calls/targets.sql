-- targets: the slots that need a rewritten text: two of a Medium question, one of a Difficult one, with the paths that
-- may be rewritten for each, in the order in which they are tried (`turn`, from 0; -1 prepares the base of a regeneration).
with

doubted as (
    select question_id from difficulty_tiers where is_label_doubt and getvariable('rule_label_doubt') = 'exclude'
),

medium as (
    select
        question_id,
        source,
        tier,
        'refined' as stage,
        (selection_rank - 1) % 2 + 1 as slot,
        (selection_rank - 1) // 2 as turn,
        path_id as parent_path_id
    from ranked_paths
    where
        source = getvariable('source')
        and tier = 'medium'
        and (selection_rank - 1) // 2 <= getvariable('rule_fallback_paths')
),

-- The correct path of a Difficult question if there is one, else a seeded choice among its usable paths.
difficult_base as (
    select
        verifications.question_id,
        arg_min(
            verifications.path_id,
            (not coalesce(verifications.is_correct, false), id_of([getvariable('seed')::varchar, verifications.path_id]))
        ) as path_id
    from verifications
    inner join reasoning_paths as paths on verifications.path_id = paths.path_id
    where verifications.source = getvariable('source') and paths.path_text is not null
    group by verifications.question_id
),

difficult as (
    select
        tiers.question_id,
        tiers.source,
        tiers.tier,
        'regenerated' as stage,
        1 as slot,
        0 as turn,
        case when getvariable('rule_difficult_base') != 'none' then difficult_base.path_id end as parent_path_id
    from difficulty_tiers as tiers
    left join difficult_base on tiers.question_id = difficult_base.question_id
    where
        tiers.source = getvariable('source')
        and tiers.tier = 'difficult'
        and tiers.question_id not in (select question_id from doubted)
)

select * from medium
union all by name
select * from difficult
-- The published pipeline refines the path first that it then regenerates.
union all by name
select * replace ('refined' as stage, -1 as turn)
from difficult
where getvariable('rule_difficult_base') = 'refined' and parent_path_id is not null
