"""Groups of operations: when they are written, and who is told what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from stores import KEYS, Waiting

from reasonmed_assets.llm.ledger import writer
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.operations import Barrier, Operation
from reasonmed_assets.llm.ledger.records import LedgerError


def nothing(group: Sequence[Operation], is_beat_due: bool) -> list[Any]:
    return [None] * len(group)


def never(error: Exception) -> bool:
    return False


def test_a_group_that_is_large_enough_does_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_GROUP_S", 60.0)
    told = [Waiting() for _ in range(writer._ENOUGH)]
    last = Waiting()
    opened = writer.Writer("name", nothing, 60.0, never)
    for waiting in told:
        opened.submit(Barrier(finish=waiting))
    told[0].get()
    opened.submit(Barrier(finish=last))
    opened.close()
    assert all(waiting.event.is_set() for waiting in [*told, last]), "closing waits for no more either"


def test_what_somebody_waits_for_does_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_GROUP_S", 60.0)
    told = [Waiting() for _ in range(3)]
    opened = writer.Writer("name", nothing, 60.0, never)
    for waiting in told:
        opened.submit(Barrier(finish=waiting))
        opened.hurry()
        waiting.get()
    opened.close()


def test_a_note_of_calls_about_to_be_sent_does_not_wait_for_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_GROUP_S", 90.0)
    noted = Waiting()
    with open_store(tmp_path / "ledger.sqlite") as store:
        store.send(KEYS[:2], 1.0, noted)
        assert noted.get() == KEYS[:2], "they are not claimed"


def test_the_first_after_a_pause_hardly_waits_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_GROUP_S", 0.2)
    opened = writer.Writer("name", nothing, 60.0, never)

    def wait_s() -> float:
        time.sleep(0.25)
        began_at = time.monotonic()
        opened.submit(Barrier(finish=(waiting := Waiting())))
        waiting.get()
        return time.monotonic() - began_at

    # A machine that is busy may hold up one of them, hardly all.
    assert any(wait_s() < 0.2 for _ in range(10))
    opened.close()


def test_a_group_that_fails_is_told_to_all_who_wait() -> None:
    def gone(group: Sequence[Operation], is_beat_due: bool) -> list[Any]:
        raise OSError("disk I/O error")

    opened = writer.Writer("gone.sqlite", gone, 60.0, never)
    for _ in range(2):
        waiting = Waiting()
        opened.submit(Barrier(finish=waiting))
        failure = waiting.get()
        assert isinstance(failure, LedgerError)
        assert "gone.sqlite" in str(failure) and "disk I/O error" in str(failure)
    opened.close()


def test_a_heart_beats_while_nothing_else_is_written() -> None:
    beats = []
    enough = Waiting()

    def count(group: Sequence[Operation], is_beat_due: bool) -> list[Any]:
        beats.append((len(group), is_beat_due))
        if len(beats) == 4:
            enough(None)
        return [None] * len(group)

    opened = writer.Writer("name", count, 0.02, never)
    enough.get()
    opened.close()
    assert beats[:4] == [(0, True)] * 4


def test_a_group_with_a_record_that_cannot_be_written_is_written_record_by_record() -> None:
    bad = Barrier(finish=(told_bad := Waiting()))

    def refuse(group: Sequence[Operation], is_beat_due: bool) -> list[Any]:
        if bad in group:
            raise OverflowError("too large")
        return ["written"] * len(group)

    opened = writer.Writer("name", refuse, 60.0, lambda error: isinstance(error, OverflowError))
    told = [Waiting() for _ in range(3)]
    for operation in (Barrier(finish=told[0]), bad, Barrier(finish=told[1]), Barrier(finish=told[2])):
        opened.submit(operation)
    assert [waiting.get() for waiting in told] == ["written"] * 3
    assert isinstance(told_bad.get(), LedgerError)
    opened.close()
