"""Distributions of `verifications`."""

from reasonmed_assets.quality.expectations import Between, Bound, Rare, View

_ACCEPTANCE = """
    select
        generator as name,
        avg(is_correct::integer) as acceptance
    from staged
    where is_correct is not null
    group by generator
    having count(*) >= getvariable('threshold_min_rows_for_rates')
"""

_CORRECT = """
    select
        path_id as name,
        not coalesce(is_answer_match, false) as has_wrong_letter
    from staged
    where verdict = 'correct'
"""

VIEWS = (
    View(
        "acceptance",
        _ACCEPTANCE,
        (
            Between(
                "acceptance",
                "The share of a generator's paths that are correct is plausible.",
                8,
                low=Bound("acceptance_min"),
                high=Bound("acceptance_max"),
            ),
        ),
    ),
    View(
        "correct_verdicts",
        _CORRECT,
        (
            Rare(
                "has_wrong_letter",
                "Few paths that the verifier finds correct conclude with a wrong letter.",
                8,
                Bound("correct_with_wrong_letter_max"),
            ),
        ),
    ),
)
