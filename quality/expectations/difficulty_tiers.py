"""Distributions of `difficulty_tiers`."""

from reasonmed_assets.quality.expectations import Between, Bound, View

_TIERS = """
    with last as (select (getvariable('last_statistics')::json -> 'tiers') as tiers),

    totals as (
        select
            (select count(*) from staged) as n_now,
            (select sum((value ->> '$')::bigint) from last, json_each(last.tiers)) as n_before
    )

    select
        names.tier as name,
        abs(
            (select count(*) from staged where tier = names.tier) / totals.n_now
            - coalesce((last.tiers ->> names.tier)::bigint, 0) / totals.n_before
        ) as shift
    from (select unnest(['easy', 'medium', 'difficult', 'unresolved']) as tier) as names
    cross join last
    cross join totals
    where least(totals.n_now, totals.n_before) >= getvariable('threshold_min_rows_for_rates')
"""

VIEWS = (
    View(
        "tier_shares",
        _TIERS,
        (Between("shift", "The share of every tier is close to the last build's.", 9, high=Bound("tier_shift_max")),),
    ),
)
