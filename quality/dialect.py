"""The DuckDB dialect under which Great Expectations runs.

Great Expectations reads a result after it has released its connection, when duckdb-engine's cursor is already closed.
So every result is fetched as soon as its statement has run.
"""

from __future__ import annotations

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
    """duckdb-engine's dialect with buffered results."""

    supports_statement_cache = False
    execution_ctx_cls = BufferedContext

    @classmethod
    def get_pool_class(cls, url: URL) -> type[NullPool]:
        """No pool: a kept connection would hold the temporary file open after it is removed."""
        return NullPool


def register() -> None:
    """Register the dialect with SQLAlchemy as `reasonmed_duckdb`."""
    registry.register(NAME, __name__, BufferedDuckDB.__name__)
