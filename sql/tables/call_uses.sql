-- call_uses: which rows each call served (`used` lists every row's calls); the cost of a call is split among them.
select
    id_of([used.used_by, used.row_id, used.call_key]) as use_id,
    used.used_by,
    used.row_id,
    used.source,
    attempts.role,
    used.call_key,
    1 / count(*) over (partition by used.call_key) as cost_share
from used
inner join (select call_key, any_value(role) as role from attempts group by call_key) as attempts
    on used.call_key = attempts.call_key
