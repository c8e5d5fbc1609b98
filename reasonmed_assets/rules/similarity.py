"""How alike two model-written texts are."""

from __future__ import annotations

from collections.abc import Sequence

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
