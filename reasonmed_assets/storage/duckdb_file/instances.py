"""DuckDB instances in memory, to which files are attached for as long as somebody in this process has them open.

To start an instance takes longer than to read the catalog of a small file: one serves file after file. Between two of
them it has none open, so that other processes can.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reasonmed_assets import sql

SPILL = "temp_directory"
"""DuckDB's setting for where it spills."""
_NAME = "build"
"""What a file is called in the instance that it is attached to."""

Settings = Mapping[str, str | bool | int | float | list[str]]


@dataclass(eq=False)
class Attached:
    """A file that is attached to an instance; all in this process who have it open share it, as DuckDB demands.

    Attributes:
        path: the file.
        settings: of the instance.
        instance: it is attached to this one.
        options: how it is attached.
        n_users: how many have it open.
        is_sound: nothing failed so far; else the instance is not used again: DuckDB may have invalidated it.
    """

    path: Path
    settings: Settings
    instance: duckdb.DuckDBPyConnection
    options: str
    n_users: int = 1
    is_sound: bool = True

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection in which the tables of the file need no further name; close it before `release`."""
        con = self.instance.cursor()
        con.execute(f"use {_NAME}")
        return con

    def release(self) -> None:
        """Close the file where nobody else in this process has it open.

        Raises:
            KeyboardInterrupt: or another error of an interruption, while DuckDB closed it; it is closed then, too.
        """
        global _idle
        with _lock:
            self.n_users -= 1
            # In a child that was forked meanwhile it is the parent's file.
            if self.n_users or _attached.get(self.path) is not self:
                return
            is_kept = False
            try:
                # Its folder for what it spills is removed by whoever writes next.
                if self.is_sound and not Path(str(self.settings[SPILL])).exists():
                    with suppress(duckdb.Error):
                        self.instance.execute(f"detach {_NAME}")
                        is_kept = True
            finally:
                del _attached[self.path]
                if is_kept and _idle is None:
                    _idle = self.settings, self.instance
                else:
                    self.instance.close()


_lock = threading.Lock()
_attached: dict[Path, Attached] = {}
_idle: tuple[Settings, duckdb.DuckDBPyConnection] | None = None


def attach(path: Path, settings: Settings, options: str) -> Attached:
    """Open a database file; whoever does so releases it.

    Args:
        path: the file.
        settings: of the instance, `SPILL` among them.
        options: DuckDB's of `attach`.

    Raises:
        duckdb.Error: another program has the file open, this one has it open otherwise, or it is no database.
    """
    global _idle
    with _lock:
        if path in _attached:
            file = _attached[path]
            if file.options != options:
                raise duckdb.ConnectionException(f"{path} is open already, as {file.options}")
            file.n_users += 1
            return file
        idle, _idle = _idle, None
        former, instance = idle or (settings, duckdb.connect(config=dict(settings)))
        try:
            instance.execute(
                "; ".join([*_changes(former, settings), f"attach {sql.literal(path)} as {_NAME} ({options})"])
            )
            _attached[path] = Attached(path, settings, instance, options)
        except BaseException:
            _attached.pop(path, None)
            instance.close()
            raise
        return _attached[path]


def _changes(former: Settings, settings: Settings) -> list[str]:
    """Statements that give an instance other settings; where it spilled, it has closed, so that any can change."""
    changed = {name: value for name, value in settings.items() if former.get(name) != value}
    reset = [f"reset {name}" for name in former if name not in settings]
    return reset + [f"set {name} = {sql.literal(str(value))}" for name, value in changed.items()]


def _leave_to_parent() -> None:
    """A forked child has no instance of its parent: their threads are not in it."""
    global _lock, _idle
    _lock = threading.Lock()
    _of_parent.extend([*_attached.values(), _idle])
    _attached.clear()
    _idle = None


_of_parent: list[object] = []
"""Closed by the parent alone."""
os.register_at_fork(after_in_child=_leave_to_parent)
