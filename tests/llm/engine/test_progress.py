"""Progress lines."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.llm.engine.progress import CallStats, LogProgress, Pace, described, duration


def test_a_line_tells_rows_rate_cost_time_left_and_failures() -> None:
    stats = CallStats(
        rows=500,
        made=400,
        cached=110,
        outcomes=Counter(completed=490, empty=3, timed_out=7),
        prompt_tokens=1000,
        completion_tokens=234,
        bill=Bill(1.5),
        seconds=10.0,
    )
    pace = Pace(1500)
    pace.update(stats)
    line = described(stats, pace)
    for part in (
        "500 of 1,500 rows",
        "400 calls made, 110 reused",
        "40.0 calls/s",
        "1,234 tokens, 123/s",
        "$1.50",
        "20 s left",
    ):
        assert part in line
    assert line.endswith("failed: timed_out 7, empty 3")


def test_words_that_say_nothing_of_an_ending_are_told() -> None:
    line = described(CallStats(rows=3, unknown_endings=Counter(none=1, whatever=2)), Pace(None))
    assert line.endswith("ended for an unknown reason: 'whatever' 2, 'none' 1")


def test_nothing_is_said_that_is_not_known() -> None:
    line = described(CallStats(), Pace(None))
    assert line.startswith("0 rows")
    assert "left" not in line and "failed" not in line


def test_lines_are_spaced(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    progress = LogProgress(every_s=3600)
    progress.started("verify", 10)
    for _ in range(50):
        progress.advanced("verify", CallStats(rows=1))
    progress.finished("verify", CallStats(rows=10))
    assert [record.getMessage().split(";")[0] for record in caplog.records] == ["verify: done: 10 of 10 rows"]


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    """Ten thousand replies from the ledger at once do not make the calls that follow look fast."""
    pace = Pace(10_600)
    for second in range(61):
        calls = 5 * second
        pace.update(CallStats(rows=10_000 + calls, cached=10_000, made=calls, prompt_tokens=9 * calls, seconds=second))
    assert (pace.calls_per_s, pace.tokens_per_s) == (5.0, 45.0)
    assert pace.left_s == 60.0


def test_a_step_that_stops_early_does_not_say_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    progress = LogProgress(every_s=3600)
    progress.started("verify", 10)
    progress.finished("verify", CallStats(rows=4, seconds=1.0))
    assert caplog.records[0].getMessage().startswith("verify: stopped: 4 of 10 rows")


def test_a_notice_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    LogProgress().notice("verify", "provider local pauses for 30 s")
    ((level, said),) = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert (level, said) == ("WARNING", "verify: provider local pauses for 30 s")


@pytest.mark.parametrize(("seconds", "said"), [(45.4, "45 s"), (720, "12 min"), (12_600, "3.5 h")])
def test_durations_are_said_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds) == said
