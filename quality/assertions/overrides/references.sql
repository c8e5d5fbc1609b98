-- check: none
-- severity: block
-- judges: build
-- description: An applied entry names a question of a declared source, and no question twice for one kind.
select
    override_id,
    question_id,
    source
from staged
where is_applied and (question_id is null or not coalesce(list_contains(getvariable('sources'), source), false))
union all by name
select
    min(override_id) as override_id,
    question_id,
    any_value(source) as source
from staged
where is_applied
group by question_id, kind
having count(*) > 1
