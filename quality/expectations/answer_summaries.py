"""Distributions of `answer_summaries`."""

from reasonmed_assets.quality.expectations import Between, Bound, Rare, View

_SUMMARIES = """
    select
        staged.example_id as name,
        not staged.is_accepted as is_failed,
        case
            when staged.is_accepted
                then coalesce(
                    staged.completion_tokens - coalesce(staged.reasoning_tokens, 0), token_estimate(staged.summary)
                )
        end as n_tokens,
        measured.path_ratio >= getvariable('threshold_summary_copy_ratio_max') as is_copy
    from staged
    left join measured on staged.example_id = measured.example_id
"""

VIEWS = (
    View(
        "summaries",
        _SUMMARIES,
        (
            Rare("is_failed", "Few examples are without a summary.", 13, Bound("summary_failed_share_max")),
            Rare("is_copy", "No summary is its path word for word.", 13),
            Between(
                "n_tokens",
                "Every summary has a sensible number of tokens.",
                13,
                low=Bound("summary_tokens_min"),
                high=Bound("summary_tokens_max"),
            ),
        ),
    ),
)
