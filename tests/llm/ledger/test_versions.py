"""Ledgers of every schema that was ever written are opened, brought forward and built on (see `ledgers/make.py`)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from stores import KEYS, SAID, attempt, claim, process, record

from reasonmed_assets.config.profile import Budget
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.opening import describe_store, open_store, store_is_current
from reasonmed_assets.llm.ledger.records import LedgerError, OpenBatch, Recorded
from reasonmed_assets.llm.ledger.sqlite import schema
from reasonmed_assets.llm.ledger.sqlite import store as store_module

LEDGERS = Path(__file__).parent / "ledgers"
WITH_BATCHES = {"0b477f1", "6ffd850", "41446bd", "1c56119", "d64785e", "ae20362"}
WITH_ASKERS = {"bf0cad5", "869e3da", "6ffd850", "41446bd", "1c56119", "d64785e", "ae20362"}
WITH_SPENDING = {"aa39839", "869e3da", "6ffd850", "41446bd", "1c56119", "d64785e", "ae20362"}
REVISIONS = ["5c16c4e", "a3514e1", *sorted(WITH_BATCHES | WITH_ASKERS | WITH_SPENDING)]
"""The revisions that changed the schema: five wrote version 2 or 1 for what others had given the same number."""

FIRST_AND_LAST = pytest.mark.parametrize("revision", ["5c16c4e", "ae20362"])


def stored(name: str, path: Path) -> Path:
    """A stored ledger as a file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((LEDGERS / f"{name}.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def path(revision: str, tmp_path: Path) -> Path:
    return stored(revision, tmp_path / "ledger.sqlite")


def tables(path: Path) -> dict[str, set[str]]:
    """Columns by table, and the indexes."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_schema where sql is not null")]
        return {
            name: {row[0] for row in connection.execute(f"select name from pragma_table_info('{name}')")}
            for name in names
        }


def test_a_stored_ledger_gets_the_tables_of_a_new_one(path: Path, tmp_path: Path) -> None:
    open_store(tmp_path / "new.sqlite").close()
    open_store(path).close()
    assert tables(path) == tables(tmp_path / "new.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        assert schema.version_of(connection) == schema.VERSION
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_what_was_paid_for_is_there_and_is_built_on(path: Path, revision: str) -> None:
    with open_store(path) as store:
        assert {key: (found.outcome, found.reply, found.attempts) for key, found in store.lookup(KEYS).items()} == {
            KEYS[0]: ("completed", SAID, 2),
            KEYS[1]: ("rejected", None, 1),
            KEYS[2]: ("completed", SAID, 1),
        }
        assert store.body_of(KEYS[0]) == {"messages": []}
        assert store.provider_kinds() == {"real"}
        assert store.open_batches(KEYS) == (
            {KEYS[3]: OpenBatch("ab" * 16, "remote-1")} if revision in WITH_BATCHES else {}
        )
        assert store.count_made_for("warehouse") == (4 if revision in WITH_ASKERS else 0)
        frame = store.attempts_of(KEYS[:3], "warehouse")
        assert frame["outcome"].to_list() == ["timed_out", "completed", "rejected", "completed"]
        assert frame["is_accepted"].to_list() == [False, True, False, True]
        assert set(frame["started_at"]) == {datetime(2026, 11, 23)}
        assert set(frame["made_for"]) == {"verifications" if revision in WITH_ASKERS else None}
        spent = 3 if revision in WITH_SPENDING else 0
        spent -= revision == "ae20362"  # it knew that the rejected call cost nothing
        claimed = claim(store, KEYS[:5], BuildBudget("one", Budget(calls=spent + 1)))
        assert (sorted(claimed.stored), claimed.granted, claimed.unaffordable) == (KEYS[:3], [KEYS[3]], [KEYS[4]])
        assert record(store, attempt(KEYS[3], build="one")) == Recorded(1, True)
        assert store.count_made_for("warehouse") == (4 if revision in WITH_ASKERS else 0)
    with open_store(path) as store:
        assert len(store.lookup(KEYS)) == 4


@pytest.fixture
def live_owner(path: Path) -> Iterator[str]:
    """A process that the stored ledger says uses it, and that is alive."""
    with process("claim_and_hold", f"{path}.other", KEYS[0]) as child:
        child.stdout.readline()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("attach ? as other", (f"{path}.other",))
            connection.execute("insert into owners select * from other.owners")
        yield str(child.pid)


@FIRST_AND_LAST
def test_a_ledger_stays_as_it_is_while_a_process_of_an_older_version_uses_it(path: Path, live_owner: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    with pytest.raises(LedgerError, match=rf"process {live_owner} on .* older version .* wait until it has finished"):
        open_store(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_owners_that_are_dead_keep_nothing_from_being_brought_forward(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into owners values ('gone', 'elsewhere', 1, 1, 'boot', 'pid:[1]', 0)")
    with open_store(path) as store:
        assert len(store.lookup(KEYS)) == 3


@FIRST_AND_LAST
def test_a_kill_while_a_ledger_is_brought_forward_leaves_it_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    killed = (
        "import os, sys; from reasonmed_assets.llm.ledger.opening import open_store; "
        "from reasonmed_assets.llm.ledger.sqlite import schema; "
        "make = schema._create_missing; schema._create_missing = lambda connection: (make(connection), os._exit(9)); "
        "open_store(sys.argv[1])"
    )
    assert subprocess.run([sys.executable, "-c", killed, str(path)]).returncode == 9
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
    with open_store(path) as store:
        assert len(store.lookup(KEYS)) == 3


def test_two_processes_may_open_an_old_ledger_at_once(tmp_path: Path) -> None:
    path = stored("5c16c4e", tmp_path / "ledger.sqlite")
    children = [process("record_all", str(path), first, 100) for first in (0, 100)]
    assert [child.wait(60) for child in children] == [0, 0]
    with open_store(path) as store:
        assert len(store.lookup(KEYS)) == 200


def test_who_waits_in_vain_for_a_ledger_that_is_brought_forward_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stored("ae20362", tmp_path / "ledger.sqlite")
    monkeypatch.setattr(store_module, "_BUSY_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(LedgerError, match=r"is locked for 0\.05 s: another process .* run this again when"):
            open_store(path)
    with open_store(path) as store:
        assert len(store.lookup(KEYS)) == 3


def test_a_newer_ledger_is_refused_before_and_after_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with open_store(path) as store:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("pragma user_version = 99")
        with pytest.raises(LedgerError, match=r"version is 99.*install the reasonmed-assets that wrote it"):
            open_store(path)
        with pytest.raises(LedgerError, match="version is 99"):
            store.begin_batch("ab" * 16, "one", "local", KEYS[:1])


@pytest.mark.parametrize("version", [-1, 0, 1, 4, 5])
def test_a_database_of_another_program_is_refused_and_stays(version: int, tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.executescript(f"create table calls (number text); pragma user_version = {version}")
    before = path.read_bytes()
    for look in (open_store, describe_store):
        with pytest.raises(LedgerError, match="this SQLite file is no ledger"):
            look(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("look", [open_store, describe_store, store_is_current])
def test_what_is_no_regular_file_is_refused(look: Callable[[Path], object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(LedgerError, match="no regular file"):
            look(path)
