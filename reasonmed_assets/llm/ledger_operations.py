"""The changes that are made to a ledger, each run by its writing thread inside a transaction."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard

from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.llm.owners import Owner, is_alive
from reasonmed_assets.llm.writer import LedgerError

KEYS_PER_QUERY = 500
"""SQLite takes a limited number of values in one statement."""

_LEVEL = 3
_LARGEST_REPLY_BYTES = 256 * 1024 * 1024
_local = threading.local()


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """What became of the calls that one wants to make.

    Attributes:
        granted: to be sent by the claimant, who holds the claim.
        stored: ended in the meantime, to be looked up.
        busy: claimed by a live owner, by his name; to be asked for again.
    """

    granted: list[str]
    stored: list[str]
    busy: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An attempt is on disk.

    Attributes:
        attempts: attempts of the call so far, this one included.
        is_kept: whether its ending is the one that the ledger keeps for the call.
    """

    attempts: int
    is_kept: bool


def decompressed(data: bytes) -> bytes:
    """The text behind a compressed body or reply."""
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    return _local.decompressor.decompress(data, max_output_size=_LARGEST_REPLY_BYTES)


def _compressed(data: bytes) -> bytes:
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    return _local.compressor.compress(data)


_CALL = """
insert into calls (call_key, body_hash, provider, model, revision, sample, attempts, final_attempt)
values (?, ?, ?, ?, ?, ?, 1, iif(?, 1, null))
on conflict (call_key) do update set
    attempts = attempts + 1,
    final_attempt = coalesce(final_attempt, iif(excluded.final_attempt is null, null, attempts + 1))
returning attempts, final_attempt
"""

_READ_BEFORE = """
select c.attempts
from batch_calls as b
inner join calls as c using (call_key)
where b.call_key = ? and b.batch_id = ? and b.attempt is not null and c.final_attempt is not null
"""

_ATTEMPT = f"insert into attempts values ({', '.join('?' * 17)})"


@dataclass(slots=True)
class Record:
    """Store an attempt, with the call and its body where they are new; a final one ends the claim."""

    attempt: Attempt
    kinds: set[tuple[str, str]]
    finish: Callable[[Recorded | LedgerError], None]
    _body: bytes = b""
    _reply: bytes | None = None

    def prepare(self) -> None:
        """Compress."""
        self._body = _compressed(self.attempt.body)
        raw = self.attempt.received.raw
        self._reply = None if raw is None else _compressed(raw)

    def run(self, connection: sqlite3.Connection) -> Recorded:
        """Insert the rows."""
        attempt, received = self.attempt, self.attempt.received
        key = bytes.fromhex(attempt.call_key)
        batch_id = None if attempt.batch_id is None else bytes.fromhex(attempt.batch_id)
        if batch_id is not None:
            read_before = connection.execute(_READ_BEFORE, (key, batch_id)).fetchone()
            if read_before is not None:
                # Another build, which was taken for dead, read the same batch: its line was paid for once.
                return Recorded(read_before[0], is_kept=False)
        body_hash = hashlib.sha256(attempt.body).digest()[:16]
        connection.execute("insert or ignore into bodies values (?, ?)", (body_hash, self._body))
        identity = (attempt.provider, attempt.model, attempt.revision, attempt.sample)
        call = connection.execute(_CALL, (key, body_hash, *identity, received.is_final))
        attempts, final_attempt = call.fetchone()
        connection.execute(_ATTEMPT, (key, attempts, *self._columns()))
        if batch_id is not None:
            arrived = "update batch_calls set attempt = ? where call_key = ? and batch_id = ?"
            connection.execute(arrived, (attempts, key, batch_id))
        if received.is_final:
            connection.execute("delete from claims where call_key = ?", (key,))
        kind = (attempt.provider, attempt.provider_kind)
        if kind not in self.kinds:
            connection.execute("insert or ignore into provider_kinds values (?, ?)", kind)
        return Recorded(attempts, attempts == final_attempt)

    def done(self, result: Any) -> None:
        """Tell who asked."""
        if isinstance(result, Recorded):
            self.kinds.add((self.attempt.provider, self.attempt.provider_kind))
        self.finish(result)

    def _columns(self) -> tuple[Any, ...]:
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
        return (*ending, *said, received.latency_ms, started_at, is_simulated, self._reply)


@dataclass(slots=True)
class Claim:
    """Claim calls that are neither stored nor claimed by a live owner."""

    keys: tuple[str, ...]
    owner_id: str
    finish: Callable[[Claimed | LedgerError], None]

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> Claimed:
        """Look every key up, claim those that are free."""
        keys = [bytes.fromhex(key) for key in self.keys]
        stored = {row[0] for row in _where_in(connection, _FINAL, keys)}
        holders = dict(_where_in(connection, _HOLDERS, keys))
        owners = {owner_id: _owner(connection, owner_id) for owner_id in set(holders.values())}
        dead = {owner_id for owner_id, owner in owners.items() if owner is None or not is_alive(owner)}
        busy: dict[bytes, str] = {}
        for key, owner_id in holders.items():
            owner = owners[owner_id]
            if owner is not None and owner_id not in dead:
                busy[key] = owner.name
        granted = [key for key in keys if key not in stored and key not in busy]
        connection.executemany("insert or replace into claims values (?, ?)", [(key, self.owner_id) for key in granted])
        for owner_id in dead:
            _remove_owner(connection, owner_id)
        return Claimed(
            [key.hex() for key in granted],
            [key.hex() for key in stored],
            {key.hex(): name for key, name in busy.items() if key not in stored},
        )

    def done(self, result: Any) -> None:
        """Tell who asked."""
        self.finish(result)


_FINAL = "select call_key from calls where final_attempt is not null and call_key in ({marks})"
_HOLDERS = "select call_key, owner_id from claims where call_key in ({marks})"
_OWNER = "select owner_id, host, pid, started_ticks, boot_id, pid_space, heartbeat_at from owners where owner_id = ?"


def _where_in(connection: sqlite3.Connection, query: str, keys: list[bytes]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for first in range(0, len(keys), KEYS_PER_QUERY):
        some = keys[first : first + KEYS_PER_QUERY]
        rows += connection.execute(query.format(marks=",".join("?" * len(some))), some).fetchall()
    return rows


def _owner(connection: sqlite3.Connection, owner_id: str) -> Owner | None:
    row = connection.execute(_OWNER, (owner_id,)).fetchone()
    return None if row is None else Owner(*row)


def _remove_owner(connection: sqlite3.Connection, owner_id: str) -> None:
    connection.execute("delete from claims where owner_id = ?", (owner_id,))
    connection.execute("delete from owners where owner_id = ?", (owner_id,))


@dataclass(slots=True)
class Judge:
    """Note what a parser made of a stored reply."""

    key: str
    outcome: str
    detail: str | None

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Change the outcome of the attempt that is kept."""
        key = bytes.fromhex(self.key)
        connection.execute(
            "update attempts set outcome = ?, detail = ? where call_key = ? "
            "and attempt = (select c.final_attempt from calls as c where c.call_key = ?)",
            (self.outcome, self.detail, key, key),
        )

    def done(self, result: Any) -> None:
        """Nobody waits; a failure meets everybody else as well, and the next build notes the outcome again."""


@dataclass(slots=True)
class Release:
    """Give claims back."""

    keys: tuple[str, ...]
    owner_id: str

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete the claims of this owner."""
        rows = [(bytes.fromhex(key), self.owner_id) for key in self.keys]
        connection.executemany("delete from claims where call_key = ? and owner_id = ?", rows)

    def done(self, result: Any) -> None:
        """Nobody waits; claims that stay are taken over once this process has ended."""


@dataclass(slots=True)
class Leave:
    """Give all claims of an owner back, and forget him."""

    owner_id: str

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete the owner and his claims."""
        _remove_owner(connection, self.owner_id)

    def done(self, result: Any) -> None:
        """Nobody waits; what stays is taken over once this process has ended."""


@dataclass(slots=True)
class Barrier:
    """Lets a thread wait for everything that was handed over before."""

    _reached: threading.Event = field(default_factory=threading.Event)
    _failure: LedgerError | None = None

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Change nothing."""

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
    provider: str
    keys: tuple[str, ...]

    def run(self, connection: sqlite3.Connection) -> None:
        """Insert them."""
        batch_id = bytes.fromhex(self.batch_id)
        connection.execute("insert into batches values (?, ?, null)", (batch_id, self.provider))
        rows = [(bytes.fromhex(key), batch_id) for key in self.keys]
        connection.executemany("insert into batch_calls values (?, ?, null)", rows)


@dataclass(slots=True)
class NameBatch:
    """Note a batch's id at its provider."""

    batch_id: str
    remote_id: str

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Set it."""
        named = (self.remote_id, bytes.fromhex(self.batch_id))
        connection.execute("update batches set remote_id = ? where batch_id = ?", named)

    def done(self, result: Any) -> None:
        """Nobody waits; the batch's metadata tell whose it is as well."""


@dataclass(slots=True)
class ForgetBatch:
    """Take calls out of a batch in which they were not sent."""

    batch_id: str
    keys: tuple[str, ...]

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete those without an ending."""
        rows = [(bytes.fromhex(key), bytes.fromhex(self.batch_id)) for key in self.keys]
        connection.executemany("delete from batch_calls where call_key = ? and batch_id = ? and attempt is null", rows)

    def done(self, result: Any) -> None:
        """Nobody waits; the next build finds no such batch, and forgets it."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Sign of life of an owner; enters him again when he was taken for dead."""

    owner: Owner

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Write the time."""
        owner = self.owner
        connection.execute(
            "insert or replace into owners values (?, ?, ?, ?, ?, ?, ?)",
            (
                owner.owner_id,
                owner.host,
                owner.pid,
                owner.started_ticks,
                owner.boot_id,
                owner.pid_space,
                time.time(),
            ),
        )
