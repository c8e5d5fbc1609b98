-- check: none
-- severity: block
-- judges: build
-- description: Every question is a published record that neither a match nor a person rejected.
select
    staged.question_id,
    staged.raw_id,
    matches.decision
from staged
left join raw_questions as published
    on
        staged.raw_id = published.raw_id
        and staged.question_id = published.question_id
        and staged.source = published.source
        and staged.split_role = published.split_role
left join question_matches as matches
    on staged.raw_id = matches.raw_id and matches.decision in ('duplicate', 'near_duplicate')
where
    published.raw_id is null
    or matches.raw_id is not null
    or staged.question_id in (select question_id from overrides where kind = 'drop' and is_applied)
