"""The lock: readers together, writers alone, over threads and processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from forked import Forked

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile
from reasonmed_assets.storage.duckdb_file.lock import WarehouseLock

Start = Callable[[str], Forked]


def test_a_writer_that_waits_too_long_is_told_who_writes(warehouse: DuckDBFile, start_ready: Start) -> None:
    holder = start_ready("hold")
    lock = WarehouseLock(warehouse.folder / ".lock", timeout_s=0.1)
    message = rf"publish x: waited 0.1 s .* process {holder.pid} \(hold for a test"
    with pytest.raises(WarehouseError, match=message), lock.exclusive("publish x"):
        pass
    with pytest.raises(WarehouseError, match=f"process {holder.pid}"), lock.shared("read"):
        pass


def test_a_writer_that_waits_too_long_is_told_who_reads(warehouse: DuckDBFile, start_ready: Start) -> None:
    holder = start_ready("hold_shared")
    lock = WarehouseLock(warehouse.folder / ".lock", timeout_s=0.1)
    with lock.shared("read together"):
        pass
    with pytest.raises(WarehouseError, match=rf"readers, process {holder.pid};"), lock.exclusive("publish x"):
        pass


def test_a_killed_writer_holds_nothing(warehouse: DuckDBFile, start_ready: Start) -> None:
    holder = start_ready("hold")
    holder.send_signal(signal.SIGKILL)
    with WarehouseLock(warehouse.folder / ".lock", timeout_s=5).exclusive("write"):
        pass


def test_a_forked_child_does_not_keep_the_lock_of_a_killed_parent(warehouse: DuckDBFile, start_ready: Start) -> None:
    holder = start_ready("hold_and_fork")
    forked = int(holder.ready_line.split()[1])  # type: ignore[attr-defined]
    try:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with WarehouseLock(warehouse.folder / ".lock", timeout_s=5).exclusive("write"):
            os.kill(forked, 0)  # still alive
    finally:
        os.kill(forked, signal.SIGKILL)


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "lock")
    inside: list[int] = []
    most = 0

    def write() -> None:
        nonlocal most
        for _ in range(20):
            with lock.exclusive("write"):
                inside.append(1)
                most = max(most, len(inside))
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_readers_that_never_pause_do_not_starve_a_writer(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "lock", timeout_s=10)
    stop = threading.Event()

    def read_on() -> None:
        while not stop.is_set():
            with lock.shared("read"):
                time.sleep(0.02)

    threads = [threading.Thread(target=read_on) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        started = time.monotonic()
        with lock.exclusive("write"):
            waited_s = time.monotonic() - started
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert waited_s < 5


def test_a_reader_waits_for_one_writer_at_most(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "lock", timeout_s=10)
    order: list[str] = []

    def write() -> None:
        with lock.exclusive("write"):
            order.append("written")

    def read() -> None:
        with lock.shared("read"):
            order.append("read")

    writers, reader = [threading.Thread(target=write) for _ in range(4)], threading.Thread(target=read)
    with lock.exclusive("write"):
        for thread in (*writers, reader):
            thread.start()
            time.sleep(0.02)
    for thread in (*writers, reader):
        thread.join()
    assert order == ["read", *["written"] * 4]


def test_a_reader_reads_again_while_a_writer_waits_for_it(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "lock", timeout_s=5)
    order: list[str] = []

    def write() -> None:
        with lock.exclusive("write"):
            order.append("written")

    with lock.shared("read"):
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.2)
        with lock.shared("read again"):
            order.append("read again")
    writer.join()
    assert order == ["read again", "written"]


def test_a_thread_that_would_wait_for_itself_is_told_at_once(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "lock")
    message = "still reads the warehouse"
    with lock.shared("read"), pytest.raises(WarehouseError, match=message), lock.exclusive("publish"):
        pass
    with lock.exclusive("publish"), pytest.raises(WarehouseError, match="is writing"), lock.shared("read"):
        pass
