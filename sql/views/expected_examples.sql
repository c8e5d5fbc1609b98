-- makes: expected_examples
-- reads: difficulty_tiers, ranked_paths, refined_paths
-- description: Every example that the tiers promise (two of an Easy or Medium question, one of a Difficult one), with
--     the path that stands for it, or the reason why none does.
with

expected as (
    select
        id_of([tiers.question_id, slots.slot::varchar]) as example_id,
        tiers.question_id,
        tiers.source,
        tiers.tier,
        slots.slot::bigint as slot,
        tiers.is_label_doubt,
        tiers.doubt_letter,
        tiers.doubt_share,
        tiers.override_note
    from difficulty_tiers as tiers
    inner join range(1, 3) as slots (slot)
        on slots.slot = 1 or tiers.tier in ('easy', 'medium')
    where tiers.tier in ('easy', 'medium', 'difficult')
),

-- Paths are rewritten in the order of their ranks, so the rank of the rewritten path tells earlier turns from later.
rewrites as (
    select
        refined.*,
        coalesce(ranked.selection_rank, 0) as turn
    from refined_paths as refined
    left join ranked_paths as ranked on refined.parent_path_id = ranked.path_id
),

accepted as (
    select
        question_id,
        slot,
        any_value(path_id) filter (where is_accepted) as path_id,
        arg_max(rejection, (stage = 'regenerated', turn, round)) as last_rejection,
        bool_or(supports_key is false) as is_key_unsupported,
        bool_or(is_missing or (verdict is null and is_asked_again(verifier_outcome))) as is_missing,
        count(*) as n_rewrites
    from rewrites
    group by question_id, slot
)

select
    expected.example_id,
    expected.question_id,
    expected.source,
    expected.tier,
    expected.slot,
    case when expected.tier = 'easy' then ranked.path_id else accepted.path_id end as path_id,
    case
        when expected.tier = 'easy'
            then case when ranked.path_id is null then 'too_few_correct_paths' end
        when accepted.path_id is not null then null
        when expected.tier = 'medium' and accepted.n_rewrites is null then 'too_few_correct_paths'
        when accepted.n_rewrites is null and expected.is_label_doubt then 'label_doubt'
        when accepted.is_key_unsupported then 'key_not_supported'
        when accepted.is_missing then 'call_missing'
        else 'rewrite_not_accepted'
    end as reason,
    case
        when accepted.n_rewrites is not null
            then format('after {} rewritten texts: {}', accepted.n_rewrites, accepted.last_rejection)
        when expected.is_label_doubt and expected.tier = 'difficult' and expected.override_note is not null
            then expected.override_note
        when expected.is_label_doubt and expected.tier = 'difficult'
            then format('{:.0f}% of the paths conclude with {}', 100 * expected.doubt_share, expected.doubt_letter)
        else 'fewer different correct paths than examples'
    end as detail
from expected
left join ranked_paths as ranked
    on expected.question_id = ranked.question_id and expected.slot = ranked.selection_rank
left join accepted on expected.question_id = accepted.question_id and expected.slot = accepted.slot
