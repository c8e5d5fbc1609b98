-- reads: publishes
-- description: Questions by tier in the last publish of every source (build 1) and in the one before (build 2).
with

builds as (
    select
        partition as source,
        published_at,
        statistics::json -> 'tiers' as tiers,
        row_number() over (partition by partition order by seq desc) as build
    from publishes
    where table_name = 'difficulty_tiers'
)

select
    source,
    build,
    published_at,
    coalesce((tiers ->> 'easy')::bigint, 0) as easy,
    coalesce((tiers ->> 'medium')::bigint, 0) as medium,
    coalesce((tiers ->> 'difficult')::bigint, 0) as difficult,
    coalesce((tiers ->> 'unresolved')::bigint, 0) as unresolved
from builds
where build <= 2
order by source, build
