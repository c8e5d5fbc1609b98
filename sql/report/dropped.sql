-- reads: dropped_examples
-- description: Examples that were expected and are not there, by source and reason.
select
    source,
    reason,
    count(*) as examples
from dropped_examples
group by source, reason
order by source, reason
