-- relations: rows
-- description: The source files that the examples come from.
select
    source,
    split,
    file,
    count(distinct raw_id) as records
from rows
group by all
order by all
