"""The tables of the SQLite file, and how files of earlier versions are brought forward."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields

from reasonmed_assets.llm.ledger.owners import Owner, is_alive
from reasonmed_assets.llm.ledger.records import LedgerError
from reasonmed_assets.llm.replies.usage import TOKENS_MAX

VERSION = 5

_TABLES = """
create table dictionaries (
    role text primary key,
    dictionary blob not null
);
create table calls (
    call_id integer primary key,
    call_key blob not null unique,
    body blob not null,
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
    call_id integer not null references calls,
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
    cached_tokens integer,
    cache_write_tokens integer,
    reserved_usd real,
    is_declined integer not null default 0,
    latency_ms real,
    started_at integer not null,
    is_simulated integer not null,
    reply blob,
    response blob,
    primary key (call_id, attempt)
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
    usd real not null,
    sent_timeout_s real
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

OWNER_COLUMNS = tuple(field.name for field in fields(Owner))
_OWNERS = f"select {', '.join(OWNER_COLUMNS)}, heartbeat_at from owners"


def conform(connection: sqlite3.Connection, name: str) -> None:
    """Make the tables of a new file, or bring those of an older version forward, in one transaction.

    Raises:
        LedgerError: the file is no ledger, was written by a newer version, or a process of an older one uses it.
    """
    if (version := version_of(connection)) == VERSION:
        _refuse_other(connection, name, version)
    else:
        connection.execute("begin immediate")
        try:
            _bring_forward(connection, name)
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("rollback")
            raise
        connection.execute("commit")


def version_of(connection: sqlite3.Connection) -> int:
    """Number of the file's schema; 0 in a file that has none."""
    return connection.execute("pragma user_version").fetchone()[0]


def describe_version(connection: sqlite3.Connection, name: str) -> str:
    """The file's version, and to which one the next build brings it.

    Raises:
        LedgerError: the file is no ledger, or was written by a newer version.
    """
    version = version_of(connection)
    refuse_newer(version, name)
    _refuse_other(connection, name, version)
    brought = f"; the next build brings it to {VERSION}, without a call" if version < VERSION else ""
    return f"ledger version {version}{brought}"


def refuse_newer(version: int, name: str) -> None:
    """Stop where a file was written by a newer version of this program."""
    if version > VERSION:
        raise LedgerError(
            f"ledger {name}: its version is {version}, this program knows versions up to {VERSION}: "
            "install the reasonmed-assets that wrote it, or a later one, or name another file with --ledger"
        )


def _bring_forward(connection: sqlite3.Connection, name: str) -> None:
    version = version_of(connection)
    refuse_newer(version, name)
    _refuse_other(connection, name, version)
    if 0 < version < VERSION:
        _refuse_users(connection, name, version)
    while version < VERSION:
        _FORWARD[version](connection)
        version = version_of(connection)


def _refuse_other(connection: sqlite3.Connection, name: str, version: int) -> None:
    tables = _tables(connection)
    is_ours = version > 0 and {"calls", "attempts"} <= tables
    if not is_ours and (version or tables):
        raise LedgerError(f"ledger {name}: this SQLite file is no ledger; give another path")


def _refuse_users(connection: sqlite3.Connection, name: str, version: int) -> None:
    """A process that is at work would write by the older schema."""
    alive = [owner.name for owner, beat_at in owners(connection) if is_alive(owner, time.time() - beat_at)]
    if alive:
        raise LedgerError(
            f"ledger {name}: {', '.join(alive)} is using it with an older version of this program (ledger version "
            f"{version}; this one brings it to {VERSION}): wait until it has finished, or end it, then run this again"
        )


def owners(connection: sqlite3.Connection, where: str = "", *values: str) -> list[tuple[Owner, float]]:
    """Owners, each with the time of its last heartbeat in seconds since 1970."""
    rows = connection.execute(f"{_OWNERS} {where}", values).fetchall()
    return [(Owner(**dict(zip(OWNER_COLUMNS, row, strict=False))), row[-1]) for row in rows]


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("select name from sqlite_schema")}


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for (name,) in connection.execute("select name from pragma_table_info(?)", (table,))}


def _create_missing(connection: sqlite3.Connection) -> None:
    present = _tables(connection)
    for statement in filter(str.strip, _TABLES.split(";")):
        if statement.split()[2] not in present:
            connection.execute(statement)


def _make(connection: sqlite3.Connection) -> None:
    _create_missing(connection)
    connection.execute(f"pragma user_version = {VERSION}")


_ADDED = {
    "attempts": {
        "asker_id": "integer references askers",
        "response": "blob",
        "cached_tokens": "integer",
        "cache_write_tokens": "integer",
        "reserved_usd": "real",
        "is_declined": "integer not null default 0",
    },
    "batches": {"build": "text not null default ''"},
}
"""Columns of tables that earlier versions had without them."""

_DECLINED = """
update attempts
set is_declined = 1
where reply is null and (
    outcome = 'rejected'
    or http_status not in (200, 408, 504)
    or http_status is null
    and (detail like '%refused%' or detail like '%Cannot connect%' or detail like '%dns error%')
)
"""
"""Earlier versions did not note which requests were declined or never reached their endpoint, and so cost nothing."""


def _complete(connection: sqlite3.Connection) -> None:
    """What a file lacks is told by its tables and columns: numbers 1 and 2 were each given to several schemas.

    Nobody uses the file, so that its claims are those of dead owners: they are dropped rather than changed.
    """
    for table in ("claims", "users", "owners"):
        connection.execute(f"drop table if exists {table}")
    for table, columns in _ADDED.items():
        present = _columns(connection, table)
        for column, declared in columns.items():
            if present and column not in present:
                connection.execute(f"alter table {table} add column {column} {declared}")
    if _columns(connection, "attempts"):
        connection.execute(_DECLINED)
        for column, least in (("prompt_tokens", 1), ("completion_tokens", 0), ("reasoning_tokens", 0)):
            absurd = f"not {column} between {least} and {TOKENS_MAX}"
            connection.execute(f"update attempts set {column} = null where {absurd}")
    connection.execute("pragma user_version = 4")


_NUMBERED = (
    """
    insert into calls (call_id, call_key, body, provider, model, revision, sample, attempts, final_attempt)
    select c.rowid, c.call_key, b.body, c.provider, c.model, c.revision, c.sample, c.attempts, c.final_attempt
    from calls_4 as c
    left join bodies as b using (body_hash)
    order by c.rowid
    """,
    """
    insert into attempts (call_id, {columns})
    select c.call_id, {columns_4}
    from attempts_4 as a
    left join calls as c using (call_key)
    order by a.rowid
    """,
)


def _number(connection: sqlite3.Connection) -> None:
    """Calls get numbers in the order in which they were recorded, and the attempts theirs: of random keys, each call
    added to a page of its own in three indexes. A body is with its call."""
    if _columns(connection, "bodies"):
        connection.execute("drop index if exists attempts_by_asker")
        connection.execute("alter table calls rename to calls_4")
        connection.execute("alter table attempts rename to attempts_4")
        _create_missing(connection)
        columns = sorted(_columns(connection, "attempts") - {"call_id"})
        names = {"columns": ", ".join(columns), "columns_4": ", ".join(f"a.{column}" for column in columns)}
        for statement in _NUMBERED:
            connection.execute(statement.format(**names))
        for table in ("attempts_4", "calls_4", "bodies"):
            connection.execute(f"drop table {table}")
    _make(connection)


_FORWARD: dict[int, Callable[[sqlite3.Connection], None]] = {
    0: _make,
    1: _complete,
    2: _complete,
    3: _complete,
    4: _number,
}
"""By version: what brings a file of it to a later one."""
