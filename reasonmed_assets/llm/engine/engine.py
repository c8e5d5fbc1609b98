"""The call engine: takes the calls of a step, returns one result per row, pays for nothing twice.

Replies that the ledger holds are parsed again and cost nothing; the other calls are claimed, sent, stored, and only
then parsed. An unusable reply leads to a new call, whose key follows from the first call and from that reply, so that
a later build walks the same chain through the ledger. Which endings are kept is in `outcomes.py`.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call, Parse, Reply, Result, Unusable, call_key, retry_of
from reasonmed_assets.llm.engine.fetching import Event, Fetcher, Found, Notice, Sent, simulated_reply_error
from reasonmed_assets.llm.engine.progress import CallProgress, CallStats, duration
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.records import Stored
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import FINAL_WITHOUT_REPLY, BudgetError
from reasonmed_assets.llm.replies.finish_reasons import NO_WORD, Finish, finish_of
from reasonmed_assets.llm.transports.lanes import Allowance, Job
from reasonmed_assets.llm.transports.offline import OfflineModels
from reasonmed_assets.machine import garbage_seldom_collected
from reasonmed_assets.vocabulary import Outcome

_log = logging.getLogger(__name__)
_BATCH = 500
_SMALLEST_WINDOW = 1024
_WAIT_S = 0.25
_WAITING_NOTICE_S = 10.0


class Engine:
    """Makes the calls of a build's steps.

    Args:
        profile: providers, models, prices.
        ledger: where replies are kept; shared with other builds, and not closed here.
        base_urls_of: addresses of a provider; asked only when a call has to be made to it.
        progress: receives how far a step is.
        build: names the build whose budget is spent, in all its processes; without a name it is this engine's alone.

    Attributes:
        stats: counts by step, of all runs of the step together.
        allowances: what each endpoint, by provider and address, may be asked for.
        told_of_unknown_usage: the models of which the user was told that their usage is not known.
        accepted: models that are known to accept calls, by provider: they did in this build, or in the ledger as read.
    """

    def __init__(
        self,
        profile: Profile,
        ledger: CallStore,
        base_urls_of: Callable[[str], Sequence[str]],
        progress: CallProgress,
        *,
        build: str = "",
    ) -> None:
        self.profile = profile
        self.ledger = ledger
        self.base_urls_of = base_urls_of
        self.progress = progress
        self.budget = BuildBudget(build or uuid.uuid4().hex, profile.budget)
        self.stats: dict[str, CallStats] = {}
        self.allowances: dict[tuple[str, str], Allowance] = {}
        self.told_of_unknown_usage: set[str] = set()
        self.accepted: dict[str, set[str]] = {}
        self.offline = OfflineModels()

    def close(self) -> None:
        """End the processes of models that the steps loaded."""
        self.offline.close()

    def new_fetcher(self, *, may_pay_again: bool) -> Fetcher:
        """What makes the calls of one run that the ledger does not hold.

        Args:
            may_pay_again: whether calls that a batch has made, and whose replies it does not give, are made again.
        """
        return Fetcher(
            self.profile,
            self.ledger,
            self.allowances,
            self.base_urls_of,
            self.budget,
            self.offline,
            self.accepted,
            may_pay_again=may_pay_again,
        )

    def run(
        self,
        step: str,
        calls: Iterable[Call],
        parse: Parse,
        usable_retries: int,
        retried: Collection[Outcome] = frozenset(),
    ) -> Iterator[Result]:
        """One result per call, in the order in which they are ready.

        `calls` is read as room becomes free, in the thread that takes the results. Closing the iterator, or an
        exception where it is used, stops the calls; what was received is stored, and the same run goes on from there.

        Args:
            step: name for progress and counts.
            calls: the rows' first calls, those of a question together.
            parse: makes a value of a reply; raises `Unusable`.
            usable_retries: new calls after an unusable reply.
            retried: outcomes that earlier builds gave up with and that are asked about again.

        Raises:
            UnauthorisedError: a key is missing or not accepted.
            EndpointError: an address or model does not exist, or has not answered for long.
            BudgetError: the build's budget does not cover the next call.
            SimulatedReplyError: a simulated reply under a provider that is not declared as simulated.
            LedgerError: the ledger cannot be read or written.
            ValueError: a call names an unknown provider or model.
        """
        run = _Run(self, step, calls, parse, usable_retries, retried)
        with closing(run), garbage_seldom_collected():
            yield from run.results()


@dataclass(slots=True)
class _Chain:
    """A row on its way: its first call and its present one, and how far its new calls have come.

    `n_sent` counts the calls made for it in this run; one that is not `may_send` only looks whether the ledger goes on.
    """

    first: Call
    call: Call
    keys: list[str]
    attempts: int = 0
    n_sent: int = 0
    may_send: bool = True
    unusable: Unusable | None = None
    reply: Reply | None = None

    @property
    def key(self) -> str:
        """Ledger key of the present call."""
        return self.keys[-1]


class _Run:
    """One run of a step, in the thread that takes the results."""

    def __init__(
        self,
        engine: Engine,
        step: str,
        calls: Iterable[Call],
        parse: Parse,
        usable_retries: int,
        retried: Collection[Outcome],
    ) -> None:
        self._engine = engine
        self._step = step
        self._parse = parse
        self._usable_retries = usable_retries
        self._retried = retried
        self._source = iter(calls)
        self._is_exhausted = False
        self._fetcher = engine.new_fetcher(may_pay_again=bool(retried))
        self._reopened: set[str] = set()
        self._open: dict[str, list[_Chain]] = {}
        self._next: list[_Chain] = []
        self._ready: deque[Result] = deque()
        self._n_unfinished = 0
        self._stats = engine.stats.setdefault(step, CallStats())
        self._started_at = time.monotonic() - self._stats.seconds
        self._waits_since: float | None = None
        self._notice_at = time.monotonic() + _WAITING_NOTICE_S
        self._report_at = 0.0
        self._expected = self._stats.rows + len(calls) if isinstance(calls, Sized) else None
        engine.progress.started(step, self._expected)

    def results(self) -> Iterator[Result]:
        """See `Engine.run`."""
        while True:
            self._advance(self._take())
            for event in self._events():
                self._settle(event)
            while self._ready:
                self._n_unfinished -= 1
                yield self._ready.popleft()
            self._report()
            if self._is_exhausted and self._n_unfinished == 0:
                return

    def close(self) -> None:
        """Stop running calls and report the last counts."""
        try:
            self._fetcher.close()
        finally:
            self._stats.seconds = time.monotonic() - self._started_at
            self._engine.progress.finished(self._step, self._stats)

    def _events(self) -> list[Event]:
        try:
            return self._fetcher.events(_WAIT_S if self._can_only_wait() else 0)
        except BudgetError as error:
            total = "" if self._expected is None else f" of {self._expected:,}"
            raise BudgetError(
                f"the budget of this build is used up: {error}. Step {self._step} has answers for {self._stats.rows:,}"
                f"{total} rows, and they are kept: run the same command again with a higher budget to go on"
            ) from None

    def _can_only_wait(self) -> bool:
        return self._n_unfinished > 0 and not (self._ready or self._next or self._has_room())

    def _has_room(self) -> bool:
        return not self._is_exhausted and self._n_unfinished + _BATCH <= max(_SMALLEST_WINDOW, self._fetcher.window)

    def _take(self) -> list[_Chain]:
        """New calls of rows under way, then rows from the source while there is room."""
        chains, self._next = self._next, []
        if self._has_room():
            calls = list(islice(self._source, _BATCH))
            self._is_exhausted = len(calls) < _BATCH
            self._n_unfinished += len(calls)
            chains += [_Chain(call, call, [self._key(call)]) for call in calls]
        return chains

    def _key(self, call: Call) -> str:
        profile = self._engine.profile
        if call.provider not in profile.providers or call.model not in profile.models:
            raise ValueError(
                f"step {self._step}, row {call.row_id}: the profile declares no provider {call.provider!r} "
                f"or no model {call.model!r}"
            )
        model = profile.models[call.model]
        return call_key(call.provider, model.name, model.revision, call.body, call.sample, call.headers)

    def _advance(self, chains: Sequence[_Chain]) -> None:
        """Settle the calls that the ledger holds, have the others made, each only once."""
        fresh: dict[str, list[_Chain]] = {}
        for chain in chains:
            under_way = self._open.get(chain.key)
            if under_way is None:
                fresh.setdefault(chain.key, []).append(chain)
            else:
                under_way.append(chain)
        stored = self._stored(fresh)
        if self._retried:
            self._reopen(stored)
        missing: dict[str, list[_Chain]] = {}
        for key, waiting in fresh.items():
            if key in stored:
                continue
            for chain in waiting:
                if chain.may_send:
                    missing.setdefault(key, []).append(chain)
                else:
                    self._give_up(chain)
        self._open.update(missing)
        if missing:
            self._fetcher.want([Job(key, waiting[0].call) for key, waiting in missing.items()])
        for key, found in stored.items():
            self._reuse(fresh[key], found)

    def _stored(self, keys: Iterable[str]) -> dict[str, Stored]:
        """The calls that need not be made again; what an earlier version kept by mistake is reopened."""
        stored = self._engine.ledger.lookup(keys) if keys else {}
        mistaken = [found for found in stored.values() if not found.is_kept]
        for found in mistaken:
            self._engine.ledger.judge(found.call_key, found.outcome, found.detail)
            del stored[found.call_key]
        if mistaken:
            self._engine.ledger.reopen([found.call_key for found in mistaken])
        return stored

    def _reopen(self, stored: dict[str, Stored]) -> None:
        """Have calls made again that are kept without a reply, each once in a run."""
        rejected = [
            key
            for key, found in stored.items()
            if found.reply is None and found.outcome in self._retried and key not in self._reopened
        ]
        if rejected:
            self._reopened.update(rejected)
            self._engine.ledger.reopen(rejected)
            for key in rejected:
                del stored[key]

    def _settle(self, event: Event) -> None:
        if isinstance(event, Notice):
            self._engine.progress.notice(self._step, event.text)
            return
        if isinstance(event, Found):
            stored = self._stored(event.keys)
            for key in event.keys:
                chains = self._open.pop(key)
                if key in stored:
                    self._reuse(chains, stored[key])
                else:
                    self._next += chains  # another build has reopened it since
            return
        chains = self._open.pop(event.key)
        received = event.received
        self._count_sent(chains[0], event, received.reply)
        chains[0].n_sent += 1
        self._stats.cached += len(chains) - 1
        for chain in chains:
            self._judge(chain, received.outcome, received.detail, received.reply, event.attempts)

    def _reuse(self, chains: Sequence[_Chain], stored: Stored) -> None:
        provider = chains[0].first.provider
        kind = self._engine.profile.providers[provider].kind
        if stored.reply is not None and stored.reply.is_simulated and kind != "simulated":
            raise simulated_reply_error(provider, kind, "stored")
        if stored.reply is not None:
            self._engine.accepted.setdefault(provider, set()).add(chains[0].first.model)
        self._stats.cached += len(chains)
        for chain in chains:
            self._judge(chain, stored.outcome, stored.detail, stored.reply, stored.attempts)

    def _judge(self, chain: _Chain, outcome: Outcome, detail: str | None, reply: Reply | None, attempts: int) -> None:
        """Parse a reply, or take the ending without one; then the row has its result or gets a new call."""
        chain.attempts += attempts
        if reply is None:
            self._end_without_reply(chain, outcome, detail)
            return
        chain.reply = reply
        try:
            value = self._parse(reply, chain.first.fields)
        except Unusable as unusable:
            # The frames of its traceback would hold the row and its texts until the next search for garbage.
            chain.unusable = unusable.with_traceback(None)
            self._note(chain, (outcome, detail), (unusable.outcome, unusable.detail))
            self._call_again(chain, unusable)
            return
        if finish_of(reply.finish_reason) == Finish.UNKNOWN:
            self._stats.unknown_endings[reply.finish_reason or NO_WORD] += 1
        self._note(chain, (outcome, detail), (Outcome.COMPLETED, None))
        self._finish(chain, Outcome.COMPLETED, None, value)

    def _note(self, chain: _Chain, before: tuple[Outcome, str | None], now: tuple[Outcome, str | None]) -> None:
        if now != before:
            self._engine.ledger.judge(chain.key, *now)

    def _call_again(self, chain: _Chain, unusable: Unusable) -> None:
        """The next new call of a row. Beyond the retries it is made only to retry what is unresolved, but read in any
        case: what such a build received is used by all later ones."""
        is_retry = len(chain.keys) <= self._usable_retries
        is_asked = unusable.outcome in self._retried and chain.n_sent <= self._usable_retries
        chain.may_send = is_retry or is_asked
        chain.call = retry_of(chain.first, len(chain.keys), unusable, chain.reply)
        chain.keys.append(self._key(chain.call))
        self._next.append(chain)

    def _give_up(self, chain: _Chain) -> None:
        chain.keys.pop()
        assert chain.unusable is not None
        self._finish(chain, chain.unusable.outcome, chain.unusable.detail, chain.unusable.value)

    def _end_without_reply(self, chain: _Chain, outcome: Outcome, detail: str | None) -> None:
        unusable = chain.unusable
        if unusable is not None and outcome in FINAL_WITHOUT_REPLY:
            # The model did answer this row; that the endpoint declines the repair does not make the answer missing.
            self._finish(chain, unusable.outcome, unusable.detail, unusable.value)
            return
        chain.reply = None
        self._finish(chain, outcome, detail, None)

    def _finish(self, chain: _Chain, outcome: Outcome, detail: str | None, value: object) -> None:
        self._stats.rows += 1
        self._stats.outcomes[outcome] += 1
        self._ready.append(
            Result(
                chain.first.row_id,
                outcome,
                detail,
                value,
                chain.reply,
                chain.keys,
                chain.attempts,
                chain.n_sent == 0,
                chain.first.fields,
            )
        )

    def _count_sent(self, chain: _Chain, sent: Sent, reply: Reply | None) -> None:
        stats = self._stats
        stats.made += 1
        stats.answered += reply is not None
        stats.attempts += sent.tries
        stats.bill.add(sent.bill)
        if reply is not None:
            stats.prompt_tokens += reply.prompt_tokens or 0
            stats.completion_tokens += reply.completion_tokens or 0
            if reply.prompt_tokens is None or reply.completion_tokens is None:
                self._tell_of_unknown_usage(chain.first.model)

    def _tell_of_unknown_usage(self, name: str) -> None:
        """Say it once in a build, for each model."""
        told = self._engine.told_of_unknown_usage
        if name not in told:
            told.add(name)
            model = self._engine.profile.models[name]
            self._engine.progress.notice(
                self._step,
                f"provider {model.provider} does not tell how many tokens {model.name} used for a reply: what was "
                "reserved for such a call stays set aside, and its cost is shown as unknown",
            )

    def _report(self) -> None:
        now = time.monotonic()
        if now < self._report_at:
            return
        self._report_at = now + _WAIT_S
        self._stats.seconds = now - self._started_at
        self._engine.progress.advanced(self._step, self._stats)
        self._tell_of_waiting(now)

    def _tell_of_waiting(self, now: float) -> None:
        """Say who holds how many calls, and for how long this run has waited: after 10 s, then ever more seldom."""
        owners = self._fetcher.waits_for()
        if not owners:
            self._waits_since, self._notice_at = None, now + _WAITING_NOTICE_S
            return
        self._waits_since = self._waits_since or now
        if now >= self._notice_at:
            waited_s = now - self._waits_since
            self._notice_at = now + max(waited_s, _WAITING_NOTICE_S)
            held = ", ".join(f"{n:,} of {name}" for name, n in owners.most_common())
            self._engine.progress.notice(self._step, f"has waited {duration(waited_s)} for calls: {held}")
