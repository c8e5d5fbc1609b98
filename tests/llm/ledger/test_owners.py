"""Which owners of claims are alive."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from reasonmed_assets.llm.ledger import owners
from reasonmed_assets.llm.ledger.owners import HEARTBEAT_S, Silences, is_alive, this_process
from reasonmed_assets.machine import start_of

SILENT_S = 3600.0


def test_liveness_by_pid_boot_and_heartbeat() -> None:
    me = this_process()
    assert is_alive(me, SILENT_S), "a live process needs no heartbeat on its own machine"
    assert not is_alive(replace(me, started_ticks=me.started_ticks + 1), 0), "a reused pid is another process"
    assert not is_alive(replace(me, pid=2**22 + 1), 0)
    assert not is_alive(replace(me, boot_id="before"), 0)
    elsewhere = replace(me, boot_id="other", host="elsewhere")
    assert is_alive(elsewhere, 0)
    assert not is_alive(elsewhere, SILENT_S)
    container = replace(me, pid_space="pid:[1]", pid=1)
    assert is_alive(container, 0)
    assert not is_alive(container, SILENT_S)


def test_an_ended_process_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = replace(this_process(), pid=process.pid, started_ticks=start_of(process.pid) or 0)
        assert is_alive(owner, SILENT_S)
        process.communicate()
        assert not is_alive(owner, 0)


def test_silence_is_counted_while_the_one_who_listens_is_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(owners.time, "monotonic", lambda: now)
    silences = Silences()
    assert silences.of("one", 5.0) == 0
    for _ in range(3):
        now += HEARTBEAT_S
        silences.look()
    assert silences.of("one", 5.0) == 3 * HEARTBEAT_S
    assert silences.of("other", 5.0) == 0, "known for the first time"
    now += 3600
    silences.look()
    assert silences.of("one", 5.0) == 5 * HEARTBEAT_S, "this process was suspended itself, perhaps with the other one"
    assert silences.of("one", 6.0) == 0, "it has given a sign of life"
