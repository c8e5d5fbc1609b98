-- check: none
-- severity: block
-- judges: build
-- description: The entries of each kind are numbered from 1 without gaps: none is lost.
select
    kind,
    count(distinct entry) as n_entries,
    max(entry) as last_entry
from staged
group by kind
having count(distinct entry) != max(entry) or min(entry) != 1
