-- reads: publishes
-- description: The last publish of every partition, and how many there were.
select
    table_name,
    partition,
    arg_max(published_at, seq) as published_at,
    arg_max(profile, seq) as profile,
    max(seq) as seq,
    count(*) as publishes
from publishes
group by table_name, partition
