"""Opening a warehouse that must be there: for those who read what was built."""

from __future__ import annotations

from pathlib import Path

import duckdb

from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.warehouse import Warehouse


def open_warehouse(folder: Path) -> Warehouse:
    """The warehouse in a folder, which must be there.

    Raises:
        WarehouseError: it is not.
    """
    if not folder.is_dir():
        raise WarehouseError(
            f"there is no warehouse at {folder}: build one with `reasonmed build`, or give --warehouse DIR"
        )
    return Warehouse(folder)


def open_snapshot(folder: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what is published, brought up to date before.

    Raises:
        WarehouseError: there is no warehouse, or nothing in it.
    """
    warehouse = open_warehouse(folder)
    warehouse.refresh_snapshot()
    if not warehouse.snapshot_path.exists():
        raise WarehouseError(f"warehouse {folder} holds nothing yet: build it with `reasonmed build`")
    return duckdb.connect(str(warehouse.snapshot_path), read_only=True)
