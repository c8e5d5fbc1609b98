"""Fixtures that many tests use."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from builds import Built, reasonmed
from forked import forked_command

from reasonmed_assets.machine import seldom_collect_garbage

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 8 * 1024**3
_BUILDING = {"end_to_end", "cli", "test_contributing.py"}
_LONGEST = {
    "test_ui.py",
    "test_contributing.py",
    "test_earlier_warehouses.py",
    "test_interruption.py",
    "test_people.py",
    "test_processes.py",
    "test_published_rules.py",
    "test_real_questions.py",
    "test_staleness.py",
}
"""Files with tests that take the longest, five seconds and more."""

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # Processes inherit that, and tests interrupt some that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
    # No test outlives a loss of power, and a build waits seconds for a disk to confirm what it writes.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# Compiled once, not by each of the processes that tests start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Thousands of tests are collected, and stay: what is in memory then is not searched for garbage.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from here on, though seldom."""
    gc.freeze()
    gc.enable()
    seldom_collect_garbage()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests and builds come first, those that read the rehearsal before all.

    The first process then makes the rehearsal while the others, whose parts are the quick tests, need it not; and no
    long test is left for the end, where one process would be waited for.
    """

    def first(item: pytest.Item) -> tuple[bool, bool, bool]:
        return _needs_rehearsal(item), item.path.name in _LONGEST, not _BUILDING.isdisjoint(item.path.parts)

    items.sort(key=first, reverse=True)


def _needs_rehearsal(item: pytest.Item) -> bool:
    return "rehearsal" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real files (REASONMED_SHARED_DATA, default ../shared/data); skips where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("REASONMED_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`reasonmed` as a command whose processes need not import what they use; how one starts, others test."""
    return forked_command(tmp_path_factory.mktemp("commands") / "bin")


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Built:
    """The whole build of the shipped sample, with simulated replies. Tests read it; none changes it.

    One build serves all test processes: the first that comes makes it, the others wait.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    # Characters that are wildcards or quotes elsewhere: nothing may read them as such.
    folder, said = shared / "rehearsal" / "warehouse [1] of 'all' *", shared / "rehearsal.txt"
    with (shared / "rehearsal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            forked = request.getfixturevalue("forked")
            done = reasonmed("build", "--profile", "simulated", "--warehouse", str(folder), command=[forked])
            assert done.returncode == 0, done.stdout + done.stderr
            said.write_text(done.stdout, encoding="utf-8")
    return Built(folder, said.read_text(encoding="utf-8"))
