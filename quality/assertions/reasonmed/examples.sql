-- check: none
-- severity: warn
-- judges: build
-- description: The questions of the partition have an example; otherwise how many there are of each tier is shown.
with

found as (select count(*) as n_examples from staged)

select
    coalesce(tiers.tier, 'no question') as tier,
    count(tiers.question_id) as n_questions
from found
left join difficulty_tiers as tiers on tiers.source = getvariable('source')
where found.n_examples = 0
group by all
order by all
