-- makes: targets
-- reads: ranked_paths, difficulty_tiers, verifications, reasoning_paths
-- relations: rewrites
-- description: One row per slot that wants a rewritten text in one turn (`rewrite_turn`), with the path that is
--     rewritten for it: two slots of a Medium question, one of a Difficult one. A turn after turn 0 gives the slots
--     whose rounds are used up (`rewrites` holds them) the next-ranked paths that no turn has tried; turn -1 prepares
--     the base of a regeneration.
with

ranked as (select distinct question_id from ranked_paths where source = getvariable('source') and tier = 'medium'),

slots as (
    select
        ranked.question_id,
        slots.slot,
        row_number() over (partition by ranked.question_id order by slots.slot) as place
    from ranked
    cross join range(1, 3) as slots (slot)
    left join rewrites on ranked.question_id = rewrites.question_id and slots.slot = rewrites.slot
    group by ranked.question_id, slots.slot
    having
        not coalesce(
            bool_or(
                is_settled(
                    rewrites.is_accepted, rewrites.outcome, rewrites.supports_key, rewrites.verdict,
                    rewrites.verifier_outcome
                )
            ),
            false
        )
),

untried as (
    select
        question_id,
        source,
        tier,
        path_id,
        row_number() over (partition by question_id order by selection_rank) as place
    from ranked_paths
    where
        source = getvariable('source')
        and tier = 'medium'
        and selection_rank is not null
        and path_id not in (select parent_path_id from rewrites where parent_path_id is not null)
),

medium as (
    select
        slots.question_id,
        untried.source,
        untried.tier,
        'refined' as stage,
        slots.slot,
        untried.path_id as parent_path_id
    from slots
    inner join untried on slots.question_id = untried.question_id and slots.place = untried.place
    where getvariable('rewrite_turn') >= 0
),

doubted as (
    select question_id from difficulty_tiers where is_label_doubt and getvariable('rule_label_doubt') = 'exclude'
),

-- The correct path of a Difficult question if there is one, else a seeded choice among its usable paths.
difficult_base as (
    select
        verifications.question_id,
        arg_min(
            verifications.path_id,
            (
                not coalesce(verifications.is_correct, false),
                id_of([getvariable('seed')::varchar, verifications.path_id])
            )
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
where getvariable('rewrite_turn') = 0
-- The published pipeline refines the path first that it then regenerates.
union all by name
select * replace ('refined' as stage)
from difficult
where getvariable('rewrite_turn') = -1 and parent_path_id is not null
