-- check: 4
-- severity: block
-- judges: build
-- description: No two questions have the same stem and options, not even in two sources.
with

texts as (
    select question_id, source, question_text(context, question, options) as text
    from staged
    union all by name
    -- A question that a match has turned away since stays until its own source is built again.
    select question_id, source, question_text(context, question, options) as text
    from questions
    where
        source != getvariable('source')
        and raw_id not in (select raw_id from question_matches where decision != 'grouped')
)

select
    list(question_id)[1:5] as question_ids,
    list(distinct source) as sources,
    any_value(text) as text
from texts
where getvariable('rule_reject_duplicates')
group by text
having count(*) > 1 and bool_or(source = getvariable('source'))
