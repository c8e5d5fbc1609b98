"""Gets calls made that the ledger does not hold: claims them, has them sent, stores what comes back."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from reasonmed_assets.llm.dispatch import Allowance, Dispatcher, Job, Lane
from reasonmed_assets.llm.ledger import Attempt, Claimed, Ledger, LedgerError, Recorded
from reasonmed_assets.llm.offline import OfflineModels, OfflineSender
from reasonmed_assets.llm.outcomes import Received, SimulatedReplyError
from reasonmed_assets.llm.transport import HttpTransport
from reasonmed_assets.profiles.model import Profile, Provider

_WINDOW_FACTOR = 3
_ASK_AGAIN_S = 0.5
_GRACE_S = 3.0
"""How long an interrupted build waits for replies that are being paid for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that was sent has ended in this run, and that is on disk.

    Attributes:
        key: its ledger key.
        received: its last attempt.
        attempts: attempts so far, those of earlier builds included.
        tries: attempts in this run.
    """

    key: str
    received: Received
    attempts: int
    tries: int


@dataclass(frozen=True, slots=True)
class Found:
    """The ledger holds these calls by now, although this run did not send them."""

    keys: list[str]


Event = Sent | Found


class Sender(Protocol):
    """A transport: it makes claimed calls, and tells of every attempt and of what ends the run (see `Dispatcher`)."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Make calls, as soon as may be; from any thread, returns at once. Does nothing after `stop`."""

    def stop(self, grace_s: float) -> None:
        """Send nothing more, wait up to `grace_s` seconds for what is about to arrive."""


class Fetcher:
    """Makes the calls of one run of a step.

    Every call that is wanted comes back in exactly one event. `want`, `events` and `close` belong to one thread; what
    other threads bring goes through a queue.

    Args:
        profile: providers and models.
        ledger: where calls are claimed and replies stored.
        allowances: what each provider may be asked for a minute.
        base_url_of: address of a provider.
        offline: models that are loaded by the build.

    Attributes:
        window: how many calls have to be wanted at a time so that no provider in use has to wait for the next one.
    """

    def __init__(
        self,
        profile: Profile,
        ledger: Ledger,
        allowances: dict[str, Allowance],
        base_url_of: Callable[[str], str],
        offline: OfflineModels,
    ) -> None:
        self._profile = profile
        self._ledger = ledger
        self._allowances = allowances
        self._base_url_of = base_url_of
        self._offline = offline
        self._events: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        self._jobs: dict[str, Job] = {}
        self._held: set[str] = set()
        self._busy: dict[str, str] = {}
        self._ask_again_at = 0.0
        self._is_asking = False
        self._senders: dict[str, Sender] = {}
        self._dispatcher: Dispatcher | None = None
        self.window = 0

    def want(self, jobs: Sequence[Job]) -> None:
        """Have calls made that the ledger did not hold.

        Raises:
            UnauthorisedError: the key of a provider is missing.
        """
        for provider in dict.fromkeys(job.call.provider for job in jobs):
            if provider not in self._senders:
                self._senders[provider] = self._sender_of(provider)
                self.window = max(self.window, _window_of(self._profile.providers[provider]))
        self._jobs.update((job.key, job) for job in jobs)
        self._ledger.claim([job.key for job in jobs], self._on_claimed)

    def events(self, wait_s: float) -> list[Event]:
        """What happened since the last time; waits up to `wait_s` seconds for the first event.

        Raises:
            EngineError, LedgerError: what ends the run.
        """
        self._ask_again()
        events: list[Event] = []
        try:
            event = self._events.get(timeout=wait_s) if wait_s > 0 else self._events.get_nowait()
            while True:
                if isinstance(event, BaseException):
                    raise event
                events.append(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return events

    def waits_for(self) -> set[str]:
        """Names of the live owners whose replies are waited for."""
        return set(self._busy.copy().values())

    def close(self) -> None:
        """Send nothing more, wait a little for calls in flight, store what came, give the claims back."""
        if not self._senders:
            return
        try:
            for sender in self._senders.values():
                sender.stop(_GRACE_S)
        finally:
            self._ledger.flush()
            self._ledger.release(self._held)
            self._ledger.flush()

    def _sender_of(self, name: str) -> Sender:
        provider = self._profile.providers[name]
        if provider.transport == "batch":
            from reasonmed_assets.llm.batch import BatchSender

            return BatchSender(
                name, provider, self._base_url_of(name), self._ledger, self._on_attempt, self._events.put
            )
        if provider.transport == "vllm":
            process = self._offline.of(name, provider)
            return OfflineSender(name, provider, process, self._on_attempt, self._events.put)
        transport = HttpTransport(name, provider, self._base_url_of(name))
        if self._dispatcher is None:
            self._dispatcher = Dispatcher(self._on_attempt, self._events.put)
        self._dispatcher.add_lane(name, Lane(provider, transport, self._allowances[name]))
        return self._dispatcher

    def _ask_again(self) -> None:
        """Claim calls again that another owner had: he has stored them, given them up, died, or still works on them."""
        now = time.monotonic()
        if self._busy and not self._is_asking and now >= self._ask_again_at:
            self._is_asking = True
            self._ask_again_at = now + _ASK_AGAIN_S
            self._ledger.claim(list(self._busy.copy()), self._on_asked)

    def _on_asked(self, claimed: Claimed | LedgerError) -> None:
        self._on_claimed(claimed)
        self._is_asking = False

    def _on_claimed(self, claimed: Claimed | LedgerError) -> None:
        if isinstance(claimed, LedgerError):
            self._events.put(claimed)
            return
        for key in (*claimed.granted, *claimed.stored):
            self._busy.pop(key, None)
        self._busy.update(claimed.busy)
        self._held.update(claimed.granted)
        granted: dict[str, list[Job]] = {}
        for key in claimed.granted:
            granted.setdefault(self._jobs[key].call.provider, []).append(self._jobs[key])
        for provider, jobs in granted.items():
            self._senders[provider].submit(jobs)
        if claimed.stored:
            self._end(claimed.stored, Found(claimed.stored))

    def _on_attempt(self, job: Job, received: Received, is_last: bool) -> None:
        call = job.call
        kind = self._profile.providers[call.provider].kind
        if received.reply is not None and received.reply.is_simulated and kind != "simulated":
            raise simulated_reply_error(call.provider, kind, "sent")
        model = self._profile.models[call.model]
        attempt = Attempt(
            job.key,
            call.provider,
            model.name,
            model.revision,
            call.sample,
            call.role,
            kind,
            job.body,
            received,
            job.batch_id,
        )
        self._ledger.record(attempt, partial(self._on_recorded, job, received, is_last))

    def _on_recorded(self, job: Job, received: Received, is_last: bool, recorded: Recorded | LedgerError) -> None:
        if isinstance(recorded, LedgerError):
            self._events.put(recorded)
            return
        if not is_last:
            return
        self._held.discard(job.key)
        if not received.is_final:
            self._ledger.release([job.key])
        if received.is_final and not recorded.is_kept:
            self._end([job.key], Found([job.key]))
        else:
            self._end([job.key], Sent(job.key, received, recorded.attempts, job.tries))

    def _end(self, keys: list[str], event: Event) -> None:
        for key in keys:
            self._jobs.pop(key, None)
        self._events.put(event)


def _window_of(provider: Provider) -> int:
    if provider.transport == "batch":
        return provider.batch.max_requests * provider.batch.max_batches
    return _WINDOW_FACTOR * provider.max_in_flight


def simulated_reply_error(provider: str, kind: str, where: str) -> SimulatedReplyError:
    """The error for a simulated reply that was `sent` by a provider, or is `stored` under its name."""
    cure = {
        "sent": "declare its kind as 'simulated', or give the address of the model",
        "stored": "use another ledger, or declare the model under another provider name",
    }[where]
    return SimulatedReplyError(
        f"provider {provider} is declared as {kind!r}, but a simulated reply is {where} under it: {cure}"
    )
