"""Fixtures of the storage tests: a toy warehouse, and processes that do things to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage_toy import open_warehouse

from reasonmed_assets.storage.duckdb_file import DuckDBFile

pytest.register_assert_rewrite(
    *(f"contract_{part}" for part in ("warehouse", "binding", "builds", "history", "publishing", "reading"))
)
CHILD = Path(__file__).with_name("storage_child.py")
Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBFile:
    """An empty toy warehouse."""
    return open_warehouse(tmp_path / "warehouse")


@pytest.fixture
def start(warehouse: DuckDBFile) -> Iterator[Start]:
    """Starts `storage_child.py <action>` on the warehouse; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start_child(action: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, str(CHILD), action, str(warehouse.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(child)
        return child

    yield start_child
    for child in started:
        child.kill()
        child.communicate()


@pytest.fixture
def start_ready(start: Start) -> Start:
    """As `start`, for actions that say "ready" and then wait; returns once they do."""

    def start_child(action: str) -> subprocess.Popen[str]:
        child = start(action)
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.startswith("ready"), child.communicate()[1]
        child.ready_line = line  # type: ignore[attr-defined]
        return child

    return start_child
