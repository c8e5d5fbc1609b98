"""What publishes removed, so that every table can be read as of an earlier one.

A publish that changes a partition which was published before writes one Parquet file: the rows that it removes, whole,
and of those that it inserts the row hash alone. It is on the disk before the rows are gone. Going back from the rows
of now, what came or went since is left out, and what went first is put back; a partition was empty before its first
publish. A file is named by the number and the time of its publish, so that none is taken for another's: of a
publish that was cut off, nothing is read. Which table holds which rows, and locks on it, are the caller's.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.machine import lock_holders, locked_at_once, locked_with_others, sync, write_durably
from reasonmed_assets.storage.builds import BUILDS
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.publishing import FAILURES, PUBLISHES, in_partition

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

FOLDER = "history"
"""Folder of a warehouse that holds the files."""
_SEQ, _IS_INSERTED = "history__seq", "history__is_inserted"
"""Columns of the files beside those of their table."""
_BEGINS = "begins.json"
NOW = "now"
"""Name of the database that holds the present rows beside those as of a publish."""


@dataclass(frozen=True)
class Kept:
    """What of the history is kept.

    Attributes:
        begins: the earliest publish as of which tables can be read; 0: before the first.
        n_bytes: size on disk of what each publish removed, by its number.
    """

    begins: int
    n_bytes: Mapping[int, int]


class History:
    """The files of one warehouse.

    Args:
        warehouse: folder of the warehouse.
    """

    def __init__(self, warehouse: Path) -> None:
        self.folder = warehouse / FOLDER
        self._lock = self.folder / ".lock"

    def begins(self, con: duckdb.DuckDBPyConnection, origin: str = "") -> int:
        """The earliest publish as of which tables can be read; 0: before the first.

        Args:
            con: a connection in which `publishes` is there; where nothing was kept, its last one is all there is. Where
                files are there without the one that says it, they tell: from it on none is missing.
            origin: what stands before `publishes` in it.

        Raises:
            WarehouseError: the file that says it cannot be understood.
        """
        file = self.folder / _BEGINS
        try:
            return int(json.loads(file.read_text(encoding="utf-8"))["publish"])
        except FileNotFoundError:
            if not any(self.folder.glob("*/*.parquet")):
                return _last_seq(con, origin)
            gone = [seq for table, seq, at in _changes(con, origin) if not self.file_of(table, seq, at).exists()]
            return max(gone, default=0)
        except (ValueError, KeyError, TypeError) as error:
            raise WarehouseError(
                f"{file} cannot be understood ({error}); put it back from a copy of the warehouse, or remove "
                f"{self.folder}: history begins anew then"
            ) from error

    def begin(self, con: duckdb.DuckDBPyConnection) -> None:
        """Before a publish: where no history was kept so far, it begins with what is published."""
        if not (self.folder / _BEGINS).exists():
            self._begin_at(self.begins(con))

    def keep_difference(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int, published_at: datetime
    ) -> None:
        """Write what a publish is about to do, so that it is on the disk when this returns.

        Args:
            con: the publish's transaction, with the temp table `difference` (`row_hash`, `row_id`: null where the row
                is new).
            spec: its table, still as it was before.
            seq: number of the publish.
            published_at: its time.
        """
        file = self.file_of(spec.name, seq, published_at)
        is_new_folder = not file.parent.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        con.execute(
            f"""
            copy (
                select {seq}::bigint as {_SEQ}, false as {_IS_INSERTED}, *
                from {spec.name}
                where rowid in (select row_id from difference)
                union all by name
                select {seq}::bigint as {_SEQ}, true as {_IS_INSERTED}, {sql.ROW_HASH}
                from difference
                where row_id is null
            ) to {sql.literal(new)} (format parquet, compression zstd)
            """
        )
        sync(new)
        new.rename(file)
        sync(file.parent)
        if is_new_folder:
            sync(self.folder)

    def rows_as_of(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int, *, database: str | None = None
    ) -> str:
        """The query of a table's rows as of a publish, in its declared columns.

        Columns that were declared later are null in it, so is a value that does not convert to the type declared now;
        columns that were dropped since are left out.

        Args:
            con: a connection in which the table and `publishes` are there: what they show is what is gone back from.
            spec: the table.
            seq: number of the publish.
            database: name of the attached database that holds both; None: they have no other name in the connection.

        Raises:
            WarehouseError: there is no such publish, history begins later, a file of it is gone, or the table's
                partitions, which it has no more, had not all been published.
        """
        origin = f"{database}.main." if database else ""
        self._refuse_outside(con, seq, origin)
        present = f"{_select_declared(spec, f'{origin}{spec.name}')} as present"
        where = _was_published(con, spec, seq, origin)
        files = self._files_after(con, spec.name, seq, origin)
        if not files:
            return f"{present} where {where}"
        kept = sql.parquet(*files, by_name=True)
        return f"""
            with

            first_change as (
                select
                    {sql.ROW_HASH},
                    min({_SEQ}) as {_SEQ},
                    arg_min({_IS_INSERTED}, {_SEQ}) as {_IS_INSERTED}
                from {kept}
                group by {sql.ROW_HASH}
            )

            {present}
            anti join first_change using ({sql.ROW_HASH})
            where {where}
            union all
            {_select_declared(spec, kept)} as removed
            semi join (from first_change where not {_IS_INSERTED}) as first_removed using ({sql.ROW_HASH}, {_SEQ})
            where not {_IS_INSERTED} and {where}
        """

    def values_since(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, values: str, seq: int
    ) -> str:
        """See `Warehouse.values_since`."""
        self._refuse_outside(con, seq, "")
        rows = con.execute(
            f"select partition from {PUBLISHES} where table_name = $1 group by partition having min(seq) > $2",
            [spec.name, seq],
        ).fetchall()
        new = [one or None for (one,) in rows if partition in (None, one)]
        where = "true" if partition is None else in_partition(spec, partition)
        queries = [f"select {values} from {spec.name} where {in_partition(spec, one)}" for one in new]
        if files := self._files_after(con, spec.name, seq, ""):
            kept = sql.parquet(*files, by_name=True)
            queries += [
                f"select {values} from {kept} where not {_IS_INSERTED} and {where}",
                f"select {values} from {spec.name} "
                f"semi join (from {kept} where {_IS_INSERTED}) as inserted using ({sql.ROW_HASH}) where {where}",
            ]
        return " union ".join(queries) or f"select {values} from {spec.name} where false"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing of the history is dropped meanwhile; publishes go on."""
        with ExitStack() as stack:
            # It is there since history began; in a folder of an earlier version, who may not write cannot make it.
            if os.access(self._lock, os.R_OK) or os.access(self.folder, os.W_OK):
                stack.enter_context(locked_with_others(self._lock))
            yield

    def kept(self, con: duckdb.DuckDBPyConnection) -> Kept:
        """What is kept, as far as a connection shows the publishes.

        Raises:
            WarehouseError: as `begins`.
        """
        sizes: Counter[int] = Counter()
        for file in self.folder.glob("*/*.parquet"):
            sizes[_seq_of(file)] += file.stat().st_size
        return Kept(self.begins(con), sizes)

    def drop(self, con: duckdb.DuckDBPyConnection, before: int) -> None:
        """Let history begin with a publish, and remove what only earlier ones need. Nobody publishes meanwhile.

        Raises:
            WarehouseError: others read the history, or as `begins`.
        """
        begins = max(before, self.begins(con))
        self._make_folder()
        try:
            with locked_at_once(self._lock):
                # First: what is killed from here on leaves files that nobody reads.
                self._begin_at(begins)
                for file in self.left_over(con):
                    file.unlink()
        except BlockingIOError:
            pids = ", ".join(map(str, lock_holders(self._lock)))
            raise WarehouseError(
                f"process {pids} is reading {self.folder.parent}: wait until it has finished, then run this again"
            ) from None

    def left_over(self, con: duckdb.DuckDBPyConnection) -> list[Path]:
        """Files that nobody reads: of publishes that were cut off, and of what was dropped. Nobody publishes meanwhile.

        Those of later publishes than the next one are of a later build file than the one that is here now.

        Args:
            con: a connection to what is published now.
        """
        begins, following = self.begins(con), _last_seq(con) + 1
        rows = con.execute(f"select table_name, seq, published_at from {PUBLISHES} where seq > $1", [begins]).fetchall()
        needed = {self.file_of(*row) for row in rows}
        files = sorted(self.folder.glob("*/*"))
        return [file for file in files if file not in needed and _seq_of(file) <= following]

    def discard(self, con: duckdb.DuckDBPyConnection, file: Path) -> None:
        """Remove what a publish wrote that was rolled back; nothing where it was published after all."""
        for one in {file, file.with_suffix(".new")} & set(self.left_over(con)):
            one.unlink()

    def file_of(self, table: str, seq: int, published_at: datetime) -> Path:
        """The file of a publish, whether it is there or not."""
        return self.folder / table / f"{seq}-{published_at:%Y%m%dT%H%M%S%f}.parquet"

    def _files_after(self, con: duckdb.DuckDBPyConnection, table: str, seq: int, origin: str) -> list[Path]:
        """What the publishes of a table after another one removed and inserted.

        Raises:
            WarehouseError: a file is gone.
        """
        changes = _changes(con, origin, table)
        files = {number: self.file_of(table, number, at) for _, number, at in changes if number > seq}
        if gone := {number: file for number, file in files.items() if not file.exists()}:
            raise WarehouseError(
                f"table {table} cannot be read as of publish {seq}: of its history {len(gone)} files are gone, as "
                f"{min(gone.values())}; put them back from a copy of the warehouse, or read as of a publish from "
                f"{max(gone)} on"
            )
        return list(files.values())

    def _refuse_outside(self, con: duckdb.DuckDBPyConnection, seq: int, origin: str) -> None:
        begins, last = self.begins(con, origin), _last_seq(con, origin)
        if begins <= seq <= last:
            return
        if seq > last:
            raise WarehouseError(f"there is no publish {seq}: the last one is {last}")
        raise WarehouseError(
            f"publish {seq} cannot be read: the history of {self.folder.parent} begins at publish {begins}; read as of "
            f"a publish from {begins} on"
        )

    def _make_folder(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir(exist_ok=True)
            sync(self.folder.parent)

    def _begin_at(self, seq: int) -> None:
        self._make_folder()
        self._lock.touch()  # so that who may not write can hold it
        write_durably(self.folder / _BEGINS, json.dumps({"publish": seq}))


def present_as_of(con: duckdb.DuckDBPyConnection, history: History, tables: Mapping[str, TableSpec], seq: int) -> None:
    """Make a view of every table with its rows as of a publish.

    What went wrong is known of the last runs alone: `failures` has those of them that had failed by then, `builds`
    those that had begun, as they ended.

    Args:
        con: a connection with nothing in it but the present tables, in the attached database `NOW`.
        history: of the warehouse.
        tables: the declared tables by name.
        seq: number of the publish.

    Raises:
        WarehouseError: as `History.rows_as_of`.
    """
    by_then = f"<= (select max(published_at) from {NOW}.main.{PUBLISHES} where seq <= {seq})"
    own = {PUBLISHES: f"seq <= {seq}", FAILURES: f"failed_at {by_then}", BUILDS: f"started_at {by_then}"}
    found = con.execute("select table_name from duckdb_tables() where database_name = $1", [NOW]).fetchall()
    for name, spec in tables.items():
        if (name,) not in found:  # in a snapshot of an earlier version, of a warehouse that may only be read
            query = f"{_select_declared(spec)} as never_published"
        elif name in own:
            query = f"{_select_declared(spec, f'{NOW}.main.{name}')} as present where {own[name]}"
        else:
            query = history.rows_as_of(con, spec, seq, database=NOW)
        con.execute(f"create view {name} as {query}")


def _select_declared(spec: TableSpec, rows: str | None = None) -> str:
    """The beginning of a query of rows in the declared columns, whichever columns they have; None: of no rows."""
    types = spec.duckdb_types()
    columns = ", ".join(f"try_cast({name} as {data_type}) as {name}" for name, data_type in types.items())
    none = ", ".join(f"null as {name}" for name in types)
    more = "" if rows is None else f" union all by name from {rows}"
    return f"select {columns} from (from (select {none} where false){more})"


def _last_seq(con: duckdb.DuckDBPyConnection, origin: str = "") -> int:
    row = con.execute(f"select coalesce(max(seq), 0) from {origin}{PUBLISHES}").fetchone()
    assert row is not None
    return int(row[0])


def _seq_of(file: Path) -> int:
    number = file.name.partition("-")[0]
    return int(number) if number.isdigit() else 0


def _changes(con: duckdb.DuckDBPyConnection, origin: str, table: str | None = None) -> list[tuple[str, int, datetime]]:
    """The publishes that have a file, of all tables or one: (table, number, time), in order.

    The first one of a partition has none, unless the table had partitions before and has none now, or the reverse.
    """
    return con.execute(
        f"""
        select table_name, seq, published_at
        from {origin}{PUBLISHES}
        where table_name = coalesce($table, table_name)
        qualify
            rows_inserted + rows_deleted > 0
            and (
                row_number() over (partition by table_name, partition order by seq) > 1
                or row_number() over (partition by table_name order by seq)
                > row_number() over (partition by table_name, partition = '' order by seq)
            )
        order by seq
        """,
        {"table": table},
    ).fetchall()


def _was_published(con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int, origin: str) -> str:
    """SQL condition for the rows of those partitions that had been published: others were empty."""
    rows = con.execute(
        f"select partition, min(seq) <= $seq from {origin}{PUBLISHES} where table_name = $table group by partition",
        {"seq": seq, "table": spec.name},
    ).fetchall()
    published = [partition for partition, was_published in rows if was_published]
    is_whole = all(was_published for partition, was_published in rows if partition)
    if not rows or "" in published or (published and is_whole):
        return "true"
    if published and spec.partitioned_by is None:
        raise WarehouseError(
            f"table {spec.name} cannot be read as of publish {seq}: of its partitions, which it has no more, "
            f"{', '.join(published)} alone had been published then; read as of a later publish"
        )
    partitions = [sql.literal(partition) for partition in published]
    return f"{spec.partitioned_by} in ({', '.join(partitions)})" if partitions else "false"
