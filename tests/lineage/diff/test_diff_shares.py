"""Shares before and after: the tests against values that are known, and how many are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.lineage.diff.shares import Share, judged, p_value


@pytest.mark.parametrize(
    ("counts", "p"),
    [
        ((3, 4, 1, 4), 0.4857142857),  # Fisher's lady tasting tea
        ((8, 10, 1, 6), 0.03496503496503495),  # scipy.stats.fisher_exact
        ((45, 100, 60, 100), 0.033706),  # z = 2.1238
        ((7, 9, 7, 9), 1.0),
        ((0, 5, 0, 50), 1.0),
        ((30_000, 60_000, 30_700, 60_000), 5.305e-05),
    ],
)
def test_p_values_are_those_of_the_books(counts: tuple[int, int, int, int], p: float) -> None:
    assert p_value(*counts) == pytest.approx(p, rel=0.02)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_a_p_value_is_the_same_from_both_sides(total: int, other: int, data: st.DataObject) -> None:
    n, m = data.draw(st.integers(0, total)), data.draw(st.integers(0, other))
    found = p_value(n, total, m, other)
    assert 0 <= found <= 1
    assert found == pytest.approx(p_value(m, other, n, total), abs=1e-9)
    assert found == pytest.approx(p_value(total - n, total, other - m, other), abs=1e-9)


def test_what_is_marked_depends_on_how_much_is_compared() -> None:
    def marked(*ps: float | None) -> list[bool]:
        shares = [Share("f", "source", str(at), 1, 2, 1, 2, p) for at, p in enumerate(ps)]
        return [share.is_beyond_noise for share in judged(shares)]

    assert marked(0.04) == [True]
    assert marked(0.04, 1.0) == [False, False]
    # Holm: 0.01 <= 0.05 / 3, then 0.03 > 0.05 / 2, and what is larger fails as well.
    assert marked(0.03, 0.01, 0.04, None) == [False, True, False, False]
