"""The DuckDB dialect under which Great Expectations runs: one database in memory for the process.

Great Expectations opens a connection for every few statements; here each is another one to that database, which is open
already. It reads a result after it has released its connection, when duckdb-engine's cursor is already closed. So every
result is fetched as soon as its statement has run.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Any

import duckdb
import duckdb_engine
from sqlalchemy import NullPool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine import URL
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

NAME = "reasonmed_duckdb"


class BufferedContext(PGExecutionContext_psycopg2):
    """Runs a statement and fetches all of its rows at once."""

    def post_exec(self) -> None:
        """Fetch the rows of a statement that returns any."""
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor,
                alternate_description=self.cursor.description,
                initial_buffer=self.cursor.fetchall(),
            )


class BufferedDuckDB(duckdb_engine.Dialect):
    """duckdb-engine's dialect on the database of the process, with buffered results."""

    supports_statement_cache = False
    execution_ctx_cls = BufferedContext

    def connect(self, *arguments: Any, **settings: Any) -> Any:
        """A further connection to the database of the process."""
        return duckdb_engine.ConnectionWrapper(database().cursor())

    def get_pk_constraint(self, *arguments: Any, **settings: Any) -> Any:
        """None: views have no key, and to ask for it takes as long as all else about their columns."""
        return {"constrained_columns": [], "name": None}

    @classmethod
    def get_pool_class(cls, url: URL) -> type[NullPool]:
        """No pool: to connect costs nothing."""
        return NullPool


@cache
def database() -> duckdb.DuckDBPyConnection:
    """The database in memory that connections of the dialect share; a statement of its own needs a `cursor()`."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    # Else it would spill into the working directory.
    con.execute("set temp_directory = ''")
    return con


def register() -> None:
    """Register the dialect with SQLAlchemy as `reasonmed_duckdb`."""
    registry.register(NAME, __name__, BufferedDuckDB.__name__)


@cache
def great_expectations() -> ModuleType:
    """Great Expectations, imported; its parts are imported by name after this."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with _put_off(), _without_gc():
        return import_module("great_expectations")


class _LaterFinder:
    """Finds what Great Expectations imports for expectations that are not used here: half of the time of its import."""

    packages = frozenset({"altair", "scipy", "scipy.stats"})

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A module that is loaded when something in it is used."""
        spec = PathFinder.find_spec(name, path, target) if name in cls.packages else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def _put_off() -> Iterator[None]:
    sys.meta_path.insert(0, _LaterFinder)
    try:
        yield
    finally:
        sys.meta_path.remove(_LaterFinder)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Nearly all that an import makes stays."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()
