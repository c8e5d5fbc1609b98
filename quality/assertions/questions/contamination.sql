-- check: 3
-- severity: block
-- judges: build
-- description: No question matches a benchmark, and none has a rival key.
with

benchmarks as (
    select
        raw_id,
        question_text(context, question, options) as text
    from benchmark_questions
    where getvariable('rule_reject_contaminated')
)

select
    staged.question_id,
    matches.decision,
    matches.other_raw_id
from staged
inner join question_matches as matches on staged.raw_id = matches.raw_id
where matches.decision in ('contaminated', 'conflicting_gold')
union by name
select
    staged.question_id,
    'contaminated' as decision,
    benchmarks.raw_id as other_raw_id
from staged
inner join benchmarks on question_text(staged.context, staged.question, staged.options) = benchmarks.text
