"""A copy of a warehouse that one object has to itself: opened once, published to without locks, thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.storage import publishing
from reasonmed_assets.storage.duckdb_file import database, layout, snapshot
from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile, next_seq
from reasonmed_assets.storage.history import History
from reasonmed_assets.storage.publishing import Published

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec


class _NoHistory(History):
    """Keeps nothing of what publishes remove."""

    def keep_difference(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int, published_at: datetime
    ) -> None:
        """Nothing is kept."""

    def left_over(self, con: duckdb.DuckDBPyConnection) -> list[Path]:
        """Nothing is left."""
        return []


class ScratchFile(DuckDBFile):
    """Opening a file takes longer than a query on it: this one stays open until `close`. Nothing in it is durable."""

    @contextmanager
    def read(self, variables: Mapping[str, Any] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._cursor() as con:
            set_variables(con, variables or {})
            yield con

    def publish(
        self,
        spec: TableSpec,
        partition: str | None,
        staged: Path,
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
        publishing.refuse_undeclared(spec, partition)
        made_by = publishing.Provenance(run_id, fingerprint, parts, profile, statistics, recipe, build)
        with self._cursor() as con:
            publishing.refuse_other_columns(con, spec, staged)
            return publishing.publish_rows(con, spec, partition, staged, made_by, next_seq, self._no_history, replaced)

    def close(self) -> None:
        """Close the file, so that it can be copied."""
        if "_database" in self.__dict__:
            self.__dict__.pop("_database").close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own: temporary tables and variables belong to it."""
        with self._database.cursor() as con:
            database.use(con, self.build_path)
            yield con

    @cached_property
    def _no_history(self) -> History:
        return _NoHistory(self.folder)

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        con = database.connect(self.build_path, self._spill)
        layout.migrate(con)
        layout.mark(con)
        snapshot.declare(con, self._declared)
        return con
