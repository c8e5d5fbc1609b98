"""How much an endpoint is asked for: calls in flight, requests and tokens a minute, pauses, and whether it is up."""

from __future__ import annotations

import random
import statistics
import threading

_RAMP_START = 16
_DECREASE = 0.7
_SAME_LOAD = 1.2
_MORE_LOAD = 1.5
_WORTH_IT = 1.1
"""A load that is half as much again has to bring a tenth more replies."""
_SHORTEST_S = 1e-6
_DOWN_UNHEARD = 8
_DOWN_FAILED = 64
_FIRST_PROBE_S = 1.0
_LONGEST_PROBE_S = 30.0
_BACKOFF_FIRST_S = 0.5
_BACKOFF_LONGEST_S = 60.0
_LONGEST_WAIT_S = 600.0
_MINUTE_S = 60.0
_TOLD_PAUSES = 3


class InFlight:
    """How many calls may be in flight: grows while the endpoint keeps up, shrinks when it reports or shows an overload.

    Additive increase, multiplicative decrease. It starts low and doubles per round of replies up to the first
    overload; from then on it gains one per round. Calls that were already in flight at a decrease cause no second one.

    An overload is what the caller reports (429, 503, a timeout), or a queue: a server that never rejects a call takes
    longer instead. By Little's law it completes load / latency calls a second; where a higher load brings hardly more,
    by the median of a round, the rest of the load only waits. A queue alone never lowers the limit below its start.
    Only calls of one step are compared, since those of another take another time.
    """

    def __init__(self, highest: int) -> None:
        self._declared = highest
        self._highest = highest
        self._limit = float(min(highest, _RAMP_START))
        self._is_ramping = True
        self._decreased_at = float("-inf")
        self._round: list[float] = []
        self._round_size = _RAMP_START
        self._round_load = 0
        self._best: tuple[float, float] | None = None

    @property
    def limit(self) -> int:
        """Calls that may be in flight now, at least 1."""
        return int(self._limit)

    def share(self, n: int) -> None:
        """Keep to the `n`-th part of what is declared, since `n` builds use the endpoint."""
        self._highest = max(1, self._declared // n)
        self._limit = min(self._limit, float(self._highest))

    def step_begins(self) -> None:
        """Other calls follow, whose latency cannot be compared with the earlier ones."""
        self._round.clear()
        self._round_load = 0
        self._best = None

    def replied(self, latency_s: float, load: int, now: float) -> None:
        """The endpoint answered a call that took `latency_s`, while `load` calls were in flight."""
        if not self._round:
            self._round_size = max(_RAMP_START, self.limit)
        gain = 1.0 if self._is_ramping else 1.0 / self._limit
        self._limit = min(float(self._highest), self._limit + gain)
        self._round.append(latency_s)
        self._round_load += load
        if len(self._round) >= self._round_size:
            self._end_round(now)

    def overloaded(self, sent_at: float, now: float) -> None:
        """A call that was sent at `sent_at` met an overload (seconds of one monotonic clock)."""
        if sent_at >= self._decreased_at:
            self._decrease(1.0, now)

    def _end_round(self, now: float) -> None:
        load, latency_s = self._round_load / len(self._round), statistics.median(self._round)
        self._round.clear()
        self._round_load = 0
        rate = load / max(latency_s, _SHORTEST_S)
        best_load, best_rate = self._best or (load, rate)
        if load <= best_load * _SAME_LOAD:
            self._best = (min(load, best_load), rate)
        elif load > best_load * _MORE_LOAD:
            if rate < best_rate * _WORTH_IT:
                self._decrease(float(min(self._highest, _RAMP_START)), now)
            else:
                self._best = (load, rate)

    def _decrease(self, lowest: float, now: float) -> None:
        self._is_ramping = False
        self._decreased_at = now
        self._limit = max(min(lowest, self._limit), self._limit * _DECREASE)


class PerMinute:
    """An allowance that refills steadily, shared by all threads of a build; None is no limit.

    At most a second's worth (and at least one unit) can be saved up, so that a minute's allowance is never spent at
    once at its beginning and again at its end.
    """

    def __init__(self, per_minute: int | None, now: float) -> None:
        self._declared = per_minute
        self._told: dict[str, int] = {}
        self._share = 1
        self._rate: float | None = None
        self._at = now
        self._lock = threading.Lock()
        self._set_rate()
        self._left = self._most

    def told(self, per_minute: int, model: str, now: float) -> None:
        """The endpoint reports what it allows a model a minute; the lowest of these and the declared limit holds."""
        if per_minute != self._told.get(model):
            with self._lock:
                self._refill(now)
                self._told[model] = per_minute
                self._set_rate()

    def share(self, n: int, now: float) -> None:
        """Keep to the `n`-th part of the allowance, since `n` builds use the endpoint."""
        if n != self._share:
            with self._lock:
                self._refill(now)
                self._share = n
                self._set_rate()

    def wait_s(self, now: float) -> float:
        """Seconds until something may be taken again; 0 when it may be now."""
        if self._rate is None:
            return 0.0
        with self._lock:
            self._refill(now)
            needed = min(1.0, self._most) - self._left
            return max(0.0, needed / self._rate)

    def take(self, amount: float, now: float) -> None:
        """Take an amount, larger ones into debt; a negative amount returns what was not used."""
        if self._rate is None:
            return
        with self._lock:
            self._refill(now)
            self._left = min(self._most, self._left - amount)

    def _set_rate(self) -> None:
        limits = [limit for limit in (self._declared, *self._told.values()) if limit is not None]
        self._rate = min(limits) / self._share / _MINUTE_S if limits else None
        self._most = max(1.0, self._rate or 0.0)

    def _refill(self, now: float) -> None:
        if self._rate is not None:
            self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)


class Breaker:
    """Whether an endpoint is up: a circuit breaker.

    It opens when eight different calls in a row got no response, or 64 failed in a way that may be the endpoint's
    fault: one that still responds, if only with errors, more likely fails on some of the calls. Then one call at a time
    is let through as a probe, first after a second, at last every half minute; the first one that succeeds closes it.
    """

    def __init__(self) -> None:
        self._failed: set[str] = set()
        self._unheard: set[str] = set()
        self._pause_s = _FIRST_PROBE_S
        self._probe_at = 0.0
        self._probe: str | None = None
        self.down_since: float | None = None

    @property
    def is_open(self) -> bool:
        """The endpoint counts as down."""
        return self.down_since is not None

    def wait_s(self, now: float) -> float | None:
        """Seconds until a call may be sent; None while a probe is on its way."""
        if not self.is_open:
            return 0.0
        return None if self._probe is not None else max(0.0, self._probe_at - now)

    def sent(self, key: str) -> None:
        """A call goes out; it is the probe when the endpoint is down."""
        self._probe = key if self.is_open else None

    def abandoned(self, key: str) -> None:
        """A call is abandoned, because the run ends; if it was the probe, the next run sends another."""
        if key == self._probe:
            self._probe = None

    def returned(self) -> bool:
        """The endpoint answered. Returns whether it had been down."""
        was_open = self.is_open
        self._failed.clear()
        self._unheard.clear()
        self._pause_s = _FIRST_PROBE_S
        self._probe = None
        self.down_since = None
        return was_open

    def failed(self, key: str, now: float, *, counts: bool, is_silence: bool, is_alone: bool = False) -> bool:
        """A call failed; one that fails through its own fault does not count. Returns whether the endpoint is now down.

        Args:
            key: the call.
            now: seconds.
            counts: it may be the endpoint's fault.
            is_silence: there was no response of the endpoint.
            is_alone: it has failed so several times, and no other call was answered since: there may be no others.
        """
        if counts:
            self._failed.add(key)
        if counts and is_silence:
            self._unheard.add(key)
        if self.is_open:
            if key == self._probe:
                self._probe = None
                self._pause_s = min(_LONGEST_PROBE_S, self._pause_s * 2)
                self._probe_at = now + self._pause_s
            return False
        is_down = len(self._unheard) >= _DOWN_UNHEARD or len(self._failed) >= _DOWN_FAILED or is_alone
        if not is_down:
            return False
        self.down_since = now
        self._probe_at = now + self._pause_s
        return True


def backoff_s(tries: int, asked_s: float | None, draw: random.Random) -> float:
    """Seconds before the next attempt of a call that failed `tries` times (at least 1).

    Doubles from half a second to a minute, less a random part of up to half, so that calls which failed together do
    not return together. It is at least what the endpoint asked for, up to ten minutes.
    """
    longest = min(_BACKOFF_LONGEST_S, _BACKOFF_FIRST_S * 2.0 ** (tries - 1))
    pause = longest * draw.uniform(0.5, 1.0)
    return pause if asked_s is None else max(pause, wait_asked_s(asked_s))


def wait_asked_s(asked_s: float, outage_s: float = _LONGEST_WAIT_S) -> float:
    """A wait that an endpoint asked for: at most ten minutes, and no longer than a provider is waited for at all."""
    return min(asked_s, _LONGEST_WAIT_S, outage_s)


class LimitPauses:
    """The pauses of an endpoint that reports a limit or an overload: shared by its calls, each twice as long as the one
    before until it answers again, less a random part of up to half.

    Attributes:
        since: when the endpoint last began to give no reply for such a reason; None while it does.
        n: pauses since then.
    """

    def __init__(self) -> None:
        self.since: float | None = None
        self.n = 0
        self._began_at = float("-inf")

    def next_s(self, sent_at: float, now: float, asked_s: float | None, draw: random.Random) -> float:
        """Seconds to pause from `now` on, after a call that was sent at `sent_at` met a limit.

        Calls that were on their way when a pause began lengthen it to what they were told, and begin no other one.
        """
        if self.since is None:
            self.since = now
        if sent_at < self._began_at:
            return asked_s or 0.0
        self._began_at = now
        self.n += 1
        return backoff_s(self.n, asked_s, draw)

    def answered(self) -> bool:
        """The endpoint gave a reply. Returns whether it had paused for long enough for the user to be told."""
        was_told = self.n >= _TOLD_PAUSES
        self.since, self.n = None, 0
        return was_told

    @property
    def is_to_be_told(self) -> bool:
        """This many pauses in a row are news."""
        return self.n == _TOLD_PAUSES
