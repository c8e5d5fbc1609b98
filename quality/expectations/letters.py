"""The share of each letter among the keys, for every table that has them."""

from reasonmed_assets.quality.expectations import Between, Bound, View

_LETTERS = """
    select
        gold_letter as name,
        count(*) / greatest(any_value(total.n), getvariable('threshold_min_rows_for_rates')) as letter_share
    from staged
    cross join (
        -- Questions that all have the same options (yes, no, maybe) have their own distribution of keys.
        select count(*) as n, count(distinct options) as n_option_lists from staged
    ) as total
    where total.n_option_lists > 1
    group by gold_letter
"""

VIEWS = (
    View(
        "letters",
        _LETTERS,
        (
            Between(
                "letter_share",
                "No letter is the key of more than the allowed share.",
                2,
                high=Bound("letter_share_max"),
            ),
        ),
    ),
)
