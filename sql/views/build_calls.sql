-- makes: build_calls
-- reads: builds, llm_calls
-- description: What each build asked of models and paid, from the ledger: also of one that was killed or stopped. Each
--     attempt that was made for this warehouse belongs to one build by the time that it was sent: of those that ran
--     then to the one that began last, so that of builds at the same time one has calls of the other. What requests of
--     unknown cost had reserved is counted apart. Beside it what its plan expected (null where none was made for it).
with

attempts as (
    select
        attempt_id,
        call_key,
        cost_usd,
        reserved_usd,
        started_at
    from llm_calls
    where made_for is not null
),

assigned as (
    select
        attempts.*,
        builds.number as build
    from attempts
    inner join builds
        on attempts.started_at >= builds.started_at and attempts.started_at <= coalesce(builds.ended_at, 'infinity')
    qualify row_number() over (partition by attempts.attempt_id order by builds.started_at desc) = 1
)

select
    builds.number as build,
    builds.outcome,
    builds.planned_calls,
    count(distinct assigned.call_key) as calls,
    count(assigned.attempt_id) as attempts,
    builds.planned_usd,
    builds.planned_usd_max,
    coalesce(sum(assigned.cost_usd), 0) as cost_usd,
    count(*) filter (assigned.attempt_id is not null and assigned.cost_usd is null) as unknown_cost_attempts,
    coalesce(sum(assigned.reserved_usd) filter (assigned.cost_usd is null), 0) as unknown_usd
from builds
left join assigned on builds.number = assigned.build
group by builds.number, builds.outcome, builds.planned_calls, builds.planned_usd, builds.planned_usd_max
