"""What a ledger stores: attempts, judgements, dictionaries, batches; each change is an operation of its writer."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reasonmed_assets.llm.ledger.compression import Frames
from reasonmed_assets.llm.ledger.writer import LedgerError, Operation, execute_many
from reasonmed_assets.llm.outcomes import Received


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom an attempt is made: the warehouse that pays, and its table and source whose rows want the reply."""

    warehouse: str
    table: str
    source: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a call, as it is stored.

    Attributes:
        call_key: the call.
        provider, model, revision, sample: its identity as declared.
        role: model role that asked.
        provider_kind: kind of the provider.
        body: request body as sent.
        received: what came of it.
        batch_id: the batch in which it was sent; None when it was sent alone.
        build: the build that pays for it.
        usd: what it cost.
    """

    call_key: str
    provider: str
    model: str
    revision: str
    sample: int
    role: str
    provider_kind: str
    body: bytes
    received: Received
    batch_id: str | None = None
    build: str = ""
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """An attempt is on disk.

    Attributes:
        attempts: attempts of the call so far, this one included.
        is_kept: whether its ending is the one that the ledger keeps for the call.
    """

    attempts: int
    is_kept: bool


_RECORDED = """
create temp view recorded as
select
    c.call_key, c.body_hash, b.body, c.provider, c.model, c.revision, c.sample, c.final_attempt,
    a.attempt, a.asker_id, a.role, a.provider_kind, a.outcome, a.detail, a.http_status, a.finish_reason,
    a.served_model, a.system_fingerprint, a.prompt_tokens, a.completion_tokens, a.reasoning_tokens, a.latency_ms,
    a.started_at, a.is_simulated, a.reply
from calls as c
inner join bodies as b on c.body_hash = b.body_hash
inner join attempts as a on c.call_key = a.call_key
"""
_RECORD = """
create temp trigger record instead of insert on recorded
begin
    insert or ignore into bodies values (new.body_hash, new.body);
    insert into calls (call_key, body_hash, provider, model, revision, sample, attempts, final_attempt)
    values (
        new.call_key, new.body_hash, new.provider, new.model, new.revision, new.sample, new.attempt, new.final_attempt
    )
    on conflict (call_key) do update set attempts = excluded.attempts, final_attempt = excluded.final_attempt;
    insert into attempts values (
        new.call_key, new.attempt, new.asker_id, new.role, new.provider_kind, new.outcome, new.detail, new.http_status,
        new.finish_reason, new.served_model, new.system_fingerprint, new.prompt_tokens, new.completion_tokens,
        new.reasoning_tokens, new.latency_ms, new.started_at, new.is_simulated, new.reply
    );
    delete from claims where call_key = new.call_key and new.final_attempt is not null;
end
"""
_INSERT = "insert into recorded values {rows}"
_KNOWN = "select call_key, attempts, final_attempt from calls where call_key in (values {rows})"
_BUILDS = "select call_key, build from claims where call_key in (values {rows})"
_ARRIVED = "update batch_calls set attempt = ? where call_key = ? and batch_id = ?"

_SPEND = """
insert into spending (build, role, usd, calls) values (?, ?, ?, 1)
on conflict (build, role) do update set usd = usd + excluded.usd, calls = calls + 1
"""

_ASKER = """
insert into askers (warehouse, table_name, source) values (?, ?, ?)
on conflict do update set source = source
returning asker_id
"""

_READ_BEFORE = """
select c.attempts
from batch_calls as b
inner join calls as c using (call_key)
where b.call_key = ? and b.batch_id = ? and b.attempt is not null and c.final_attempt is not null
"""


def prepare_to_record(connection: sqlite3.Connection) -> None:
    """Let a connection insert attempts, each with its call and body, as rows of one view.

    SQLite then does all that an attempt changes in one step, and many attempts in one statement: at every step it gives
    up the interpreter, and while the event loop is busy it is a long wait until it gets it back.
    """
    connection.execute(_RECORDED)
    connection.execute(_RECORD)


def _chunks(operations: Sequence[Record]) -> Iterator[list[Record]]:
    """The operations in their order, none with two attempts of one call."""
    chunk: dict[str, Record] = {}
    for operation in operations:
        if operation.attempt.call_key in chunk:
            yield list(chunk.values())
            chunk = {}
        chunk[operation.attempt.call_key] = operation
    if chunk:
        yield list(chunk.values())


@dataclass(slots=True)
class Record(Operation):
    """Store an attempt, with the call and its body where they are new; a final one ends the claim."""

    attempt: Attempt
    asker: Asker | None
    asker_ids: dict[Asker, int]
    kinds: set[tuple[str, str]]
    frames: Frames
    finish: Callable[[Recorded | LedgerError], None]
    _body: bytes = b""
    _reply: bytes | None = None
    _asker_id: int | None = None

    @classmethod
    def prepare_all(cls, operations: Sequence[Operation]) -> None:
        """Compress."""
        by_role: dict[str, list[Record]] = {}
        for operation in operations:
            if isinstance(operation, Record):
                by_role.setdefault(operation.attempt.role, []).append(operation)
        for role, some in by_role.items():
            answered = [operation for operation in some if operation.attempt.received.raw is not None]
            bodies = [operation.attempt.body for operation in some]
            replies = [operation.attempt.received.raw or b"" for operation in answered]
            frames = iter(some[0].frames.compress(role, bodies + replies))
            for operation in some:
                operation._body = next(frames)
            for operation in answered:
                operation._reply = next(frames)

    @classmethod
    def run_all(cls, connection: sqlite3.Connection, operations: Sequence[Operation]) -> list[Any]:
        """Insert the rows of many attempts: each statement serves as many of them as it can."""
        results: list[Recorded] = []
        for some in _chunks([operation for operation in operations if isinstance(operation, Record)]):
            results += cls._store(connection, some)
        return results

    @classmethod
    def _store(cls, connection: sqlite3.Connection, operations: Sequence[Record]) -> list[Recorded]:
        """Insert the rows of attempts of different calls."""
        known = {
            operation.key: recorded for operation in operations if (recorded := operation._read_before(connection))
        }
        new = {operation.key: operation for operation in operations if operation.key not in known}
        before = {row[0]: row[1:] for row in execute_many(connection, _KNOWN, [(key,) for key in new])}
        paid = [(key,) for key, operation in new.items() if operation.attempt.build]
        builds = dict(execute_many(connection, _BUILDS, paid))
        rows = []
        for key, operation in new.items():
            number, final = operation._counted(*before.get(key, (0, None)))
            rows.append((key, *operation._of_call(), final, number, *operation._of_attempt(connection)))
            operation._account(connection, number, builds.get(key))
            known[key] = Recorded(number, number == final)
        execute_many(connection, _INSERT, rows)
        return [known[operation.key] for operation in operations]

    @property
    def key(self) -> bytes:
        """Key of the call."""
        return bytes.fromhex(self.attempt.call_key)

    def _read_before(self, connection: sqlite3.Connection) -> Recorded | None:
        """What is there where another build, which was taken for dead, read the same batch: its line was paid once."""
        if self.attempt.batch_id is None:
            return None
        row = connection.execute(_READ_BEFORE, (self.key, bytes.fromhex(self.attempt.batch_id))).fetchone()
        return None if row is None else Recorded(row[0], is_kept=False)

    def _of_call(self) -> tuple[Any, ...]:
        attempt = self.attempt
        body_hash = hashlib.sha256(attempt.body).digest()[:16]
        return body_hash, self._body, attempt.provider, attempt.model, attempt.revision, attempt.sample

    def _counted(self, attempts: int, final_attempt: int | None) -> tuple[int, int | None]:
        """The attempt's number, and the one that is kept: the first that is final."""
        if final_attempt is None and self.attempt.received.is_final:
            final_attempt = attempts + 1
        return attempts + 1, final_attempt

    def _account(self, connection: sqlite3.Connection, number: int, claimed_by: str | None) -> None:
        """Note the attempt with its batch, its build's spending and its provider, where these have to be noted."""
        attempt = self.attempt
        if attempt.batch_id is not None:
            connection.execute(_ARRIVED, (number, self.key, bytes.fromhex(attempt.batch_id)))
        if attempt.received.is_final and attempt.build and claimed_by in (None, attempt.build):
            connection.execute(_SPEND, (attempt.build, attempt.role, attempt.usd))
        kind = (attempt.provider, attempt.provider_kind)
        if kind not in self.kinds:
            connection.execute("insert or ignore into provider_kinds values (?, ?)", kind)

    def done(self, result: Any) -> None:
        """Tell who asked."""
        if isinstance(result, Recorded):
            self.kinds.add((self.attempt.provider, self.attempt.provider_kind))
            if self.asker is not None and self._asker_id is not None:
                self.asker_ids[self.asker] = self._asker_id
        self.finish(result)

    def _identified(self, connection: sqlite3.Connection) -> int | None:
        asker = self.asker
        if asker is None or asker in self.asker_ids:
            return None if asker is None else self.asker_ids[asker]
        return connection.execute(_ASKER, (asker.warehouse, asker.table, asker.source)).fetchone()[0]

    def _of_attempt(self, connection: sqlite3.Connection) -> tuple[Any, ...]:
        self._asker_id = self._identified(connection)
        attempt, received, reply = self.attempt, self.attempt.received, self.attempt.received.reply
        said: tuple[Any, ...] = (None,) * 6
        if reply is not None:
            said = (
                reply.finish_reason,
                reply.served_model,
                reply.system_fingerprint,
                reply.prompt_tokens,
                reply.completion_tokens,
                reply.reasoning_tokens,
            )
        started_at = int(received.started_at.timestamp() * 1_000_000)
        is_simulated = reply is not None and reply.is_simulated
        ending = (attempt.role, attempt.provider_kind, received.outcome, received.detail, received.http_status)
        return (self._asker_id, *ending, *said, received.latency_ms, started_at, is_simulated, self._reply)


@dataclass(slots=True)
class Learn(Operation):
    """Keep a role's dictionary, unless another build did so first."""

    role: str
    dictionary: bytes
    frames: Frames

    def run(self, connection: sqlite3.Connection) -> bytes:
        """The dictionary that the ledger holds for the role now."""
        connection.execute("insert or ignore into dictionaries values (?, ?)", (self.role, self.dictionary))
        return connection.execute("select dictionary from dictionaries where role = ?", (self.role,)).fetchone()[0]

    def done(self, result: Any) -> None:
        """Use it: it is on disk before the first frame that needs it."""
        if isinstance(result, bytes):
            self.frames.add(self.role, result)


@dataclass(slots=True)
class Judge(Operation):
    """Note what a parser made of a stored reply."""

    key: str
    outcome: str
    detail: str | None

    def run(self, connection: sqlite3.Connection) -> None:
        """Change the outcome of the attempt that is kept."""
        key = bytes.fromhex(self.key)
        connection.execute(
            "update attempts set outcome = ?, detail = ? where call_key = ? "
            "and attempt = (select c.final_attempt from calls as c where c.call_key = ?)",
            (self.outcome, self.detail, key, key),
        )


@dataclass(slots=True)
class Reopen(Operation):
    """Let calls that were rejected be made again."""

    keys: tuple[str, ...]

    def run(self, connection: sqlite3.Connection) -> None:
        """Forget which attempt is kept; the attempts stay."""
        rows = [(bytes.fromhex(key),) for key in self.keys]
        connection.executemany("update calls set final_attempt = null where call_key = ?", rows)


@dataclass(slots=True)
class Barrier(Operation):
    """Lets a thread wait for everything that was handed over before."""

    _reached: threading.Event = field(default_factory=threading.Event)
    _failure: LedgerError | None = None

    def done(self, result: Any) -> None:
        """Wake the thread that waits."""
        self._failure = result
        self._reached.set()

    def wait(self) -> None:
        """Wait; raises the `LedgerError` of the transaction in which this stood."""
        self._reached.wait()
        if self._failure is not None:
            raise self._failure


@dataclass(slots=True, kw_only=True)
class BeginBatch(Barrier):
    """Note a batch and its calls before anything of it is sent."""

    batch_id: str
    build: str
    provider: str
    keys: tuple[str, ...]

    def run(self, connection: sqlite3.Connection) -> None:
        """Insert them."""
        batch_id = bytes.fromhex(self.batch_id)
        connection.execute("insert into batches values (?, ?, ?, null)", (batch_id, self.build, self.provider))
        rows = [(bytes.fromhex(key), batch_id) for key in self.keys]
        connection.executemany("insert into batch_calls values (?, ?, null)", rows)


@dataclass(slots=True)
class NameBatch(Operation):
    """Note a batch's id at its provider."""

    batch_id: str
    remote_id: str

    def run(self, connection: sqlite3.Connection) -> None:
        """Set it."""
        named = (self.remote_id, bytes.fromhex(self.batch_id))
        connection.execute("update batches set remote_id = ? where batch_id = ?", named)


@dataclass(slots=True)
class ForgetBatch(Operation):
    """Take calls out of a batch in which they were not sent."""

    batch_id: str
    keys: tuple[str, ...]

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete those without an ending."""
        rows = [(bytes.fromhex(key), bytes.fromhex(self.batch_id)) for key in self.keys]
        connection.executemany("delete from batch_calls where call_key = ? and batch_id = ? and attempt is null", rows)
