"""Storage: the warehouse's files, its lock, publishing, the snapshot that users open.

What a table holds is declared in `quality/` and made by `assets/`; no row is computed or judged here.
"""

from reasonmed_assets.storage.binding import Binding
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.hashing import row_hash_sql
from reasonmed_assets.storage.opening import open_snapshot, open_warehouse
from reasonmed_assets.storage.publishing import Published, PublishRecord
from reasonmed_assets.storage.warehouse import Warehouse

__all__ = [
    "Binding",
    "PublishRecord",
    "Published",
    "Warehouse",
    "WarehouseError",
    "open_snapshot",
    "open_warehouse",
    "row_hash_sql",
]
