"""Gets calls made that the ledger does not hold: claims them, has them sent, stores what comes back."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from reasonmed_assets.llm.dispatch import Allowance, Dispatcher, Job, Lane
from reasonmed_assets.llm.ledger import Attempt, Claimed, Ledger, LedgerError, Purse, Recorded, Wanted
from reasonmed_assets.llm.outcomes import BudgetError, Received, SimulatedReplyError
from reasonmed_assets.llm.transport import HttpTransport
from reasonmed_assets.profiles.model import Model, Profile

_ASK_AGAIN_S = 0.5
_COUNT_USERS_S = 5.0
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


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about an endpoint that the user should know."""

    text: str


Event = Sent | Found | Notice


class Fetcher:
    """Makes the calls of one run of a step.

    Every call that is wanted comes back in exactly one `Sent` or `Found`. `want`, `events` and `close` belong to one
    thread; what other threads bring goes through a queue.

    Args:
        profile: providers and models.
        ledger: where calls are claimed and replies stored.
        allowances: what each endpoint, by provider and address, may be asked for; new ones are entered.
        base_urls_of: addresses of a provider.
        purse: what the build may spend.
    """

    def __init__(
        self,
        profile: Profile,
        ledger: Ledger,
        allowances: dict[tuple[str, str], Allowance],
        base_urls_of: Callable[[str], Sequence[str]],
        purse: Purse,
    ) -> None:
        self._profile = profile
        self._ledger = ledger
        self._allowances = allowances
        self._base_urls_of = base_urls_of
        self._purse = purse
        self._events: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        self._jobs: dict[str, Job] = {}
        self._held: set[str] = set()
        self._busy: dict[str, str] = {}
        self._unaffordable: dict[str, None] = {}
        self._ask_again_at = 0.0
        self._is_asking = False
        self._count_users_at = 0.0
        self._providers: set[str] = set()
        self._dispatcher: Dispatcher | None = None

    def want(self, jobs: Sequence[Job]) -> None:
        """Have calls made that the ledger did not hold.

        Raises:
            UnauthorisedError: the key of a provider is missing.
        """
        for provider in dict.fromkeys(job.call.provider for job in jobs):
            if provider not in self._providers:
                self._open_lanes(provider)
        self._jobs.update((job.key, job) for job in jobs)
        self._claim(jobs, self._on_claimed)

    def events(self, wait_s: float) -> list[Event]:
        """What happened since the last time; waits up to `wait_s` seconds for the first event.

        Raises:
            EngineError, LedgerError: what ends the run.
        """
        self._ask_again()
        self._share()
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
        if self._dispatcher is None:
            return
        try:
            self._dispatcher.stop(_GRACE_S)
        finally:
            for provider in self._providers:
                self._ledger.use(provider, False)
            self._ledger.flush()
            self._ledger.release(self._held)
            self._ledger.flush()

    def _open_lanes(self, name: str) -> None:
        provider = self._profile.providers[name]
        lanes = []
        for url in self._base_urls_of(name):
            allowance = self._allowances.setdefault((name, url), Allowance.of(provider))
            lanes.append(Lane(name, provider, url, HttpTransport(name, provider, url), allowance))
        if self._dispatcher is None:
            self._dispatcher = Dispatcher(self._on_attempt, self._events.put, self._on_notice)
        self._dispatcher.add_provider(name, lanes)
        self._ledger.use(name, True)
        self._providers.add(name)

    def _claim(self, jobs: Sequence[Job], done: Callable[[Claimed | LedgerError], None]) -> None:
        wanted = []
        for job in jobs:
            model = self._profile.models[job.call.model]
            usd = model.cost_usd(job.prompt_tokens, job.completion_tokens) if self._purse.is_limited else 0.0
            wanted.append(Wanted(job.key, job.call.role, usd))
        self._ledger.claim(wanted, done, self._purse)

    def _ask_again(self) -> None:
        """Claim calls again that another owner had (he has stored them, given them up, died, or still works on them),
        and those that the budget did not cover while others were under way."""
        now = time.monotonic()
        keys = [*self._busy.copy(), *self._unaffordable.copy()]
        if keys and not self._is_asking and now >= self._ask_again_at:
            self._is_asking = True
            self._ask_again_at = now + _ASK_AGAIN_S
            self._claim([self._jobs[key] for key in keys], self._on_asked)

    def _share(self) -> None:
        """Share the limits of the providers in use with the other builds that use them."""
        now = time.monotonic()
        if now >= self._count_users_at and self._providers:
            self._count_users_at = now + _COUNT_USERS_S
            for name in self._providers:
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
        if claimed.granted and self._dispatcher is not None:
            self._dispatcher.submit([self._jobs[key] for key in claimed.granted])
        if claimed.stored:
            self._end(claimed.stored, Found(claimed.stored))
        if claimed.used_up is not None:
            self._events.put(BudgetError(claimed.used_up))

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
            *self._bill(model, received),
        )
        self._ledger.record(attempt, partial(self._on_recorded, job, received, is_last))

    def _bill(self, model: Model, received: Received) -> tuple[str, float]:
        """Which build pays, and how much; nobody where there is no budget to keep."""
        if not self._purse.is_limited or received.reply is None:
            return (self._purse.build if self._purse.is_limited else "", 0.0)
        reply = received.reply
        return self._purse.build, model.cost_usd(reply.prompt_tokens or 0, reply.completion_tokens or 0)

    def _on_notice(self, text: str) -> None:
        self._events.put(Notice(text))

    def _on_recorded(self, job: Job, received: Received, is_last: bool, recorded: Recorded | LedgerError) -> None:
        if isinstance(recorded, LedgerError):
            self._events.put(recorded)
            return
        if self._dispatcher is not None:
            self._dispatcher.saved()
        if not is_last:
            return
        self._held.discard(job.key)
        if self._unaffordable:
            self._ask_again_at = 0.0  # what this call did not cost may be spent now
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


def simulated_reply_error(provider: str, kind: str, where: str) -> SimulatedReplyError:
    """The error for a simulated reply that was `sent` by a provider, or is `stored` under its name."""
    cure = {
        "sent": "declare its kind as 'simulated', or give the address of the model",
        "stored": "use another ledger, or declare the model under another provider name",
    }[where]
    return SimulatedReplyError(
        f"provider {provider} is declared as {kind!r}, but a simulated reply is {where} under it: {cure}"
    )
