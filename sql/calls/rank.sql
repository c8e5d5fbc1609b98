-- makes: calls
-- reads: verifications, difficulty_tiers, reasoning_paths, questions
-- role: ranker
-- description: One call per correct path of an Easy or Medium question.
select
    verifications.path_id as row_id,
    verifications.question_id,
    verifications.source,
    verifications.generator,
    tiers.tier,
    1::bigint as sample,
    getvariable('seed') as seed,
    questions.question,
    questions.context,
    questions.options,
    questions.gold_letter,
    questions.gold_text,
    paths.path_text
from verifications
inner join difficulty_tiers as tiers on verifications.question_id = tiers.question_id
inner join reasoning_paths as paths on verifications.path_id = paths.path_id
inner join questions on verifications.question_id = questions.question_id
where
    verifications.source = getvariable('source')
    and verifications.is_correct
    and tiers.tier in ('easy', 'medium')
order by verifications.question_id, verifications.path_id
