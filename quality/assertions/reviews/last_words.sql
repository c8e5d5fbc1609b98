-- check: none
-- severity: block
-- judges: build
-- description: Of one reviewer's rows on one text, only the last is current.
select
    example_id,
    content_hash,
    reviewer,
    count(*) filter (where is_current) as n_current
from staged
where problem is null
group by example_id, content_hash, reviewer
having
    count(*) filter (where is_current) != 1
    or max((file, row)) != max((file, row)) filter (where is_current)
