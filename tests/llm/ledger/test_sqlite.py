"""The SQLite file: the contract of every call store, and what only a file can tell."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import orjson
import pytest
from contract import CallStoreContract
from stores import KEYS, Waiting, attempt, claim, process, record

from reasonmed_assets.llm.ledger.opening import open_for_reading, open_store
from reasonmed_assets.llm.ledger.operations import Barrier
from reasonmed_assets.llm.ledger.records import Asker, LedgerError
from reasonmed_assets.llm.ledger.sqlite import changes
from reasonmed_assets.llm.ledger.sqlite.store import SqliteStore
from reasonmed_assets.vocabulary import Outcome


class TestSqlite(CallStoreContract):
    """The contract, on a file."""

    @pytest.fixture
    def reference(self, tmp_path: Path) -> str:
        return str(tmp_path / "ledger.sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def value(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def test_a_call_is_stored_once_with_all_its_attempts(path: Path) -> None:
    with open_store(path) as store:
        for outcome in (Outcome.TIMED_OUT, Outcome.COMPLETED):
            for key in KEYS[:5]:
                record(store, attempt(key, outcome, raw=None) if outcome == Outcome.TIMED_OUT else attempt(key))
    assert value(path, "select count(*) from calls") == 5
    assert value(path, "select group_concat(call_id || '/' || attempt) from attempts") == (
        "1/1,1/2,2/1,2/2,3/1,3/2,4/1,4/2,5/1,5/2"
    )
    assert value(path, "pragma journal_mode") == "wal"


def test_a_ledger_that_is_opened_for_reading_stays_as_it_is(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        record(store, attempt(KEYS[0]))
    with open_for_reading(path, tmp_path) as reader:
        assert set(reader.lookup(KEYS[:2])) == {KEYS[0]}
        reader.judge(KEYS[0], Outcome.MALFORMED, "said by nobody")
        reader.reopen(KEYS[:1])
        reader.flush()
    with open_for_reading(path, tmp_path) as reader:
        assert reader.lookup(KEYS[:1])[KEYS[0]].outcome == Outcome.COMPLETED
    (tmp_path / "scratch").mkdir()
    with open_for_reading(tmp_path / "none.sqlite", tmp_path / "scratch") as empty:
        assert empty.lookup(KEYS) == {}
    assert not (tmp_path / "none.sqlite").exists()


def test_an_owner_that_is_silent_for_long_loses_what_it_has_not_sent(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(path) as store, open_store(path) as other:
        claim(other, KEYS[:3])
        assert other.send_now(KEYS[:1], 600.0) == []
        assert list(claim(store, KEYS[:3]).busy) == KEYS[:3]
        monkeypatch.setattr(changes, "SILENT_S", 0.0)
        claimed = claim(store, KEYS[:3])
        assert (claimed.granted, list(claimed.busy)) == (KEYS[1:3], KEYS[:1])
        assert "which has been silent for" in claimed.busy[KEYS[0]]
        assert other.send_now(KEYS[:3], 600.0) == KEYS[1:3]


def test_a_late_attempt_of_a_suspended_owner_changes_no_claim_of_another(path: Path) -> None:
    with open_store(path) as store, open_store(path) as late:
        claim(store, KEYS[:1])
        store.send_now(KEYS[:1], 600.0)
        record(late, attempt(KEYS[0], Outcome.TIMED_OUT, raw=None))
        assert value(path, "select sent_timeout_s from claims") == 600
        record(store, attempt(KEYS[0], Outcome.TIMED_OUT, raw=None))
        assert value(path, "select sent_timeout_s from claims") is None, "not on its way until it is sent again"


def test_a_damaged_reply_is_named(path: Path) -> None:
    with open_store(path) as store:
        record(store, attempt(KEYS[3]))
        change(path, "update attempts set reply = x'00'")
        with pytest.raises(LedgerError, match=KEYS[3]):
            store.lookup(KEYS[:5])


def test_claims_from_before_a_reboot_are_taken_over(path: Path) -> None:
    with process("claim_and_hold", str(path), KEYS[0]) as child:
        child.stdout.readline()
        change(path, "update owners set boot_id = 'before', heartbeat_at = ?", time.time() + 100)
        with open_store(path) as store:
            assert claim(store, KEYS[:1]).granted == KEYS[:1]


def test_an_owner_without_a_row_holds_nothing(path: Path) -> None:
    with open_store(path) as store:
        claim(store, KEYS[:1])
        change(path, "update claims set owner_id = 'nobody'")
        assert claim(store, KEYS[:1]).granted == KEYS[:1]


def test_the_owner_beats_and_comes_back_after_being_taken_for_dead(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.ledger.store.HEARTBEAT_S", 0.05)
    with open_store(path) as store, sqlite3.connect(path) as connection:
        claim(store, KEYS[:1])
        connection.execute("delete from owners")
        connection.commit()
        time.sleep(0.5)
        assert connection.execute("select count(*) from owners").fetchone() == (1,)
        before = connection.execute("select heartbeat_at from owners").fetchone()
        time.sleep(0.3)
        assert connection.execute("select heartbeat_at from owners").fetchone() > before


def test_a_file_that_is_no_ledger_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_store(path)
    path.unlink()
    change(path, "create table others (n)")
    with pytest.raises(LedgerError, match="no ledger"):
        open_store(path)


def test_a_write_that_fails_is_told_and_nothing_of_it_is_there(path: Path) -> None:
    with SqliteStore(path) as store:
        record(store, attempt(KEYS[0]))
        assert store._writing is not None
        store._writing.execute(f"pragma max_page_count = {value(path, 'pragma page_count')}")
        waiting = Waiting()
        store.record(attempt(KEYS[1])._replace(body=orjson.dumps(list(range(100_000)))), waiting)
        failure = waiting.get()
        assert isinstance(failure, LedgerError)
        assert str(path) in str(failure) and "full" in str(failure)
        assert set(store.lookup(KEYS[:2])) == {KEYS[0]}
        store._writing.execute("pragma max_page_count = 1000000")
        assert record(store, attempt(KEYS[1])).is_kept


def test_what_a_failed_group_entered_is_entered_again(path: Path) -> None:
    """The ids of askers and the kinds of providers are remembered, but not those of a group that was undone."""
    made = attempt(KEYS[1])._replace(provider="other", provider_kind="simulated")
    with open_store(path) as store:
        record(store, attempt(KEYS[0]))
        store.asker = Asker("one", "verifications", "medqa")
        change(path, "create trigger fails before insert on attempts begin select raise(abort, 'no'); end")
        waiting = Waiting()
        store.record(made, waiting)
        assert isinstance(waiting.get(), LedgerError)
        change(path, "drop trigger fails")
        record(store, made)
        assert store.count_made_for("one") == 1
        assert store.provider_kinds() == {"real", "simulated"}


class Broken:
    """A connection to a disk that is gone: not even the rollback works."""

    in_transaction = True

    def execute(self, statement: str) -> None:
        if statement != "begin immediate":
            raise sqlite3.OperationalError("disk I/O error")

    def close(self) -> None:
        """Nothing to do."""


def test_of_a_disk_that_is_gone_the_first_error_is_told(path: Path) -> None:
    with SqliteStore(path) as store:
        store._apply([Barrier()], None)
        store._writing = cast(sqlite3.Connection, Broken())
        with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
            store._apply([Barrier()], None)
