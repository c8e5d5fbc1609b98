-- reads: overrides
-- description: One row per decision of people that the build follows on a drawn question.
select
    question_id,
    kind,
    published_gold_text,
    gold_text,
    reason,
    decided_on,
    decided_by
from overrides
where is_applied and question_id in (select unnest(getvariable('drawn')))
order by question_id, kind, entry
