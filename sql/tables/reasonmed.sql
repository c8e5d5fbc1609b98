-- makes: reasonmed
-- reads: expected_examples, reasoning_paths, refined_paths, questions, difficulty_tiers
-- description: Easy: the two best paths; Medium: two refined ones; Difficult: one regenerated.
with

texts as (
    select
        path_id,
        stage,
        null as parent_path_id,
        generator,
        model,
        path_text,
        answer_letter,
        content_hash,
        provider_kind
    from reasoning_paths
    where source = getvariable('source')
    union all by name
    select
        refined.path_id,
        refined.stage,
        refined.parent_path_id,
        parents.generator,
        refined.model,
        refined.path_text,
        refined.answer_letter,
        refined.content_hash,
        refined.provider_kind
    from refined_paths as refined
    -- The parent of a regenerated text can itself be a refined one.
    left join refined_paths as bases on refined.parent_path_id = bases.path_id
    left join reasoning_paths as parents on coalesce(bases.parent_path_id, refined.parent_path_id) = parents.path_id
    where refined.source = getvariable('source')
)

select
    expected.example_id,
    expected.question_id,
    expected.source,
    expected.tier,
    expected.slot,
    texts.*,
    questions.gold_letter,
    questions.group_id,
    questions.fold,
    questions.split_role,
    questions.licence,
    questions.override_note,
    tiers.is_label_doubt
from expected_examples as expected
inner join texts on expected.path_id = texts.path_id
inner join questions on expected.question_id = questions.question_id
inner join difficulty_tiers as tiers on expected.question_id = tiers.question_id
where expected.source = getvariable('source')
