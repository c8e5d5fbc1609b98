"""Storage: the interface of a warehouse, what its implementations share, and the DuckDB file, in `duckdb_file/`.

What a table holds is declared in `quality/` and made by `assets/`; no row is computed or judged here.
"""

from reasonmed_assets.storage.duckdb_file.share import Share, memory_limit_mib, take_part, take_share
from reasonmed_assets.storage.errors import OvertakenError, WarehouseError
from reasonmed_assets.storage.hashing import row_hash_sql
from reasonmed_assets.storage.local_files import quarantine_file
from reasonmed_assets.storage.opening import make_or_open_warehouse, open_warehouse, scratch_over
from reasonmed_assets.storage.publishing import Published, PublishRecord, Replaced
from reasonmed_assets.storage.warehouse import Warehouse

__all__ = [
    "OvertakenError",
    "PublishRecord",
    "Published",
    "Replaced",
    "Share",
    "Warehouse",
    "WarehouseError",
    "make_or_open_warehouse",
    "memory_limit_mib",
    "open_warehouse",
    "quarantine_file",
    "row_hash_sql",
    "scratch_over",
    "take_part",
    "take_share",
]
