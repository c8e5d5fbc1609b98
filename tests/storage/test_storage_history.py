"""What the files of the history are, and what becomes of reading when they are not there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from contract_history import rows_as_of, rows_now
from contract_publishing import items_of, publish_file
from reasonmed_assets.quality.schema import TABLES, Table, TableSpec, column
from storage_toy import ITEMS, Items, open_warehouse, publish, rows_of, stage
from test_layout import FIRST

from reasonmed_assets import sql
from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile

UNPARTITIONED = TableSpec("items", "toys", "One row per item.", "item_id", None, Items)


class Numbered(Table):
    """Items whose text became a number."""

    item_id: str = column("Id.", unique=True)
    source: str = column("Name of the source.")
    text: int = column("Number.", nullable=True)


def _with(folder: Path, spec: TableSpec) -> DuckDBFile:
    """The warehouse of a version that declares the items so."""
    return open_warehouse(folder, tables={"items": spec, "publishes": TABLES["publishes"]}, views={})


def _fail_to_publish(warehouse: DuckDBFile, folder: Path) -> None:
    misplaced = stage(folder / "rows.parquet", rows_of({"1": "z"}, "medqa"))
    with pytest.raises(WarehouseError, match="would have 0 rows, but 1 were staged"):
        publish_file(warehouse, misplaced)


def _files(warehouse: DuckDBFile, table: str = "items") -> list[Path]:
    return sorted((warehouse.folder / "history" / table).glob("*"))


def test_what_is_kept_is_the_rows_that_go_and_the_hashes_of_those_that_come(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"same": "a", "changed": "b", "gone": "c"})
    assert _files(warehouse) == []
    publish(warehouse, {"same": "a", "changed": "B", "new": "d"})
    (file,) = _files(warehouse)
    assert file.name.startswith("2-")
    kept = duckdb.sql(f"select history__is_inserted, item_id, text from {sql.parquet(file)} order by all").fetchall()
    assert kept == [(False, "changed", "b"), (False, "gone", "c"), (True, None, None), (True, None, None)]


def test_one_changed_row_of_many_adds_a_small_file(warehouse: DuckDBFile, tmp_path: Path) -> None:
    def staged(changed: int) -> Path:
        file = tmp_path / "rows.parquet"
        text = f"md5(i::varchar) || case when i = {changed} then 'changed' else '' end"
        duckdb.execute(
            f"copy (select i::varchar as item_id, 'mmlu' as source, {text} as text, null::varchar as note,"
            " []::varchar[] as tags, null::varchar as provider_kind, md5(text) as row_hash"
            f" from range(100_000) as r (i)) to {sql.literal(file)} (format parquet)"
        )
        return file

    publish_file(warehouse, staged(-1))
    publish_file(warehouse, staged(7))
    (file,) = _files(warehouse)
    assert file.stat().st_size < 4_000
    assert [row[2] for row in rows_as_of(warehouse, 1) if row[0] == "7"] == ["8f14e45fceea167a5a36dedd4bea2543"]


def test_a_file_that_is_gone_is_an_error_that_names_it(warehouse: DuckDBFile) -> None:
    for text in "abc":
        publish(warehouse, {"1": text})
    first, _ = _files(warehouse)
    first.unlink()
    with pytest.raises(WarehouseError, match=rf"as of publish 1: .*{first.name}.*a publish from 2 on"):
        rows_as_of(warehouse, 1)
    assert [row[2] for row in rows_as_of(warehouse, 2)] == ["b"]


def test_a_file_of_a_publish_that_was_cut_off_is_not_taken_for_that_of_another(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    publish(warehouse, {"1": "b"})
    (kept,) = _files(warehouse)
    left = [kept.with_name("3-20200101T000000000000.parquet"), kept.with_name("2-20200101T000000000000.new")]
    for file in left:
        file.write_bytes(b"cut off")
    publish(warehouse, {"1": "c"})
    assert [rows_as_of(warehouse, seq)[0][2] for seq in (1, 2, 3)] == ["a", "b", "c"]
    with warehouse.half_made() as found:
        assert sorted(found) == sorted(left)


def test_a_publish_that_fails_leaves_no_file(warehouse: DuckDBFile, tmp_path: Path) -> None:
    publish(warehouse, {"1": "a"})
    _fail_to_publish(warehouse, tmp_path)
    assert _files(warehouse) == []


def test_history_of_an_earlier_version_begins_with_its_last_publish(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute(FIRST.read_text(encoding="utf-8"))
    warehouse = open_warehouse(folder)
    before = rows_now(warehouse)
    for attempt in ("before the first publish of this version", "after it"):
        assert rows_as_of(warehouse, 1) == before, attempt
        with pytest.raises(WarehouseError, match=r"publish 0 cannot be read.*begins at publish 1"):
            rows_as_of(warehouse, 0)
        publish(warehouse, {"1": "new"})


def test_history_that_was_removed_begins_anew(warehouse: DuckDBFile) -> None:
    for text in "abc":
        publish(warehouse, {"1": text})
    (warehouse.folder / "history").rename(warehouse.folder.with_name("elsewhere"))
    with pytest.raises(WarehouseError, match="begins at publish 3"):
        rows_as_of(warehouse, 2)
    publish(warehouse, {"1": "d"})
    assert [row[2] for row in rows_as_of(warehouse, 3)] == ["c"]
    (warehouse.folder / "history" / "begins.json").write_text("{")
    with pytest.raises(WarehouseError, match=r"begins\.json cannot be understood"):
        rows_as_of(warehouse, 3)


def test_history_survives_a_compaction(warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasonmed_assets.storage.duckdb_file.database.is_sparse", lambda _: True)
    for text in "abc":
        publish(warehouse, {"1": text})
    assert [rows_as_of(warehouse, seq)[0][2] for seq in (1, 2, 3)] == ["a", "b", "c"]
    assert json.loads((warehouse.folder / "history" / "begins.json").read_text()) == {"publish": 0}


def test_without_the_file_that_says_where_it_begins_history_is_what_can_be_read(
    warehouse: DuckDBFile, tmp_path: Path
) -> None:
    for text in "abc":
        publish(warehouse, {"1": text})
    kept = _files(warehouse)
    (warehouse.folder / "history" / "begins.json").unlink()
    with warehouse.half_made() as found:
        assert found == []
    _fail_to_publish(warehouse, tmp_path)
    assert _files(warehouse) == kept
    assert [rows_as_of(warehouse, seq)[0][2] for seq in (1, 2, 3)] == ["a", "b", "c"]
    (warehouse.folder / "history" / "begins.json").unlink()
    kept[0].unlink()
    with pytest.raises(WarehouseError, match=r"begins at publish 2; read as of a publish from 2 on"):
        rows_as_of(warehouse, 1)
    assert rows_as_of(warehouse, 2)[0][2] == "b"


def test_a_publish_that_fails_in_a_build_file_that_was_put_back_removes_nothing_of_the_later_one(
    warehouse: DuckDBFile, tmp_path: Path
) -> None:
    older = tmp_path / "older.duckdb"
    for text in "abcd":
        publish(warehouse, {"1": text})
        if text == "b":
            shutil.copyfile(warehouse.build_path, older)
    kept = _files(warehouse)
    shutil.copyfile(older, warehouse.build_path)
    _fail_to_publish(warehouse, tmp_path)
    assert _files(warehouse) == kept
    with warehouse.half_made() as found:
        assert kept[0] not in found and kept[-1] not in found


def test_a_value_that_does_not_convert_to_the_type_of_now_is_null(warehouse: DuckDBFile) -> None:
    for text in ("abc", "7"):
        publish(warehouse, {"1": text})
    numbered = items_of(Numbered)
    later = _with(warehouse.folder, numbered)
    publish(later, {"1": "8"}, spec=numbered)
    assert [rows_as_of(later, seq)[0][2] for seq in (1, 2, 3)] == [None, 7, 8]


def test_a_table_that_lost_its_partitions_reads_as_it_was(warehouse: DuckDBFile) -> None:
    for source in ("medqa", "mmlu"):
        publish(warehouse, {source: "a"}, source)
    later = _with(warehouse.folder, UNPARTITIONED)
    publish(later, {"1": "b"}, None, UNPARTITIONED)
    ids = [[row[0] for row in rows_as_of(later, seq)] for seq in (0, 2, 3)]
    assert ids == [[], ["medqa", "mmlu"], ["1"]]
    with pytest.raises(WarehouseError, match=r"items cannot be read as of publish 1: .* medqa alone"):
        rows_as_of(later, 1)


def test_a_table_that_got_partitions_reads_as_it_was(tmp_path: Path) -> None:
    publish(_with(tmp_path, UNPARTITIONED), {"1": "a"}, None, UNPARTITIONED)
    later = _with(tmp_path, ITEMS)
    publish(later, {"2": "b"}, "mmlu")
    assert [[row[0] for row in rows_as_of(later, seq)] for seq in (0, 1, 2)] == [[], ["1"], ["1", "2"]]


def test_who_may_only_read_keeps_the_owner_from_dropping_what_is_read(
    warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in "abc":
        publish(warehouse, {"1": text})
    warehouse.refresh_snapshot()
    lock = warehouse.folder / "history" / ".lock"
    lock.chmod(0o444)
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
        reading = warehouse.as_of(1)
        reading.__enter__()
    lock.chmod(0o644)
    with pytest.raises(WarehouseError, match="is reading"):
        warehouse.drop_history(3)
    reading.__exit__(None, None, None)
    warehouse.drop_history(3)


def test_the_folder_of_the_history_is_on_the_disk_before_a_file_in_it(
    warehouse: DuckDBFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("reasonmed_assets.storage.history.sync", synced.append)
    publish(warehouse, {"1": "a"})
    assert synced == [warehouse.folder]
