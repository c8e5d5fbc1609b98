-- reads: sft_reasonmed
-- description: How the training records are divided into parts of `shard_rows` in the order of their ids: the first and
--     the last id of each.
select
    min(example_id) as first_id,
    max(example_id) as last_id
from (
    select
        example_id,
        (row_number() over (order by example_id) - 1) // getvariable('shard_rows') as part
    from sft_reasonmed
) as numbered
group by part
order by part
