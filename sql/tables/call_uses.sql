-- makes: call_uses
-- reads: llm_calls, served_rows
-- description: One call can serve several rows: its cost is split among them.
select
    id_of([served.used_by, served.row_id, served.call_key]) as use_id,
    served.used_by,
    served.row_id,
    served.source,
    served.question_id,
    served.example_id,
    attempts.role,
    served.call_key,
    1 / count(*) over (partition by served.call_key) as cost_share
from served_rows as served
inner join (select call_key, any_value(role) as role from llm_calls group by call_key) as attempts
    on served.call_key = attempts.call_key
