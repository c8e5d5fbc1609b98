-- check: none
-- severity: block
-- judges: build
-- description: Every published record that neither a match nor a person rejected is here, up to the limit.
with

eligible as (
    select count(*) as n_eligible
    from raw_questions
    where
        source = getvariable('source')
        and raw_id not in (select raw_id from question_matches where decision != 'grouped')
        and question_id not in (select question_id from overrides where kind = 'drop' and is_applied)
),

found as (select count(*) as n_questions from staged)

select
    eligible.n_eligible,
    getvariable('limit') as row_limit,
    found.n_questions
from eligible
cross join found
where found.n_questions != least(eligible.n_eligible, coalesce(getvariable('limit'), eligible.n_eligible))
