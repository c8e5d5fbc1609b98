"""Limits and pauses."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.outcomes import detail_of, retry_after_s
from reasonmed_assets.llm.refusals import refusal_of
from reasonmed_assets.llm.transports.limits import InFlight, PerMinute, backoff_s


def test_the_limit_doubles_per_round_until_the_first_overload() -> None:
    limit = InFlight(1000)
    assert limit.limit == 16
    for _ in range(16):
        limit.replied(1.0, 1, 0.0)
    assert limit.limit == 32
    limit.overloaded(sent_at=5.0, now=6.0)
    assert limit.limit == 22
    for _ in range(22):
        limit.replied(1.0, 1, 0.0)
    assert limit.limit in (22, 23)


def test_one_overload_seen_by_many_calls_counts_once() -> None:
    limit = InFlight(1000)
    for _ in range(100):
        limit.overloaded(sent_at=5.0, now=6.0)
    assert limit.limit == 11
    limit.overloaded(sent_at=6.5, now=7.0)
    assert limit.limit == 7


def test_a_queue_never_raises_a_limit_that_overloads_lowered() -> None:
    limit = InFlight(256)
    for at in range(8):
        limit.overloaded(at, at + 0.5)
    for _ in range(16):
        limit.replied(1.0, 1, 9.0)
    lowered = limit.limit
    assert lowered < 8
    for _ in range(16):
        limit.replied(10.0, 4, 9.0)
    assert limit.limit <= lowered + 4


def test_the_calls_of_another_step_are_not_compared() -> None:
    limit = InFlight(256)
    for latency_s, load, n in ((0.5, 256, 3000), (0.5, 4, 300)):
        for _ in range(n):
            limit.replied(latency_s, load, 0.0)
    limit.step_begins()
    for _ in range(3000):
        limit.replied(60.0, 256, 0.0)
    assert limit.limit == 256


@given(st.integers(1, 500), st.lists(st.booleans(), max_size=300))
def test_the_limit_stays_within_its_bounds(highest: int, replies: list[bool]) -> None:
    limit = InFlight(highest)
    for at, is_reply in enumerate(replies):
        if is_reply:
            limit.replied(1.0, 1, 0.0)
        else:
            limit.overloaded(at, at + 0.5)
        assert 1 <= limit.limit <= highest


@given(st.integers(1, 10_000), st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_never_more_than_a_minute_allows(per_minute: int, pauses: list[float]) -> None:
    allowance = PerMinute(per_minute, 0.0)
    now, taken = 0.0, 0
    for pause in pauses:
        now += pause
        while allowance.wait_s(now) <= 0 and taken < 20_000:
            allowance.take(1, now)
            taken += 1
    assert taken <= now * per_minute / 60 + max(1, per_minute / 60) + 1


def test_a_large_take_is_waited_for_and_what_is_given_back_counts() -> None:
    tokens = PerMinute(6000, 0.0)
    tokens.take(1100, 0.0)
    assert tokens.wait_s(0.0) == pytest.approx(10.01)
    tokens.take(-500, 0.0)
    assert tokens.wait_s(0.0) == pytest.approx(5.01)
    assert tokens.wait_s(5.02) == 0.0


def test_no_limit_never_waits() -> None:
    free = PerMinute(None, 0.0)
    free.take(10**9, 0.0)
    assert free.wait_s(0.0) == 0.0


@given(st.integers(1, 40), st.none() | st.floats(0, 10_000))
def test_pauses_grow_and_honour_what_was_asked(tries: int, asked: float | None) -> None:
    pause = backoff_s(tries, asked, random.Random(tries))
    assert pause >= min(60.0, 0.5 * 2 ** (tries - 1)) / 2
    assert pause <= 600
    if asked is not None:
        assert pause >= min(asked, 600)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("0.25", 0.25),
        ("-1", 0.0),
        ("Sun, 01 Nov 2026 00:00:30 GMT", 30.0),
        ("Sat, 31 Oct 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("\xe9t\xe9", None),
        ("Wed, 21 Oct 2015 07:28:00 +99999999999999", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": value}, datetime(2026, 11, 1, tzinfo=UTC)) == seconds
    assert retry_after_s({}) is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "declined"),
        (413, "rejected"),
        (422, "declined"),
        (401, "unauthorised"),
        (402, "unauthorised"),
        (403, "declined"),
        (408, "timed_out"),
        (504, "timed_out"),
        (404, "transport_error"),
        (429, "transport_error"),
        (500, "transport_error"),
        (302, "transport_error"),
    ],
)
def test_outcomes_of_statuses_without_a_word(status: int, outcome: str) -> None:
    assert refusal_of(status, b"").cause.outcome == outcome


def detail(status: int, body: str) -> str:
    return detail_of(status, refusal_of(status, body), body)


def test_details_are_short_and_quote_no_refused_key() -> None:
    assert detail(401, "key sk-123 is wrong") == "HTTP 401"
    assert detail(500, "a \n  b") == "HTTP 500: a b"
    assert len(detail(500, "x" * 10_000)) < 600


@pytest.mark.parametrize("shown", ["sk-proj-ab12****wxyz", "AIzaSy0123456789", "gsk_abcd1234efgh", "****6789"])
@pytest.mark.parametrize("status", [400, 402, 403])
def test_what_looks_like_a_key_is_masked_where_it_may_be_one(status: int, shown: str) -> None:
    told = detail(status, f"Incorrect API key provided: {shown}, see your account")
    assert shown not in told
    assert told == f"HTTP {status}: Incorrect API key provided: [key], see your account"
