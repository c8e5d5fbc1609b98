"""The ledger's one writing thread: operations of many calls share a transaction, and so a flush to disk."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from reasonmed_assets.errors import ReasonmedError

_log = logging.getLogger(__name__)

_GROUP_S = 0.020
_ENOUGH = 64
"""How long a group gathers before it is written, and how many operations are enough before: a reply is at most this and
two writes away from being safe."""

_GROUP_OPERATIONS = 512
_ROWS_PER_STATEMENT = 128
_ROWS_PER_STEP = 8


class LedgerError(ReasonmedError):
    """The ledger cannot be read or written; the message names the file."""


class Operation:
    """One change of the ledger."""

    __slots__ = ()

    @classmethod
    def prepare_all(cls, operations: Sequence[Operation]) -> None:
        """Work for operations of one class that needs no transaction."""

    def run(self, connection: sqlite3.Connection) -> Any:
        """The change itself, if any; what it returns goes to `done`."""
        return None

    @classmethod
    def run_all(cls, connection: sqlite3.Connection, operations: Sequence[Operation]) -> list[Any]:
        """The changes of operations of one class that follow one another, and what each returns."""
        return [operation.run(connection) for operation in operations]

    def done(self, result: Any) -> None:
        """Called from the writing thread: with the result once it is on disk, or with a `LedgerError`."""


def execute_many(
    connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Run a statement over rows of values, which take the place of `{rows}`, and return what it yields.

    Many rows at a time: SQLite gives up the interpreter at every step, and while the event loop is busy it is a long
    wait until the next one. The numbers of rows are few, so that SQLite parses few statements.
    """
    found: list[tuple[Any, ...]] = []
    at = 0
    while at < len(rows):
        left = min(_ROWS_PER_STATEMENT, len(rows) - at)
        some = rows[at : at + (left - left % _ROWS_PER_STEP or left)]
        marks = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        found += connection.execute(statement.format(rows=marks), [value for row in some for value in row]).fetchall()
        at += len(some)
    return found


def _kind(operation: Operation) -> type[Operation]:
    return type(operation)


class Writer:
    """Runs operations in the order in which they were handed over, in groups, each group in one transaction.

    Args:
        connection: used by the writing thread alone from now on, which closes it.
        path: the ledger, for messages.
        beat: a change to make every `beat_s` seconds while nothing or anything else happens.
        beat_s: seconds between two beats.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: str,
        beat: Callable[[sqlite3.Connection], None],
        beat_s: float,
    ) -> None:
        self._connection = connection
        self._path = path
        self._beat = beat
        self._beat_s = beat_s
        self._operations: queue.SimpleQueue[Operation | None] = queue.SimpleQueue()
        self._are_enough = threading.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._write, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation) -> None:
        """Hand over an operation; returns at once."""
        self._operations.put(operation)
        if self._operations.qsize() >= _ENOUGH - 1 and not self._are_enough.is_set():
            self._are_enough.set()

    def close(self) -> None:
        """Write what was handed over, then end the thread."""
        self._is_closing = True
        self._operations.put(None)
        self._are_enough.set()
        self._thread.join()

    def _write(self) -> None:
        next_beat = 0.0
        is_open = True
        while is_open:
            group, is_open = self._gather(max(0.0, next_beat - time.monotonic()))
            is_beat_due = time.monotonic() >= next_beat
            if is_beat_due:
                next_beat = time.monotonic() + self._beat_s
            if group or is_beat_due:
                self._commit(group, is_beat_due)
        self._connection.close()

    def _gather(self, wait_s: float) -> tuple[list[Operation], bool]:
        group: list[Operation] = []
        try:
            operation = self._operations.get(timeout=wait_s)
            self._are_enough.clear()
            if self._operations.qsize() < _ENOUGH - 1 and not self._is_closing:
                self._are_enough.wait(_GROUP_S)
            while operation is not None:
                group.append(operation)
                if len(group) == _GROUP_OPERATIONS:
                    return group, True
                operation = self._operations.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _commit(self, group: Sequence[Operation], is_beat_due: bool) -> None:
        connection = self._connection
        results: list[Any]
        try:
            kinds = [(kind, list(operations)) for kind, operations in groupby(group, key=_kind)]
            for kind, operations in kinds:
                kind.prepare_all(operations)
            connection.execute("begin immediate")
            if is_beat_due:
                self._beat(connection)
            results = []
            for kind, operations in kinds:
                results += kind.run_all(connection, operations)
            connection.execute("commit")
        except Exception as error:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # whoever waits must hear of it all the same
                    connection.execute("rollback")
            failure = LedgerError(
                f"ledger {self._path}: could not be written ({error}); what was stored before is safe, "
                "run the same command again once this is cured"
            )
            results = [failure] * len(group)
        for operation, result in zip(group, results, strict=True):
            try:
                operation.done(result)
            except Exception:
                # Whoever handed this one over is told by his own means; the others must not wait for ever.
                _log.exception("ledger %s: what was written could not be passed on", self._path)
