-- check: 11
-- severity: block
-- judges: build
-- scope: unit
-- description: Every slot to be rewritten has its rounds from 1 without gaps, and at most one accepted text.
with

expected as (
    select
        question_id,
        selection_rank as slot
    from ranked_paths
    where source = getvariable('source') and tier = 'medium' and selection_rank <= 2
    union all by name
    select
        question_id,
        1 as slot
    from difficulty_tiers
    where
        source = getvariable('source')
        and tier = 'difficult'
        and not (is_label_doubt and getvariable('rule_label_doubt') = 'exclude')
),

rounds as (
    select
        question_id,
        slot,
        parent_path_id,
        count(*) as n_rows,
        count(distinct round) as n_rounds,
        max(round) as last_round
    from staged
    group by all
),

slots as (
    select
        question_id,
        slot,
        count(*) filter (where is_accepted) as n_accepted
    from staged
    group by all
)

select
    question_id,
    slot,
    format('{} rows in {} rounds of one path, the last numbered {}', n_rows, n_rounds, last_round) as problem
from rounds
where n_rows != n_rounds or n_rounds != last_round or last_round > getvariable('rule_rewrite_rounds')
union all by name
select
    coalesce(expected.question_id, slots.question_id) as question_id,
    coalesce(expected.slot, slots.slot) as slot,
    case
        when expected.question_id is null then 'rewritten without being asked for'
        when slots.question_id is null then 'never rewritten'
        else format('{} accepted texts', slots.n_accepted)
    end as problem
from expected
full join slots on expected.question_id = slots.question_id and expected.slot = slots.slot
where expected.question_id is null or slots.question_id is null or slots.n_accepted > 1
