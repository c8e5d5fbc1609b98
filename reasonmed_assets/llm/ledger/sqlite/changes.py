"""What each operation changes in the SQLite file.

All of it runs in transactions that hold SQLite's one write lock from their beginning, so that what is read here is
still true when something is written because of it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from math import inf
from operator import attrgetter
from typing import Any

from reasonmed_assets.llm.ledger import operations
from reasonmed_assets.llm.ledger.budget import Reservations
from reasonmed_assets.llm.ledger.operations import Operation
from reasonmed_assets.llm.ledger.owners import HEARTBEAT_S, SILENT_S, Owner, Silences
from reasonmed_assets.llm.ledger.records import Asker, Claimed, Recorded
from reasonmed_assets.llm.ledger.sqlite.schema import OWNER_COLUMNS, owners
from reasonmed_assets.llm.ledger.sqlite.statements import blob, execute_many, select_by_key, update_by_key
from reasonmed_assets.machine import is_running, is_stopped

_CALL_COLUMNS = (
    "call_id", "call_key", "attempts", "final_attempt", "body", "provider", "model", "revision", "sample",
)  # fmt: skip
_REPLY_COLUMNS = (
    "finish_reason", "served_model", "system_fingerprint", "prompt_tokens", "completion_tokens", "reasoning_tokens",
    "cached_tokens", "cache_write_tokens",
)  # fmt: skip
_ATTEMPT_COLUMNS = (
    "call_id", "attempt", "asker_id", "role", "provider_kind", "outcome", "detail", "http_status", "latency_ms",
    "started_at", "is_simulated", "reply", "response", "reserved_usd", "is_declined", *_REPLY_COLUMNS,
)  # fmt: skip


def _names(columns: Sequence[str], of: str = "") -> str:
    return ", ".join(of + column for column in columns)


_CALL = f"insert into calls ({_names(_CALL_COLUMNS)}) values {{rows}}"
_LAST_CALL = "select coalesce(max(call_id), 0) from calls"
_COUNTED = "update calls set attempts = ?, final_attempt = ? where call_id = ?"
_ATTEMPT = f"insert into attempts ({_names(_ATTEMPT_COLUMNS)}) values {{rows}}"
_END_CLAIM = "delete from claims where call_key in (values {rows})"
_of_reply = attrgetter(*_REPLY_COLUMNS)
_NO_REPLY = (None,) * len(_REPLY_COLUMNS)
_KNOWN = "select call_key, call_id, attempts, final_attempt from calls where call_key in (values {rows})"
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
_SENT = "update claims set sent_timeout_s = ? where owner_id = ? and call_key in ({marks})"
_HELD = "select call_key from claims where owner_id = ? and call_key in ({marks})"
_BACK = "update claims set sent_timeout_s = null where (call_key, owner_id) in (values {rows})"
_SET_ASIDE = """
insert into spending (build, role, usd, calls)
select build, role, sum(usd), count(*)
from claims
where owner_id = ? and sent_timeout_s <= ?
group by build, role
on conflict (build, role) do update set usd = usd + excluded.usd, calls = calls + excluded.calls
"""
_UNSENT = "delete from claims where owner_id = ? and (sent_timeout_s is null or sent_timeout_s <= ?)"
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


def _blobs(keys: Iterable[str], *others: object) -> list[tuple[Any, ...]]:
    return [(blob(key), *others) for key in keys]


class Changes:
    """Runs operations on one connection, in a transaction that its caller begins and ends.

    Many attempts are inserted in one statement per table: SQLite gives up the interpreter at every step, and while the
    event loop is busy it is a long wait until it gets it back.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._asker_ids: dict[Asker, int] = {}
        self._kinds: set[tuple[str, str]] = set()
        self._silences = Silences()

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
        self._silences.look()
        self._connection.execute(_BEAT, asdict(owner) | {"heartbeat_at": time.time()})

    def _claim(self, claim: operations.Claim) -> Claimed:
        connection, budget = self._connection, claim.budget
        wanted = {call.call_key: call for call in claim.calls}
        stored = {key.hex() for (key,) in select_by_key(connection, _ENDED, wanted)}
        holders = self._holders(wanted)
        owner_ids = set(holders.values())
        if budget.is_limited:
            owner_ids.update(owner_id for (owner_id,) in connection.execute(_BUILDS_OWNERS, (budget.build,)))
        names = {owner_id: self._looked_after(owner_id) for owner_id in owner_ids - {claim.owner_id}}
        if names:
            holders = self._holders(wanted)  # some may have lost theirs
        names[claim.owner_id] = "this process"
        busy = {key: names[owner_id] for key, owner_id in holders.items() if key not in stored}
        free = {key: call for key, call in wanted.items() if key not in stored and key not in busy}
        builds = dict.fromkeys(free, budget.build)
        granted, reservations = free, Reservations(budget)
        if budget.is_limited:
            # A call whose batch is on its way is paid for already, by the build that submitted it, be it this one.
            joining = [key for key, call in free.items() if call.joins_batch]
            paid_by = {key.hex(): build for key, build in select_by_key(connection, _IN_BATCH, joining)}
            builds |= paid_by
            reservations.add(connection.execute(_SPENT, (budget.build, budget.build)))
            own = [free[key] for key, build in paid_by.items() if build == budget.build]
            reservations.add((call.role, call.usd, 1, False) for call in own)
            granted = {key: call for key, call in free.items() if key in paid_by or reservations.reserve(call)}
        rows = [(blob(key), claim.owner_id, builds[key], call.role, call.usd) for key, call in granted.items()]
        execute_many(connection, _CLAIM, rows)
        return Claimed(
            granted=list(granted),
            stored=list(stored),
            busy=busy,
            unaffordable=[key for key in free if key not in granted],
            used_up=None if granted or reservations.are_open else reservations.refused,
        )

    def _holders(self, keys: Iterable[str]) -> dict[str, str]:
        """Who holds which of some calls."""
        return {key.hex(): owner_id for key, owner_id in select_by_key(self._connection, _HOLDERS, keys)}

    def _looked_after(self, owner_id: str) -> str:
        """Take from an owner what it may not hold any longer; returns its name and state, for messages.

        A reply to a call that a suspended owner has sent may still come, until the call's timeout. The owner may have
        sent it just before it would have beaten again.
        """
        found = owners(self._connection, "where owner_id = ?", owner_id)
        if not found or is_running(found[0][0]) is False:
            self._remove_owner(owner_id)
            return "a process that has ended"
        owner, heartbeat_at = found[0]
        silent_s = self._silences.of(owner_id, heartbeat_at)
        if is_stopped(owner):
            state = ", which is stopped"
        elif silent_s >= SILENT_S:
            state = f", which has been silent for {silent_s:,.0f} s"
        else:
            return owner.name
        over_s = silent_s - HEARTBEAT_S
        self._connection.execute(_SET_ASIDE, (owner_id, over_s))
        self._connection.execute(_UNSENT, (owner_id, over_s))
        return owner.name + state

    def _remove_owner(self, owner_id: str) -> None:
        """What a dead owner had sent may have been answered: that stays set aside."""
        self._connection.execute(_SET_ASIDE, (owner_id, inf))
        for table in ("claims", "users", "owners"):
            self._connection.execute(f"delete from {table} where owner_id = ?", (owner_id,))

    def _release(self, release: operations.Release) -> None:
        rows = _blobs(release.keys, release.owner_id)
        self._connection.executemany("delete from claims where call_key = ? and owner_id = ?", rows)

    def _send(self, send: operations.Send) -> list[str]:
        if update_by_key(self._connection, _SENT, send.keys, send.timeout_s, send.owner_id) == len(send.keys):
            return []
        held = {key.hex() for (key,) in select_by_key(self._connection, _HELD, send.keys, send.owner_id)}
        return [key for key in send.keys if key not in held]

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
        results = {record.attempt.call_key: found for record in records if (found := self._read_before(record))}
        new = {key: record for record in records if (key := record.attempt.call_key) not in results}
        known = execute_many(connection, _KNOWN, _blobs(new))
        counted = {key.hex(): (call_id, before, final) for key, call_id, before, final in known}
        (last_id,) = connection.execute(_LAST_CALL).fetchone()
        budgeted = _blobs(key for key, record in new.items() if record.attempt.build)
        claimed_by = {key.hex(): build for key, build in execute_many(connection, _BUILDS, budgeted)}
        calls: list[tuple[Any, ...]] = []
        again, attempts, ended, back = [], [], [], []
        for key, record in new.items():
            attempt, received = record.attempt, record.attempt.received
            call_key = blob(key)
            is_known = key in counted
            call_id, before, final = counted[key] if is_known else (last_id + len(calls) + 1, 0, None)
            number = before + 1
            if final is None and received.is_final:
                final = number
            if final is not None:
                ended.append((call_key,))
            else:
                back.append((call_key, record.owner_id))
            if is_known:
                again.append((number, final, call_id))
            else:
                identity = (attempt.provider, attempt.model, attempt.revision, attempt.sample)
                calls.append((call_id, call_key, number, final, bytearray(record.body), *identity))
            attempts.append((call_id, number, *self._columns(record)))
            self._account(call_key, record, number, claimed_by.get(key))
            results[key] = Recorded(number, number == final)
        connection.executemany(_COUNTED, again)
        for statement, rows in ((_CALL, calls), (_ATTEMPT, attempts), (_END_CLAIM, ended), (_BACK, back)):
            execute_many(connection, statement, rows)
        return [results[record.attempt.call_key] for record in records]

    def _read_before(self, record: operations.Record) -> Recorded | None:
        """What is there where another build, which was taken for dead, read the same batch: its line was paid once."""
        if record.attempt.batch_id is None:
            return None
        in_batch = (blob(record.attempt.call_key), blob(record.attempt.batch_id))
        row = self._connection.execute(_READ_BEFORE, in_batch).fetchone()
        return None if row is None else Recorded(row[0], is_kept=False)

    def _columns(self, record: operations.Record) -> tuple[Any, ...]:
        """The columns of an attempt behind its key and number."""
        attempt, received, read = record.attempt, record.attempt.received, record.attempt.received.read
        response = None if record.response is None else bytearray(record.response)
        return (
            self._asker_id(record.asker),
            attempt.role,
            attempt.provider_kind,
            str(received.outcome),
            received.detail,
            received.http_status,
            received.latency_ms,
            int(received.started_at.timestamp() * 1_000_000),
            int(read is not None and read.is_simulated),
            *((response, None) if received.reply is not None else (None, response)),
            attempt.reserved_usd,
            int(received.is_declined),
            *(_NO_REPLY if read is None else _of_reply(read)),
        )

    def _asker_id(self, asker: Asker | None) -> int | None:
        if asker is None:
            return None
        if asker not in self._asker_ids:
            row = self._connection.execute(_ASKER, (asker.warehouse, asker.table, asker.source)).fetchone()
            self._asker_ids[asker] = row[0]
        return self._asker_ids[asker]

    def _account(self, key: bytearray, record: operations.Record, number: int, claimed_by: str | None) -> None:
        """Note the attempt with its batch, its build's spending and its provider, where these have to be noted."""
        attempt = record.attempt
        if attempt.batch_id is not None:
            self._connection.execute(_ARRIVED, (number, key, blob(attempt.batch_id)))
        if attempt.build and claimed_by in (None, attempt.build) and not attempt.received.is_declined:
            self._connection.execute(_SPEND, (attempt.build, attempt.role, attempt.settled_usd))
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
        self._connection.execute(
            "update attempts set outcome = ?, detail = ? "
            "where (call_id, attempt) = (select c.call_id, c.final_attempt from calls as c where c.call_key = ?)",
            (str(judge.outcome), judge.detail, blob(judge.key)),
        )

    def _reopen(self, reopen: operations.Reopen) -> None:
        update = "update calls set final_attempt = null where call_key = ?"
        self._connection.executemany(update, _blobs(reopen.keys))

    def _begin_batch(self, batch: operations.BeginBatch) -> None:
        batch_id = blob(batch.batch_id)
        insert = "insert into batches (batch_id, build, provider) values (?, ?, ?)"
        self._connection.execute(insert, (batch_id, batch.build, batch.provider))
        insert = "insert into batch_calls (call_key, batch_id) values (?, ?)"
        self._connection.executemany(insert, _blobs(batch.keys, batch_id))

    def _name_batch(self, batch: operations.NameBatch) -> None:
        update = "update batches set remote_id = ? where batch_id = ?"
        self._connection.execute(update, (batch.remote_id, blob(batch.batch_id)))

    def _forget_batch(self, batch: operations.ForgetBatch) -> None:
        delete = "delete from batch_calls where call_key = ? and batch_id = ? and attempt is null"
        self._connection.executemany(delete, _blobs(batch.keys, blob(batch.batch_id)))

    def _nothing(self, barrier: operations.Barrier) -> None:
        """A barrier changes nothing."""


_CHANGES: dict[type[Operation], Callable[[Changes, Any], Any]] = {
    operations.Claim: Changes._claim,
    operations.Release: Changes._release,
    operations.Send: Changes._send,
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
