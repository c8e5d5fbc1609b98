"""Distributions of `refined_paths` (accepted texts)."""

from reasonmed_assets.quality.expectations import Between, Bound, Rare, View

_UNCHANGED_RATIO = 98

_TEXTS = f"""
    select
        path_id as name,
        parent_ratio > {_UNCHANGED_RATIO} as is_unchanged,
        n_invented > 0 as has_invented_citation
    from measured
"""

_LENGTHS = """
    select
        staged.stage as name,
        median(length(staged.path_text) / length(parents.path_text)) as length_factor
    from staged
    inner join reasoning_paths as parents on staged.parent_path_id = parents.path_id
    where staged.is_accepted and length(parents.path_text) > 0
    group by staged.stage
    having count(*) >= getvariable('threshold_min_rows_for_rates')
"""

VIEWS = (
    View(
        "texts",
        _TEXTS,
        (
            Rare(
                "is_unchanged",
                "Few texts equal their parents'.",
                11,
                Bound("unchanged_rewrite_share_max"),
            ),
            Rare(
                "has_invented_citation",
                "Few texts cite something that their question lacks.",
                12,
                Bound("invented_citation_share_max"),
            ),
        ),
    ),
    View(
        "lengths",
        _LENGTHS,
        (
            Between(
                "length_factor",
                "Rewritten texts are neither stubs nor several times as long as their parents, in the median.",
                11,
                low=Bound("rewrite_length_factor_min"),
                high=Bound("rewrite_length_factor_max"),
            ),
        ),
    ),
)
