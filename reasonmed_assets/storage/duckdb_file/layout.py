"""The version of a build file's layout, stored in it, and the steps that lead from each version to the next.

The layout is what storage keeps by itself: what table `publishes` means, how rows are hashed, where things are. The
columns of the declared tables are no part of it: `database.conform` brings them to their declaration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from reasonmed_assets.storage.duckdb_file import database
from reasonmed_assets.storage.errors import WarehouseError

VERSION = 2
"""1: files without a version, told by the columns of `publishes`. 2: the file says its
version, and publishes keep the parts of their fingerprint."""
VERSION_MACRO = "layout_version"
STEPS: Mapping[int, Sequence[str]] = {1: ()}
"""Version -> statements that make the next version of it."""

_FIRST_PUBLISHES = frozenset(
    {
        "publish_id", "seq", "table_name", "partition", "run_id", "published_at", "rows", "rows_inserted",
        "rows_deleted", "fingerprint", "profile", "statistics", "row_hash",
    }
)  # fmt: skip


def version_of(con: duckdb.DuckDBPyConnection) -> int:
    """Version of the open build file; an empty one is of the present version.

    Raises:
        WarehouseError: a newer version of this program wrote it, or another program.
    """
    try:
        row = con.execute(f"select {VERSION_MACRO}()").fetchone()
    except duckdb.CatalogException:
        stored = database.stored_columns(con)
        if stored and not stored.get("publishes", {}).keys() >= _FIRST_PUBLISHES:
            raise WarehouseError(
                "build.duckdb was not written by this program: it has no table publishes as every version has it; "
                "give another folder with --warehouse"
            ) from None
        return 1 if stored else VERSION
    assert row is not None
    if row[0] > VERSION:
        raise WarehouseError(
            f"the warehouse has layout version {row[0]}, and this program knows versions up to {VERSION}: a newer "
            "version of reasonmed-assets wrote it. Install that version, or give another folder with --warehouse"
        )
    return int(row[0])


def migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the open build file to the present version, in one transaction; nothing where it is there or empty.

    Raises:
        WarehouseError: as `version_of`.
    """
    found = version_of(con)
    if found < VERSION:
        steps = [statement for version in range(found, VERSION) for statement in STEPS[version]]
        database.run_together(con, [*steps, _mark()])


def mark(con: duckdb.DuckDBPyConnection) -> None:
    """Store the present version in an open file that is new."""
    con.execute(_mark())


def _mark() -> str:
    return f"create or replace macro {VERSION_MACRO}() as {VERSION}"
