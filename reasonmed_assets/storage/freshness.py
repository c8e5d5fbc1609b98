"""What of a warehouse is not up to date, as the view `freshness` says: made from earlier rows, or not made at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from reasonmed_assets.quality.tables import TABLES
from reasonmed_assets.storage.warehouse import Warehouse

_OF_ACCOUNT = "provenance"


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


def to_be_made(warehouse: Warehouse, tables: Sequence[str]) -> list[str]:
    """Those of some tables that are not up to date or were never made."""
    with warehouse.read() as con:
        published = {name for (name,) in con.execute("select distinct table_name from publishes").fetchall()}
        behind = {one.table for one in stale(con)}
    return [table for table in tables if table in behind or table not in published]


def freshness(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of the view, by column, without those of the account of calls: no row is made from it.

    None in the snapshot of an earlier version, which is all that there is of a warehouse that may only be read.
    """
    try:
        found = con.execute("from freshness order by publish").pl().to_dicts()
    except (duckdb.CatalogException, duckdb.InvalidInputException):  # it finds this function in place of a view
        return []
    return [row for row in found if row["table_name"] in TABLES and TABLES[row["table_name"]].group != _OF_ACCOUNT]


def stale(con: duckdb.DuckDBPyConnection) -> list[Stale]:
    """The partitions that are not up to date."""
    return stale_of(freshness(con))


def stale_of(rows: Iterable[Mapping[str, Any]]) -> list[Stale]:
    """Those rows of the view whose partitions are not up to date."""
    return [
        Stale(row["table_name"], row["partition"], row["why"], row["failure"])
        for row in rows
        if row["is_behind"] or row["has_failed"]
    ]
