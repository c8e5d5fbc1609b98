"""`reasonmed.duckdb`, the file that users open: a copy of `build.duckdb` with the time at which it was taken.

It is replaced as a whole by a rename, so that whoever has it open keeps the file that they opened. The caller holds
the lock of the warehouse exclusively.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.storage import publishing
from reasonmed_assets.storage.duckdb_file import database, layout
from reasonmed_assets.storage.duckdb_file.declared import Declared
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.views import create_views, description

STATE = "snapshot_state"
"""View in the snapshot: up to which publish it goes, and from which declarations it was made."""
_DECLARED = "definition_hash"
"""Macro in the build file and so in its copy: which declarations it holds."""


def declare(con: duckdb.DuckDBPyConnection, declared: Declared) -> None:
    """Bring every declared table, the macros and the views into the open file, in place of earlier ones.

    A file that holds them is opened for reading three times as fast as one where each reader makes its own.

    Raises:
        WarehouseError: stored rows do not fit the declared columns.
    """
    if declared_hash(con) == declared.digest:
        return
    if stored := database.tables_of(con):
        _drop_views_and_macros(con)
    database.create(con, [spec for name, spec in declared.tables.items() if name not in stored])
    for name in declared.tables.keys() & stored:
        database.conform(con, declared.tables[name])
    database.run_together(con, [sql.macros_text()])
    create_views(con, declared.views, kind="view")
    _comment_views(con, declared.views)
    # Last: a file in which a killed process left only a part has no hash.
    con.execute(f"create macro {_DECLARED}() as {sql.literal(declared.digest)}")


def declared_hash(con: duckdb.DuckDBPyConnection) -> str | None:
    """The `Declared.digest` of what `declare` brought into the open file; None where that is nothing."""
    try:
        row = con.execute(f"select {_DECLARED}()").fetchone()
    except duckdb.CatalogException:
        return None
    return row[0] if row else None


def drop_other_hash(con: duckdb.DuckDBPyConnection, definitions: str) -> bool:
    """Before a table is changed: whether the file holds other declarations than these; if so, it then holds none."""
    if declared_hash(con) == definitions:
        return False
    con.execute(f"drop macro if exists {_DECLARED}")
    return True


def _drop_views_and_macros(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"drop macro if exists {_DECLARED}")
    of_file = "database_name = current_database() and not internal"
    for (view,) in con.execute(f"select view_name from duckdb_views() where {of_file}").fetchall():
        con.execute(f"drop view {view}")
    for (macro,) in con.execute(f"select distinct function_name from duckdb_functions() where {of_file}").fetchall():
        if macro != layout.VERSION_MACRO:
            con.execute(f"drop macro {macro}")


class State(NamedTuple):
    """What a snapshot tells of itself.

    Attributes:
        last_seq: the last publish in it.
        taken_at: when it was taken, in UTC.
        records_hash: of `publishing.state_of`.
        definition_hash: from which declarations it was made.
    """

    last_seq: int
    taken_at: datetime
    records_hash: str
    definition_hash: str


def state_of(path: Path, spill: Path) -> State | None:
    """What the snapshot at `path` tells of itself; None where it cannot be read."""
    if not path.exists():
        return None
    # A connection to the path itself would share the instance of whoever in this process has an older snapshot open,
    # and show that one.
    try:
        with database.opened(path, spill, read_only=True) as con:
            found = con.execute(f"select {', '.join(State._fields)} from {STATE}").fetchone()
    except (duckdb.Error, WarehouseError):
        return None
    return State(*found) if found else None


def is_current(path: Path, state: tuple[int, str], definitions: str, spill: Path) -> bool:
    """Whether the snapshot at `path` shows this `publishing.state_of` and was made from these definitions.

    One that cannot be read, or beside which a killed writer left a log, is not current.
    """
    found = None if database.wal_of(path).exists() else state_of(path, spill)
    return found is not None and (found.last_seq, found.records_hash, found.definition_hash) == (*state, definitions)


def take(
    build: Path,
    snapshot: Path,
    declared: Declared,
    spill: Path,
) -> None:
    """Replace the snapshot by the state of the build file, in which all that is committed is brought first.

    Nobody in this process may have the build file open: copying would drop DuckDB's lock on it.

    Raises:
        WarehouseError: a log stays beside the build file, or the disk is full; the old snapshot stays.
    """
    _bring_up_to_date(build, declared, spill)
    database.refuse_log(build)
    new = database.next_of(snapshot)
    database.remove_database(new)
    try:
        shutil.copyfile(build, new)
        _date(new, spill)
        new.chmod(0o444)
        database.replace_durably(new, snapshot)
    except OSError as error:
        raise WarehouseError(
            f"could not write {snapshot}: {error}; what is published is safe in {build.name}. Make room, then run any "
            "command on this warehouse"
        ) from error
    finally:
        database.remove_database(new)


def _bring_up_to_date(build: Path, declared: Declared, spill: Path) -> None:
    with database.opened(build, spill, read_only=False) as con:
        declare(con, declared)
        con.execute("checkpoint")


def _date(copy: Path, spill: Path) -> None:
    """Write into a copy of the build file what it shows, and when it was taken."""
    with database.opened(copy, spill, read_only=False) as con:
        _create_state(con)
        con.execute("checkpoint")


def _comment_views(con: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    for name, query in views.items():
        con.execute(f"comment on view {name} is {sql.literal(description(name, query))}")


def _create_state(con: duckdb.DuckDBPyConnection) -> None:
    last_seq, records_hash = publishing.state_of(con)
    taken_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    con.execute(
        f"create view {STATE} as select {last_seq}::bigint as last_seq, timestamp '{taken_at}' as taken_at, "
        f"'{records_hash}' as records_hash, '{declared_hash(con)}' as definition_hash"
    )
    con.execute(f"comment on view {STATE} is 'up to which publish this file goes, and when it was taken (UTC).'")
