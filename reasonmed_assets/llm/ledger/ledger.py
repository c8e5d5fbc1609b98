"""The ledger: every model call that was ever made, with its reply, in one SQLite file that several builds share.

A reply counts once it is on disk. A call is claimed before it is sent, so that two builds never pay for it twice; the
claims of a dead process are taken over. Nothing here knows HTTP, prompts or the warehouse.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import zstandard

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger import claims, operations
from reasonmed_assets.llm.ledger.claims import Claimed, Purse, Wanted
from reasonmed_assets.llm.ledger.compression import Frames, UnknownDictionaryError, trained
from reasonmed_assets.llm.ledger.operations import Asker, Attempt, Recorded
from reasonmed_assets.llm.ledger.owners import HEARTBEAT_S, Owner, is_alive, this_process
from reasonmed_assets.llm.ledger.writer import LedgerError, Operation, Writer
from reasonmed_assets.llm.replies.wire import NotAReplyError, read_reply

__all__ = ["Asker", "Attempt", "Claimed", "Ledger", "LedgerError", "Purse", "Recorded", "Stored", "Wanted"]

NO_BUDGET = Purse()

_VERSION = 1
_BUSY_S = 60.0

_KEYS_PER_FRAME = 20_000
"""Calls whose attempts are Python objects at a time: these take six times the memory of a data frame."""

_CHECKPOINT_PAGES = 8_000
"""Pages of the write-ahead log (4 KB each) after which it is merged into the file: random keys touch the same pages
again and again, so that a rare merge writes far less."""

_SCHEMA = """
create table dictionaries (
    role text primary key,
    dictionary blob not null
);
create table bodies (
    body_hash blob primary key,
    body blob not null
);
create table calls (
    call_key blob primary key,
    body_hash blob not null references bodies,
    provider text not null,
    model text not null,
    revision text not null,
    sample integer not null,
    attempts integer not null,
    final_attempt integer
);
create table askers (
    asker_id integer primary key,
    warehouse text not null,
    table_name text not null,
    source text not null,
    unique (warehouse, table_name, source)
);
create table attempts (
    call_key blob not null references calls,
    attempt integer not null,
    asker_id integer references askers,
    role text not null,
    provider_kind text not null,
    outcome text not null,
    detail text,
    http_status integer,
    finish_reason text,
    served_model text,
    system_fingerprint text,
    prompt_tokens integer,
    completion_tokens integer,
    reasoning_tokens integer,
    latency_ms real,
    started_at integer not null,
    is_simulated integer not null,
    reply blob,
    primary key (call_key, attempt)
);
create index attempts_by_asker on attempts (asker_id);
create table owners (
    owner_id text primary key,
    host text not null,
    pid integer not null,
    started_ticks integer not null,
    boot_id text not null,
    pid_space text not null,
    heartbeat_at real not null
);
create table users (
    provider text not null,
    owner_id text not null,
    primary key (provider, owner_id)
);
create table claims (
    call_key blob primary key,
    owner_id text not null,
    build text not null,
    role text not null,
    usd real not null
);
create table spending (
    build text not null,
    role text not null,
    usd real not null,
    calls integer not null,
    primary key (build, role)
);
create table provider_kinds (
    provider text not null,
    kind text not null,
    primary key (provider, kind)
);
create table batches (
    batch_id blob primary key,
    build text not null,
    provider text not null,
    remote_id text
);
create table batch_calls (
    call_key blob not null,
    batch_id blob not null references batches,
    attempt integer,
    primary key (call_key, batch_id)
);
"""

_STORED = """
select c.call_key, c.attempts, a.outcome, a.detail, a.provider_kind, a.is_simulated, a.reply
from calls as c
inner join attempts as a on c.call_key = a.call_key and c.final_attempt = a.attempt
where c.call_key in ({marks})
"""

_ATTEMPTS = """
select
    lower(hex(a.call_key)) || '-' || a.attempt, lower(hex(a.call_key)), a.attempt, a.role, c.provider,
    a.provider_kind, c.model, c.revision, a.served_model, a.outcome, a.detail, a.http_status, a.finish_reason,
    a.prompt_tokens, a.completion_tokens, a.latency_ms, a.started_at,
    a.reply is not null and a.attempt is c.final_attempt, k.table_name, k.source,
    iif(b.batch_id is null, null, lower(hex(b.batch_id)))
from attempts as a
inner join calls as c on a.call_key = c.call_key
left join askers as k on a.asker_id = k.asker_id and k.warehouse = ?
left join batch_calls as b on a.call_key = b.call_key and a.attempt = b.attempt
where a.call_key in ({marks})
order by a.call_key, a.attempt
"""

_MADE_FOR = "from attempts where asker_id in (select asker_id from askers where warehouse = ?)"

_ATTEMPT_COLUMNS = {
    "attempt_id": pl.String,
    "call_key": pl.String,
    "attempt": pl.Int64,
    "role": pl.String,
    "provider": pl.String,
    "provider_kind": pl.String,
    "model": pl.String,
    "revision": pl.String,
    "served_model": pl.String,
    "outcome": pl.String,
    "detail": pl.String,
    "http_status": pl.Int64,
    "finish_reason": pl.String,
    "prompt_tokens": pl.Int64,
    "completion_tokens": pl.Int64,
    "latency_ms": pl.Float64,
    "started_at": pl.Int64,
    "is_accepted": pl.Int64,
    "made_for": pl.String,
    "made_for_source": pl.String,
    "batch_id": pl.String,
}

_OPEN_BATCHES = """
select bc.call_key, b.batch_id, b.remote_id
from batch_calls as bc
inner join batches as b using (batch_id)
where bc.attempt is null and bc.call_key in ({marks})
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A call whose ending the ledger keeps.

    Attributes:
        call_key: its key.
        outcome: as last judged by a parser; `rejected` when there is no reply.
        detail: what went wrong.
        provider_kind: kind of the provider when the call was made.
        attempts: attempts so far.
        reply: None when rejected.
    """

    call_key: str
    outcome: str
    detail: str | None
    provider_kind: str
    attempts: int
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that was submitted, or was about to be, and has not been read.

    Attributes:
        batch_id: 32 hex digits by which the provider knows it too, as metadata.
        remote_id: the provider's own id; None when the build that submitted it did not live to note it.
    """

    batch_id: str
    remote_id: str | None


class Ledger:
    """An opened ledger. Any number of threads may use it, any number of processes may open the file.

    Args:
        path: the file; made when absent.

    Attributes:
        asker: for whom attempts are recorded from now on; None: for nobody who keeps an account.

    Raises:
        LedgerError: the file cannot be opened, is no ledger, or has another version.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._reading_lock = threading.Lock()
        self._writer_lock = threading.Lock()
        self._writer: Writer | None = None
        self._owner = this_process()
        self._kinds: set[tuple[str, str]] = set()
        self.asker: Asker | None = None
        self._asker_ids: dict[Asker, int] = {}
        self._frames = Frames()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._reading = self._connect()
            self._make_tables()
            self._reading.execute("pragma query_only = on")
            self._read_dictionaries()
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"ledger {self.path}: cannot be opened: {error}") from error

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write everything that was handed over and give all claims back."""
        with self._writer_lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.submit(claims.Leave(self._owner.owner_id))
            writer.close()
        self._reading.close()

    def lookup(self, keys: Iterable[str]) -> dict[str, Stored]:
        """The calls among `keys` that need not be made again, by key.

        Raises:
            LedgerError: the ledger cannot be read, or holds a reply that is none.
        """
        return {stored.call_key: stored for row in self._rows(_STORED, keys) for stored in [self._stored(row)]}

    def keys_made_for(self, warehouse: str) -> list[str]:
        """The calls of which an attempt was made for a warehouse, whatever became of its rows."""
        return [key.hex() for (key,) in self._read(f"select distinct call_key {_MADE_FOR}", [warehouse])]

    def count_made_for(self, warehouse: str) -> int:
        """Attempts that were made for a warehouse."""
        ((n,),) = self._read(f"select count(*) {_MADE_FOR}", [warehouse])
        return n

    def attempts_of(self, keys: Iterable[str], warehouse: str = "") -> pl.DataFrame:
        """All attempts of the calls `keys`: the columns of table llm_calls apart from `cost_usd` and `row_hash`.

        Args:
            keys: the calls.
            warehouse: whose attempts say for which table and source they were made.
        """
        wanted = list(dict.fromkeys(keys))
        parts = [wanted[first : first + _KEYS_PER_FRAME] for first in range(0, len(wanted), _KEYS_PER_FRAME)]
        frame = pl.concat(
            pl.DataFrame(list(self._rows(_ATTEMPTS, part, warehouse)), schema=_ATTEMPT_COLUMNS, orient="row")
            for part in parts or [[]]
        )
        return frame.with_columns(pl.col("started_at").cast(pl.Datetime("us")), pl.col("is_accepted").cast(pl.Boolean))

    def body_of(self, key: str) -> dict[str, Any] | None:
        """The request body of a call as it was sent; None when the ledger does not know the key."""
        query = "select b.body from calls as c inner join bodies as b using (body_hash) where c.call_key in ({marks})"
        for (body,) in self._rows(query, [key]):
            return orjson.loads(self._text(body))
        return None

    def provider_kinds(self) -> set[str]:
        """Kinds of all providers that calls of this ledger were made to."""
        return {kind for (kind,) in self._read("select distinct kind from provider_kinds", [])}

    def n_users(self, provider: str) -> int:
        """How many live builds send calls to a provider by now, this one included."""
        query = (
            "select o.owner_id, o.host, o.pid, o.started_ticks, o.boot_id, o.pid_space, o.heartbeat_at "
            "from users as u inner join owners as o using (owner_id) where u.provider = ? and o.owner_id != ?"
        )
        return 1 + sum(is_alive(Owner(*row)) for row in self._read(query, [provider, self._owner.owner_id]))

    def use(self, provider: str, is_used: bool) -> None:
        """Tell the other builds that calls are sent to a provider, or no longer."""
        self._submit(claims.Use(self._owner.owner_id, provider, is_used))

    def claim(
        self, calls: Sequence[Wanted], done: Callable[[Claimed | LedgerError], None], purse: Purse = NO_BUDGET
    ) -> None:
        """Claim calls before they are sent; `done` is called from another thread with what became of each.

        A claim reserves what its call may cost at most; a recorded attempt settles what it did cost.
        """
        self._submit(claims.Claim(tuple(calls), self._owner.owner_id, purse, done))

    def record(self, attempt: Attempt, done: Callable[[Recorded | LedgerError], None]) -> None:
        """Store an attempt; `done` is called from another thread once it is on disk. A final one ends the claim."""
        self._submit(operations.Record(attempt, self.asker, self._asker_ids, self._kinds, self._frames, done))
        if attempt.received.raw is not None:
            self._learn(attempt.role, (attempt.body, attempt.received.raw))

    def judge(self, key: str, outcome: str, detail: str | None) -> None:
        """Note what a parser made of the stored reply of a call; written soon, or again by the next build."""
        self._submit(operations.Judge(key, outcome, detail))

    def reopen(self, keys: Iterable[str]) -> None:
        """Let calls that were rejected be claimed and made again; what was recorded of them stays."""
        self._submit(operations.Reopen(tuple(keys)))

    def release(self, keys: Iterable[str]) -> None:
        """Give claims back that this ledger object holds."""
        self._submit(claims.Release(tuple(keys), self._owner.owner_id))

    def begin_batch(self, batch_id: str, build: str, provider: str, keys: Sequence[str]) -> None:
        """Note that calls are about to be submitted as a batch, which a build pays for; on disk when this returns.

        Raises:
            LedgerError: it could not be written.
        """
        begin = operations.BeginBatch(batch_id=batch_id, build=build, provider=provider, keys=tuple(keys))
        self._submit(begin)
        begin.wait()

    def name_batch(self, batch_id: str, remote_id: str) -> None:
        """Note a batch's id at its provider; written soon, or found again by the batch's metadata."""
        self._submit(operations.NameBatch(batch_id, remote_id))

    def forget_batch(self, batch_id: str, keys: Iterable[str]) -> None:
        """Note that calls were not sent with a batch after all."""
        self._submit(operations.ForgetBatch(batch_id, tuple(keys)))

    def open_batches(self, keys: Iterable[str]) -> dict[str, OpenBatch]:
        """The calls among `keys` that were submitted in a batch and have no ending yet, by key.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        rows = self._rows(_OPEN_BATCHES, keys)
        return {key.hex(): OpenBatch(batch_id.hex(), remote_id) for key, batch_id, remote_id in rows}

    def flush(self) -> None:
        """Return once everything that was handed over is on disk.

        Raises:
            LedgerError: the last of it could not be written.
        """
        if self._writer is None:
            return
        barrier = operations.Barrier()
        self._submit(barrier)
        barrier.wait()

    def _submit(self, operation: Operation) -> None:
        with self._writer_lock:
            if self._writer is None:
                beat = claims.Beat(self._owner)
                connection = self._connect()
                operations.prepare_to_record(connection)
                self._writer = Writer(connection, str(self.path), beat, HEARTBEAT_S)
            self._writer.submit(operation)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return connection

    def _make_tables(self) -> None:
        connection = self._reading
        version = _version(connection)
        if version == 0:
            connection.execute("begin immediate")
            version = _version(connection)
            if version == 0 and connection.execute("select count(*) from sqlite_schema").fetchone()[0]:
                connection.execute("rollback")
                raise LedgerError(f"ledger {self.path}: this SQLite file is no ledger; give another path")
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version = {_VERSION}")
            connection.execute("commit")
        if _version(connection) != _VERSION:
            raise LedgerError(
                f"ledger {self.path}: its version is {_version(connection)}, this program reads {_VERSION}"
            )
        self._write_ahead()

    def _write_ahead(self) -> None:
        """SQLite takes this switch only while nobody else uses the file; whoever comes second finds it made."""
        mode = self._reading.execute("pragma journal_mode").fetchone()[0]
        if mode != "wal":
            mode = self._reading.execute("pragma journal_mode = wal").fetchone()[0]
        if mode != "wal":
            raise LedgerError(
                f"ledger {self.path}: its file system does not allow a write-ahead log; give another path"
            )

    def _learn(self, role: str, texts: Sequence[bytes]) -> None:
        """Train a role's dictionary once there is enough to train on.

        That takes a tenth of a second or two, here and not in the writing thread, where replies would have to wait for
        it until they are safe.
        """
        samples = self._frames.sample(role, texts)
        dictionary = trained(samples) if samples else None
        if dictionary is not None:
            self._submit(operations.Learn(role, dictionary, self._frames))

    def _read_dictionaries(self) -> None:
        with self._reading_lock:
            rows = self._reading.execute("select role, dictionary from dictionaries").fetchall()
        for role, dictionary in rows:
            self._frames.add(role, dictionary)

    def _text(self, frame: bytes) -> bytes:
        try:
            return self._frames.decompress(frame)
        except UnknownDictionaryError:
            # Another build has trained it since.
            self._read_dictionaries()
            return self._frames.decompress(frame)

    def _rows(self, query: str, keys: Iterable[str], *before: str) -> Iterator[tuple[Any, ...]]:
        wanted = [bytes.fromhex(key) for key in keys]
        for first in range(0, len(wanted), claims.KEYS_PER_QUERY):
            some = wanted[first : first + claims.KEYS_PER_QUERY]
            yield from self._read(query.format(marks=",".join("?" * len(some))), [*before, *some])

    def _read(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            with self._reading_lock:
                return self._reading.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.path}: cannot be read: {error}") from error

    def _stored(self, row: tuple[Any, ...]) -> Stored:
        key, attempts, outcome, detail, provider_kind, is_simulated, reply = row
        try:
            read = None if reply is None else read_reply(self._text(reply), bool(is_simulated))
        except (NotAReplyError, UnknownDictionaryError, zstandard.ZstdError) as error:
            raise LedgerError(f"ledger {self.path}: the reply of call {key.hex()} is damaged: {error}") from error
        return Stored(key.hex(), outcome, detail, provider_kind, attempts, read)


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("pragma user_version").fetchone()[0]
