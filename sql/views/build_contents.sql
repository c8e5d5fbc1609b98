-- makes: build_contents
-- reads: builds, publishes
-- description: What each build left in the warehouse, one row per partition of a table: its rows, their hash, and the
--     publish that made them, by this build (`is_own`) or an earlier one.
with

-- As of a build is what was published up to its last publish.
ends as (
    select
        build,
        max(seq) as seq
    from publishes
    where build is not null
    group by build
)

select
    builds.number as build,
    publishes.table_name,
    publishes.partition,
    publishes.rows,
    publishes.content_hash,
    publishes.seq as publish,
    coalesce(publishes.build = builds.number, false) as is_own
from builds
inner join ends on builds.number = ends.build
inner join publishes on ends.seq >= publishes.seq
qualify
    row_number() over (
        partition by builds.number, publishes.table_name, publishes.partition
        order by publishes.seq desc
    ) = 1
