"""Distributions of `quality_scores`."""

from reasonmed_assets.quality.expectations import Between, Bound, View

_SCORES = """
    select
        score::varchar as name,
        count(*) / greatest(any_value(total.n), getvariable('threshold_min_rows_for_rates')) as score_share
    from staged
    cross join (select count(score) as n from staged) as total
    where score is not null
    group by score
"""

VIEWS = (
    View(
        "scores",
        _SCORES,
        (
            Between(
                "score_share",
                "The evaluator does not give the same score to nearly every text.",
                None,
                high=Bound("one_score_share_max"),
            ),
        ),
    ),
)
