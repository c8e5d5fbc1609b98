-- makes: calls
-- reads: reasonmed, reasoning_paths, refined_paths, questions
-- role: evaluator
-- description: One call per text of a seeded sample of the final examples, the same number of each tier as far as
--     there are enough; for a rewritten example the text before rewriting too.
with

drawn as (
    select
        *,
        row_number() over (
            partition by tier
            order by id_of([getvariable('seed')::varchar, 'score', example_id])
        ) as draw
    from reasonmed
    where source = getvariable('source')
),

sampled as (
    select *
    from drawn
    qualify row_number() over (order by draw, tier) <= getvariable('evaluator_quota')
),

-- A path is rewritten from a generated one, or from a refined one.
parents as (
    select path_id, path_text from reasoning_paths
    union all by name
    select path_id, path_text from refined_paths
),

texts as (
    select
        example_id,
        question_id,
        source,
        tier,
        'final' as text_role,
        path_id,
        path_text
    from sampled
    union all by name
    select
        sampled.example_id,
        sampled.question_id,
        sampled.source,
        sampled.tier,
        'before' as text_role,
        parents.path_id,
        parents.path_text
    from sampled
    inner join parents on sampled.parent_path_id = parents.path_id
)

select
    id_of([texts.example_id, texts.text_role]) as row_id,
    texts.*,
    1::bigint as sample,
    getvariable('seed') as seed,
    questions.question,
    questions.context,
    questions.options,
    questions.gold_letter,
    questions.gold_text
from texts
inner join questions on texts.question_id = questions.question_id
order by texts.question_id, row_id
