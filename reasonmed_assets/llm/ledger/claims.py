"""Who may make a call, and pay for it: claims, budgets, owners and users of providers, as operations on the ledger."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reasonmed_assets.config.profile import Budget, Spending
from reasonmed_assets.llm.ledger.owners import Owner, is_alive
from reasonmed_assets.llm.ledger.writer import LedgerError, Operation, execute_many

KEYS_PER_QUERY = 500
"""SQLite takes a limited number of values in one statement."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that one wants to make.

    Attributes:
        call_key: its key.
        role: the role that asks.
        usd: the most that it may cost, in US dollars.
        joins_batch: it would not be sent, but read from its batch, where one that holds it is on its way.
    """

    call_key: str
    role: str
    usd: float = 0.0
    joins_batch: bool = False


NO_LIMITS = Budget()


@dataclass(frozen=True)
class Purse:
    """What a build may spend; without a budget everything.

    Attributes:
        build: names the build, in all its processes.
        budget: its limits.
    """

    build: str = ""
    budget: Budget = NO_LIMITS

    @cached_property
    def is_limited(self) -> bool:
        """There is a budget."""
        return self.budget != NO_LIMITS


@dataclass(frozen=True, slots=True)
class Claimed:
    """What became of the calls that one wants to make.

    Attributes:
        granted: to be sent by the claimant, who holds the claim.
        stored: ended in the meantime, to be looked up.
        busy: claimed by a live owner, by his name; to be asked for again.
        unaffordable: the budget does not cover them beside what is under way; to be asked for again.
        used_up: which limit of the budget is used up for good; None while calls are under way that may cost less than
            they might.
    """

    granted: list[str]
    stored: list[str]
    busy: dict[str, str]
    unaffordable: list[str] = field(default_factory=list)
    used_up: str | None = None


@dataclass(slots=True)
class Claim(Operation):
    """Claim calls that are neither stored nor claimed by a live owner, as far as the build's budget goes."""

    calls: tuple[Wanted, ...]
    owner_id: str
    purse: Purse
    finish: Callable[[Claimed | LedgerError], None]

    def run(self, connection: sqlite3.Connection) -> Claimed:
        """Look every key up, claim those that are free."""
        wanted = {bytes.fromhex(call.call_key): call for call in self.calls}
        stored = {row[0] for row in _where_in(connection, _FINAL, list(wanted))}
        holders = dict(_where_in(connection, _HOLDERS, list(wanted)))
        owner_ids = set(holders.values())
        if self.purse.is_limited:
            owner_ids.update(row[0] for row in connection.execute(_PAYERS, (self.purse.build,)))
        owners = {owner_id: _owner(connection, owner_id) for owner_id in owner_ids}
        dead = {owner_id for owner_id, owner in owners.items() if owner is None or not is_alive(owner)}
        busy: dict[bytes, str] = {}
        for key, owner_id in holders.items():
            owner = owners[owner_id]
            if owner is not None and owner_id not in dead:
                busy[key] = owner.name
        for owner_id in dead:
            _remove_owner(connection, owner_id)
        free = {key: call for key, call in wanted.items() if key not in stored and key not in busy}
        # A call whose batch is on its way is paid for already, by the build that submitted it, be it this one.
        joining = [key for key, call in free.items() if call.joins_batch] if self.purse.is_limited else []
        payers = dict(_where_in(connection, _IN_BATCH, joining))
        till = _Till.of(connection, self.purse)
        for key, build in payers.items():
            if build == self.purse.build:
                till.add(free[key].role, free[key].usd, 1)
        granted = {key: call for key, call in free.items() if key in payers or till.reserve(call)}
        rows = [
            (key, self.owner_id, payers.get(key, self.purse.build), call.role, call.usd)
            for key, call in granted.items()
        ]
        execute_many(connection, "insert or replace into claims values {rows}", rows)
        return Claimed(
            [key.hex() for key in granted],
            [key.hex() for key in stored],
            {key.hex(): name for key, name in busy.items() if key not in stored},
            [key.hex() for key in free if key not in granted],
            None if granted or till.has_reservations else till.refused,
        )

    def done(self, result: Any) -> None:
        """Tell who asked."""
        self.finish(result)


@dataclass(slots=True)
class _Till:
    """What a build has spent and reserved, by role; `refused` is the limit that the first refused call met."""

    purse: Purse
    usd: dict[str, float]
    calls: dict[str, int]
    has_reservations: bool
    refused: str | None = None

    @classmethod
    def of(cls, connection: sqlite3.Connection, purse: Purse) -> _Till:
        till = cls(purse, {}, {}, False)
        if purse.is_limited:
            for role, usd, calls, is_reserved in connection.execute(_SPENT, (purse.build, purse.build)):
                till.add(role, usd, calls)
                till.has_reservations |= bool(is_reserved)
        return till

    def reserve(self, call: Wanted) -> bool:
        """Set aside what a call may cost; False where a limit does not allow it."""
        if not self.purse.is_limited:
            return True
        budget = self.purse.budget
        limits: list[tuple[str, Spending, float, int]] = [
            ("", budget, sum(self.usd.values()), sum(self.calls.values()))
        ]
        of_role = {str(role): limit for role, limit in budget.roles.items()}.get(call.role)
        if of_role is not None:
            usd_of_role, calls_of_role = self.usd.get(call.role, 0.0), self.calls.get(call.role, 0)
            limits.append((f" for role {call.role}", of_role, usd_of_role, calls_of_role))
        for whose, limit, usd, calls in limits:
            if limit.usd is not None and usd + call.usd > limit.usd:
                self._refuse(
                    f"${usd:,.4f} of ${limit.usd:,.2f}{whose} are spent, the next call may cost ${call.usd:,.4f}"
                )
                return False
            if limit.calls is not None and calls + 1 > limit.calls:
                self._refuse(f"{calls:,} of {limit.calls:,} calls{whose} are made")
                return False
        self.add(call.role, call.usd, 1)
        return True

    def add(self, role: str, usd: float, calls: int) -> None:
        """Count what is spent or set aside."""
        self.usd[role] = self.usd.get(role, 0.0) + usd
        self.calls[role] = self.calls.get(role, 0) + calls

    def _refuse(self, why: str) -> None:
        self.refused = self.refused or why


_PAYERS = "select distinct owner_id from claims where build = ?"
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
    connection.execute("delete from users where owner_id = ?", (owner_id,))
    connection.execute("delete from owners where owner_id = ?", (owner_id,))


@dataclass(slots=True)
class Release(Operation):
    """Give claims back."""

    keys: tuple[str, ...]
    owner_id: str

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete the claims of this owner."""
        rows = [(bytes.fromhex(key), self.owner_id) for key in self.keys]
        connection.executemany("delete from claims where call_key = ? and owner_id = ?", rows)


@dataclass(slots=True)
class Use(Operation):
    """Note that an owner begins or ends to send calls to a provider."""

    owner_id: str
    provider: str
    is_used: bool

    def run(self, connection: sqlite3.Connection) -> None:
        """Enter the owner among the provider's users, or strike him out."""
        if self.is_used:
            connection.execute("insert or ignore into users values (?, ?)", (self.provider, self.owner_id))
        else:
            connection.execute("delete from users where provider = ? and owner_id = ?", (self.provider, self.owner_id))


@dataclass(slots=True)
class Leave(Operation):
    """Give all claims of an owner back, and forget him."""

    owner_id: str

    def run(self, connection: sqlite3.Connection) -> None:
        """Delete the owner and his claims."""
        _remove_owner(connection, self.owner_id)


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
