"""The call store in one SQLite file: connections, transactions and reading."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasonmed_assets.llm.ledger.operations import Operation
from reasonmed_assets.llm.ledger.owners import Owner, is_alive
from reasonmed_assets.llm.ledger.records import LedgerError, OpenBatch
from reasonmed_assets.llm.ledger.sqlite import schema
from reasonmed_assets.llm.ledger.sqlite.changes import Changes
from reasonmed_assets.llm.ledger.sqlite.statements import blob, select_by_key
from reasonmed_assets.llm.ledger.store import ATTEMPT_COLUMNS, CallStore, StoredFrame
from reasonmed_assets.machine import LONGEST_SQLITE_PATH, is_running, is_stopped

if TYPE_CHECKING:
    import polars as pl

_BUSY_S = 60.0

_CHECKPOINT_PAGES = 8_000
"""Pages of the write-ahead log (4 KB each) after which it is merged into the file: random keys touch the same pages
again and again, so that a rare merge writes far less."""

_STORED = """
select c.call_key, a.outcome, a.detail, a.provider_kind, c.attempts, a.is_simulated, a.reply
from calls as c
inner join attempts as a on c.call_id = a.call_id and c.final_attempt = a.attempt
where c.call_key in ({marks})
"""

_ATTEMPTS = f"""
select {", ".join(ATTEMPT_COLUMNS)}
from (
    select
        lower(hex(c.call_key)) || '-' || a.attempt as attempt_id,
        lower(hex(c.call_key)) as call_key,
        a.attempt,
        a.role,
        c.provider,
        a.provider_kind,
        c.model,
        c.revision,
        a.served_model,
        a.outcome,
        a.detail,
        a.http_status,
        a.finish_reason,
        a.prompt_tokens,
        a.completion_tokens,
        a.reasoning_tokens,
        a.cached_tokens,
        a.cache_write_tokens,
        a.reserved_usd,
        a.is_declined,
        a.latency_ms,
        a.started_at,
        a.reply is not null and a.attempt is c.final_attempt as is_accepted,
        k.table_name as made_for,
        nullif(k.source, '') as made_for_source,
        nullif(lower(hex(b.batch_id)), '') as batch_id
    from calls as c
    inner join attempts as a using (call_id)
    left join askers as k on a.asker_id = k.asker_id and k.warehouse = ?
    left join batch_calls as b on c.call_key = b.call_key and a.attempt = b.attempt
    where c.call_key in ({{marks}})
)
order by call_key, attempt
"""

_MADE_FOR = "from attempts where asker_id in (select asker_id from askers where warehouse = ?)"
_KEYS_MADE_FOR = """
select c.call_id, lower(hex(c.call_key))
from calls as c
where
    c.call_id > ?
    and exists (
        select 1
        from attempts as a
        where a.call_id = c.call_id and a.asker_id in (select asker_id from askers where warehouse = ?)
    )
order by c.call_id
limit ?
"""
_LAST_PLACES = "select rowid from attempts where asker_id = ? order by rowid desc limit ?"
_KEYS_FROM = """
select lower(hex(c.call_key))
from attempts as a
inner join calls as c on a.call_id = c.call_id
where a.rowid >= ?
order by a.rowid
limit ?
"""
_KEYS_PER_PAGE = 20_000

_BODY = "select body from calls where call_key = ?"

_OPEN_BATCHES = """
select bc.call_key, b.batch_id, b.remote_id
from batch_calls as bc
inner join batches as b using (batch_id)
where bc.attempt is null and bc.call_key in ({marks})
"""

_CLAIMS = "select call_key, owner_id from claims where call_key in ({marks})"

_USERS = "inner join users using (owner_id) where provider = ? and owner_id != ?"


class SqliteStore(CallStore):
    """A ledger in one SQLite file with a write-ahead log.

    Args:
        path: the file; made when absent.

    Raises:
        LedgerError: the file cannot be opened, is no ledger, or has a version that cannot be used now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading_lock = threading.Lock()
        self._writing: sqlite3.Connection | None = None
        self._changes: Changes | None = None
        _refuse_unusable(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._reading = self._connect()
            schema.conform(self._reading, str(path))
            self._write_ahead()
            self._reading.execute("pragma query_only = on")
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"ledger {path}: cannot be opened: {error}{_advice(path, error)}") from error
        super().__init__(str(path))

    def _disconnect(self) -> None:
        if self._writing is not None:
            self._writing.close()
        self._reading.close()

    def _apply(self, group: Sequence[Operation], beat: Owner | None) -> list[Any]:
        """Run operations in one transaction, which takes SQLite's write lock at its beginning."""
        if self._writing is None or self._changes is None:
            self._writing = self._connect()
            self._changes = Changes(self._writing)
        connection, changes = self._writing, self._changes
        try:
            self._begin(connection)
            schema.refuse_newer(schema.version_of(connection), self.name)
            if beat is not None:
                changes.beat(beat)
            results = [result for kind, some in groupby(group, key=type) for result in changes.run(kind, list(some))]
            connection.execute("commit")
        except BaseException:
            changes.undone()
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # the first error is the one to tell
                    connection.execute("rollback")
            raise
        return results

    def _is_of_a_record(self, error: Exception) -> bool:
        # A full disk, a lock and a damaged file are operational errors or errors of the database itself.
        is_of_the_file = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.DataError | sqlite3.IntegrityError | sqlite3.ProgrammingError
        )
        return not is_of_the_file and not isinstance(error, OSError | LedgerError)

    def _begin(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError as error:
            stopped = [owner.name for owner, _ in schema.owners(connection) if is_stopped(owner)]
            if not stopped:
                raise
            raise LedgerError(f"{error}; {', '.join(stopped)} is stopped, continue or end it") from error

    def _dictionaries(self) -> dict[str, bytes]:
        with self._read() as connection:
            return dict(connection.execute("select role, dictionary from dictionaries").fetchall())

    def _stored(self, keys: Iterable[str]) -> Iterator[StoredFrame]:
        for key, outcome, detail, provider_kind, attempts, is_simulated, reply in self._by_key(_STORED, keys):
            yield StoredFrame(key.hex(), outcome, detail, provider_kind, attempts, bool(is_simulated), reply)

    def _body(self, key: str) -> bytes | None:
        with self._read() as connection:
            return next((body for (body,) in connection.execute(_BODY, (blob(key),))), None)

    def _attempts(self, keys: Sequence[str], warehouse: str) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(self._by_key(_ATTEMPTS, keys, warehouse), schema=ATTEMPT_COLUMNS, orient="row")

    def keys_made_for(self, warehouse: str) -> Iterator[str]:
        last, rows = 0, [(0, "")]
        while rows:
            with self._read() as connection:
                rows = connection.execute(_KEYS_MADE_FOR, (last, warehouse, _KEYS_PER_PAGE)).fetchall()
            yield from (key for _, key in rows)
            last = rows[-1][0] if rows else last

    def count_made_for(self, warehouse: str) -> int:
        with self._read() as connection:
            return connection.execute(f"select count(*) {_MADE_FOR}", (warehouse,)).fetchone()[0]

    def keys_since(self, warehouse: str, n: int, at_most: int) -> list[str]:
        with self._read() as connection:
            connection.execute("begin")
            try:
                n_later = connection.execute(f"select count(*) {_MADE_FOR}", (warehouse,)).fetchone()[0] - n
                askers = connection.execute("select asker_id from askers where warehouse = ?", (warehouse,)).fetchall()
                places = [row for one in askers for row in connection.execute(_LAST_PLACES, (*one, n_later + 1))]
                (start,) = sorted(places, reverse=True)[n_later] if 0 <= n_later < len(places) else (None,)
                rows = connection.execute(_KEYS_FROM, (start, at_most)).fetchall()
            finally:
                connection.execute("rollback")
        return [key for (key,) in rows]

    def open_batches(self, keys: Iterable[str]) -> dict[str, OpenBatch]:
        rows = self._by_key(_OPEN_BATCHES, keys)
        return {key.hex(): OpenBatch(batch_id.hex(), remote_id) for key, batch_id, remote_id in rows}

    def held_by_others(self, keys: Iterable[str]) -> set[str]:
        with self._read() as connection:
            alive = {
                owner.owner_id for owner, beat_at in schema.owners(connection) if is_alive(owner, time.time() - beat_at)
            }
        return {key.hex() for key, owner in self._by_key(_CLAIMS, keys) if owner in alive - {self._owner.owner_id}}

    def _n_others(self, provider: str) -> int:
        with self._read() as connection:
            found = schema.owners(connection, _USERS, provider, self._owner.owner_id)
        return sum(is_alive(owner, time.time() - beat_at) and not is_stopped(owner) for owner, beat_at in found)

    def dead_owners(self) -> list[Owner]:
        with self._read() as connection:
            return [owner for owner, _ in schema.owners(connection) if is_running(owner) is False]

    def provider_kinds(self) -> set[str]:
        with self._read() as connection:
            return {kind for (kind,) in connection.execute("select distinct kind from provider_kinds")}

    def _by_key(self, query: str, keys: Iterable[str], *before: str) -> list[tuple[Any, ...]]:
        with self._read() as connection:
            return list(select_by_key(connection, query, keys, *before))

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        """The reading connection, for one thread at a time."""
        try:
            with self._reading_lock:
                yield self._reading
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.name}: cannot be read: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return connection

    def _write_ahead(self) -> None:
        """SQLite takes this switch only while nobody else uses the file; whoever comes second finds it made."""
        mode = self._reading.execute("pragma journal_mode").fetchone()[0]
        if mode != "wal":
            mode = self._reading.execute("pragma journal_mode = wal").fetchone()[0]
        if mode != "wal":
            raise LedgerError(
                f"ledger {self._path}: its file system does not allow a write-ahead log; give another path"
            )


class SqliteReader(SqliteStore):
    """A ledger file of the present version that is only read: what is handed over to be written is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading_lock = threading.Lock()
        self._writing = self._changes = None
        _refuse_unusable(path)
        try:
            self._reading = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {path}: cannot be opened: {error}") from error
        CallStore.__init__(self, str(path))

    def _submit(self, operation: Operation, *, is_awaited: bool = False) -> None:
        """Nothing is written."""


def copy_of(path: Path, folder: Path) -> Path:
    """A copy of a ledger file, as it is at one moment, in a folder. Raises LedgerError: it cannot be read."""
    copy = folder / path.name
    with _unchanged(path) as connection, closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    return copy


def _advice(path: Path, error: Exception) -> str:
    """What to do about a file that cannot be opened, as the end of a sentence; empty where that is not known."""
    if path.exists() and not os.access(path, os.W_OK):
        return "; change its mode, or give another one with --ledger"
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return (
            f" for {_BUSY_S:g} s: another process writes into it or brings it forward to the present version; run this "
            "again when that is done"
        )
    return ""


def _refuse_unusable(path: Path) -> None:
    length = len(os.fsencode(path.absolute()))
    if length > LONGEST_SQLITE_PATH:
        raise LedgerError(
            f"ledger {path}: the path has {length:,} bytes, and SQLite opens none of more than "
            f"{LONGEST_SQLITE_PATH}; give another file with --ledger"
        )
    # Opening a named pipe would wait for somebody to write into it.
    if path.exists() and not path.is_file():
        raise LedgerError(f"ledger {path}: it is no regular file; give another one with --ledger")


def describe_version(path: Path) -> str:
    """Which version of the schema a file has, and what the next build brings forward.

    Raises:
        LedgerError: it cannot be read, is no ledger, or was written by a newer version.
    """
    with _unchanged(path) as connection:
        return schema.describe_version(connection, str(path))


def is_current(path: Path) -> bool:
    """Whether a file has the present version. Raises LedgerError: it cannot be read."""
    with _unchanged(path) as connection:
        return schema.version_of(connection) == schema.VERSION


@contextmanager
def _unchanged(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads, and brings nothing forward."""
    _refuse_unusable(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise LedgerError(f"ledger {path}: cannot be opened: {error}") from error
