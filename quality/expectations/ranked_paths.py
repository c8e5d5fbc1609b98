"""Distributions of `ranked_paths`."""

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

# The two best of every question, against what each generator had to offer.
_SELECTION = """
    select
        generator as name,
        abs(
            count(*) filter (where selection_rank <= 2) / any_value(total.n_selected) - count(*) / any_value(total.n)
        ) as shift
    from staged
    cross join (
        select count(*) as n, count(*) filter (where selection_rank <= 2) as n_selected from staged
    ) as total
    where total.n_selected >= getvariable('threshold_min_rows_for_rates')
    group by generator
"""

VIEWS = (
    View(
        "scores",
        _SCORES,
        (
            Between(
                "score_share",
                "The ranker does not give the same score to nearly every path.",
                10,
                high=Bound("one_score_share_max"),
            ),
        ),
    ),
    View(
        "selection",
        _SELECTION,
        (
            Between(
                "shift",
                "A generator's share of the selected paths is close to its share of the correct ones.",
                10,
                high=Bound("selection_shift_max"),
            ),
        ),
    ),
)
