"""The changes that are made to a ledger, each run by its writing thread inside a transaction."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reasonmed_assets.llm.compression import Frames
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.llm.owners import Owner, is_alive
from reasonmed_assets.llm.writer import LedgerError

KEYS_PER_QUERY = 500
"""SQLite takes a limited number of values in one statement."""


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


_CALL = """
insert into calls (call_key, body_hash, provider, model, revision, sample, attempts, final_attempt)
values (?, ?, ?, ?, ?, ?, 1, iif(?, 1, null))
on conflict (call_key) do update set
    attempts = attempts + 1,
    final_attempt = coalesce(final_attempt, iif(excluded.final_attempt is null, null, attempts + 1))
returning attempts, final_attempt
"""

_ATTEMPT = f"insert into attempts values ({', '.join('?' * 17)})"


@dataclass(slots=True)
class Record:
    """Store an attempt, with the call and its body where they are new; a final one ends the claim."""

    attempt: Attempt
    kinds: set[tuple[str, str]]
    frames: Frames
    room: threading.Semaphore
    finish: Callable[[Recorded | LedgerError], None]
    _body: bytes = b""
    _reply: bytes | None = None

    def prepare(self) -> None:
        """Compress."""
        role, raw = self.attempt.role, self.attempt.received.raw
        self._body = self.frames.compress(role, self.attempt.body)
        self._reply = None if raw is None else self.frames.compress(role, raw)

    def run(self, connection: sqlite3.Connection) -> Recorded:
        """Insert the rows."""
        attempt, received = self.attempt, self.attempt.received
        key = bytes.fromhex(attempt.call_key)
        body_hash = hashlib.sha256(attempt.body).digest()[:16]
        connection.execute("insert or ignore into bodies values (?, ?)", (body_hash, self._body))
        identity = (attempt.provider, attempt.model, attempt.revision, attempt.sample)
        call = connection.execute(_CALL, (key, body_hash, *identity, received.is_final))
        attempts, final_attempt = call.fetchone()
        connection.execute(_ATTEMPT, (key, attempts, *self._columns()))
        if received.is_final:
            connection.execute("delete from claims where call_key = ?", (key,))
        kind = (attempt.provider, attempt.provider_kind)
        if kind not in self.kinds:
            connection.execute("insert or ignore into provider_kinds values (?, ?)", kind)
        return Recorded(attempts, attempts == final_attempt)

    def done(self, result: Any) -> None:
        """Tell who asked."""
        self.room.release()
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
class Learn:
    """Keep a role's dictionary, unless another build did so first."""

    role: str
    dictionary: bytes
    frames: Frames

    def prepare(self) -> None:
        """Nothing to prepare."""

    def run(self, connection: sqlite3.Connection) -> bytes:
        """The dictionary that the ledger holds for the role now."""
        connection.execute("insert or ignore into dictionaries values (?, ?)", (self.role, self.dictionary))
        return connection.execute("select dictionary from dictionaries where role = ?", (self.role,)).fetchone()[0]

    def done(self, result: Any) -> None:
        """Use it: it is on disk before the first frame that needs it."""
        if isinstance(result, bytes):
            self.frames.add(self.role, result)


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
