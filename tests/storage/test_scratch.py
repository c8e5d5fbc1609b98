"""A warehouse over another one: it shows that one until it is published to, and changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from storage_toy import ITEMS, TOTALS, open_warehouse, publish, rows_of, stage, texts_in

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile, share
from reasonmed_assets.storage.duckdb_file.scratch import ScratchFile


@pytest.fixture
def frozen(warehouse: DuckDBFile, tmp_path: Path) -> DuckDBFile:
    """The toy warehouse, with rows of two sources and a table without partitions, as it stays."""
    publish(warehouse, {"1": "a", "2": "b"})
    publish(warehouse, {"3": "c"}, source="medqa")
    publish(warehouse, {"4": "d"}, source=None, spec=TOTALS)
    warehouse.refresh_snapshot()
    warehouse.freeze_in(tmp_path / "frozen")
    return open_warehouse(tmp_path / "frozen")


@pytest.fixture
def scratch(frozen: DuckDBFile, tmp_path: Path) -> Iterator[ScratchFile]:
    """What is published to it is looked at and thrown away."""
    with closing(ScratchFile(tmp_path / "scratch", frozen)) as made:
        yield made


def numbers(warehouse: DuckDBFile) -> list[int]:
    """Of the publishes on record."""
    with warehouse.read() as con:
        return [seq for (seq,) in con.execute("select seq from publishes order by seq").fetchall()]


def test_it_shows_what_lies_below(scratch: ScratchFile) -> None:
    assert (texts_in(scratch), texts_in(scratch, "medqa")) == ({"1": "a", "2": "b"}, {"3": "c"})
    assert texts_in(scratch, None, "totals") == {"4": "d"}
    assert numbers(scratch) == [1, 2, 3]


def test_a_publish_takes_the_place_of_its_partition_and_nothing_below_changes(
    scratch: ScratchFile, frozen: DuckDBFile
) -> None:
    published = publish(scratch, {"1": "a", "2": "changed", "5": "new"})
    assert (published.seq, published.rows, published.inserted, published.deleted) == (4, 3, 2, 1)
    assert texts_in(scratch) == {"1": "a", "2": "changed", "5": "new"}
    assert texts_in(scratch, "medqa") == {"3": "c"}
    assert numbers(scratch) == [1, 2, 3, 4]
    again = publish(scratch, {"2": "b"})
    assert (again.rows, again.inserted, again.deleted) == (1, 1, 3)
    assert publish(scratch, {}, source="medqa").deleted == 1
    assert (texts_in(scratch), texts_in(scratch, "medqa")) == ({"2": "b"}, {})
    assert (texts_in(frozen), texts_in(frozen, "medqa")) == ({"1": "a", "2": "b"}, {"3": "c"})


def test_a_table_without_partitions_is_replaced(scratch: ScratchFile) -> None:
    assert publish(scratch, {"4": "d"}, source=None, spec=TOTALS).is_changed is False
    assert publish(scratch, {"6": "e"}, source=None, spec=TOTALS).is_changed
    assert texts_in(scratch, None, "totals") == {"6": "e"}


def test_views_show_what_was_published(scratch: ScratchFile) -> None:
    publish(scratch, {"1": "a"}, note="seen")
    with scratch.read() as con:
        assert con.execute("select item_id, letter from tagged").fetchall() == [("1", "A")]


def test_opened_again_it_shows_the_same(scratch: ScratchFile, frozen: DuckDBFile) -> None:
    publish(scratch, {"1": "changed"})
    scratch.close()
    with closing(ScratchFile(scratch.folder, frozen)) as again:
        assert (texts_in(again), texts_in(again, "medqa")) == ({"1": "changed"}, {"3": "c"})


def test_rows_of_another_partition_are_refused(scratch: ScratchFile, tmp_path: Path) -> None:
    staged = stage(tmp_path / "rows.parquet", rows_of({"1": "a"}) + rows_of({"2": "b"}, "medqa"))
    with pytest.raises(WarehouseError, match="would have 1 rows, but 2 were staged"):
        scratch.publish(ITEMS, "mmlu", staged, run_id="run", fingerprint="f", profile="test", statistics={})


def test_what_users_open_is_not_copied(warehouse: DuckDBFile, tmp_path: Path) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.refresh_snapshot()
    warehouse.freeze_in(tmp_path / "shown")
    publish(warehouse, {"1": "b"})
    warehouse.freeze_in(tmp_path / "behind")
    shown, behind = (DuckDBFile(tmp_path / name).build_path for name in ("shown", "behind"))
    assert shown.samefile(warehouse.snapshot_path)
    assert behind.stat().st_nlink == 1


def test_what_users_open_is_never_written(warehouse: DuckDBFile, tmp_path: Path) -> None:
    publish(warehouse, {"1": "a"})
    warehouse.refresh_snapshot()
    before = warehouse.snapshot_path.read_bytes()
    warehouse.freeze_in(tmp_path / "frozen")
    frozen = open_warehouse(tmp_path / "frozen")
    for write in (frozen.refresh_snapshot, lambda: publish(frozen, {"1": "b"})):
        with pytest.raises(WarehouseError, match="may not be written: change its mode"):
            write()
    assert warehouse.snapshot_path.read_bytes() == before


@pytest.mark.parametrize("more_bytes", [0, 1])
def test_as_many_threads_work_on_it_as_below(
    frozen: DuckDBFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more_bytes: int
) -> None:
    monkeypatch.setattr(share, "_SMALL_FILE_BYTES", frozen.build_path.stat().st_size + more_bytes)
    threads = "select current_setting('threads')"
    with closing(ScratchFile(tmp_path / "scratch", frozen)) as scratch, scratch.read() as con, frozen.read() as below:
        assert con.execute(threads).fetchone() == below.execute(threads).fetchone()
