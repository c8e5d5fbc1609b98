"""A warehouse as two DuckDB files in a folder on a local disk: one that builds write, one that users open.

Nothing outside `storage/` names these files; what every warehouse does alike is in the package above.
"""

from reasonmed_assets.storage.duckdb_file.warehouse import DuckDBFile

__all__ = ["DuckDBFile"]
