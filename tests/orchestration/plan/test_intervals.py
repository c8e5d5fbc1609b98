"""Intervals of estimated numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.orchestration.plan.history import seconds_at_limits, spread
from reasonmed_assets.orchestration.plan.plan import Interval, total

COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)


@given(COUNTS)
def test_an_interval_holds_the_mean_of_its_draws_and_nothing_below_zero(draws: list[int]) -> None:
    found = spread(map(float, draws), 0.15)
    assert 0 <= found.low <= found.expected <= found.high
    assert found.expected == pytest.approx(sum(draws) / len(draws))


def test_equal_draws_leave_the_doubt_that_the_next_replies_are_of_no_earlier_kind() -> None:
    assert spread([100.0, 100.0, 100.0], 0.15) == Interval(85.0, 100.0, 115.0)
    assert spread([0.0, 0.0], 0.15).is_exact


def test_draws_that_are_far_apart_widen_an_interval_to_twice_its_lower_end_at_most() -> None:
    found = spread([10.0, 90.0], 0.25, 1 / 3)
    assert found.high == pytest.approx(2 * found.low)
    assert spread([10.0, 90.0], 0.6, 1 / 3).high == pytest.approx(80.0), "doubt is not left out"


def test_sums_keep_what_is_exact() -> None:
    assert total([Interval.exactly(2), Interval.exactly(3)]) == Interval.exactly(5)
    assert total([Interval.exactly(2), Interval(1, 2, 4)]) == Interval(3, 4, 6)


def test_the_narrowest_limit_decides_how_long_calls_take() -> None:
    provider = Provider(kind="real", base_url="https://a.test/v1", max_in_flight=10, requests_per_minute=600)
    assert seconds_at_limits(provider, 1_000, 0, latency_s=2.0) == 200
    assert seconds_at_limits(provider, 1_000, 0, latency_s=None) == 100
    slow = provider.model_copy(update={"tokens_per_minute": 1_000})
    assert seconds_at_limits(slow, 1_000, 60_000, latency_s=2.0) == 3_600
    assert seconds_at_limits(Provider(kind="real", base_url="https://a.test/v1"), 5, 0, None) is None
