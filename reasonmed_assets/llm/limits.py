"""How much an endpoint is asked for: calls in flight, requests and tokens a minute, pauses between attempts."""

from __future__ import annotations

import random
import threading

_RAMP_START = 16
_DECREASE = 0.7
_BACKOFF_FIRST_S = 0.5
_BACKOFF_LONGEST_S = 60.0
_LONGEST_WAIT_S = 600.0
_MINUTE_S = 60.0


class InFlight:
    """How many calls may be in flight: grows while the endpoint keeps up, shrinks when it says or shows that it cannot.

    Additive increase, multiplicative decrease. It starts low and doubles per round of replies up to the first
    overload; from then on it gains one per round. Calls that were already in flight at a decrease cause no second one.
    """

    def __init__(self, highest: int) -> None:
        self.highest = highest
        self._limit = float(min(highest, _RAMP_START))
        self._is_ramping = True
        self._decreased_at = float("-inf")

    @property
    def limit(self) -> int:
        """Calls that may be in flight now, at least 1."""
        return int(self._limit)

    def replied(self) -> None:
        """The endpoint answered a call."""
        gain = 1.0 if self._is_ramping else 1.0 / self._limit
        self._limit = min(float(self.highest), self._limit + gain)

    def overloaded(self, sent_at: float, now: float) -> None:
        """A call that was sent at `sent_at` met an overload (seconds of one monotonic clock)."""
        if sent_at < self._decreased_at:
            return
        self._is_ramping = False
        self._decreased_at = now
        self._limit = max(1.0, self._limit * _DECREASE)


class PerMinute:
    """An allowance that refills steadily, shared by all threads of a build; None is no limit.

    At most a second's worth (and at least one unit) can be saved up, so that a minute's allowance is never spent at
    once at its beginning and again at its end.
    """

    def __init__(self, per_minute: int | None, now: float) -> None:
        self._rate = None if per_minute is None else per_minute / _MINUTE_S
        self._most = max(1.0, self._rate or 0.0)
        self._left = self._most
        self._at = now
        self._lock = threading.Lock()

    def wait_s(self, now: float) -> float:
        """Seconds until something may be taken again; 0 when it may be now."""
        if self._rate is None:
            return 0.0
        with self._lock:
            self._refill(now)
            needed = min(1.0, self._most) - self._left
            return max(0.0, needed / self._rate)

    def take(self, amount: float, now: float) -> None:
        """Take an amount, larger ones into debt; a negative amount gives back what was not used."""
        if self._rate is None:
            return
        with self._lock:
            self._refill(now)
            self._left = min(self._most, self._left - amount)

    def _refill(self, now: float) -> None:
        assert self._rate is not None
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)


def backoff_s(tries: int, asked_s: float | None, draw: random.Random) -> float:
    """Seconds before the next attempt of a call that failed `tries` times (at least 1).

    Doubles from half a second to a minute, of which a random half is left off, so that calls which failed together do
    not return together. What the endpoint asked for is the least, up to ten minutes.
    """
    longest = min(_BACKOFF_LONGEST_S, _BACKOFF_FIRST_S * 2.0 ** (tries - 1))
    pause = longest * draw.uniform(0.5, 1.0)
    return pause if asked_s is None else max(pause, wait_asked_s(asked_s))


def wait_asked_s(asked_s: float) -> float:
    """A wait that an endpoint asked for, at most ten minutes."""
    return min(asked_s, _LONGEST_WAIT_S)
