-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: Every call that a row lists has exactly one use for it, and the shares of a call add up to 1.
with

uses as (
    select
        used_by,
        row_id,
        call_key,
        count(*) as n_uses
    from staged
    group by all
)

select
    served.used_by,
    served.row_id,
    served.call_key,
    coalesce(uses.n_uses, 0) as n_uses,
    null as cost_share
from served_rows as served
left join uses on served.used_by = uses.used_by and served.row_id = uses.row_id and served.call_key = uses.call_key
where uses.n_uses is distinct from 1
union all by name
select
    null as used_by,
    null as row_id,
    call_key,
    count(*) as n_uses,
    sum(cost_share) as cost_share
from staged
group by call_key
having abs(sum(cost_share) - 1) > 1e-6
