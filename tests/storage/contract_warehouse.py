"""The contract that every implementation of `Warehouse` is held to.

    class TestMine(WarehouseContract):
        opener = "my_module:open_mine"

`opener` names a function that opens the warehouse at a place (a folder of the test) with the toy tables and views; it
takes `tables=` and `views=` too. Processes call it as well, so it must be importable. No test here knows what holds the
rows: it opens no file, and knows of no lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from contract_binding import BindingContract
from contract_builds import BuildsContract
from contract_history import HistoryContract
from contract_places import Reopen, Start, open_at
from contract_publishing import PublishingContract
from contract_reading import FilesContract, ReadingContract, SnapshotContract
from forked import Forked

from reasonmed_assets.storage import Warehouse

CHILD = Path(__file__).with_name("contract_child.py")


class WarehouseContract(
    PublishingContract,
    BuildsContract,
    ReadingContract,
    SnapshotContract,
    HistoryContract,
    FilesContract,
    BindingContract,
):
    """Inherit, and set `opener`."""

    opener: ClassVar[str]

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        """A folder whose name means something to whoever takes it for SQL or a pattern."""
        return tmp_path / "it's [1] of *"

    @pytest.fixture
    def reopen(self, place: Path) -> Reopen:
        return partial(open_at, self.opener, place)

    @pytest.fixture
    def warehouse(self, reopen: Reopen) -> Warehouse:
        """An empty warehouse of the toy tables."""
        return reopen()

    @pytest.fixture
    def start(self, place: Path) -> Iterator[Start]:
        def start_child(action: str, *arguments: str) -> Forked:
            return started.enter_context(Forked(CHILD, self.opener, place, action, *arguments))

        with ExitStack() as started:
            yield start_child
