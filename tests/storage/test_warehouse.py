"""Reading and publishing from several threads and processes, and the folder around them."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from storage_toy import ITEMS, open_warehouse, publish, texts_in

from reasonmed_assets.storage import Warehouse, WarehouseError

Start = Callable[[str], subprocess.Popen[str]]


def test_before_the_first_publish_every_table_is_there_and_empty(warehouse: Warehouse) -> None:
    with warehouse.read() as con:
        assert con.execute("select * from items").fetchall() == []
        assert con.execute("select * from tagged").fetchall() == []
        described = con.execute("describe items").fetchall()
    assert {name: data_type.lower() for name, data_type, *_ in described} == ITEMS.duckdb_types()
    assert not warehouse.build_path.exists()


def test_a_reader_has_variables_macros_and_room_for_temporary_tables(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"})
    with warehouse.read({"source": "mmlu", "rate": 0.5, "names": ["a", "b"], "nothing": None}) as con:
        con.execute("create temp table mine as select *, id_of([item_id, text]) as made from items")
        found = con.execute(
            "select source = getvariable('source'), getvariable('rate'), getvariable('names'), getvariable('nothing') "
            "from mine"
        ).fetchall()
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            con.execute("delete from items")
    assert found == [(True, 0.5, ["a", "b"], None)]


def test_variables_do_not_reach_other_readers(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"})
    with warehouse.read({"x": 1}) as first, warehouse.read({"x": 2}) as second:
        assert first.execute("select getvariable('x')").fetchone() == (1,)
        assert second.execute("select getvariable('x')").fetchone() == (2,)


def test_a_variable_name_cannot_carry_sql(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="cannot be the name"), warehouse.read({"x = 1; drop table t; --": 1}):
        pass


def test_threads_read_and_publish_at_once(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "0", "2": "0"})
    failures: list[BaseException] = []
    uneven: list[dict[str, str]] = []

    def read_often() -> None:
        try:
            for _ in range(15):
                texts = texts_in(warehouse)
                if len(set(texts.values())) != 1:
                    uneven.append(texts)
        except BaseException as error:
            failures.append(error)

    def publish_often() -> None:
        try:
            for number in range(8):
                publish(warehouse, {"1": str(number), "2": str(number)})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read_often) for _ in range(3)] + [threading.Thread(target=publish_often)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert uneven == []
    assert texts_in(warehouse) == {"1": "7", "2": "7"}


def test_a_result_that_outlives_its_reader_does_not_stop_a_publish(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"})
    with warehouse.read() as con:
        left = con.sql("select * from items")
    publish(warehouse, {"1": "b"})
    assert texts_in(warehouse) == {"1": "b"}
    del left


def test_processes_publish_at_once(warehouse: Warehouse, start: Start) -> None:
    children = [start("publish_often"), start("publish_often")]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
    with warehouse.read() as con:
        numbers = con.execute("select seq from publishes order by seq").fetchall()
        sizes = con.execute(
            "select source, count(*), min(text), max(text) from items group by all order by all"
        ).fetchall()
    assert [number for (number,) in numbers] == list(range(1, 17))
    assert sizes == [(f"s{pid}", 8, "8", "8") for pid in sorted((child.pid for child in children), key=str)]


def test_a_build_waits_for_another_process_and_then_says_whose_it_is(warehouse: Warehouse, start_ready: Start) -> None:
    holder = start_ready("hold")
    hasty = open_warehouse(warehouse.folder, lock_timeout_s=0.1)
    with pytest.raises(WarehouseError, match=f"held by process {holder.pid}"):
        publish(hasty, {"1": "a"})
    with pytest.raises(WarehouseError, match=f"held by process {holder.pid}"), hasty.read():
        pass
    holder.communicate(timeout=30)
    assert publish(hasty, {"1": "a"}).rows == 1


def test_a_foreign_program_on_the_build_file_is_named(warehouse: Warehouse, start_ready: Start) -> None:
    publish(warehouse, {"1": "a"})
    foreign = start_ready("keep_build_open")
    with pytest.raises(WarehouseError, match=rf"(?s)cannot open .*build\.duckdb.*{foreign.pid}.*reasonmed\.duckdb"):
        publish(warehouse, {"1": "b"})
    assert texts_in(warehouse) == {"1": "a"}


def test_publishing_from_within_a_read_is_told_at_once(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"})
    with warehouse.read(), pytest.raises(WarehouseError, match="this thread still reads"):
        publish(warehouse, {"1": "b"})


def test_rows_that_failed_their_audit_go_to_quarantine(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "published"})
    staged = warehouse.stage_path("items", "mmlu", "run-2")
    staged.write_bytes(b"rows")
    kept = warehouse.quarantine("items", "mmlu", "run-2", staged)
    assert kept == warehouse.folder / "quarantine" / "items" / "mmlu" / "run-2.parquet"
    assert kept.read_bytes() == b"rows" and not staged.exists()
    assert texts_in(warehouse) == {"1": "published"}
    without = warehouse.stage_path("totals", None, "run-2")
    without.write_bytes(b"rows")
    assert warehouse.quarantine("totals", None, "run-2", without).parent.name == "totals"


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "*"])
def test_names_cannot_lead_out_of_the_folder(warehouse: Warehouse, name: str) -> None:
    with pytest.raises(WarehouseError, match="cannot name a folder"):
        warehouse.stage_path("items", name, "run")
    with pytest.raises(WarehouseError, match="cannot name a folder"):
        warehouse.stage_path("items", "mmlu", name)


def test_a_published_partition_can_be_staged_again_as_it_is(warehouse: Warehouse, tmp_path: Path) -> None:
    publish(warehouse, {"1": "a", "2": "b"}, "medqa")
    publish(warehouse, {"3": "c"}, "mmlu")
    path = tmp_path / "it's [1].parquet"
    assert warehouse.export_partition(ITEMS, "medqa", path) == 2
    assert sorted(pl.read_parquet(path, glob=False)["item_id"]) == ["1", "2"]
    again = warehouse.publish(ITEMS, "medqa", path, run_id="r", fingerprint="f", profile="p", statistics={})
    assert not again.is_changed


def test_the_last_audit_of_every_partition_is_kept(warehouse: Warehouse) -> None:
    assert warehouse.audits() == []
    for table, partition, n in (("items", "mmlu", 1), ("items", "medqa", 2), ("tagged", None, 3), ("items", "mmlu", 4)):
        warehouse.record_audit(table, partition, {"table": table, "n": n, "said": "caf\u00e9"})
    found = sorted((audit["table"], audit["n"], audit["said"]) for audit in warehouse.audits())
    assert found == [("items", 2, "caf\u00e9"), ("items", 4, "caf\u00e9"), ("tagged", 3, "caf\u00e9")]
    with pytest.raises(WarehouseError, match="cannot name a folder"):
        warehouse.record_audit("items", "../elsewhere", {})


def test_what_a_killed_process_spilled_is_removed(warehouse: Warehouse) -> None:
    left = warehouse.folder / "staging" / "spill-1"
    left.mkdir()
    (left / "duckdb_temp_storage").write_bytes(b"x")
    publish(warehouse, {"1": "a"})
    assert not left.exists()


def test_a_half_made_build_file_is_made_again(warehouse: Warehouse) -> None:
    (warehouse.folder / "build.duckdb.new").write_bytes(b"half")
    assert publish(warehouse, {"1": "a"}).rows == 1
    assert not (warehouse.folder / "build.duckdb.new").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
@pytest.mark.parametrize("is_writing", [False, True])
def test_after_a_query_was_cut_off_the_file_is_left_to_the_next_command(
    warehouse: Warehouse, error: BaseException, is_writing: bool, monkeypatch: pytest.MonkeyPatch
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
    again = Warehouse(warehouse.folder)
    assert again.was_cut_off
    with pytest.raises(KeyboardInterrupt), again.read({}):
        pass


def test_another_error_leaves_the_file_open_to_all(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"})
    with pytest.raises(ValueError, match="of another kind"), warehouse.read({}):
        raise ValueError("of another kind")
    assert not warehouse.was_cut_off
    assert warehouse.refresh_snapshot()
