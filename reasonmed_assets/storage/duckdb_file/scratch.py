"""A warehouse over another one, which shows what that one holds until it is published to: to be thrown away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.storage import publishing
from reasonmed_assets.storage.duckdb_file import database, layout, snapshot
from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile, next_seq
from reasonmed_assets.storage.publishing import Published

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

_BELOW = "below"
"""What the other warehouse is called in this one."""


class ScratchFile(DuckDBFile):
    """Tables are views: of the other warehouse's rows, and of staged files in place of the partitions that were
    published. So no row is copied, and a publish moves its files.

    It belongs to one object, which publishes without locks. Opening a file takes longer than a query on it: this one
    stays open until `close`. Nothing in it is durable.

    Args:
        folder: where it is made, or opened again to be read.
        below: the other warehouse, of `freeze_in` or without rows: nobody publishes to it.
    """

    def __init__(self, folder: Path, below: DuckDBFile) -> None:
        super().__init__(folder)
        self._declared = below._declared
        self._below = below
        self._published: defaultdict[str, dict[str, list[Path]]] = defaultdict(dict)
        self._is_new = not self.build_path.exists()
        if self._is_new:
            below._accompany(folder)
            below._make_build_file()
            self._make()

    @contextmanager
    def read(self, variables: Mapping[str, Any] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._cursor() as con:
            set_variables(con, variables or {})
            yield con

    def publish(
        self,
        spec: TableSpec,
        partition: str | None,
        staged: sql.Files,
        *,
        run_id: str,
        fingerprint: str,
        profile: str,
        statistics: Mapping[str, Any],
        parts: Mapping[str, str] | None = None,
        recipe: int | None = None,
        build: int | None = None,
        replaced: publishing.Replaced | None = None,
    ) -> Published:
        """See the base; the staged files are moved here."""
        assert self._is_new, "one that is opened again is to be read"
        assert replaced is None, "partitions are published as a whole"
        publishing.refuse_undeclared(spec, partition)
        made_by = publishing.Provenance(run_id, fingerprint, parts, profile, statistics, recipe, build)
        with self._cursor() as con:
            publishing.refuse_other_columns(con, spec, staged)
            seq, published_at = next_seq(con), datetime.now(UTC).replace(tzinfo=None)
            where = publishing.in_partition(spec, partition)
            inserted, deleted = _difference(con, spec, where, staged)
            if inserted or deleted:
                staged = self._moved(staged, seq)
                self._show(con, spec, partition, staged)
            rows = publishing.refuse_other_rows(con, spec, partition, staged, where)
            published = Published(seq, rows, inserted, deleted, is_changed=bool(inserted or deleted))
            publishing.record(con, spec, partition, published, published_at, made_by)
        return published

    def close(self) -> None:
        """Close the file."""
        if "_database" in self.__dict__:
            self.__dict__.pop("_database").close()

    def _make(self) -> None:
        with self._cursor() as con:
            layout.mark(con)
            snapshot.declare(con, self._declared)
            own = publishing.own_tables()
            for spec in self._declared.tables.values():
                below = f"from {_BELOW}.main.{spec.name}"
                if spec in own:
                    con.execute(f"insert into {spec.name} by name {below}")
                else:
                    con.execute(f"drop table {spec.name}")
                    con.execute(f"create view {spec.name} as {below}")

    def _moved(self, staged: sql.Files, seq: int) -> list[Path]:
        folder = self.folder / "rows" / str(seq)
        folder.mkdir(parents=True)
        return [file.rename(folder / file.name) for file in sql.each_of(staged)]

    def _show(self, con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, files: list[Path]) -> None:
        """Have the table show files in place of a partition."""
        published = self._published[spec.name]
        published[partition or ""] = files
        typed = ", ".join(f"{name}::{data_type} as {name}" for name, data_type in spec.duckdb_types().items())
        shown = [f"select {typed} from {sql.parquet(*(file for some in published.values() for file in some))}"]
        if spec.partitioned_by is not None:
            others = f"{spec.partitioned_by} not in ({', '.join(map(sql.literal, published))})"
            shown.insert(0, f"from {_BELOW}.main.{spec.name} where {others}")
        con.execute(f"create or replace view {spec.name} as {' union all '.join(shown)}")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own: temporary tables and variables belong to it."""
        with self._database.cursor() as con:
            database.use(con, self.build_path)
            yield con

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        con = database.connect(self.build_path, self._spill, like=self._below.build_path)
        con.execute(f"attach {sql.literal(self._below.build_path)} as {_BELOW} (read_only)")
        return con


def _difference(con: duckdb.DuckDBPyConnection, spec: TableSpec, where: str, staged: sql.Files) -> tuple[int, int]:
    """(rows to insert, rows to delete): a view has no row ids by which a publish into a table finds them."""
    columns = publishing.identity(spec)
    row = con.execute(
        f"""
        select count(*) filter (is_published is null), count(*) filter (is_staged is null)
        from (select {columns}, true as is_staged from {sql.parquet(*sql.each_of(staged))}) as staged
        full outer join (
            select {columns}, true as is_published from {spec.name} where {where}
        ) as published using ({columns})
        """
    ).fetchone()
    assert row is not None
    return row
