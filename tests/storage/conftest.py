"""Fixtures of the storage tests: a toy warehouse, and processes that do things to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from forked import Forked
from storage_toy import open_warehouse

from reasonmed_assets.storage.duckdb_file import DuckDBFile

pytest.register_assert_rewrite(
    *(f"contract_{part}" for part in ("warehouse", "binding", "builds", "history", "publishing", "reading"))
)
CHILD = Path(__file__).with_name("storage_child.py")
Start = Callable[[str], Forked]


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBFile:
    """An empty toy warehouse."""
    return open_warehouse(tmp_path / "warehouse")


@pytest.fixture
def start(warehouse: DuckDBFile) -> Iterator[Start]:
    """Starts `storage_child.py <action>` on the warehouse; whatever still runs at the end is killed."""
    with ExitStack() as started:
        yield lambda action: started.enter_context(Forked(CHILD, action, warehouse.folder))


@pytest.fixture
def start_ready(start: Start) -> Start:
    """As `start`, for actions that say "ready" and then wait; returns once they do."""

    def start_child(action: str) -> Forked:
        child = start(action)
        line = child.stdout.readline()
        assert line.startswith("ready"), child.communicate()[1]
        child.ready_line = line  # type: ignore[attr-defined]
        return child

    return start_child
