"""What DuckDB takes of this machine: memory, threads, and where it spills what is beyond the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.machine import memory_bytes, temporary_folder
from reasonmed_assets.storage.duckdb_file import instances

_MEMORY_BYTES = 2 * 1024**3
"""Half of what a build of the published size (1.75M paths) is to take; what is beyond it is spilled."""
_SMALL_FILE_BYTES = 32 * 1024**2
"""Below this one thread works on a file unless `threads` says otherwise: more would wait for each other."""


@dataclass(frozen=True)
class Share:
    """What DuckDB takes of this machine.

    Attributes:
        memory_gb: memory; None: 2 GB, or half of what this machine or its control groups allow where that is less.
        threads: None: one per processor that they allow.
        n_processes: how many processes share the memory.
    """

    memory_gb: float | None = None
    threads: int | None = None
    n_processes: int = 1


def take_share(share: Share) -> None:
    """From now on DuckDB takes that in this process."""
    global _share
    _share = share


_share = Share()


def memory_limit_mib() -> int:
    """What DuckDB may take of the memory in this process; the rest is spilled."""
    given = _share.memory_gb
    all_bytes = min(_MEMORY_BYTES, _allowed_bytes() // 2) if given is None else int(given * 1e9)
    return all_bytes // _share.n_processes // 1024**2


_allowed_bytes = cache(memory_bytes)


def threads_for(*read: Path) -> int | None:
    """How many threads work on files, or on all of a folder; None: one per processor."""
    files = [file for path in read for file in (path.rglob("*") if path.is_dir() else (path,)) if file.is_file()]
    is_small = sum(file.stat().st_size for file in files) < _SMALL_FILE_BYTES
    return _share.threads or (1 if is_small else None)


def take_part(con: duckdb.DuckDBPyConnection, spill: Path | None, *read: Path) -> None:
    """Have a connection take DuckDB's share of this machine.

    Args:
        con: the connection.
        spill: folder for what does not fit into memory; None: as it is set.
        read: the files, or folders of files, that are read.

    Raises:
        duckdb.Error: it spilled into another folder before; the rest is set.
    """
    settings: list[tuple[str, str | int]] = [("memory_limit", f"{memory_limit_mib()}MiB")]
    settings += [("threads", threads)] if (threads := threads_for(*read)) else []
    settings += [(instances.SPILL, str(spill))] if spill else []
    con.execute("; ".join(f"set {name} = {sql.literal(str(value))}" for name, value in settings))


class ReaderSpill:
    """A temporary folder into which the readers of a warehouse in this process spill, while there are any.

    Connections of a process to one file share their settings, so that one reader's folder may be another's.

    Args:
        parent: where it is made; see `temporary_folder`.
    """

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent
        self._lock = threading.Lock()
        self._n_readers = 0
        self._made = ExitStack()
        self._folder: Path | None = None

    @contextmanager
    def bounded(self, con: duckdb.DuckDBPyConnection, *read: Path) -> Iterator[None]:
        """Have a reader of files keep to DuckDB's share of this machine inside, and spill here."""
        with self._lock:
            # On a full disk one can read all the same.
            with suppress(OSError):
                self._folder = self._folder or self._made.enter_context(temporary_folder("spill", self._parent))
            self._n_readers += 1
        try:
            # Whoever came first may have set it for good.
            with suppress(duckdb.Error):
                take_part(con, self._folder, *read)
            yield
        finally:
            with self._lock:
                self._n_readers -= 1
                if not self._n_readers:
                    self._folder = None
                    self._made.close()


@cache
def reader_spill(parent: Path | None) -> ReaderSpill:
    """The one of this process."""
    return ReaderSpill(parent)
