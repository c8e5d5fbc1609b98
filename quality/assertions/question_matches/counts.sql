-- check: none
-- severity: block
-- judges: build
-- description: No pair of rows appears twice, and no row is rejected for two reasons.
select
    raw_id,
    other_raw_id,
    count(*) as n_rows,
    list(distinct decision) as decisions
from staged
group by raw_id, other_raw_id
having count(*) > 1
union all by name
select
    raw_id,
    null as other_raw_id,
    count(*) as n_rows,
    list(distinct decision) as decisions
from staged
where decision != 'grouped'
group by raw_id
having count(distinct decision) > 1
