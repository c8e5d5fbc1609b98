"""A signal to stop is heeded, whatever the process was started with and whatever its exception meets."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

TIMEOUT_S = 30

SORTING = """
import threading
import polars as pl

def sort():
    while True:
        pl.DataFrame({"a": range(100_000)}).sort("a", descending=True)

threading.Thread(target=sort, daemon=True).start()
"""
WAITING = """
import time
with interruption.heeded():
    try:
        print('ready', flush=True)
        while True:
            interruption.check()
            time.sleep(0.01)
    finally:
        print('cleaned up', flush=True)
"""
LOST = """
import time

class Closing:
    def __del__(self):
        print('ready', flush=True)
        time.sleep(0.5)

with interruption.heeded():
    Closing()
    try:
        for _ in range(100):
            interruption.check()
            time.sleep(0.1)
    except KeyboardInterrupt:
        print('noticed')
"""
BUSY = """
import hashlib, threading
with interruption.heeded():
    try:
        threading.Timer(0.3, lambda: print('ready', flush=True)).start()
        hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)  # for minutes, without a look at signals
    finally:
        print('cleaned up')
"""
REPLACED = """
import signal, time
with interruption.heeded():
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        print('ready', flush=True)
        for _ in range(100):
            interruption.check()
            time.sleep(0.1)
    except KeyboardInterrupt:
        print('noticed')
"""


def start(program: str) -> subprocess.Popen[str]:
    """A process that ignores SIGINT when it starts, as by `nohup` and in some CI runners, once it says it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"from reasonmed_assets import interruption\n{textwrap.dedent(program)}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("imports", ["", SORTING], ids=["alone", "while polars works"])
def test_a_signal_interrupts_what_waits(imports: str, how: signal.Signals) -> None:
    process = start(imports + WAITING)
    process.send_signal(how)
    out, errors = process.communicate(timeout=TIMEOUT_S)
    assert out == "cleaned up\n"
    assert "KeyboardInterrupt" in errors


@pytest.mark.parametrize("program", [LOST, REPLACED], ids=["an exception that is lost", "another handler"])
def test_a_signal_is_noticed_although_nothing_is_raised(program: str) -> None:
    process = start(program)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=TIMEOUT_S)[0] == "noticed\n"


def test_a_second_signal_ends_at_once_what_heeds_no_first() -> None:
    process = start(BUSY)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    time.sleep(0.6)
    assert process.poll() is None, "signals that come together are one"
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (128 + signal.SIGINT, "")
    assert "goes on from what is stored" in errors


def test_handlers_are_put_back() -> None:
    program = """
    import signal
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interruption.heeded(), interruption.noted():
        pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert signal.set_wakeup_fd(-1) == -1
    print('ready')
    """
    process = start(program)
    assert process.wait(TIMEOUT_S) == 0


def test_an_interrupt_while_a_build_imports_is_not_lost(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [Path(sys.executable).with_name("reasonmed"), "build", "--profile", "simulated", "--warehouse", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        text=True,
    )
    until = time.monotonic() + TIMEOUT_S
    while not caught(process.pid) & 1 << signal.SIGINT - 1 and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, "Traceback" in out) == (130, False), out
    assert list(tmp_path.iterdir()) == []


def caught(process: int) -> int:
    """The signals that a process has handlers for, as bits from 1."""
    (line,) = [s for s in Path(f"/proc/{process}/status").read_text().splitlines() if s.startswith("SigCgt:")]
    return int(line.split()[1], 16)
