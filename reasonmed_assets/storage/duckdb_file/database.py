"""Connections to the DuckDB files of a warehouse, and the declared tables in them. Locking is the caller's."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.machine import SILENT_S, sync
from reasonmed_assets.storage.duckdb_file import instances, share
from reasonmed_assets.storage.errors import WarehouseError

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

_SMALLEST_COMPACTION_BLOCKS = 64
"""16 MiB."""
_STORED_AS = "storage_version 'v1.2.0', row_group_size 30720"
"""How files are written. DuckDB compresses long texts from that version on, which makes a file several times smaller;
each thread that writes holds a row group, of texts of some KB a row."""
_COMPRESSED_CHARACTERS = 512
"""Mean length from which the texts of a column are compressed so."""
_NOT_OPENED = (
    duckdb.IOException, duckdb.ConnectionException, duckdb.InvalidInputException, duckdb.BinderException
)  # fmt: skip
"""What DuckDB raises for a file that others have open, that is no database, or that a newer version wrote."""
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_COMPACT, _CREATED, _NEXT, _SPILLED = ".compact", ".new", ".next", ".tmp"
"""What stands after the name of a database file for what is half made beside it, or spilled by other programs."""


def connect(path: Path | None, spill: Path, *, like: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database file to write it, or an empty database in memory when `path` is None.

    Args:
        path: the file.
        spill: folder for what does not fit into memory; no other process may use the same one.
        like: another file, whose rows are read through this one: it tells how many threads work.

    Raises:
        WarehouseError: another program has the file open, or it is no database.
    """
    con = duckdb.connect(config=dict(_settings(like or path, spill)))
    if path is None:
        return con
    try:
        # To open the file itself gives no say in how it is written.
        con.execute(f"attach {sql.literal(path)} as {sql.identifier(path.stem)} ({_STORED_AS})")
        use(con, path)
    except _NOT_OPENED as error:
        con.close()
        raise _not_opened(path, error, os.W_OK) from error
    except BaseException:
        con.close()
        raise
    return con


def _settings(path: Path | None, spill: Path) -> instances.Settings:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{share.memory_limit_mib()}MiB",
        "preserve_insertion_order": False,
        instances.SPILL: str(spill),
        "zstd_min_string_length": _COMPRESSED_CHARACTERS,
    }
    if threads := share.threads_for(*([path] if path else [])):
        settings["threads"] = threads
    return settings


def _not_opened(path: Path, error: duckdb.Error, mode: int) -> WarehouseError:
    if path.exists() and not os.access(path, mode):
        return WarehouseError(f"{path} may not be {'written' if mode == os.W_OK else 'read'}: change its mode")
    return WarehouseError(
        f"cannot open {path}: {error}. Only this program opens that file; look at reasonmed.duckdb instead, "
        "close the other program, then run the command again"
    )


def use(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Have names mean what is in an attached file; each cursor is told anew."""
    con.execute(f"use {sql.identifier(path.stem)}")


@contextmanager
def opened(path: Path, spill: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a database file, which is closed in the end.

    It costs half of `connect`: the file is attached to an instance that was started before; see `instances`.

    Args:
        path: the file.
        spill: folder for what does not fit into memory; no other process may use the same one.
        read_only: open for reading.

    Raises:
        KeyboardInterrupt: a query on the file was cut off by Ctrl-C or SIGTERM, be it one inside or an earlier one of
            this process. DuckDB keeps the file open as long as that error is held, and would wait for ever for it to
            be closed before opening it again; it also raises an error of its own where Python was told to stop.
        WarehouseError: as `connect`, or the file could not be written.
    """
    if is_cut_off(path):
        raise KeyboardInterrupt(f"a query on {path} was cut off before")
    if not read_only and path.exists() and not path.stat().st_mode & _WRITABLE:
        # The superuser may all the same, and would change a file that readers have open.
        raise WarehouseError(f"{path} may not be written: change its mode")
    file: instances.Attached | None = None
    try:
        try:
            file = instances.attach(path, _settings(path, spill), "read_only" if read_only else _STORED_AS)
            with closing(file.connection()) as con:
                yield con
        except BaseException:
            if file is not None:
                file.is_sound = False
            raise
        finally:
            if file is not None:
                file.release()
    except BaseException as error:
        if _is_interruption(error):
            if file is not None and not file.is_sound:
                _cut_off.add(path)
            if isinstance(error, Exception):
                raise KeyboardInterrupt from error
        elif file is None and isinstance(error, _NOT_OPENED):
            raise _not_opened(path, error, os.R_OK if read_only else os.W_OK) from error
        elif not read_only and isinstance(error, duckdb.IOException | duckdb.FatalException):
            raise WarehouseError(
                f"{path} could not be written: {error}. What was published before is safe; make room on its disk, then "
                "run the same command again"
            ) from error
        raise


def is_cut_off(path: Path) -> bool:
    """Whether a query of this process on the file was cut off, so that it cannot be opened here any more."""
    return path in _cut_off


_cut_off: set[Path] = set()


def _is_interruption(error: BaseException) -> bool:
    """How Python, Dagster and DuckDB say that the process was told to stop."""
    if isinstance(error, Exception):
        return isinstance(error, duckdb.InterruptException) or "Query interrupted" in str(error)
    return not isinstance(error, GeneratorExit)


@contextmanager
def created(path: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new database file, which is at `path` in the end, complete or not at all."""
    new = path.with_name(f"{path.name}{_CREATED}")
    remove_database(new)
    with opened(new, spill, read_only=False) as con:
        yield con
        con.execute("checkpoint")
    new.replace(path)


def wal_of(path: Path) -> Path:
    """DuckDB's write-ahead log beside a database file."""
    return path.with_name(f"{path.name}.wal")


def remove_database(path: Path) -> None:
    """Remove a database file and its log, where they exist."""
    path.unlink(missing_ok=True)
    wal_of(path).unlink(missing_ok=True)


def next_of(path: Path) -> Path:
    """Where the next file of a name is made."""
    return path.with_name(f"{path.name}{_NEXT}")


def half_made(path: Path) -> list[Path]:
    """What killed processes left beside a database file; nobody writes it meanwhile.

    What another program spilled is left alone for `SILENT_S`: it may be at work.
    """
    made = [path.with_name(f"{path.name}{suffix}") for suffix in (_COMPACT, _CREATED, _NEXT)]
    spilled = path.with_name(f"{path.name}{_SPILLED}")
    found = [file for new in made for file in (new, wal_of(new)) if file.exists()]
    is_old = spilled.is_dir() and time.time() - spilled.stat().st_mtime > SILENT_S
    return [*found, spilled] if is_old else found


def load_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros of `sql/macros.sql` as temporary ones, so that a read-only connection has them."""
    con.execute(re.sub(r"(?m)^create macro ", "create temp macro ", sql.macros_text()))


def stored_columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Table -> column -> (type in lower case, is nullable), in table order, of the open database."""
    rows = con.execute(
        """
        select c.table_name, c.column_name, lower(c.data_type), c.is_nullable
        from duckdb_columns() as c
        inner join duckdb_tables() as t using (database_name, schema_name, table_name)
        where c.database_name = current_database() and c.schema_name = 'main'
        order by c.table_name, c.column_index
        """
    ).fetchall()
    tables: dict[str, dict[str, tuple[str, bool]]] = {}
    for table, column, data_type, is_nullable in rows:
        tables.setdefault(table, {})[column] = (data_type, is_nullable)
    return tables


def tables_of(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the tables of the open database."""
    found = "from duckdb_tables() where database_name = current_database() and schema_name = 'main'"
    return {name for (name,) in con.execute(f"select table_name {found}").fetchall()}


def _columns_of(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, tuple[str, bool]]:
    """As `stored_columns`, of one table; empty where there is none. To list all, DuckDB binds every view."""
    if table not in tables_of(con):
        return {}
    columns = con.execute(f'select name, lower(type), not "notnull" from pragma_table_info({sql.literal(table)})')
    return {name: (data_type, is_nullable) for name, data_type, is_nullable in columns.fetchall()}


def column_changes(con: duckdb.DuckDBPyConnection, tables: Mapping[str, TableSpec]) -> list[str]:
    """What `conform` would change in stored tables: `table +added -dropped ~of another type`, one text per table."""
    changes = []
    for table, columns in stored_columns(con).items():
        stored = {name: data_type for name, (data_type, _) in columns.items()}
        declared = tables[table].duckdb_types() if table in tables else stored
        marked = [f"+{name}" for name in declared if name not in stored]
        marked += [f"-{name}" for name in stored if name not in declared]
        marked += [f"~{name}" for name in declared if stored.get(name, declared[name]) != declared[name]]
        changes += [" ".join([table, *marked])] if marked else []
    return changes


def present_declared(con: duckdb.DuckDBPyConnection, tables: Mapping[str, TableSpec]) -> None:
    """Let every declared table be there with its declared columns, through temporary views where it is not.

    A table that was never published is empty; one that was published with other columns shows nulls for the new ones.
    """
    stored = stored_columns(con)
    database = _scalar(con, "select current_database()")
    for name, spec in tables.items():
        types = spec.duckdb_types()
        columns = {column: data_type for column, (data_type, _) in stored.get(name, {}).items()}
        if list(columns.items()) != list(types.items()):
            shown = [
                f"try_cast({column if column in columns else 'null'} as {types[column]}) as {column}"
                for column in types
            ]
            origin = f'from "{database}".main.{name}' if columns else "where false"
            con.execute(f"create temp view {name} as select {', '.join(shown)} {origin}")


def conform(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Bring a table to its declared columns: create it, or rebuild it by column name with its rows kept.

    A declared column that old rows lack is null in them until their partition is published again; only then does
    it become NOT NULL. One transaction of its own.

    Raises:
        WarehouseError: a stored value cannot become the declared type.
    """
    stored = _columns_of(con, spec.name)
    if not stored:
        create(con, [spec])
        return
    if [(name, data_type) for name, (data_type, _) in stored.items()] != list(spec.duckdb_types().items()):
        _rebuild(con, spec, set(stored))
        stored = _columns_of(con, spec.name)
    _conform_nulls(con, spec, {name for name, (_, is_nullable) in stored.items() if is_nullable})


def create(con: duckdb.DuckDBPyConnection, specs: Sequence[TableSpec]) -> None:
    """Create tables with what is said of them, in one transaction of its own."""
    run_together(con, [statement for spec in specs for statement in (spec.ddl(), *spec.comments())])


def _rebuild(con: duckdb.DuckDBPyConnection, spec: TableSpec, stored: set[str]) -> None:
    types = spec.duckdb_types()
    kept = ", ".join(name for name in types if name in stored)
    copy = f"{spec.name}__rebuilt"
    statements = [
        f"create table {copy} ({', '.join(f'{name} {data_type}' for name, data_type in types.items())})",
        f"insert into {copy} by name select {kept} from {spec.name}" if kept else "select 1",
        f"drop table {spec.name}",
        f"alter table {copy} rename to {spec.name}",
        *spec.comments(),
    ]
    try:
        run_together(con, statements)
    except duckdb.Error as error:
        raise WarehouseError(
            f"table {spec.name}: the stored rows do not fit the declared columns ({error}); "
            "build into a fresh warehouse with --replace (the ledger keeps every call)"
        ) from error


def _conform_nulls(con: duckdb.DuckDBPyConnection, spec: TableSpec, nullable: set[str]) -> None:
    """Set or drop NOT NULL as declared, where the rows allow it."""
    for name, column in spec.columns.items():
        if column.nullable and name not in nullable:
            con.execute(f"alter table {spec.name} alter column {name} drop not null")
        elif not column.nullable and name in nullable and not _has_nulls(con, spec.name, name):
            con.execute(f"alter table {spec.name} alter column {name} set not null")


def _has_nulls(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return con.execute(f"select 1 from {table} where {column} is null limit 1").fetchone() is not None


def is_sparse(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a third of the open file's blocks are free, in a file where that is worth a rewrite."""
    row = con.execute(
        "select total_blocks, free_blocks from pragma_database_size() where database_name = current_database()"
    ).fetchone()
    assert row is not None
    total, free = row
    return total >= _SMALLEST_COMPACTION_BLOCKS and 3 * free >= total


def compact(path: Path, spill: Path) -> None:
    """Rewrite a database file without its free blocks; the old file stays until the new one is complete.

    Raises:
        WarehouseError: the file still has a log, which a copy would miss.
    """
    refuse_log(path)
    new = path.with_name(f"{path.name}{_COMPACT}")
    remove_database(new)
    con = connect(None, spill, like=path)
    try:
        con.execute(f"attach {sql.literal(path)} as old (read_only)")
        con.execute(f"attach {sql.literal(new)} as new ({_STORED_AS})")
        con.execute("copy from database old to new")
        con.execute("checkpoint new")
        con.execute("detach new")
        con.execute("detach old")
    finally:
        con.close()
    replace_durably(new, path)


def replace_durably(new: Path, path: Path) -> None:
    """Rename `new` to `path` so that after a power cut one of the two is there, complete.

    A log that an earlier file of that name left behind is removed: DuckDB would replay it into the new file.

    Raises:
        WarehouseError: `new` has a log of its own, that is, it is not complete without it.
    """
    refuse_log(new)
    sync(new)
    wal_of(path).unlink(missing_ok=True)
    new.replace(path)
    sync(path.parent)


def refuse_log(path: Path) -> None:
    """Stop when a database file still has a log: a copy without it silently misses the last publish.

    Raises:
        WarehouseError: names the log.
    """
    if wal_of(path).exists():
        raise WarehouseError(
            f"{wal_of(path)} is left after a checkpoint, so {path.name} is not complete by itself; close other "
            "programs that have it open, then run the command again"
        )


def run_together(con: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    """Execute statements in one transaction."""
    con.execute("begin")
    try:
        # In one call, which takes half of the time that one for each does.
        con.execute(";\n".join(statements))
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _scalar(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    return row[0] if row else None
