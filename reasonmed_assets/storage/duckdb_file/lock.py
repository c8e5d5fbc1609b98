"""The lock of a warehouse: one writer or many readers, over threads and processes of this machine.

A `flock` on a file of its own, so that it is released by the kernel however its process ends. DuckDB's own lock does
not suffice: it makes a second process fail instead of wait. Nor does filelock 4.3: its `FileLock` has no shared mode,
its `ReadWriteLock` is a SQLite transaction (1 ms instead of 25 us for each read) that does not show who holds it, and
its `SoftReadWriteLock` is a lease, lost by a process that is stopped for a while.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reasonmed_assets.machine import lock_holders
from reasonmed_assets.storage.errors import WarehouseError

LOCK_TIMEOUT_S = 600.0
_FIRST_WAIT_S = 0.002
_LONGEST_WAIT_S = 0.05


@dataclass(frozen=True)
class _Hold:
    """A lock that this process holds or waits for."""

    path: Path
    thread_id: int
    is_exclusive: bool


_holds: dict[int, _Hold] = {}
"""By file descriptor. A forked child closes them all: the lock belongs to its parent."""


class WarehouseLock:
    """Shared and exclusive lock on a path.

    A writer that waits goes before readers that come later: everybody passes through a queue lock first, and the
    writer keeps that while it waits for the readers who are in. Writers come to the queue one at a time, so that a
    reader waits for one of them at most, however many there are.

    Args:
        path: the lock file; `<path>.queue` and `<path>.writers` lie beside it.
        timeout_s: how long to wait before giving up.
    """

    def __init__(self, path: Path, timeout_s: float = LOCK_TIMEOUT_S) -> None:
        self._path = path
        self._queue = path.with_name(path.name + ".queue")
        self._writers = path.with_name(path.name + ".writers")
        self._timeout_s = timeout_s
        _release_in_forked_children()

    @contextmanager
    def shared(self, purpose: str) -> Iterator[None]:
        """Hold the lock together with other readers. A thread that is a reader may become one again.

        Raises:
            WarehouseError: this thread holds it exclusively, or the wait was too long.
        """
        mine = self._holds_of_this_thread()
        if any(hold.is_exclusive for hold in mine):
            raise WarehouseError(f"{purpose}: this thread is writing to the warehouse; finish that first")
        deadline = time.monotonic() + self._timeout_s
        if mine:
            # A thread that is in must not queue behind a writer that waits for it to leave.
            fd = self._acquire(self._path, fcntl.LOCK_SH, purpose, deadline)
        else:
            with self._held(self._queue, fcntl.LOCK_SH, purpose, deadline):
                fd = self._acquire(self._path, fcntl.LOCK_SH, purpose, deadline)
        try:
            yield
        finally:
            _release(fd)

    @contextmanager
    def exclusive(self, purpose: str) -> Iterator[None]:
        """Hold the lock alone. `purpose` and the process id are written into the file for others' messages.

        Raises:
            WarehouseError: this thread holds the lock already, or the wait was too long.
        """
        if self._holds_of_this_thread():
            raise WarehouseError(
                f"{purpose}: this thread still reads the warehouse, so it would wait for itself; "
                "leave `with warehouse.read()` first"
            )
        deadline = time.monotonic() + self._timeout_s
        with self._held(self._writers, fcntl.LOCK_EX, purpose, deadline):
            with self._held(self._queue, fcntl.LOCK_EX, purpose, deadline):
                fd = self._acquire(self._path, fcntl.LOCK_EX, purpose, deadline)
            try:
                _write_record(fd, purpose)
                yield
            finally:
                os.ftruncate(fd, 0)
                _release(fd)

    @contextmanager
    def _held(self, path: Path, operation: int, purpose: str, deadline: float) -> Iterator[None]:
        fd = self._acquire(path, operation, purpose, deadline)
        try:
            yield
        finally:
            _release(fd)

    def _acquire(self, path: Path, operation: int, purpose: str, deadline: float) -> int:
        """File descriptor that holds the lock; the caller releases it."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise WarehouseError(
                f"{purpose}: the warehouse cannot be written ({path}: {error.strerror}); what was published can be "
                "read with `sql`, `export` and `quality DIR`"
            ) from error
        _holds[fd] = _Hold(path, threading.get_ident(), operation == fcntl.LOCK_EX)
        wait_s = _FIRST_WAIT_S
        try:
            while True:
                try:
                    fcntl.flock(fd, operation | fcntl.LOCK_NB)
                    return fd
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise WarehouseError(self._busy(purpose)) from None
                    time.sleep(wait_s)
                    wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        except BaseException:
            _release(fd)
            raise

    def _holds_of_this_thread(self) -> list[_Hold]:
        me = threading.get_ident()
        return [hold for hold in list(_holds.values()) if hold.path == self._path and hold.thread_id == me]

    def _busy(self, purpose: str) -> str:
        return (
            f"{purpose}: waited {self._timeout_s:g} s for the warehouse lock {self._path}, "
            f"held by {_describe_holders(self._path)}; wait for it to finish, or end it, then run the command again"
        )


def _release(fd: int) -> None:
    # Unlocking before closing lets go even where a forked child still has the file open.
    fcntl.flock(fd, fcntl.LOCK_UN)
    _holds.pop(fd, None)
    os.close(fd)


def _write_record(fd: int, purpose: str) -> None:
    record = {"pid": os.getpid(), "purpose": purpose, "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"}
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(record).encode(), 0)


def _describe_holders(path: Path) -> str:
    """Who holds the lock: the writer by its record, readers by the kernel's table of locks."""
    text = path.read_text(encoding="utf-8")
    if text:
        try:
            record = json.loads(text)
        except json.JSONDecodeError:
            return "a writer"
        return f"process {record['pid']} ({record['purpose']}, since {record['since']})"
    pids = lock_holders(path)
    return f"readers, process {', '.join(map(str, pids))}" if pids else "readers"


@functools.cache
def _release_in_forked_children() -> None:
    """From now on a forked child lets go of the locks of its parent (registered once per process)."""
    os.register_at_fork(after_in_child=_close_all)


def _close_all() -> None:
    for fd in list(_holds):
        os.close(fd)
    _holds.clear()
