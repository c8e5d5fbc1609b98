"""Tiers by the number of errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tier_reference import tier_bounds, tier_of, tier_with_missing

HARDNESS = ["easy", "medium", "difficult"]


def test_the_published_tiers_of_nine_paths() -> None:
    tiers = [tier_of(errors, 9 - errors, 9, 2) for errors in range(10)]
    assert tiers == ["easy"] * 5 + ["medium"] * 3 + ["difficult"] * 2


@pytest.mark.parametrize(
    ("n", "bounds"), [(1, (0, 0)), (3, (1, 2)), (5, (2, 3)), (6, (2, 4)), (9, (4, 7)), (12, (5, 9)), (16, (7, 12))]
)
def test_bounds_of_other_numbers_of_paths(n: int, bounds: tuple[int, int]) -> None:
    assert tier_bounds(n) == bounds


def test_medium_needs_two_correct_paths() -> None:
    assert tier_of(2, 1, 3, medium_min_correct=2) == "difficult"
    assert tier_of(2, 1, 3, medium_min_correct=1) == "medium"


def test_counts_that_do_not_add_up_are_refused() -> None:
    for wrong in [(-1, 10, 9), (4, 4, 9), (5, 5, 9)]:
        with pytest.raises(ValueError, match="not 9 paths"):
            tier_of(*wrong, 2)
    with pytest.raises(ValueError, match="at least one path"):
        tier_bounds(0)
    with pytest.raises(ValueError, match="-1 missing"):
        tier_with_missing(5, 5, -1, 2)


@given(st.integers(1, 32), st.integers(0, 4))
def test_more_errors_never_make_a_question_easier(n: int, medium_min_correct: int) -> None:
    ranks = [HARDNESS.index(tier_of(errors, n - errors, n, medium_min_correct)) for errors in range(n + 1)]
    assert ranks == sorted(ranks)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 6), st.integers(0, 3))
def test_a_tier_with_missing_verdicts_is_that_of_every_way_to_fill_them_in(
    n_correct: int, n_error: int, n_missing: int, medium_min_correct: int
) -> None:
    n = n_correct + n_error + n_missing
    if n == 0:
        return
    tier, best, worst = tier_with_missing(n_correct, n_error, n_missing, medium_min_correct)
    ways = [
        tier_of(n_error + more, n_correct + n_missing - more, n, medium_min_correct) for more in range(n_missing + 1)
    ]
    assert (best, worst) == (ways[0], ways[-1])
    assert tier == (ways[0] if len(set(ways)) == 1 else "unresolved")


def test_a_missing_verdict_that_decides_leaves_the_tier_open() -> None:
    assert tier_with_missing(4, 4, 1, 2) == ("unresolved", "easy", "medium")
    assert tier_with_missing(6, 1, 2, 2) == ("easy", "easy", "easy")
