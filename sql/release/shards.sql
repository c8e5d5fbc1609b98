-- relations: facts
-- description: How the examples of each fold are divided into shards of `shard_rows` in the order of their ids: the
--     first and the last id of each.
select
    fold,
    shard,
    min(example_id) as first_id,
    max(example_id) as last_id,
    count(*) as rows
from (
    select
        fold,
        example_id,
        (row_number() over (partition by fold order by example_id) - 1) // getvariable('shard_rows') as shard
    from facts
) as numbered
group by fold, shard
order by fold, shard
