"""The ledger file: what is stored, who may claim, what several processes do to each other."""

from __future__ import annotations

import dataclasses
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import orjson
import polars as pl
import pytest

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger import owners, writer
from reasonmed_assets.llm.ledger.ledger import Asker, Attempt, Claimed, Ledger, LedgerError, Recorded, Wanted
from reasonmed_assets.llm.ledger.operations import Barrier
from reasonmed_assets.llm.outcomes import Received

KEYS = [f"{n:032x}" for n in range(2000)]
RAW = orjson.dumps({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "served"})


def attempt(key: str, outcome: str = "completed", raw: bytes | None = RAW) -> Attempt:
    said = Reply("yes", finish_reason="stop", served_model="served") if raw else None
    received = Received(outcome, None, 200 if raw else None, raw, said, None, 12.5, datetime(2026, 11, 1, tzinfo=UTC))
    return Attempt(key, "local", "small", "r1", 0, "verifier", "real", b'{"messages":[]}', received)


class Waiting:
    """Takes what an operation reports, for a test that waits for it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.value: object = None

    def __call__(self, value: object) -> None:
        self.value = value
        self.event.set()

    def get(self) -> object:
        assert self.event.wait(30)
        return self.value


def record(ledger: Ledger, made: Attempt) -> Recorded:
    waiting = Waiting()
    ledger.record(made, waiting)
    value = waiting.get()
    assert isinstance(value, Recorded), value
    return value


def claim(ledger: Ledger, keys: list[str]) -> Claimed:
    waiting = Waiting()
    ledger.claim([Wanted(key, "verifier") for key in keys], waiting)
    value = waiting.get()
    assert isinstance(value, Claimed), value
    return value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_a_stored_reply_comes_back_as_it_was(path: Path) -> None:
    with Ledger(path) as ledger:
        assert record(ledger, attempt(KEYS[0])) == Recorded(1, True)
    with Ledger(path) as ledger:
        stored = ledger.lookup(KEYS)
        assert list(stored) == [KEYS[0]]
        assert stored[KEYS[0]].reply == Reply("yes", finish_reason="stop", served_model="served")
        assert ledger.body_of(KEYS[0]) == {"messages": []}
        assert ledger.body_of(KEYS[1]) is None
        assert ledger.provider_kinds() == {"real"}


def test_attempts_are_counted_and_the_first_final_one_is_kept(path: Path) -> None:
    with Ledger(path) as ledger:
        failed = attempt(KEYS[0], "timed_out", raw=None)
        assert record(ledger, failed) == Recorded(1, False)
        assert ledger.lookup(KEYS[:1]) == {}
        assert record(ledger, attempt(KEYS[0])) == Recorded(2, True)
        assert record(ledger, attempt(KEYS[0])) == Recorded(3, False)
        assert record(ledger, failed) == Recorded(4, False)
        assert ledger.lookup(KEYS[:1])[KEYS[0]].attempts == 4
        frame = ledger.attempts_of([KEYS[0], KEYS[0], KEYS[5]])
        assert frame["attempt"].to_list() == [1, 2, 3, 4]
        assert frame["is_accepted"].to_list() == [False, True, False, False]
        assert frame["attempt_id"].to_list()[1] == f"{KEYS[0]}-2"


def test_a_rejected_call_is_final_but_accepts_no_reply(path: Path) -> None:
    with Ledger(path) as ledger:
        assert record(ledger, attempt(KEYS[0], "rejected", raw=None)) == Recorded(1, True)
        assert ledger.lookup(KEYS[:1])[KEYS[0]].reply is None
        assert ledger.attempts_of(KEYS[:1])["is_accepted"].to_list() == [False]


def test_attempts_have_the_columns_of_llm_calls(path: Path) -> None:
    from reasonmed_assets.quality.tables.llm_calls import LlmCalls

    with Ledger(path) as ledger:
        record(ledger, attempt(KEYS[0]))
        frame = ledger.attempts_of(KEYS[:1])
        empty = ledger.attempts_of([])
    declared = set(LlmCalls.to_schema().columns) - {"cost_usd", "row_hash"}
    assert set(frame.columns) == set(empty.columns) == declared
    completed = frame.with_columns(cost_usd=pl.lit(0.0), row_hash=pl.lit("x"))
    LlmCalls.validate(completed)
    assert frame["started_at"].to_list() == [datetime(2026, 11, 1)]


def test_an_attempt_tells_for_which_warehouse_it_was_made(path: Path) -> None:
    """Two warehouses share a ledger: each finds what was made for it, and what the other one made is not its own."""
    with Ledger(path) as ledger:
        ledger.asker = Asker("one", "verifications", "medqa")
        record(ledger, attempt(KEYS[0], "timed_out", raw=None))
        record(ledger, attempt(KEYS[1]))
        ledger.asker = Asker("two", "ranked_paths", "mmlu")
        record(ledger, attempt(KEYS[0]))
        ledger.asker = None
        record(ledger, attempt(KEYS[2]))
    with Ledger(path) as ledger:
        assert sorted(ledger.keys_made_for("one")) == KEYS[:2]
        assert ledger.keys_made_for("two") == KEYS[:1]
        assert (ledger.count_made_for("one"), ledger.count_made_for("two"), ledger.count_made_for("")) == (2, 1, 0)
        ledger.asker = Asker("one", "verifications", "medqa")
        record(ledger, attempt(KEYS[3]))
        frame = ledger.attempts_of(KEYS[:4], "one")
    assert frame["made_for"].to_list() == ["verifications", None, "verifications", None, "verifications"]
    assert frame["made_for_source"].to_list() == ["medqa", None, "medqa", None, "medqa"]


def test_a_body_is_stored_once(path: Path) -> None:
    with Ledger(path) as ledger:
        for key in KEYS[:5]:
            record(ledger, attempt(key))
    with sqlite3.connect(path) as connection:
        assert connection.execute("select count(*) from bodies").fetchone() == (1,)
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_many_keys_are_looked_up_at_once(path: Path) -> None:
    with Ledger(path) as ledger:
        for key in KEYS:
            ledger.record(attempt(key), lambda recorded: None)
        ledger.flush()
        assert len(ledger.lookup(KEYS)) == 2000
        assert ledger.attempts_of(KEYS).height == 2000


def test_a_claim_is_exclusive_until_it_is_given_back(path: Path) -> None:
    with Ledger(path) as one, Ledger(path) as two:
        assert claim(one, KEYS[:3]).granted == KEYS[:3]
        again = claim(two, KEYS[:4])
        assert again.granted == [KEYS[3]]
        assert set(again.busy) == set(KEYS[:3])
        assert str(one._owner.pid) in again.busy[KEYS[0]]
        two.release(KEYS[:1])
        assert claim(two, KEYS[:1]).granted == []
        one.release(KEYS[:1])
        one.flush()
        assert claim(two, KEYS[:1]).granted == KEYS[:1]
        record(one, attempt(KEYS[1]))
        assert claim(two, KEYS[1:3]).stored == [KEYS[1]]


def test_many_claims_at_once(path: Path) -> None:
    keys = [f"{n:032x}" for n in range(40_000)]
    with Ledger(path) as one, Ledger(path) as two:
        assert claim(one, keys).granted == keys
        assert len(claim(two, keys).busy) == 40_000


def test_a_damaged_reply_is_named(path: Path) -> None:
    with Ledger(path) as ledger:
        record(ledger, attempt(KEYS[3]))
        with sqlite3.connect(path) as connection:
            connection.execute("update attempts set reply = x'00'")
        with pytest.raises(LedgerError, match=KEYS[3]):
            ledger.lookup(KEYS[:5])


def test_closing_gives_claims_back(path: Path) -> None:
    with Ledger(path) as one:
        claim(one, KEYS[:3])
    with Ledger(path) as two:
        assert claim(two, KEYS[:3]).granted == KEYS[:3]


def test_a_failed_attempt_keeps_the_claim(path: Path) -> None:
    with Ledger(path) as one, Ledger(path) as two:
        claim(one, KEYS[:1])
        record(one, attempt(KEYS[0], "timed_out", raw=None))
        assert set(claim(two, KEYS[:1]).busy) == {KEYS[0]}


CLAIM_AND_WAIT = """
import sys, time
from reasonmed_assets.llm.ledger.ledger import Ledger, Wanted
ledger = Ledger(sys.argv[1])
ledger.claim([Wanted(key, "verifier") for key in sys.argv[2:]], lambda claimed: print(len(claimed.granted), flush=True))
time.sleep(60)
"""


def claiming_process(path: Path, keys: list[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM_AND_WAIT, str(path), *keys], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(len(keys))
    return process


def test_claims_of_a_killed_process_are_taken_over(path: Path) -> None:
    process = claiming_process(path, KEYS[:3])
    with Ledger(path) as ledger:
        assert set(claim(ledger, KEYS[:3]).busy) == set(KEYS[:3])
        process.kill()
        process.wait(10)
        assert claim(ledger, KEYS[:3]).granted == KEYS[:3]


def change_owner(path: Path, **values: object) -> None:
    sets = ", ".join(f"{name} = ?" for name in values)
    with sqlite3.connect(path) as connection:
        connection.execute(f"update owners set {sets}", list(values.values()))


def test_claims_from_before_a_reboot_are_taken_over(path: Path) -> None:
    process = claiming_process(path, KEYS[:1])
    try:
        change_owner(path, boot_id="before", heartbeat_at=time.time() + 100)
        with Ledger(path) as ledger:
            assert claim(ledger, KEYS[:1]).granted == KEYS[:1]
    finally:
        process.kill()
        process.wait(10)


def test_an_owner_without_a_row_holds_nothing(path: Path) -> None:
    with Ledger(path) as ledger:
        claim(ledger, KEYS[:1])
        with sqlite3.connect(path) as connection:
            connection.execute("update claims set owner_id = 'nobody'")
        assert claim(ledger, KEYS[:1]).granted == KEYS[:1]


def test_liveness_by_pid_boot_and_heartbeat() -> None:
    me = owners.this_process()
    assert owners.is_alive(me)
    change = dataclasses.replace
    silent = time.time() - 3600
    assert owners.is_alive(change(me, heartbeat_at=silent)), "a live process needs no heartbeat on its own machine"
    assert not owners.is_alive(change(me, started_ticks=me.started_ticks + 1)), "a reused pid is another process"
    assert not owners.is_alive(change(me, pid=2**22 + 1))
    assert not owners.is_alive(change(me, boot_id="before"))
    elsewhere = change(me, boot_id="other", host="elsewhere")
    assert owners.is_alive(elsewhere)
    assert not owners.is_alive(change(elsewhere, heartbeat_at=silent))
    container = change(me, pid_space="pid:[1]", pid=1)
    assert owners.is_alive(container)
    assert not owners.is_alive(change(container, heartbeat_at=silent))


def test_a_zombie_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    me = owners.this_process()
    ticks = owners.start_of(process.pid)
    assert ticks is not None
    owner = dataclasses.replace(me, pid=process.pid, started_ticks=ticks)
    deadline = time.monotonic() + 10
    while owners.is_alive(owner) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not owners.is_alive(owner)
    process.wait()


def test_the_owner_beats_and_comes_back_after_being_taken_for_dead(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.ledger.ledger.HEARTBEAT_S", 0.05)
    with Ledger(path) as ledger, sqlite3.connect(path) as connection:
        claim(ledger, KEYS[:1])
        connection.execute("delete from owners")
        connection.commit()
        time.sleep(0.5)
        assert connection.execute("select count(*) from owners").fetchone() == (1,)
        before = connection.execute("select heartbeat_at from owners").fetchone()
        time.sleep(0.3)
        assert connection.execute("select heartbeat_at from owners").fetchone() > before


OPEN_AND_RECORD = """
import sys
sys.path.insert(0, sys.argv[3])
from test_ledger import KEYS, Ledger, attempt
first = int(sys.argv[2])
with Ledger(sys.argv[1]) as ledger:
    for key in KEYS[first : first + 300]:
        ledger.record(attempt(key), lambda recorded: None)
    ledger.flush()
"""


def test_several_processes_make_and_fill_one_ledger(path: Path) -> None:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", OPEN_AND_RECORD, str(path)]
    processes = [subprocess.Popen([*command, str(first), here]) for first in (0, 150, 600)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    with Ledger(path) as ledger:
        assert len(ledger.lookup(KEYS)) == 750
        assert ledger.attempts_of(KEYS).height == 900


def test_a_file_that_is_no_ledger_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(path)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("create table others (n)")
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger(path)


def test_another_version_is_refused(path: Path) -> None:
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(LedgerError, match="99"):
        Ledger(path)


def test_a_group_that_is_large_enough_does_not_wait_for_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_GROUP_S", 60.0)
    stored = [Waiting() for _ in range(writer._ENOUGH)]
    with Ledger(path) as ledger:
        for key, waiting in zip(KEYS, stored, strict=False):
            ledger.record(attempt(key), waiting)
        assert isinstance(stored[0].get(), Recorded)
        last = Waiting()
        ledger.record(attempt(KEYS[-1]), last)
    assert isinstance(last.get(), Recorded)
    assert all(isinstance(waiting.get(), Recorded) for waiting in stored), "closing waits for no more either"


def test_a_write_that_fails_is_told_and_nothing_of_it_is_there(path: Path) -> None:
    with Ledger(path) as ledger:
        record(ledger, attempt(KEYS[0]))
        pages = sqlite3.connect(path).execute("pragma page_count").fetchone()[0]
        ledger._writer._connection.execute(f"pragma max_page_count = {pages}")
        waiting = Waiting()
        large = dataclasses.replace(attempt(KEYS[1]), body=orjson.dumps(list(range(100_000))))
        ledger.record(large, waiting)
        failure = waiting.get()
        assert isinstance(failure, LedgerError)
        assert str(path) in str(failure) and "full" in str(failure)
        assert set(ledger.lookup(KEYS[:2])) == {KEYS[0]}
        ledger._writer._connection.execute("pragma max_page_count = 1000000")
        assert record(ledger, attempt(KEYS[1])).is_kept


class Broken:
    """A connection to a disk that is gone: not even the rollback works."""

    in_transaction = True

    def execute(self, statement: str) -> None:
        if statement != "begin immediate":
            raise sqlite3.OperationalError("disk I/O error")

    def close(self) -> None:
        """Nothing to do."""


def test_a_disk_that_is_gone_is_told_to_all_who_wait() -> None:
    broken = writer.Writer(cast(sqlite3.Connection, Broken()), "gone.sqlite", lambda connection: None, 60.0)
    for _ in range(2):
        barrier = Barrier()
        broken.submit(barrier)
        with pytest.raises(LedgerError, match=r"gone\.sqlite.*disk I/O error"):
            barrier.wait()
    broken.close()


def test_a_callback_that_fails_holds_up_nobody_else(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(recorded: object) -> None:
        raise KeyError("a bug")

    with Ledger(path) as ledger:
        ledger.record(attempt(KEYS[0]), broken)
        assert claim(ledger, KEYS[1:3]).granted == KEYS[1:3]
        ledger.flush()
        assert set(ledger.lookup(KEYS[:3])) == {KEYS[0]}
    assert "could not be passed on" in caplog.text
