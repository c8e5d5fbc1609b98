-- check: 10
-- severity: block
-- judges: build
-- scope: unit
-- description: Every correct path of an Easy or Medium question is ranked.
select
    verifications.path_id,
    verifications.question_id
from verifications
inner join difficulty_tiers as tiers on verifications.question_id = tiers.question_id
where
    verifications.source = getvariable('source')
    and verifications.is_correct
    and tiers.tier in ('easy', 'medium')
    and verifications.path_id not in (select path_id from staged)
