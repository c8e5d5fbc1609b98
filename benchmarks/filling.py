"""A ledger that is filled while a build asks it: another process writes the replies of the rehearsal just before.

The calls of a step come some thousands ahead of what the build reads; the process makes the missing replies and commits
them as the build's own ledger would, without claims, without waiting for the disk. New calls after an unusable reply
are written when they are asked for.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import orjson

_TOGETHER = 500
_AHEAD = 12
"""Parts of `_TOGETHER` calls that are under way to the other process."""
_SOURCES = ("medqa", "medmcqa", "pubmedqa", "mmlu")


class Filling:
    """Has the replies to calls written into a ledger, by a process of its own."""

    def __init__(self, ledger: Path, questions: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_fill, args=(theirs, ledger, questions), daemon=True)
        self._process.start()
        theirs.close()
        self._n_sent = self._n_done = 0

    def close(self) -> float:
        """End the process; the seconds of the processor that it has used."""
        self.wait(self._n_sent)
        self._connection.send(None)
        used: float = self._connection.recv()
        self._process.join()
        return used

    def wait(self, number: int) -> None:
        """Return when those are on disk."""
        while self._n_done < number:
            self._connection.recv()
            self._n_done += 1

    def serve(self, counted: Callable[[Callable[..., Any], str], Callable[..., Any]]) -> None:
        """Have every engine of this process find its calls answered.

        Args:
            counted: gives a function that counts the time of another one as that of a part.
        """
        from reasonmed_assets.llm.engine import engine

        run, advance = engine.Engine.run, engine._Run._advance
        begin, wait = counted(self._begin, "filling"), counted(self.wait, "filling")

        def runs(own: Any, step: str, calls: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
            return run(own, step, _Ahead(calls, lambda some: begin(own.profile, some), wait), *arguments, **options)

        def advances(own: Any, chains: Sequence[Any]) -> None:
            again = [chain for chain in chains if len(chain.keys) > 1 and chain.may_send]
            if again:
                wait(begin(own._engine.profile, [chain.call for chain in again]))
            advance(own, chains)

        engine.Engine.run = runs  # type: ignore[method-assign]
        engine._Run._advance = advances  # type: ignore[method-assign]

    def _begin(self, profile: Any, calls: Sequence[Any]) -> int:
        """Have the replies to calls written; returns the number to wait for."""
        from reasonmed_assets.llm.calls import call_key

        asked = []
        for call in calls:
            model = profile.models[call.model]
            identity = call.provider, model.name, model.revision
            key = call_key(*identity, call.body, call.sample, call.headers)
            asked.append(_Asked(key, *identity, call.sample, call.role, orjson.dumps(call.body)))
        self._connection.send(asked)
        self._n_sent += 1
        return self._n_sent


class _Ahead:
    """Calls that are answered before they are given."""

    def __init__(self, calls: Any, begin: Callable[[Sequence[Any]], int], wait: Callable[[int], None]) -> None:
        self._calls, self._begin, self._wait = calls, begin, wait

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Any]:
        source, under_way = iter(self._calls), deque[tuple[int, list[Any]]]()
        while True:
            while len(under_way) < _AHEAD and (some := list(islice(source, _TOGETHER))):
                under_way.append((self._begin(some), some))
            if not under_way:
                return
            number, some = under_way.popleft()
            self._wait(number)
            yield from some


class _Asked(NamedTuple):
    """A call on its way to the other process."""

    key: str
    provider: str
    model: str
    revision: str
    sample: int
    role: str
    body: bytes


def _fill(connection: Connection, ledger: Path, questions: Path) -> None:
    """Write what is missing of each list that comes; None ends it."""
    from reasonmed_assets.llm.ledger.sqlite.changes import Changes
    from reasonmed_assets.llm.ledger.sqlite.store import SqliteStore
    from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
    from reasonmed_assets.servers.rehearsal.replies import Rehearsal
    from reasonmed_assets.servers.simulated import DEFAULT_SEED

    rehearsal = Rehearsal(read_answer_keys(questions, _SOURCES, {}), DEFAULT_SEED)
    with SqliteStore(ledger) as store:
        store._writing = store._connect()
        store._writing.execute("pragma synchronous = off")
        store._changes = Changes(store._writing)
        while (asked := connection.recv()) is not None:
            _write(store, rehearsal, asked)
            connection.send(None)
    connection.send(time.process_time())


def _write(store: Any, rehearsal: Any, asked: Sequence[_Asked]) -> None:
    from reasonmed_assets.llm.ledger.compression import trained
    from reasonmed_assets.llm.ledger.operations import Learn, Record
    from reasonmed_assets.llm.ledger.sqlite.changes import _ENDED

    missing = {one.key: one for one in asked}
    for (key,) in store._by_key(_ENDED, list(missing)):
        del missing[key.hex()]
    if not missing:
        return
    attempts = [_answered(rehearsal, one) for one in missing.values()]
    store._commit([Record(attempt, None, "") for attempt in attempts], False)
    for attempt in attempts:
        if samples := store._frames.sample(attempt.role, (attempt.body, attempt.received.raw)):
            (dictionary,) = store._apply([Learn(attempt.role, trained(samples))], None)
            store._frames.add(attempt.role, dictionary)


def _answered(rehearsal: Any, asked: _Asked) -> Any:
    from reasonmed_assets.llm.ledger.records import Attempt
    from reasonmed_assets.llm.outcomes import Received
    from reasonmed_assets.llm.replies.wire import read_reply
    from reasonmed_assets.servers.simulated import envelope
    from reasonmed_assets.vocabulary import Outcome

    body = orjson.loads(asked.body)
    raw = orjson.dumps(envelope(body, rehearsal.reply(body)))
    received = Received(
        Outcome.COMPLETED, None, 200, raw, read_reply(raw, is_marked_simulated=True), None, 20.0, datetime.now(UTC)
    )
    return Attempt(
        asked.key,
        asked.provider,
        asked.model,
        asked.revision,
        asked.sample,
        asked.role,
        "simulated",
        asked.body,
        received,
    )
