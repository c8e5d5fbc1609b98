"""The lineage of a release as Parquet: its edges, the builds, and what the last build left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets import sql
from reasonmed_assets.release.dataset.columns import Column, arrow_schema, columns_of
from reasonmed_assets.release.dataset.leaving_out import Scrubber

EDGES = (
    Column("child_table", "varchar", "Table of the row that was made."),
    Column("child_id", "varchar", "Its id."),
    Column("parent_table", "varchar", "Table of what it was made from; `llm_calls`: a call that answered for it."),
    Column("parent_id", "varchar", "The id of that row, or the key of that call."),
    Column("kind", "varchar", "`made_from`, or `call`."),
)
BUILDS = columns_of("builds")
CONTENTS = (
    Column("build", "bigint", "Number of the build (file `builds.parquet`)."),
    *columns_of("publishes", "table_name", "partition", "rows", "content_hash"),
    Column("publish", "bigint", "Number of the publish that made the rows."),
    Column("is_own", "boolean", "That publish is one of this build, not of an earlier one."),
)
FILES: Mapping[str, tuple[Column, ...]] = {"edges": EDGES, "builds": BUILDS, "build_contents": CONTENTS}
"""The columns of each file in `lineage/`."""


def write_lineage(con: duckdb.DuckDBPyConnection, folder: Path, scrub: Scrubber) -> None:
    """Write the three files.

    Args:
        con: the snapshot, with the relation `facts`.
        folder: where to write.
        scrub: leaves out addresses, paths and names.
    """
    folder.mkdir()
    _follow(con)
    copy(con, "select * from edges order by all", EDGES, folder / "edges.parquet")
    builds = con.sql("select * exclude (row_hash) from builds order by number").pl().to_dicts()
    _write(folder / "builds.parquet", BUILDS, [scrub.build(row) for row in builds])
    # Before the first build that has a record there is none of what one left.
    last = "(select max(build) from build_contents)"
    query = f"select * from build_contents where build = {last} order by table_name, partition"
    copy(con, query, CONTENTS, folder / "build_contents.parquet")


def copy(con: duckdb.DuckDBPyConnection, query: str, columns: Iterable[Column], file: Path) -> None:
    """Write the rows of an ordered query as Parquet: the same rows give the same bytes, whatever the threads."""
    typed = ", ".join(f"{sql.identifier(one.name)}::{one.duckdb_type} as {sql.identifier(one.name)}" for one in columns)
    con.execute(
        f"copy (select {typed} from ({query})) to {sql.literal(file)} "
        "(format parquet, compression zstd, row_group_size 10240)"
    )


def _follow(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relation `edges`: layer by layer from the released records down to raw records and calls."""
    con.execute(f"create temp table frontier as {sql.query('release/edges_begin').text}")
    con.execute("create temp table reached as from frontier")
    con.execute("set variable child_table = null")
    layer = sql.query("release/edges").text
    con.execute(f"create temp table edges as {layer}")
    # Every layer holds rows that none before did, so there is a last one.
    while tables := con.execute("select distinct table_name from frontier order by 1").fetchall():
        # Table by table: those of all do not fit into the memory at once.
        for (table,) in tables:
            con.execute("set variable child_table = $1", [table])
            con.execute(f"insert into edges {layer}")
        con.execute(
            "create or replace temp table frontier as "
            "select distinct parent_table as table_name, parent_id as id from edges "
            "where parent_table != 'llm_calls' except from reached"
        )
        con.execute("insert into reached from frontier")


def _write(file: Path, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(columns)), file, compression="zstd")
