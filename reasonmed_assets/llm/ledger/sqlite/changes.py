"""What each operation changes in the SQLite file.

All of it runs in transactions that hold SQLite's one write lock from their beginning, so that what is read here is
still true when something is written because of it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from operator import itemgetter
from typing import Any

from reasonmed_assets.llm.ledger import operations
from reasonmed_assets.llm.ledger.budget import Reservations
from reasonmed_assets.llm.ledger.operations import Operation
from reasonmed_assets.llm.ledger.owners import Owner, is_alive
from reasonmed_assets.llm.ledger.records import Asker, Claimed, Recorded
from reasonmed_assets.llm.ledger.sqlite.schema import OWNER_COLUMNS, owners
from reasonmed_assets.llm.ledger.sqlite.statements import execute_many, select_by_key

_CALL_COLUMNS = ("body_hash", "provider", "model", "revision", "sample", "final_attempt")
_ATTEMPT_COLUMNS = (
    "attempt", "asker_id", "role", "provider_kind", "outcome", "detail", "http_status", "finish_reason",
    "served_model", "system_fingerprint", "prompt_tokens", "completion_tokens", "reasoning_tokens", "latency_ms",
    "started_at", "is_simulated", "reply",
)  # fmt: skip
_REPLY_COLUMNS = _ATTEMPT_COLUMNS[7:13]
_RECORDED_COLUMNS = ("call_key", "body", *_CALL_COLUMNS, *_ATTEMPT_COLUMNS)


def _names(columns: Sequence[str], of: str = "") -> str:
    return ", ".join(of + column for column in columns)


_RECORDED = f"create temp view recorded as select {', '.join(f'null as {column}' for column in _RECORDED_COLUMNS)}"
_RECORD = f"""
create temp trigger record instead of insert on recorded
begin
    insert or ignore into bodies (body_hash, body) values (new.body_hash, new.body);
    insert into calls (call_key, attempts, {_names(_CALL_COLUMNS)})
    values (new.call_key, new.attempt, {_names(_CALL_COLUMNS, "new.")})
    on conflict (call_key) do update set attempts = excluded.attempts, final_attempt = excluded.final_attempt;
    insert into attempts (call_key, {_names(_ATTEMPT_COLUMNS)})
    values (new.call_key, {_names(_ATTEMPT_COLUMNS, "new.")});
    delete from claims where call_key = new.call_key and new.final_attempt is not null;
end
"""
_INSERT = f"insert into recorded ({_names(_RECORDED_COLUMNS)}) values {{rows}}"
_KNOWN = "select call_key, attempts, final_attempt from calls where call_key in (values {rows})"
_BUILDS = "select call_key, build from claims where call_key in (values {rows})"
_ARRIVED = "update batch_calls set attempt = ? where call_key = ? and batch_id = ?"
_READ_BEFORE = """
select c.attempts
from batch_calls as b
inner join calls as c using (call_key)
where b.call_key = ? and b.batch_id = ? and b.attempt is not null and c.final_attempt is not null
"""
_SPEND = """
insert into spending (build, role, usd, calls) values (?, ?, ?, 1)
on conflict (build, role) do update set usd = usd + excluded.usd, calls = calls + 1
"""
_KIND = "insert or ignore into provider_kinds (provider, kind) values (?, ?)"
_ASKER = """
insert into askers (warehouse, table_name, source) values (?, ?, ?)
on conflict do update set source = source
returning asker_id
"""

_ENDED = "select call_key from calls where final_attempt is not null and call_key in ({marks})"
_HOLDERS = "select call_key, owner_id from claims where call_key in ({marks})"
_BUILDS_OWNERS = "select distinct owner_id from claims where build = ?"
_SPENT = """
select role, usd, calls, false from spending where build = ?
union all
select role, sum(usd), count(*), true from claims where build = ? group by role
"""
_IN_BATCH = """
select bc.call_key, b.build
from batch_calls as bc
inner join batches as b using (batch_id)
where bc.attempt is null and bc.call_key in ({marks})
"""
_CLAIM = "insert or replace into claims (call_key, owner_id, build, role, usd) values {rows}"
_BEAT = (
    f"insert or replace into owners ({_names(OWNER_COLUMNS)}, heartbeat_at) "
    f"values ({_names(OWNER_COLUMNS, ':')}, :heartbeat_at)"
)


def _blobs(keys: Sequence[str], *others: object) -> list[tuple[Any, ...]]:
    return [(bytes.fromhex(key), *others) for key in keys]


class Changes:
    """Runs operations on one connection, in a transaction that its caller begins and ends.

    An attempt is inserted, with its call and body, as a row of one view. SQLite then does all that an attempt changes
    in one step, and many attempts in one statement: at every step it gives up the interpreter, and while the event loop
    is busy it is a long wait until it gets it back.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._asker_ids: dict[Asker, int] = {}
        self._kinds: set[tuple[str, str]] = set()
        connection.execute(_RECORDED)
        connection.execute(_RECORD)

    def run(self, kind: type[Operation], some: Sequence[Any]) -> list[Any]:
        """The changes of operations of one kind that follow one another, and the result of each."""
        if kind is operations.Record:
            return [recorded for chunk in _chunks(some) for recorded in self._record(chunk)]
        change = _CHANGES[kind]
        return [change(self, operation) for operation in some]

    def undone(self) -> None:
        """What was written in this transaction is not there after all."""
        self._asker_ids.clear()
        self._kinds.clear()

    def beat(self, owner: Owner) -> None:
        """Sign of life of an owner; enters it again when it was taken for dead."""
        self._connection.execute(_BEAT, asdict(owner) | {"heartbeat_at": time.time()})

    def _claim(self, claim: operations.Claim) -> Claimed:
        connection, budget = self._connection, claim.budget
        wanted = {bytes.fromhex(call.call_key): call for call in claim.calls}
        stored = {key for (key,) in select_by_key(connection, _ENDED, wanted)}
        holders = dict(select_by_key(connection, _HOLDERS, wanted))
        owner_ids = set(holders.values())
        if budget.is_limited:
            owner_ids.update(owner_id for (owner_id,) in connection.execute(_BUILDS_OWNERS, (budget.build,)))
        alive = {owner_id: name for owner_id in owner_ids if (name := self._name_if_alive(owner_id)) is not None}
        for owner_id in owner_ids - alive.keys():
            self._remove_owner(owner_id)
        busy = {key: alive[owner_id] for key, owner_id in holders.items() if owner_id in alive and key not in stored}
        free = {key: call for key, call in wanted.items() if key not in stored and key not in busy}
        builds = dict.fromkeys(free, budget.build)
        granted, reservations = free, Reservations(budget)
        if budget.is_limited:
            # A call whose batch is on its way is paid for already, by the build that submitted it, be it this one.
            joining = [key for key, call in free.items() if call.joins_batch]
            paid_by = dict(select_by_key(connection, _IN_BATCH, joining))
            builds |= paid_by
            reservations.add(connection.execute(_SPENT, (budget.build, budget.build)))
            own = [free[key] for key, build in paid_by.items() if build == budget.build]
            reservations.add((call.role, call.usd, 1, False) for call in own)
            granted = {key: call for key, call in free.items() if key in paid_by or reservations.reserve(call)}
        rows = [(key, claim.owner_id, builds[key], call.role, call.usd) for key, call in granted.items()]
        execute_many(connection, _CLAIM, rows)
        return Claimed(
            granted=[key.hex() for key in granted],
            stored=[key.hex() for key in stored],
            busy={key.hex(): name for key, name in busy.items()},
            unaffordable=[key.hex() for key in free if key not in granted],
            used_up=None if granted or reservations.are_open else reservations.refused,
        )

    def _name_if_alive(self, owner_id: str) -> str | None:
        found = owners(self._connection, "where owner_id = ?", owner_id)
        return next((owner.name for owner, silent_s in found if is_alive(owner, silent_s)), None)

    def _remove_owner(self, owner_id: str) -> None:
        for table in ("claims", "users", "owners"):
            self._connection.execute(f"delete from {table} where owner_id = ?", (owner_id,))

    def _release(self, release: operations.Release) -> None:
        rows = _blobs(release.keys, release.owner_id)
        self._connection.executemany("delete from claims where call_key = ? and owner_id = ?", rows)

    def _use(self, use: operations.Use) -> None:
        change = (
            "insert or ignore into users (provider, owner_id) values (?, ?)"
            if use.is_used
            else "delete from users where provider = ? and owner_id = ?"
        )
        self._connection.execute(change, (use.provider, use.owner_id))

    def _leave(self, leave: operations.Leave) -> None:
        self._remove_owner(leave.owner_id)

    def _record(self, records: Sequence[operations.Record]) -> list[Recorded]:
        """Insert attempts of different calls: each statement serves as many of them as it can."""
        connection = self._connection
        keys = [bytes.fromhex(record.attempt.call_key) for record in records]
        results = {
            key: found for key, record in zip(keys, records, strict=True) if (found := self._read_before(key, record))
        }
        new = {key: record for key, record in zip(keys, records, strict=True) if key not in results}
        counted = {key: (n, final) for key, n, final in execute_many(connection, _KNOWN, [(key,) for key in new])}
        budgeted = [(key,) for key, record in new.items() if record.attempt.build]
        claimed_by = dict(execute_many(connection, _BUILDS, budgeted))
        rows = []
        for key, record in new.items():
            attempts, final = counted.get(key, (0, None))
            number = attempts + 1
            if final is None and record.attempt.received.is_final:
                final = number
            rows.append(_in_order(self._row(key, record, number, final)))
            self._account(key, record, number, claimed_by.get(key))
            results[key] = Recorded(number, number == final)
        execute_many(connection, _INSERT, rows)
        return [results[key] for key in keys]

    def _read_before(self, key: bytes, record: operations.Record) -> Recorded | None:
        """What is there where another build, which was taken for dead, read the same batch: its line was paid once."""
        if record.attempt.batch_id is None:
            return None
        batch_id = bytes.fromhex(record.attempt.batch_id)
        row = self._connection.execute(_READ_BEFORE, (key, batch_id)).fetchone()
        return None if row is None else Recorded(row[0], is_kept=False)

    def _row(self, key: bytes, record: operations.Record, number: int, final: int | None) -> dict[str, Any]:
        attempt, received, reply = record.attempt, record.attempt.received, record.attempt.received.reply
        return {
            "call_key": key,
            "body_hash": hashlib.sha256(attempt.body).digest()[:16],
            "body": record.body,
            "provider": attempt.provider,
            "model": attempt.model,
            "revision": attempt.revision,
            "sample": attempt.sample,
            "final_attempt": final,
            "attempt": number,
            "asker_id": self._asker_id(record.asker),
            "role": attempt.role,
            "provider_kind": attempt.provider_kind,
            "outcome": str(received.outcome),
            "detail": received.detail,
            "http_status": received.http_status,
            **{column: getattr(reply, column, None) for column in _REPLY_COLUMNS},
            "latency_ms": received.latency_ms,
            "started_at": int(received.started_at.timestamp() * 1_000_000),
            "is_simulated": reply is not None and reply.is_simulated,
            "reply": record.reply,
        }

    def _asker_id(self, asker: Asker | None) -> int | None:
        if asker is None:
            return None
        if asker not in self._asker_ids:
            row = self._connection.execute(_ASKER, (asker.warehouse, asker.table, asker.source)).fetchone()
            self._asker_ids[asker] = row[0]
        return self._asker_ids[asker]

    def _account(self, key: bytes, record: operations.Record, number: int, claimed_by: str | None) -> None:
        """Note the attempt with its batch, its build's spending and its provider, where these have to be noted."""
        attempt = record.attempt
        if attempt.batch_id is not None:
            self._connection.execute(_ARRIVED, (number, key, bytes.fromhex(attempt.batch_id)))
        if attempt.received.is_final and attempt.build and claimed_by in (None, attempt.build):
            self._connection.execute(_SPEND, (attempt.build, attempt.role, attempt.usd))
        kind = (attempt.provider, attempt.provider_kind)
        if kind not in self._kinds:
            self._connection.execute(_KIND, kind)
            self._kinds.add(kind)

    def _learn(self, learn: operations.Learn) -> bytes:
        insert = "insert or ignore into dictionaries (role, dictionary) values (?, ?)"
        self._connection.execute(insert, (learn.role, learn.dictionary))
        select = "select dictionary from dictionaries where role = ?"
        return self._connection.execute(select, (learn.role,)).fetchone()[0]

    def _judge(self, judge: operations.Judge) -> None:
        key = bytes.fromhex(judge.key)
        self._connection.execute(
            "update attempts set outcome = ?, detail = ? where call_key = ? "
            "and attempt = (select c.final_attempt from calls as c where c.call_key = ?)",
            (str(judge.outcome), judge.detail, key, key),
        )

    def _reopen(self, reopen: operations.Reopen) -> None:
        update = "update calls set final_attempt = null where call_key = ?"
        self._connection.executemany(update, _blobs(reopen.keys))

    def _begin_batch(self, batch: operations.BeginBatch) -> None:
        batch_id = bytes.fromhex(batch.batch_id)
        insert = "insert into batches (batch_id, build, provider) values (?, ?, ?)"
        self._connection.execute(insert, (batch_id, batch.build, batch.provider))
        insert = "insert into batch_calls (call_key, batch_id) values (?, ?)"
        self._connection.executemany(insert, _blobs(batch.keys, batch_id))

    def _name_batch(self, batch: operations.NameBatch) -> None:
        update = "update batches set remote_id = ? where batch_id = ?"
        self._connection.execute(update, (batch.remote_id, bytes.fromhex(batch.batch_id)))

    def _forget_batch(self, batch: operations.ForgetBatch) -> None:
        delete = "delete from batch_calls where call_key = ? and batch_id = ? and attempt is null"
        self._connection.executemany(delete, _blobs(batch.keys, bytes.fromhex(batch.batch_id)))

    def _nothing(self, barrier: operations.Barrier) -> None:
        """A barrier changes nothing."""


_in_order = itemgetter(*_RECORDED_COLUMNS)

_CHANGES: dict[type[Operation], Callable[[Changes, Any], Any]] = {
    operations.Claim: Changes._claim,
    operations.Release: Changes._release,
    operations.Use: Changes._use,
    operations.Leave: Changes._leave,
    operations.Learn: Changes._learn,
    operations.Judge: Changes._judge,
    operations.Reopen: Changes._reopen,
    operations.BeginBatch: Changes._begin_batch,
    operations.NameBatch: Changes._name_batch,
    operations.ForgetBatch: Changes._forget_batch,
    operations.Barrier: Changes._nothing,
}


def _chunks(records: Sequence[operations.Record]) -> Iterator[list[operations.Record]]:
    """The records in their order, none with two attempts of one call."""
    chunk: dict[str, operations.Record] = {}
    for record in records:
        if record.attempt.call_key in chunk:
            yield list(chunk.values())
            chunk = {}
        chunk[record.attempt.call_key] = record
    if chunk:
        yield list(chunk.values())
