"""Progress lines."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from reasonmed_assets.llm.progress import CallStats, LogProgress, described


def test_a_line_tells_rows_rate_cost_time_left_and_failures() -> None:
    stats = CallStats(
        rows=500,
        made=400,
        cached=110,
        outcomes=Counter(completed=490, empty=3, timed_out=7),
        prompt_tokens=1000,
        completion_tokens=234,
        cost_usd=1.5,
        seconds=10.0,
    )
    line = described(stats, 1500)
    for part in (
        "500 of 1,500 rows",
        "400 calls made, 110 reused",
        "50.0 rows/s",
        "1,234 tokens",
        "$1.50",
        "20 s left",
    ):
        assert part in line
    assert line.endswith("failed: timed_out 7, empty 3")


def test_nothing_is_said_that_is_not_known() -> None:
    line = described(CallStats(), None)
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
