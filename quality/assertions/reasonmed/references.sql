-- check: 14
-- severity: block
-- judges: build
-- scope: unit
-- description: Every example traces to its question, its tier, its path, the calls that made it, and a licence.
with

selected as (
    select
        ranked.path_id,
        ranked.question_id,
        ranked.selection_rank as slot,
        'easy' as tier,
        paths.answer_letter,
        paths.content_hash,
        paths.call_keys
    from ranked_paths as ranked
    inner join reasoning_paths as paths on ranked.path_id = paths.path_id
    where ranked.source = getvariable('source') and ranked.tier = 'easy'
    union all by name
    select
        path_id,
        question_id,
        slot,
        tier,
        answer_letter,
        content_hash,
        call_keys
    from refined_paths
    where source = getvariable('source') and is_accepted
)

select
    staged.example_id,
    staged.question_id,
    staged.slot,
    staged.tier,
    staged.path_id,
    staged.licence
from staged
left join questions
    on
        staged.question_id = questions.question_id
        and staged.source = questions.source
        and staged.gold_letter = questions.gold_letter
        and staged.group_id = questions.group_id
        and staged.fold = questions.fold
        and staged.split_role = questions.split_role
        and staged.licence = questions.licence
        and staged.override_note is not distinct from questions.override_note
left join difficulty_tiers as tiers
    on
        staged.question_id = tiers.question_id
        and staged.tier = tiers.tier
        and staged.is_label_doubt = tiers.is_label_doubt
left join selected
    on
        staged.path_id = selected.path_id
        and staged.question_id = selected.question_id
        and staged.slot = selected.slot
        and staged.tier = selected.tier
        and staged.answer_letter = selected.answer_letter
        and staged.content_hash = selected.content_hash
where
    questions.question_id is null
    or tiers.question_id is null
    or selected.path_id is null
    or len(selected.call_keys) = 0
    or trim(staged.licence) = ''
    or staged.content_hash is distinct from content_hash(staged.path_text)
