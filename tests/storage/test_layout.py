"""A build file of an earlier version is brought forward; one of a later version, or of another program, is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from storage_toy import open_warehouse, publish, texts_in

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile, layout

FIRST = Path(__file__).with_name("layout_1.sql")
"""The toy tables as the first version wrote them: no version, no views and no macros in the file."""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """Folder of a warehouse that the first version wrote."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute(FIRST.read_text(encoding="utf-8"))
    return folder


def _version(folder: Path) -> int:
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as con:
        return layout.version_of(con)


def test_a_new_file_has_the_present_version(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    assert _version(warehouse.folder) == layout.VERSION
    with warehouse.snapshot() as con:
        assert con.execute(f"select {layout.VERSION_MACRO}()").fetchone() == (layout.VERSION,)


def test_the_first_version_is_told_by_its_columns_and_brought_forward(first: Path) -> None:
    assert _version(first) == 1
    warehouse = open_warehouse(first)
    assert texts_in(warehouse) == {"1": "kept", "2": "it's"}
    assert _version(first) == layout.VERSION
    record = warehouse.last_publish("items", "mmlu")
    assert record is not None and (record.seq, record.fingerprint, record.statistics) == (1, "f", {"items": 2})


def test_rows_of_the_first_version_published_again_are_unchanged(first: Path) -> None:
    again = publish(open_warehouse(first), {"1": "kept", "2": "it's"})
    assert not again.is_changed and again.seq == 1
    assert _version(first) == layout.VERSION


def test_a_newer_version_is_refused_and_left_as_it_is(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"})
    with duckdb.connect(str(warehouse.build_path)) as con:
        con.execute(f"create or replace macro {layout.VERSION_MACRO}() as {layout.VERSION + 1}")
    for again in (warehouse, open_warehouse(warehouse.folder)):
        with pytest.raises(WarehouseError, match=f"layout version {layout.VERSION + 1}.*Install that version"):
            publish(again, {"1": "b"})
        with pytest.raises(WarehouseError, match="a newer version"), again.read():
            pass
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        assert con.execute("select text from items").fetchall() == [("a",)]


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "build.duckdb")) as con:
        con.execute("create table publishes (seq bigint)")
    with pytest.raises(WarehouseError, match="was not written by this program"):
        publish(open_warehouse(tmp_path / "warehouse"), {"1": "a"})


def test_every_version_before_the_present_leads_to_the_next() -> None:
    assert sorted(layout.STEPS) == list(range(1, layout.VERSION))
