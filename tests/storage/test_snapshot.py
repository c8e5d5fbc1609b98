"""What users open: always complete, never in the way, never overtaken by a log of somebody else's."""

from __future__ import annotations

import signal
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from forked import Forked
from reasonmed_assets.quality.schema import TABLES, TableSpec, column
from storage_toy import ITEMS, TOTALS, Items, open_warehouse, publish, texts_in, texts_in_file

from reasonmed_assets.storage import Share, WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile, database, share, snapshot
from reasonmed_assets.storage.duckdb_file.declared import Declared
from reasonmed_assets.storage.views import shipped_views

Start = Callable[[str], Forked]


class Longer(Items):
    """One row per item."""

    weight: int = column("Weight.", nullable=True)


def _wait_for_kill(child: Forked) -> None:
    _, errors = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, errors


def test_before_the_first_publish_there_is_nothing_to_copy(warehouse: DuckDBFile) -> None:
    assert not warehouse.is_snapshot_behind()
    assert not warehouse.refresh_snapshot()
    assert not warehouse.snapshot_path.exists()


def test_it_is_replaced_only_when_it_is_behind(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    assert warehouse.is_snapshot_behind()
    assert warehouse.refresh_snapshot()
    assert texts_in_file(warehouse.snapshot_path) == {"1": "a"}
    first = warehouse.snapshot_path.stat().st_ino
    assert not warehouse.refresh_snapshot()
    assert warehouse.snapshot_path.stat().st_ino == first
    publish(warehouse, {"1": "b"})
    assert warehouse.is_snapshot_behind()


def test_it_is_for_reading(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.refresh_snapshot()
    assert stat.S_IMODE(warehouse.snapshot_path.stat().st_mode) == 0o444


def test_the_shipped_tables_and_views_make_one(tmp_path: Path) -> None:
    whole = DuckDBFile(tmp_path / "whole")
    toys = open_warehouse(whole.folder)
    publish(toys, {"1": "a"})
    assert whole.refresh_snapshot()
    with duckdb.connect(str(whole.snapshot_path), read_only=True) as con:
        for view in shipped_views():
            con.execute(f"select * from {view}").fetchall()


def test_versions_with_other_declarations_take_turns(warehouse: DuckDBFile) -> None:
    """Each sees its own tables, views and macros, whichever of them changed the file last."""
    spec = TableSpec("items", "toys", "One row per item.", "item_id", "source", Longer)
    tables = {"items": spec, "totals": TOTALS, "publishes": TABLES["publishes"]}
    noted = "-- makes: noted\n-- reads: items\n-- description: Weights.\nselect item_id, weight from items"
    other = open_warehouse(warehouse.folder, tables=tables, views={"noted": noted})

    def assert_both_see(texts: dict[str, str], weights: list[tuple[str, int | None]]) -> None:
        assert texts_in(warehouse) == texts
        with warehouse.read() as con:
            tagged = con.execute("select item_id, letter from tagged order by all").fetchall()
            assert [name for name, *_ in con.execute("describe items").fetchall()] == list(ITEMS.columns)
        assert tagged == [(item, "A") for item in texts]
        with other.read() as con:
            assert con.execute("select item_id, weight from noted order by all").fetchall() == weights

    publish(warehouse, {"1": "a"}, note="n")
    assert_both_see({"1": "a"}, [("1", None)])
    publish(other, {"1": "a", "2": "b"}, spec=spec, note="n", weight=7)
    assert_both_see({"1": "a", "2": "b"}, [("1", 7), ("2", 7)])
    assert other.refresh_snapshot()
    assert_both_see({"1": "a", "2": "b"}, [("1", 7), ("2", 7)])
    publish(warehouse, {"1": "c"}, note="n")
    assert_both_see({"1": "c"}, [("1", None)])
    assert warehouse.refresh_snapshot()
    assert_both_see({"1": "c"}, [("1", None)])
    assert other.refresh_snapshot()
    assert_both_see({"1": "c"}, [("1", None)])


def test_a_publish_whose_process_was_killed_before_closing_is_in_it(warehouse: DuckDBFile, start: Start) -> None:
    publish(warehouse, {"0": "before"}, "medqa")
    _wait_for_kill(start("publish_and_die"))
    assert database.wal_of(warehouse.build_path).exists(), "the commit is in the log only"
    assert texts_in(warehouse) == {"1": "committed"}
    assert warehouse.refresh_snapshot()
    assert texts_in_file(warehouse.snapshot_path) == {"0": "before", "1": "committed"}
    assert not database.wal_of(warehouse.build_path).exists()


def test_a_build_file_with_a_log_is_never_copied(warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(warehouse, {"1": "a"})
    monkeypatch.setattr(
        snapshot, "_bring_up_to_date", lambda build, *_: database.wal_of(build).write_bytes(b"a log that stays")
    )
    with pytest.raises(WarehouseError, match=r"build\.duckdb\.wal is left after a checkpoint"):
        snapshot.take(warehouse.build_path, warehouse.snapshot_path, Declared({}, {}), warehouse.folder / "spill")
    assert not warehouse.snapshot_path.exists()


@pytest.mark.parametrize("action", ["die_in_copy", "die_before_rename"])
def test_a_killed_refresh_leaves_the_old_one_and_the_next_succeeds(
    warehouse: DuckDBFile, start: Start, action: str
) -> None:
    publish(warehouse, {"1": "old"})
    warehouse.refresh_snapshot()
    publish(warehouse, {"1": "new"})
    _wait_for_kill(start(action))
    assert texts_in_file(warehouse.snapshot_path) == {"1": "old"}
    assert warehouse.refresh_snapshot()
    assert texts_in_file(warehouse.snapshot_path) == {"1": "new"}
    assert sorted(path.name for path in warehouse.folder.glob("reasonmed*")) == ["reasonmed.duckdb"]


def test_a_log_that_a_killed_user_left_does_not_enter_the_next_one(warehouse: DuckDBFile, start: Start) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.refresh_snapshot()
    warehouse.snapshot_path.chmod(0o644)
    _wait_for_kill(start("write_into_snapshot_and_die"))
    assert "intruder" in texts_in_file(warehouse.snapshot_path), "the log is replayed for whoever opens the file"
    assert warehouse.is_snapshot_behind()
    assert warehouse.refresh_snapshot()
    assert not database.wal_of(warehouse.snapshot_path).exists()
    assert texts_in_file(warehouse.snapshot_path) == {"1": "a"}


def test_a_connection_stays_open_across_publishes(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "first"})
    warehouse.refresh_snapshot()
    with duckdb.connect(str(warehouse.snapshot_path), read_only=True) as user:
        for text in ("second", "third"):
            publish(warehouse, {"1": text})
            assert warehouse.is_snapshot_behind()
            assert warehouse.refresh_snapshot()
            # The user's own connection hides the new file from a comparison through the same path.
            assert not warehouse.is_snapshot_behind()
            assert user.execute("select text from items").fetchall() == [("first",)]
    assert texts_in_file(warehouse.snapshot_path) == {"1": "third"}


def test_beside_a_log_of_a_killed_user_it_is_replaced_also_while_a_run_is_at_work(
    warehouse: DuckDBFile, start: Start, start_ready: Start
) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.refresh_snapshot()
    warehouse.snapshot_path.chmod(0o644)
    run = start_ready("be_at_work")
    _wait_for_kill(start("write_into_snapshot_and_die"))
    with warehouse.snapshot() as con:
        assert con.execute("select item_id from items").fetchall() == [("1",)]
    assert warehouse.is_at_work
    run.kill()
    run.wait()
    assert not warehouse.is_at_work


def test_a_reader_spills_beside_the_warehouse_and_what_a_killed_one_left_goes(
    warehouse: DuckDBFile, start: Start
) -> None:
    publish(warehouse, {"1": "a"})
    spilled = warehouse.folder / "staging"
    _wait_for_kill(start("read_and_die"))
    (left,) = spilled.glob(".reasonmed-spill-*")
    with warehouse.snapshot() as one, warehouse.snapshot() as other:
        (mine,) = spilled.glob(".reasonmed-spill-*")
        assert mine != left
        for con in (one, other):
            assert con.execute("select current_setting('temp_directory')").fetchone() == (str(mine),)
            assert con.execute("select current_setting('memory_limit')").fetchone() != ("0 bytes",)
    assert not mine.exists()


@pytest.mark.parametrize(("given", "threads"), [(None, 1), (3, 3)])
def test_one_thread_reads_a_small_one_unless_more_are_given(
    warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch, given: int | None, threads: int
) -> None:
    publish(warehouse, {"1": "a"})
    monkeypatch.setattr(share, "_share", Share(threads=given))
    for opened in (warehouse.snapshot(), warehouse.as_of(1)):
        with opened as con:
            assert con.execute("select current_setting('threads')").fetchone() == (threads,)


def test_one_that_is_no_database_is_replaced(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.snapshot_path.write_bytes(b"no database")
    assert warehouse.is_snapshot_behind()
    assert warehouse.refresh_snapshot()
    assert texts_in_file(warehouse.snapshot_path) == {"1": "a"}


def test_a_full_disk_leaves_the_old_one(warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(warehouse, {"1": "old"})
    warehouse.refresh_snapshot()
    publish(warehouse, {"1": "new"})

    def fill_the_disk(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.shutil, "copyfile", fill_the_disk)
    with pytest.raises(WarehouseError, match=r"could not write .*No space left.*is safe in build\.duckdb"):
        warehouse.refresh_snapshot()
    assert texts_in_file(warehouse.snapshot_path) == {"1": "old"}
    assert sorted(path.name for path in warehouse.folder.glob("reasonmed*")) == ["reasonmed.duckdb"]
