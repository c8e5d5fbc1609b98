"""How far a step is: what was made, reused, failed, and what it cost so far."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class CallStats:
    """Counts of one step.

    Attributes:
        rows: rows whose calls have ended.
        made: calls sent in this run (retries of transport apart).
        cached: calls whose reply was there: in the ledger, from another build at work, or from another row.
        attempts: requests sent in this run, transport retries included.
        outcomes: rows by outcome.
        prompt_tokens, completion_tokens: tokens of the calls made.
        cost_usd: their cost at the profile's prices.
        seconds: since the step started.
    """

    rows: int = 0
    made: int = 0
    cached: int = 0
    attempts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0

    @property
    def failed(self) -> dict[str, int]:
        """Rows without a usable reply, by outcome, the most frequent first."""
        return {outcome: n for outcome, n in self.outcomes.most_common() if outcome != "completed"}


class Progress(Protocol):
    """Who wants to know how far a step is; called from the thread that takes the results."""

    def started(self, step: str, expected: int | None) -> None:
        """A step begins; `expected` rows, where that is known."""

    def advanced(self, step: str, stats: CallStats) -> None:
        """Called a few times a second at most."""

    def notice(self, step: str, text: str) -> None:
        """Something that the user should know at once: an endpoint is down, or back."""

    def finished(self, step: str, stats: CallStats) -> None:
        """The step has ended, completely or not."""


class LogProgress:
    """A log line every so many seconds, and one at the end.

    Args:
        every_s: seconds between two lines of a step.
        log: where the lines go; the module's logger by default.
    """

    def __init__(self, every_s: float = 10.0, log: logging.Logger | None = None) -> None:
        self._every_s = every_s
        self._log = log or _log
        self._expected: dict[str, int | None] = {}
        self._next: dict[str, float] = {}

    def started(self, step: str, expected: int | None) -> None:
        """Remember how many rows are expected."""
        self._expected[step] = expected
        self._next[step] = time.monotonic() + self._every_s

    def advanced(self, step: str, stats: CallStats) -> None:
        """Write a line when it is time."""
        if time.monotonic() >= self._next[step]:
            self._next[step] = time.monotonic() + self._every_s
            self._log.info("%s: %s", step, described(stats, self._expected[step]))

    def notice(self, step: str, text: str) -> None:
        """Write it as a warning."""
        self._log.warning("%s: %s", step, text)

    def finished(self, step: str, stats: CallStats) -> None:
        """Write the last line."""
        self._log.info("%s: done: %s", step, described(stats, self._expected.pop(step, None)))


def described(stats: CallStats, expected: int | None) -> str:
    """One line: rows, calls, rate, tokens, cost, time left, failures by kind."""
    rate = stats.rows / stats.seconds if stats.seconds > 0 else 0.0
    total = "" if expected is None else f" of {expected:,}"
    parts = [
        f"{stats.rows:,}{total} rows",
        f"{stats.made:,} calls made, {stats.cached:,} reused",
        f"{rate:,.1f} rows/s",
        f"{stats.prompt_tokens + stats.completion_tokens:,} tokens",
        f"${stats.cost_usd:,.2f}",
    ]
    if expected is not None and rate > 0 and stats.rows < expected:
        parts.append(f"{(expected - stats.rows) / rate:,.0f} s left")
    if stats.failed:
        parts.append("failed: " + ", ".join(f"{outcome} {n:,}" for outcome, n in stats.failed.items()))
    return "; ".join(parts)
