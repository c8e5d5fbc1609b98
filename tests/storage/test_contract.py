"""The DuckDB file keeps what every warehouse promises."""

from __future__ import annotations

from contract_warehouse import WarehouseContract


class TestDuckDBFile(WarehouseContract):
    """A warehouse in a folder on a local disk."""

    opener = "storage_toy:open_warehouse"
