"""Distributions that the three training sets share."""

from reasonmed_assets.quality.expectations import Between, Bound, Rare, View

_RECORDS = """
    select
        example_id as name,
        token_estimate(concat_ws(' ', instruction, input, output)) > getvariable('threshold_cutoff_tokens')
            as is_over_cutoff
    from staged
"""

_LETTERS = """
    with asked as (
        select gold_letter, count(*) / sum(count(*)) over () as share
        from questions
        group by gold_letter
    ),

    released as (
        select examples.gold_letter, count(*) as n, sum(count(*)) over () as total
        from staged
        inner join reasonmed as examples on staged.example_id = examples.example_id
        group by examples.gold_letter
    )

    select
        asked.gold_letter as name,
        abs(coalesce(released.n, 0) / totals.total - asked.share) as shift
    from asked
    cross join (select max(total) as total from released) as totals
    left join released on asked.gold_letter = released.gold_letter
    where totals.total >= getvariable('threshold_min_rows_for_rates')
"""

VIEWS = (
    View(
        "records",
        _RECORDS,
        (
            Rare(
                "is_over_cutoff",
                "Few records are longer than the trainer's cut-off.",
                15,
                Bound("over_cutoff_share_max"),
            ),
        ),
    ),
    View(
        "letter_shares",
        _LETTERS,
        (
            Between(
                "shift",
                "The share of every letter among the keys is close to that of the questions.",
                15,
                high=Bound("letter_shift_max"),
            ),
        ),
    ),
)
