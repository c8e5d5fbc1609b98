-- makes: freshness
-- reads: publishes, failures
-- description: When each partition of each table was made, by which version of the recipe and from which publishes of
--     its inputs, whether these or their own inputs have changed since, why, whether the last run failed, and as of
--     which publish its rows were restored: such rows are behind until they are made again. Code, profile and files
--     are not compared.
with recursive

latest as (
    select *
    from publishes
    qualify row_number() over (partition by table_name, partition order by seq desc) = 1
),

changes as (
    select
        table_name,
        partition,
        max(seq) as seq
    from publishes
    where rows_inserted > 0 or rows_deleted > 0
    group by all
),

-- The tables that a partition was made from, each as of a publish; none where an earlier version did not keep them.
inputs as (
    select
        latest.table_name,
        latest.partition,
        part.key[7:] as input,
        try_cast(part.value ->> '$' as bigint) as seq
    from latest, json_each(latest.parts) as part
    where starts_with(part.key, 'table ')
),

-- Of a table with the same partitions the same one counts, of another one all.
compared as (
    select
        inputs.table_name,
        inputs.partition,
        inputs.input,
        inputs.seq,
        max(changes.seq) as seq_now
    from inputs
    left join changes
        on inputs.input = changes.table_name and (inputs.partition in ('', changes.partition) or changes.partition = '')
    group by all
),

restored as (
    select
        table_name,
        partition,
        parts ->> 'restored' as restored_from
    from latest
    where parts ->> 'restored' is not null
),

behind as (
    select
        table_name,
        partition
    from compared
    where seq is distinct from seq_now
    union
    select
        table_name,
        partition
    from restored
    union
    select
        compared.table_name,
        compared.partition
    from compared
    inner join behind
        on
            compared.input = behind.table_name
            and (compared.partition in ('', behind.partition) or behind.partition = '')
),

described as (
    select
        compared.table_name,
        compared.partition,
        list(compared.input || ' ' || coalesce(compared.seq::varchar, '-') order by compared.input) as made_from,
        string_agg(
            case
                when compared.seq is distinct from compared.seq_now
                    then
                        compared.input || ': publish ' || coalesce(compared.seq::varchar, '-') || ' then, '
                        || coalesce(compared.seq_now::varchar, '-') || ' now'
                when exists (
                    from behind
                    where
                        compared.input = behind.table_name
                        and (compared.partition in ('', behind.partition) or behind.partition = '')
                ) then compared.input || ' is behind'
            end,
            '; ' order by compared.input
        ) as why
    from compared
    group by all
),

explained as (
    select
        coalesce(described.table_name, restored.table_name) as table_name,
        coalesce(described.partition, restored.partition) as partition,
        nullif(concat_ws('; ', 'restored from publish ' || restored.restored_from, nullif(described.why, '')), '')
            as why
    from described
    full join restored on described.table_name = restored.table_name and described.partition = restored.partition
)

select
    coalesce(latest.table_name, failures.table_name) as table_name,
    coalesce(latest.partition, failures.partition) as partition,
    latest.seq as publish,
    latest.published_at,
    latest.rows,
    latest.run_id,
    latest.profile,
    latest.recipe,
    described.made_from,
    (latest.parts ->> 'restored')::bigint as restored_from,
    explained.why is not null as is_behind,
    explained.why,
    latest.fingerprint != '' as is_complete,
    failures.failed_at is not null as has_failed,
    failures.failed_at,
    failures.reason as failure
from latest
full join failures on latest.table_name = failures.table_name and latest.partition = failures.partition
left join described on latest.table_name = described.table_name and latest.partition = described.partition
left join explained on latest.table_name = explained.table_name and latest.partition = explained.partition
