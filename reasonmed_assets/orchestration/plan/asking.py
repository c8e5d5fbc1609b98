"""The call engine of a plan: it looks calls up as a build does, sends none, and has others stand in for their replies.

Keys, chains of repairs and what counts as a reply are the engine's own: only what would fetch a reply is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from reasonmed_assets.llm.calls import Bill, Call, Parse, Result
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.fetching import Event, Fetcher, Sent
from reasonmed_assets.llm.engine.progress import CallProgress
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.vocabulary import Outcome

if TYPE_CHECKING:
    from reasonmed_assets.config.profile import Profile
    from reasonmed_assets.llm.transports.lanes import Job

_NOT_SENT = "a plan sends no call"
_TOLD_AT_ONCE = 10_000


@dataclass(slots=True)
class Missing:
    """A call that the ledger lacks.

    Attributes:
        row_id, question_id, call_key, role, model: as in `PlannedCall`.
        characters: of its request's messages.
        is_repair: it follows an unusable reply that the ledger has.
    """

    row_id: str
    question_id: str
    call_key: str
    role: str
    model: str
    characters: int
    is_repair: bool


@dataclass
class Step:
    """What one run of a step found.

    It is told in parts, so that few of its calls are in memory; only the last one `is_over`.

    Attributes:
        role: the role that answers.
        stored: calls that the ledger has, by model.
        missing: those that it lacks, each once in a plan.
        open_questions: the questions of the rows whose reply is missing.
        is_over: no part follows.
    """

    role: str = ""
    stored: dict[str, int] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    open_questions: set[str] = field(default_factory=set)
    is_over: bool = False


class StandIn(Protocol):
    """Makes results of rows whose reply is missing."""

    def hold(self, result: Result) -> list[Result]:
        """Take a row; returns those that are to be left without a reply."""

    def results(self, role: str) -> Iterator[Result]:
        """A result for each row that was taken."""


class PlanEngine(Engine):
    """An engine that sends nothing.

    Args:
        profile: providers and models.
        ledger: where replies are looked up.
        progress: receives how far a step is.
        stand_in: makes the results of rows whose reply is missing.
        on_step: receives what each run of a step found, at its end.
    """

    def __init__(
        self,
        profile: Profile,
        ledger: CallStore,
        progress: CallProgress,
        stand_in: StandIn,
        on_step: Callable[[Step], None],
    ) -> None:
        super().__init__(profile, ledger, lambda provider: (), progress)
        self._stand_in = stand_in
        self._on_step = on_step
        self._unsent: dict[str, Job] = {}
        self._counted: set[bytes] = set()

    def new_fetcher(self, *, may_pay_again: bool) -> Fetcher:
        """What reports every call as not made."""
        fetcher = _Unsent(
            self.profile, self.ledger, self.allowances, self.base_urls_of, self.budget, self.offline, self.accepted
        )
        fetcher.unsent = self._unsent
        return fetcher

    def run(
        self,
        step: str,
        calls: Iterable[Call],
        parse: Parse,
        usable_retries: int,
        retried: Collection[Outcome] = frozenset(),
    ) -> Iterator[Result]:
        """See `Engine.run`; rows whose reply is missing come last, with the results of the stand-in."""
        found, is_open = Step(), False

        def watched() -> Iterator[Call]:
            for call in calls:
                found.role = call.role
                yield call

        for result in super().run(step, watched(), parse, usable_retries, retried):
            model = self.profile.roles[found.role].sampling(result.fields).model
            *before, last = result.call_keys
            job = self._unsent.pop(last, None)
            is_missing = result.detail == _NOT_SENT
            found.stored[model] = found.stored.get(model, 0) + len(before) + (not is_missing)
            if not is_missing:
                yield result
                continue
            if job is not None and (key := bytes.fromhex(last)) not in self._counted:
                self._counted.add(key)
                question = str(result.fields["question_id"])
                size = sum(len(str(message["content"])) for message in job.call.body["messages"])
                found.missing.append(Missing(result.row_id, question, last, found.role, model, size, bool(before)))
            found.open_questions.add(str(result.fields["question_id"]))
            is_open = True
            yield from self._stand_in.hold(result)
            if len(found.missing) == _TOLD_AT_ONCE:
                self._on_step(found)
                found = Step(found.role)
        found.is_over = True
        self._on_step(found)
        if is_open:
            yield from self._stand_in.results(found.role)


class _Unsent(Fetcher):
    """Every call that is wanted comes back at once as not made."""

    unsent: dict[str, Job]

    def __init__(self, *args: Any, **others: Any) -> None:
        super().__init__(*args, **others)
        self._wanted: list[Job] = []

    def want(self, jobs: Sequence[Job]) -> None:
        """Note the calls."""
        self._wanted += jobs
        self.unsent.update((job.key, job) for job in jobs)

    def events(self, wait_s: float) -> list[Event]:
        """That each has ended without a reply."""
        wanted, self._wanted = self._wanted, []
        ended = Received(Outcome.TRANSPORT_ERROR, _NOT_SENT, None, None, None, None, 0.0, datetime.now(UTC))
        return [Sent(job.key, ended, 0, 0, Bill()) for job in wanted]

    def close(self) -> None:
        """Nothing was begun."""
