"""What of a warehouse is not up to date, as the view `freshness` says: made from earlier rows, or not made at all."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from reasonmed_assets.quality.schema import TABLES

_QUERY = "select table_name, partition, why, failure from freshness where is_behind or has_failed order by publish"


@dataclass(frozen=True)
class Stale:
    """A partition that is not up to date.

    Attributes:
        table: the table.
        partition: its partition; empty for a table without partitions.
        why: why it is behind: which of its inputs have changed since; None where it is not.
        failure: why its last run failed; None where it did not.
    """

    table: str
    partition: str
    why: str | None
    failure: str | None

    @property
    def place(self) -> str:
        """Table and partition for messages."""
        return "/".join(filter(None, (self.table, self.partition)))


def stale(con: duckdb.DuckDBPyConnection) -> list[Stale]:
    """The partitions that are not up to date, without those of the account of calls: no row is made from it.

    None are known of in the snapshot of an earlier version, which is all that there is of a warehouse that may only be
    read.
    """
    try:
        found = [Stale(*row) for row in con.execute(_QUERY).fetchall()]
    except duckdb.CatalogException:
        return []
    return [one for one in found if one.table in TABLES and TABLES[one.table].group != "provenance"]
