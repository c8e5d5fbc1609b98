"""The call store's one writing thread: operations of many calls share a transaction, and so a flush to disk."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from reasonmed_assets.llm.ledger.operations import Operation
from reasonmed_assets.llm.ledger.records import LedgerError

_log = logging.getLogger(__name__)

_GROUP_S = 0.020
_ENOUGH = 128
"""How long a group gathers before it is written, and how many operations are enough before: a reply is at most this and
two writes away from being safe."""
_FIRST_S = 0.001
"""How long the first group after a pause gathers: nothing has shown that more is coming."""

_GROUP_OPERATIONS = 512


class Writer:
    """Runs operations in the order in which they were handed over, in groups, each group in one transaction.

    Args:
        name: the ledger, for messages.
        commit: runs a group of operations, with a heartbeat or not, in one transaction and returns their results.
            Called from the writing thread alone.
        beat_s: seconds between two heartbeats, whether or not anything else is written.
        is_of_a_record: whether an error lies in what was to be written, not in the disk or the database.
    """

    def __init__(
        self,
        name: str,
        commit: Callable[[Sequence[Operation], bool], list[Any]],
        beat_s: float,
        is_of_a_record: Callable[[Exception], bool],
    ) -> None:
        self._name = name
        self._commit = commit
        self._is_of_a_record = is_of_a_record
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

    def hurry(self) -> None:
        """Write what was handed over without waiting for more: somebody waits for it."""
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
            group.sort(key=attrgetter("comes_last"))
            is_beat_due = time.monotonic() >= next_beat
            if is_beat_due:
                next_beat = time.monotonic() + self._beat_s
            if group or is_beat_due:
                self._run(group, is_beat_due)

    def _gather(self, wait_s: float) -> tuple[list[Operation], bool]:
        group: list[Operation] = []
        try:
            asked_at = time.monotonic()
            operation = self._operations.get(timeout=wait_s)
            if self._operations.qsize() < _ENOUGH - 1 and not self._is_closing:
                has_paused = time.monotonic() - asked_at >= _GROUP_S
                self._are_enough.wait(_FIRST_S if has_paused else _GROUP_S)
            self._are_enough.clear()
            while operation is not None:
                group.append(operation)
                if len(group) == _GROUP_OPERATIONS:
                    return group, True
                operation = self._operations.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _run(self, group: Sequence[Operation], is_beat_due: bool) -> None:
        results: list[Any]
        try:
            results = self._commit(group, is_beat_due)
        except Exception as error:
            if len(group) > 1 and self._is_of_a_record(error):
                # One record that cannot be written costs no other.
                for operation in group:
                    self._run([operation], is_beat_due)
                return
            failure = LedgerError(
                f"ledger {self._name}: could not be written ({error}); what was stored before is safe, "
                "run the same command again once this is cured"
            )
            results = [failure] * len(group)
        for operation, result in zip(group, results, strict=True):
            try:
                operation.finish(result)
            except Exception:
                # The caller of this operation learns of it in its own way; the others must not wait for ever.
                _log.exception("ledger %s: what was written could not be passed on", self._name)
