"""How alike two model-written texts are."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rapidfuzz import fuzz


def edit_ratio(a: str, b: str) -> float:
    """Edit ratio of two texts, 0 to 100: 100 x (1 - insertions and deletions / characters of both).

    Two empty texts are equal (100).
    """
    return fuzz.ratio(a, b)


def near_copies(texts: Sequence[str], ratio: float) -> list[int | None]:
    """For each text, the index of the first earlier text that it nearly copies (edit ratio >= `ratio`), else None."""
    return [
        next((i for i, earlier in enumerate(texts[:n]) if fuzz.ratio(earlier, text, score_cutoff=ratio) >= ratio), None)
        for n, text in enumerate(texts)
    ]


NEAR_COPY_COLUMNS = {"path_id": ("path_id",), "near_copy_of": ("path_id", "path_text")}
"""The columns of `copies_in`, each with the columns of `paths` that it is computed from (column lineage)."""


def copies_in(paths: pl.LazyFrame, ratio: float) -> pl.DataFrame:
    """The paths that nearly copy an earlier one of their question: columns `path_id`, `near_copy_of`.

    Args:
        paths: `question_id`, `path_id`, `path_text`, a question's paths together and best first.
        ratio: edit ratio (0 to 100) from which on a text is a near copy.
    """
    rows: list[dict[str, str]] = []
    frame = paths.select("question_id", "path_id", "path_text").collect()
    for _, group in frame.group_by("question_id", maintain_order=True):
        ids = group["path_id"].to_list()
        found = near_copies(group["path_text"].to_list(), ratio)
        rows += [
            {"path_id": ids[at], "near_copy_of": ids[earlier]}
            for at, earlier in enumerate(found)
            if earlier is not None
        ]
    return pl.DataFrame(rows, schema=dict.fromkeys(NEAR_COPY_COLUMNS, pl.String))
