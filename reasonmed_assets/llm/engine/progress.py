"""How far a step is: what was made, reused, failed, and what it cost so far."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.vocabulary import Outcome

_log = logging.getLogger(__name__)

_RECENT_S = 30.0
"""Over how many seconds a rate is taken: replies from the ledger arrive at once and predict nothing."""


@dataclass(slots=True)
class CallStats:
    """Counts of one step.

    Attributes:
        rows: rows whose calls have ended.
        made: calls sent in this run, transport retries not counted.
        answered: those of them that a model replied to, usable or not.
        cached: calls whose reply already existed: in the ledger, from another running build, or from another row.
        attempts: requests sent in this run, transport retries included.
        outcomes: rows by outcome.
        prompt_tokens, completion_tokens: tokens of the calls made, as far as they are known.
        bill: what the attempts cost at the profile's prices.


        unknown_endings: replies that count as whole although why they ended is not known, by their `finish_reason`.
        prompt_tokens, completion_tokens: tokens of the calls made.
        cost_usd: their cost at the profile's prices.
        seconds: since the step started.
    """

    rows: int = 0
    made: int = 0
    answered: int = 0
    cached: int = 0
    attempts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    unknown_endings: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    bill: Bill = field(default_factory=Bill)
    seconds: float = 0.0

    @property
    def failed(self) -> dict[str, int]:
        """Rows without a usable reply, by outcome, the most frequent first."""
        return {str(outcome): n for outcome, n in self.outcomes.most_common() if outcome != Outcome.COMPLETED}

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens of the calls made."""
        return self.prompt_tokens + self.completion_tokens


class CallProgress(Protocol):
    """Receives the progress of a step; called from the thread that takes the results."""

    def started(self, step: str, expected: int | None) -> None:
        """A step begins or continues; `expected` counts its rows, those of earlier runs included, where known."""

    def advanced(self, step: str, stats: CallStats) -> None:
        """Called a few times a second at most."""

    def notice(self, step: str, text: str) -> None:
        """Something that the user should know at once: an endpoint is down, or back."""

    def finished(self, step: str, stats: CallStats) -> None:
        """The step has ended, completely or not."""


class Pace:
    """The recent speed of a step.

    Args:
        expected: rows of the step, where that is known.

    Attributes:
        rows_per_s, calls_per_s, tokens_per_s: over the last half minute, or since the step started.
        left_s: seconds for the rest at that rate; None where unknown.
    """

    def __init__(self, expected: int | None) -> None:
        self.expected = expected
        self.rows_per_s = self.calls_per_s = self.tokens_per_s = 0.0
        self.left_s: float | None = None
        self._marks: deque[tuple[float, int, int, int]] = deque()

    def update(self, stats: CallStats) -> None:
        """Record how far the step is now."""
        mark = (stats.seconds, stats.rows, stats.made, stats.tokens)
        self._marks.append(mark)
        while len(self._marks) > 1 and self._marks[1][0] <= stats.seconds - _RECENT_S:
            self._marks.popleft()
        then = self._marks[0] if mark[0] > self._marks[0][0] else (0.0, 0, 0, 0)
        seconds, *counts = (now - before for now, before in zip(mark, then, strict=True))
        if seconds <= 0:
            return
        self.rows_per_s, self.calls_per_s, self.tokens_per_s = (count / seconds for count in counts)
        is_known = self.expected is not None and self.rows_per_s > 0
        self.left_s = max(0, (self.expected or 0) - stats.rows) / self.rows_per_s if is_known else None


class LogProgress:
    """A log line at intervals, and one at the end.

    Args:
        every_s: seconds between two lines of a step.
        log: where the lines go; the module's logger by default.
    """

    def __init__(self, every_s: float = 10.0, log: logging.Logger | None = None) -> None:
        self._every_s = every_s
        self._log = log or _log
        self._paces: dict[str, Pace] = {}
        self._next: dict[str, float] = {}

    def started(self, step: str, expected: int | None) -> None:
        """Remember how many rows are expected."""
        self._paces[step] = Pace(expected)
        self._next[step] = time.monotonic() + self._every_s

    def advanced(self, step: str, stats: CallStats) -> None:
        """Write a line when it is time."""
        # Two runs of a step may overlap: the one that continues has no count of its own any more.
        pace = self._paces.setdefault(step, Pace(None))
        pace.update(stats)
        if time.monotonic() >= self._next[step]:
            self._next[step] = time.monotonic() + self._every_s
            self._say(f"{step}: {described(stats, pace)}")

    def finished(self, step: str, stats: CallStats) -> None:
        """Write the last line, with the rates of the whole step."""
        pace = Pace(self._paces.pop(step, Pace(None)).expected)
        pace.update(stats)
        is_complete = pace.expected is None or stats.rows >= pace.expected
        self._say(f"{step}: {'done' if is_complete else 'stopped'}: {described(stats, pace)}")

    def notice(self, step: str, text: str) -> None:
        """Write a warning."""
        self._warn(f"{step}: {text}")

    def _say(self, line: str) -> None:
        self._log.info("%s", line)

    def _warn(self, line: str) -> None:
        self._log.warning("%s", line)


def described(stats: CallStats, pace: Pace) -> str:
    """One line: rows, calls, rates, tokens, cost, time left, failures by kind."""
    total = "" if pace.expected is None else f" of {pace.expected:,}"
    parts = [
        f"{stats.rows:,}{total} rows",
        f"{stats.made:,} calls made, {stats.cached:,} reused",
        f"{pace.calls_per_s:,.1f} calls/s",
        f"{stats.tokens:,} tokens, {pace.tokens_per_s:,.0f}/s",
        dollars(stats.bill),
    ]
    if pace.left_s:
        parts.append(f"{duration(pace.left_s)} left")
    if stats.failed:
        parts.append(failures(stats))
    if stats.unknown_endings:
        parts.append(f"ended for an unknown reason: {counted_words(stats.unknown_endings)}")
    return "; ".join(parts)


def dollars(bill: Bill) -> str:
    """What is known of a cost, and what is not: "$1.20", "$1.20 + 3 of unknown cost ($0.05 reserved)"."""
    known = f"${bill.usd:,.2f}"
    if not bill.n_unknown:
        return known
    return f"{known} + {bill.n_unknown:,} of unknown cost (${bill.unknown_usd:,.2f} reserved)"


def counted_words(words: Mapping[str, int]) -> str:
    """Finish reasons with how often they came, the most frequent first."""
    return ", ".join(f"{word!r} {n:,}" for word, n in Counter(words).most_common())


def failures(stats: CallStats) -> str:
    """The rows without a usable reply by kind, the most frequent first; empty when there are none."""
    kinds = ", ".join(f"{outcome} {n:,}" for outcome, n in stats.failed.items())
    return f"failed: {kinds}" if kinds else ""


def duration(seconds: float) -> str:
    """Seconds in the unit a person would use: "45 s", "12 min", "3.5 h"."""
    if seconds < 100:
        return f"{seconds:,.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:,.0f} min"
    return f"{seconds / 3600:,.1f} h"
