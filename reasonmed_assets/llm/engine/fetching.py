"""Gets calls made that the ledger does not hold: claims them, has them sent, stores their replies."""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol

from reasonmed_assets import interruption
from reasonmed_assets.config.profile import Profile, Provider
from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.records import Attempt, Claimed, LedgerError, Recorded, Wanted
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import BudgetError, Received, SimulatedReplyError
from reasonmed_assets.llm.transports.dispatch import MOST_AHEAD, Dispatcher
from reasonmed_assets.llm.transports.http import HttpTransport
from reasonmed_assets.llm.transports.lanes import Allowance, Job, Lane
from reasonmed_assets.llm.transports.offline import OfflineModels, OfflineSender
from reasonmed_assets.vocabulary import Outcome

_WINDOW_FACTOR = 3
_ASK_AGAIN_S = 0.5
_COUNT_USERS_S = 5.0
_GATHER_S = 0.01
"""Endings come in groups, as they are written: waking up for each would only take turns with those that bring them."""
_GRACE_S = 3.0
"""How long an interrupted build waits for replies that are being paid for."""


class Sent(NamedTuple):
    """A call that was sent has ended in this run, and that is on disk.

    Attributes:
        key: its ledger key.
        received: its last attempt.
        attempts: attempts so far, those of earlier builds included.
        tries: attempts in this run.
        bill: what these cost.
    """

    key: str
    received: Received
    attempts: int
    tries: int
    bill: Bill


@dataclass(frozen=True, slots=True)
class Found:
    """The ledger holds these calls by now, although this run did not send them."""

    keys: list[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about an endpoint that the user should know."""

    text: str


Event = Sent | Found | Notice


class Sender(Protocol):
    """A transport: it makes claimed calls, and reports every attempt and what ends the run (see `Dispatcher`)."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Make calls, as soon as possible; from any thread, returns at once. Does nothing after `stop`."""

    def stop(self, grace_s: float) -> None:
        """Send nothing more; what is about to arrive has `grace_s` seconds. Returns at once."""

    def join(self) -> None:
        """Wait for that, after `stop`."""


class Fetcher:
    """Makes the calls of one run of a step.

    Every call that is wanted comes back in exactly one `Sent` or `Found`. `want`, `events` and `close` belong to one
    thread; what other threads bring goes through a queue.

    Args:
        profile: providers and models.
        ledger: where calls are claimed and replies stored.
        allowances: what each endpoint, by provider and address, may be asked for; new ones are entered.
        base_urls_of: addresses of a provider.
        budget: what the build may spend.
        offline: models that are loaded by the build.
        accepted: models that are known to accept calls, by provider; more are entered.
        may_pay_again: whether calls that a batch has made, and whose replies it does not give, are made again.

    Attributes:
        window: how many calls have to be wanted at a time so that no provider in use has to wait for the next one.
    """

    def __init__(
        self,
        profile: Profile,
        ledger: CallStore,
        allowances: dict[tuple[str, str], Allowance],
        base_urls_of: Callable[[str], Sequence[str]],
        budget: BuildBudget,
        offline: OfflineModels,
        accepted: dict[str, set[str]] | None = None,
        may_pay_again: bool = False,
    ) -> None:
        self._profile = profile
        self._ledger = ledger
        self._allowances = allowances
        self._base_urls_of = base_urls_of
        self._budget = budget
        self._offline = offline
        self._accepted = {} if accepted is None else accepted
        self._may_pay_again = may_pay_again
        self._events: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        self._jobs: dict[str, Job] = {}
        self._held: set[str] = set()
        self._busy: dict[str, str] = {}
        self._unaffordable: dict[str, None] = {}
        self._ask_again_at = 0.0
        self._is_asking = False
        self._count_users_at = 0.0
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
                self._ledger.use(provider, True)
                self.window = max(self.window, _window_of(self._profile.providers[provider]))
        self._jobs.update((job.key, job) for job in jobs)
        self._claim(jobs, self._on_claimed)

    def events(self, wait_s: float) -> list[Event]:
        """What happened since the last time; waits up to `wait_s` seconds for the first event.

        Raises:
            EngineError, LedgerError: what ends the run.
            KeyboardInterrupt: the process was told to stop.
        """
        interruption.check()
        self._ask_again()
        self._share()
        events: list[Event] = []
        try:
            if wait_s > 0:
                first = self._events.get(timeout=wait_s)
                time.sleep(_GATHER_S)
            event = first if wait_s > 0 else self._events.get_nowait()
            while True:
                if isinstance(event, BaseException):
                    raise event
                events.append(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return events

    def waits_for(self) -> Counter[str]:
        """The owners for whose replies this run waits, by name and state, with how many calls each holds."""
        return Counter(self._busy.copy().values())

    def close(self) -> None:
        """Send nothing more, wait a little for calls in flight, store what came, release the claims."""
        if not self._senders:
            return
        with ExitStack() as ends:
            ends.callback(self._release_claims)
            for sender in self._senders.values():
                ends.callback(sender.join)
                sender.stop(_GRACE_S)

    def _release_claims(self) -> None:
        for provider in self._senders:
            self._ledger.use(provider, False)
        try:
            self._ledger.flush()
        finally:
            if self._held:
                self._ledger.release(self._held)
                self._ledger.flush()

    def _sender_of(self, name: str) -> Sender:
        provider = self._profile.providers[name]
        if provider.transport == "vllm":
            process = self._offline.of(name, self._profile)
            return OfflineSender(name, provider, process, self._on_attempt, self._events.put)
        urls = self._base_urls_of(name)
        if provider.transport == "batch":
            from reasonmed_assets.llm.transports.batches.sender import BatchSender

            return BatchSender(
                name,
                provider,
                urls[0],
                self._ledger,
                self._budget.build,
                self._on_attempt,
                self._events.put,
                self._claim_again,
                self._may_pay_again,
            )
        lanes = [self._lane(name, provider, url) for url in urls]
        if self._dispatcher is None:
            # A budget is to the call: what would be noted ahead counts as spent when the process is killed.
            most_ahead = 0 if self._budget.is_limited else MOST_AHEAD
            self._dispatcher = Dispatcher(
                self._on_attempt, self._events.put, self._on_notice, self._before_sending, most_ahead
            )
        self._dispatcher.add_provider(name, lanes)
        return self._dispatcher

    def _lane(self, name: str, provider: Provider, url: str) -> Lane:
        allowance = self._allowances.setdefault((name, url), Allowance.of(provider))
        allowance.in_flight.step_begins()
        accepted = self._accepted.setdefault(name, set())
        return Lane(name, provider, url, HttpTransport(name, provider, url), allowance, accepted)

    def _claim(self, jobs: Sequence[Job], done: Callable[[Claimed | LedgerError], None]) -> None:
        wanted = []
        now = datetime.now(UTC)
        for job in jobs:
            job.reserved_usd = self._profile.cost_usd(job.call.model, now, job.prompt_tokens, job.completion_tokens)
            joins_batch = self._profile.providers[job.call.provider].transport == "batch"
            wanted.append(Wanted(job.key, job.call.role, job.reserved_usd or 0.0, joins_batch))
        self._ledger.claim(wanted, partial(self._told, done), self._budget)

    def _told(self, tell: Callable[..., None], *what: Any) -> None:
        """Pass on what the ledger's thread says; what goes wrong there ends the run here."""
        try:
            tell(*what)
        except Exception as error:
            self._events.put(error)

    def _before_sending(self, jobs: Sequence[Job], timeout_s: float, send: Callable[[Sequence[Job]], None]) -> None:
        """Note in the ledger that calls are on their way, those whose claims are still held."""
        self._ledger.send([job.key for job in jobs], timeout_s, partial(self._told, self._on_noted, jobs, send))

    def _on_noted(
        self, jobs: Sequence[Job], send: Callable[[Sequence[Job]], None], lost: Collection[str] | LedgerError
    ) -> None:
        if isinstance(lost, LedgerError):
            self._events.put(lost)
        elif not lost:
            send(jobs)
        else:
            send([job for job in jobs if job.key not in lost])
            self._held.difference_update(lost)
            self._claim([job for job in jobs if job.key in lost], self._on_claimed)

    def _claim_again(self, jobs: Sequence[Job]) -> None:
        """Claim calls that were taken for paid, and are not."""
        self._ledger.release([job.key for job in jobs])
        self._claim(jobs, self._on_claimed)

    def _ask_again(self) -> None:
        """Claim calls again that another owner had (it has stored them, released them, died, or still works on them),
        and those that the budget did not cover while others were under way."""
        now = time.monotonic()
        if self._is_asking or now < self._ask_again_at:
            return
        # Only now: what is being asked for may end at any moment.
        keys = [*self._busy.copy(), *self._unaffordable.copy()]
        if keys:
            self._is_asking = True
            self._ask_again_at = now + _ASK_AGAIN_S
            self._claim([self._jobs[key] for key in keys], self._on_asked)

    def _share(self) -> None:
        """Share the limits of the providers in use with the other builds that use them."""
        now = time.monotonic()
        if now >= self._count_users_at and self._senders:
            self._count_users_at = now + _COUNT_USERS_S
            for name in self._senders:
                n = self._ledger.n_users(name)
                for (provider, _), allowance in self._allowances.items():
                    if provider == name:
                        allowance.share(n)

    def _on_asked(self, claimed: Claimed | LedgerError) -> None:
        self._on_claimed(claimed)
        self._is_asking = False

    def _on_claimed(self, claimed: Claimed | LedgerError) -> None:
        if isinstance(claimed, LedgerError):
            self._events.put(claimed)
            return
        for key in (*claimed.granted, *claimed.stored):
            self._busy.pop(key, None)
            self._unaffordable.pop(key, None)
        self._busy.update(claimed.busy)
        self._unaffordable.update(dict.fromkeys(claimed.unaffordable))
        self._held.update(claimed.granted)
        granted: dict[str, list[Job]] = {}
        for key in claimed.granted:
            granted.setdefault(self._jobs[key].call.provider, []).append(self._jobs[key])
        for provider, jobs in granted.items():
            self._senders[provider].submit(jobs)
        if claimed.stored:
            self._end(claimed.stored, Found(claimed.stored))
        if claimed.used_up is not None:
            self._events.put(BudgetError(claimed.used_up))

    def _on_attempt(self, job: Job, received: Received, is_last: bool) -> bool:
        """Have an attempt stored. Returns whether the transport tries the call again by itself.

        Where there is a budget, a further try after one that may have been answered has to be covered by it: the call
        is claimed again.
        """
        call = job.call
        kind = self._profile.providers[call.provider].kind
        refused = None
        if received.read is not None and received.read.is_simulated and kind != "simulated":
            refused = simulated_reply_error(call.provider, kind, "sent")
            received = received._replace(
                outcome=Outcome.TRANSPORT_ERROR, detail=str(refused), raw=None, reply=None, partial=None
            )
        model = self._profile.models[call.model]
        usd = self._cost_usd(job, received)
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
            self._budget.build if self._budget.is_limited else "",
            usd,
            job.reserved_usd,
        )
        job.bill.add_attempt(usd, job.reserved_usd or 0.0)
        goes_on = not is_last and not (self._budget.is_limited and not received.is_declined)
        self._ledger.record(
            attempt, partial(self._told, self._on_recorded, job, received, is_last, not is_last and not goes_on)
        )
        if refused is not None:
            raise refused
        return goes_on

    def _cost_usd(self, job: Job, received: Received) -> float | None:
        """What an attempt cost in US dollars; None where that is not known."""
        if received.is_declined:
            return 0.0
        model, reply = job.call.model, received.read
        if reply is None:
            return self._profile.cost_usd(model, received.started_at, None, None)
        return self._profile.cost_usd(
            model,
            received.started_at,
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.cached_tokens,
            reply.cache_write_tokens,
        )

    def _on_notice(self, text: str) -> None:
        self._events.put(Notice(text))

    def _on_recorded(
        self, job: Job, received: Received, is_last: bool, is_claimed_again: bool, recorded: Recorded | LedgerError
    ) -> None:
        if isinstance(recorded, LedgerError):
            self._events.put(recorded)
            return
        if self._dispatcher is not None and self._senders[job.call.provider] is self._dispatcher:
            self._dispatcher.saved()
        if is_claimed_again:
            self._claim_again([job])
        if not is_last:
            return
        self._held.discard(job.key)
        if self._unaffordable:
            self._ask_again_at = 0.0  # what this call did not cost is free again
        if not received.is_final:
            self._ledger.release([job.key])
        if received.is_final and not recorded.is_kept:
            self._end([job.key], Found([job.key]))
        else:
            self._end([job.key], Sent(job.key, received, recorded.attempts, job.tries, job.bill))

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
