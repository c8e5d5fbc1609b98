"""What holds of the DuckDB file alone: its lock, its folder, and queries that are cut off."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from forked import Forked
from storage_toy import open_warehouse, publish, texts_in

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile, instances

Start = Callable[[str], Forked]


def test_a_build_waits_for_another_process_and_then_says_whose_it_is(warehouse: DuckDBFile, start_ready: Start) -> None:
    holder = start_ready("hold")
    hasty = open_warehouse(warehouse.folder, lock_timeout_s=0.1)
    with pytest.raises(WarehouseError, match=f"held by process {holder.pid}"):
        publish(hasty, {"1": "a"})
    with pytest.raises(WarehouseError, match=f"held by process {holder.pid}"), hasty.read():
        pass
    holder.communicate(timeout=30)
    assert publish(hasty, {"1": "a"}).rows == 1


def test_a_foreign_program_on_the_build_file_is_named(warehouse: DuckDBFile, start_ready: Start) -> None:
    publish(warehouse, {"1": "a"})
    foreign = start_ready("keep_build_open")
    with pytest.raises(WarehouseError, match=rf"(?s)cannot open .*build\.duckdb.*{foreign.pid}.*reasonmed\.duckdb"):
        publish(warehouse, {"1": "b"})
    assert texts_in(warehouse) == {"1": "a"}


def test_publishing_from_within_a_read_is_told_at_once(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    with warehouse.read(), pytest.raises(WarehouseError, match="this thread still reads"):
        publish(warehouse, {"1": "b"})


def test_what_a_killed_process_spilled_is_removed(warehouse: DuckDBFile) -> None:
    left = warehouse.folder / "staging" / "spill-1"
    left.mkdir()
    (left / "duckdb_temp_storage").write_bytes(b"x")
    publish(warehouse, {"1": "a"})
    assert not left.exists()


def test_a_half_made_build_file_is_made_again(warehouse: DuckDBFile) -> None:
    (warehouse.folder / "build.duckdb.new").write_bytes(b"half")
    assert publish(warehouse, {"1": "a"}).rows == 1
    assert not (warehouse.folder / "build.duckdb.new").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
@pytest.mark.parametrize("is_writing", [False, True])
def test_after_a_query_was_cut_off_the_file_is_left_to_the_next_command(
    warehouse: DuckDBFile, error: BaseException, is_writing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise error

    publish(warehouse, {"1": "a"})
    with pytest.raises(KeyboardInterrupt):
        if is_writing:
            with monkeypatch.context() as patch:
                patch.setattr("reasonmed_assets.storage.publishing.publish_rows", cut_off)
                publish(warehouse, {"1": "b"})
        else:
            with warehouse.read({}):
                raise error
    assert warehouse.was_cut_off
    assert warehouse.refresh_snapshot() is False
    again = DuckDBFile(warehouse.folder)
    assert again.was_cut_off
    with pytest.raises(KeyboardInterrupt), again.read({}):
        pass


class Interrupted:
    """An instance of DuckDB that is interrupted when it does something."""

    def __init__(self, instance: duckdb.DuckDBPyConnection, word: str, error: BaseException) -> None:
        self._instance, self._word, self._error = instance, word, error

    def execute(self, query: str) -> None:
        if query.startswith(self._word):
            raise self._error
        self._instance.execute(query)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, name)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
@pytest.mark.parametrize("word", ["attach", "detach"])
def test_an_interruption_while_the_file_is_opened_or_closed_leaves_it_to_all(
    warehouse: DuckDBFile, error: BaseException, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(warehouse, {"1": "a"})
    connect = duckdb.connect
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(instances, "_idle", None)
        patch.setattr(duckdb, "connect", lambda **options: Interrupted(connect(**options), word, error))
        with warehouse.read({}):
            pass
    assert not warehouse.was_cut_off
    assert publish(warehouse, {"1": "b"}).rows == 1
    assert texts_in(DuckDBFile(warehouse.folder)) == {"1": "b"}


def test_a_file_of_a_newer_duckdb_is_named(warehouse: DuckDBFile) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse.build_path}' as newer (storage_version 'v1.4.0')")
    with pytest.raises(WarehouseError, match=r"cannot open .*build\.duckdb"):
        publish(warehouse, {"1": "a"})


def test_another_error_leaves_the_file_open_to_all(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    with pytest.raises(ValueError, match="of another kind"), warehouse.read({}):
        raise ValueError("of another kind")
    assert not warehouse.was_cut_off
    assert warehouse.refresh_snapshot()


def test_a_folder_in_which_duckdb_keeps_no_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"what follows a \? in the path"):
        open_warehouse(tmp_path / "really?")
    assert not (tmp_path / "really?").exists()


@pytest.mark.parametrize(
    "name", ["a\\b", "a[b", "*", "{a,b}", "a\\{b", 'it\'s "q"', "a\\[b", "\\*", "[a]\\", "a?b", os.fsdecode(b"\xff")]
)
def test_a_path_is_written_to_and_read_or_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    try:
        warehouse = open_warehouse(tmp_path / name)
    except WarehouseError as error:
        assert "--warehouse" in str(error)
        assert list(tmp_path.iterdir()) == []
        return
    publish(warehouse, {"1": "a"})
    publish(warehouse, {"1": "b"}, fingerprint="g")
    assert texts_in(warehouse) == {"1": "b"}
    with warehouse.snapshot() as con:
        assert con.execute("select text from items").fetchall() == [("b",)]
    assert [path.name for path in tmp_path.iterdir()] == [name]
