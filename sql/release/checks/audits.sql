-- relations: declared_checks, released_build_contents
-- description: What the last build made has its audit in the record.
select
    table_name,
    partition
from released_build_contents
where is_own and (table_name, partition) not in (select (table_name, partition) from declared_checks)
