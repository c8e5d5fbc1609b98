-- relations: page, rows
-- description: The page to read shows examples as the rows have them, and of a question that it shows all examples.
with

shown as (select distinct question_id from page)

select
    rows.example_id,
    rows.question_id
from rows
left join page on rows.example_id = page.example_id
where
    rows.question_id in (from shown)
    and (
        rows.question_id is distinct from page.question_id
        or rows.source is distinct from page.source
        or rows.file is distinct from page.file
        or rows.row is distinct from page.row
        or rows.licence is distinct from page.licence
        or rows.fold is distinct from page.fold
        or rows.tier is distinct from page.tier
        or rows.question is distinct from page.question
        or rows.context is distinct from page.context
        or rows.options is distinct from page.options
        or rows.gold_letter is distinct from page.gold_letter
        or rows.path_id is distinct from page.path_id
        or rows.path_text is distinct from page.path_text
        or rows.path_model is distinct from page.path_model
        or rows.verdict_reason is distinct from page.verdict_reason
        or rows.summary is distinct from page.summary
    )
union all by name
select
    example_id,
    question_id
from page
where example_id not in (select example_id from rows)
