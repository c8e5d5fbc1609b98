-- makes: rejected_questions
-- reads: raw_questions, question_matches, overrides
-- relations: unreadable
-- description: Records turned away by a match or by a person, and those that could not be read, with their raw text.
with

decided as (
    select
        *,
        row_number() over (
            partition by raw_id
            order by
                list_position(['contaminated', 'conflicting_gold', 'duplicate', 'near_duplicate'], decision),
                edit_ratio desc,
                other_raw_id
        ) as decision_rank
    from question_matches
    where decision != 'grouped'
),

dropped as (select question_id, note from overrides where kind = 'drop' and is_applied)

select
    published.raw_id,
    published.source,
    published.split,
    published.split_role,
    published.file,
    published.row,
    decided.decision as reason,
    decided.evidence as detail,
    decided.other_raw_id,
    published.native as raw_text
from raw_questions as published
inner join decided on published.raw_id = decided.raw_id and decided.decision_rank = 1
where published.source = getvariable('source') and published.question_id not in (select question_id from dropped)
union all by name
select
    published.raw_id,
    published.source,
    published.split,
    published.split_role,
    published.file,
    published.row,
    'override' as reason,
    dropped.note as detail,
    null as other_raw_id,
    published.native as raw_text
from raw_questions as published
inner join dropped on published.question_id = dropped.question_id
where published.source = getvariable('source')
union all by name
select
    raw_id,
    source,
    split,
    split_role,
    file,
    row,
    reason,
    detail,
    null as other_raw_id,
    raw_text
from unreadable
