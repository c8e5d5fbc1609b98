-- relations: rows
-- description: The examples by source, tier and how their path was made.
select
    source,
    tier,
    stage,
    count(*) as examples
from rows
group by all
order by all
