"""Which implementation holds a warehouse: the only place that names one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reasonmed_assets.config.hints import command
from reasonmed_assets.storage.duckdb_file import DuckDBFile
from reasonmed_assets.storage.duckdb_file.scratch import ScratchFile
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.warehouse import Warehouse


def make_or_open_warehouse(folder: Path) -> Warehouse:
    """The warehouse in a folder, which is made when it is not there.

    Raises:
        WarehouseError: there can be none in this folder.
    """
    return DuckDBFile(folder)


def open_warehouse(folder: Path) -> Warehouse:
    """The warehouse in a folder, which must be there.

    Raises:
        WarehouseError: it is not.
    """
    if not folder.is_dir():
        raise WarehouseError(
            f"there is no warehouse at {folder}: build one with `{command('build', warehouse=folder.resolve())}`, or "
            "give --warehouse DIR"
        )
    return make_or_open_warehouse(folder)


@contextmanager
def scratch_over(below: Warehouse, folder: Path) -> Iterator[Warehouse]:
    """A warehouse in a folder that shows what another one holds, to be published to by one process and thrown away.

    Args:
        below: the other one, of `Warehouse.freeze_in` or without rows.
        folder: where it is made, or opened again.

    Raises:
        WarehouseError: the other one cannot be read.
    """
    assert isinstance(below, DuckDBFile)
    with closing(ScratchFile(folder, below)) as scratch:
        yield scratch
