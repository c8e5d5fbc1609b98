"""A publish is one transaction that touches what differs, and nothing when anything is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reasonmed_assets.quality.schema import TABLES, Table, TableSpec, column
from storage_toy import ITEMS, TOTALS, Items, open_warehouse, publish, rows_of, stage, texts_in

from reasonmed_assets.storage import Published, Warehouse, WarehouseError, database, snapshot


def _rowids(warehouse: Warehouse) -> dict[str, int]:
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        return dict(con.execute("select item_id, rowid from items").fetchall())


def _publish_file(
    warehouse: Warehouse, staged: Path, spec: TableSpec = ITEMS, source: str | None = "mmlu"
) -> Published:
    return warehouse.publish(spec, source, staged, run_id="run", fingerprint="f", profile="test", statistics={})


def _publishes(warehouse: Warehouse) -> list[Any]:
    with warehouse.read() as con:
        return con.execute("select * from publishes order by seq").fetchall()


def test_only_rows_that_differ_are_written(warehouse: Warehouse) -> None:
    publish(warehouse, {"same": "a", "changed": "b", "gone": "c"})
    before = _rowids(warehouse)
    published = publish(warehouse, {"same": "a", "changed": "B", "new": "d"})
    assert published == Published(seq=2, rows=3, inserted=2, deleted=2, is_changed=True)
    assert texts_in(warehouse) == {"same": "a", "changed": "B", "new": "d"}
    assert _rowids(warehouse)["same"] == before["same"]


def test_other_partitions_stay(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"}, "medqa")
    publish(warehouse, {"2": "b"}, "mmlu")
    publish(warehouse, {}, "mmlu")
    assert texts_in(warehouse, "medqa") == {"1": "a"}
    assert texts_in(warehouse, "mmlu") == {}


def test_a_table_without_partitions_is_replaced_as_a_whole(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"}, None, TOTALS)
    publish(warehouse, {"2": "b"}, None, TOTALS)
    assert texts_in(warehouse, None, "totals") == {"2": "b"}
    record = warehouse.last_publish("totals", None)
    assert record is not None and record.partition == "" and record.seq == 2


def test_every_publish_is_recorded_with_its_figures(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a", "2": "b"}, "medqa", fingerprint="x")
    record = warehouse.last_publish("items", "medqa")
    assert record is not None
    assert (record.seq, record.run_id, record.rows, record.fingerprint) == (1, "run", 2, "x")
    assert record.statistics == {"items": 2}
    assert warehouse.last_publish("items", "mmlu") is None
    with warehouse.read() as con:
        found = pl.DataFrame(con.execute("select * from publishes").to_arrow_table())
    TABLES["publishes"].model.validate(found.cast({"published_at": pl.Datetime("us")}))


def test_nothing_is_recorded_when_nothing_changed(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"}, fingerprint="x")
    again = publish(warehouse, {"1": "a"}, fingerprint="x")
    assert again == Published(seq=1, rows=1, inserted=0, deleted=0, is_changed=False)
    other_code = publish(warehouse, {"1": "a"}, fingerprint="y")
    assert other_code == Published(seq=2, rows=1, inserted=0, deleted=0, is_changed=False)
    assert len(_publishes(warehouse)) == 2


def test_columns_are_matched_by_name(warehouse: Warehouse) -> None:
    staged = stage(warehouse.stage_path("items", "mmlu", "run"), rows_of({"1": "text"}, note="note"))
    with duckdb.connect() as con:
        con.execute(
            f"copy (select row_hash, tags, note, text, provider_kind, source, item_id from '{staged}') "
            f"to '{staged}.other' (format parquet)"
        )
    _publish_file(warehouse, Path(f"{staged}.other"))
    with warehouse.read() as con:
        assert con.execute("select item_id, text, note from items").fetchall() == [("1", "text", "note")]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("* exclude (text)", r"lack columns \['text'\]"),
        ("*, 1 as surplus", r"undeclared columns \['surplus'\]"),
        ("* replace (null::varchar as text)", "NOT NULL"),
        ("* replace ('medqa' as source)", "would have 0 rows, but 1 were staged"),
        ("* replace ('not a list' as tags)", "failed; the published rows are as before"),
    ],
)
def test_rows_that_do_not_fit_leave_the_partition_as_it_was(
    warehouse: Warehouse, tmp_path: Path, select: str, message: str
) -> None:
    publish(warehouse, {"1": "published"})
    staged = stage(tmp_path / "rows.parquet", rows_of({"2": "bad"}))
    with duckdb.connect() as con:
        con.execute(f"copy (select {select} from '{staged}') to '{tmp_path}/bad.parquet' (format parquet)")
    with pytest.raises(WarehouseError, match=message):
        _publish_file(warehouse, tmp_path / "bad.parquet")
    assert texts_in(warehouse) == {"1": "published"}
    assert len(_publishes(warehouse)) == 1


def test_statistics_that_are_no_json_leave_the_partition_as_it_was(warehouse: Warehouse, tmp_path: Path) -> None:
    publish(warehouse, {"1": "published"})
    staged = stage(tmp_path / "rows.parquet", rows_of({"2": "new"}))
    with pytest.raises(ValueError, match="JSON"):
        warehouse.publish(
            ITEMS, "mmlu", staged, run_id="r", fingerprint="f", profile="p", statistics={"share": float("nan")}
        )
    assert texts_in(warehouse) == {"1": "published"}


def test_partitions_and_tables_that_do_not_go_together_are_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    staged = stage(tmp_path / "rows.parquet", rows_of({"1": "a"}))
    with pytest.raises(WarehouseError, match="items is partitioned by source"):
        _publish_file(warehouse, staged, ITEMS, None)
    with pytest.raises(WarehouseError, match="totals has no partitions"):
        _publish_file(warehouse, staged, TOTALS, "mmlu")
    with pytest.raises(WarehouseError, match="publishes is written by publishing the others"):
        _publish_file(warehouse, staged, TABLES["publishes"], None)
    with pytest.raises(WarehouseError, match=r"no staged rows of items at .*absent\.parquet"):
        _publish_file(warehouse, tmp_path / "absent.parquet")


TEXTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", "it's"]), max_size=5)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["medqa", "mmlu"]), TEXTS), min_size=1, max_size=5))
def test_after_any_publishes_each_partition_holds_what_was_staged_last(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, str]]]
) -> None:
    warehouse = open_warehouse(tmp_path_factory.mktemp("warehouse"))
    expected: dict[str, dict[str, str]] = {"medqa": {}, "mmlu": {}}
    for source, texts in steps:
        texts = {f"{source}-{key}": text for key, text in texts.items()}
        previous, expected[source] = expected[source], texts
        published = publish(warehouse, texts, source)
        assert published.inserted == len(texts.items() - previous.items())
        assert published.deleted == len(previous.items() - texts.items())
    assert {source: texts_in(warehouse, source) for source in expected} == expected


class Grown(Items):
    """Items with a column more."""

    score: float = column("Score.")


class Retyped(Table):
    """Items whose text became a number."""

    item_id: str = column("Id.", unique=True)
    source: str = column("Name of the source.")
    text: int = column("Text.")


def _columns(warehouse: Warehouse) -> dict[str, tuple[str, bool]]:
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        return database.stored_columns(con)["items"]


def _spec(model: type[Table]) -> TableSpec:
    return TableSpec("items", "toys", "One row per item.", "item_id", True, model)


def test_a_new_column_is_null_in_old_rows_until_they_are_published_again(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "a"}, "medqa")
    publish(warehouse, {"2": "b"}, "mmlu")
    grown = _spec(Grown)
    later = open_warehouse(warehouse.folder, tables={"items": grown, "publishes": TABLES["publishes"]})
    with later.read() as con:
        assert con.execute("select item_id, score from items order by all").fetchall() == [("1", None), ("2", None)]

    publish(later, {"2": "b"}, "mmlu", grown, score=0.5)
    with later.read() as con:
        assert con.execute("select item_id, score from items order by all").fetchall() == [("1", None), ("2", 0.5)]
    assert _columns(later)["score"] == ("double", True)

    publish(later, {"1": "a"}, "medqa", grown, score=1.0)
    publish(later, {"1": "A"}, "medqa", grown, score=1.0)
    assert _columns(later)["score"] == ("double", False)
    assert list(_columns(later)) == list(grown.columns)


def test_a_type_that_the_stored_rows_do_not_fit_is_an_error_that_names_replace(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "words"}, "medqa")
    retyped = _spec(Retyped)
    later = open_warehouse(warehouse.folder, tables={"items": retyped, "publishes": TABLES["publishes"]}, views={})
    with pytest.raises(WarehouseError, match=r"(?s)table items: the stored rows do not fit .*words.*--replace"):
        publish(later, {"2": "3"}, "mmlu", retyped)
    assert texts_in(warehouse, "medqa") == {"1": "words"}


def test_a_file_that_is_a_third_empty_is_rewritten(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "kept"}, "medqa", note="n")
    staged = warehouse.stage_path("items", "mmlu", "run")
    columns = ["item_id", "source", "text", "note", "tags", "provider_kind"]
    with duckdb.connect() as con:
        con.execute(
            "copy (select i::varchar as item_id, 'mmlu' as source, "
            "concat_ws(' ', " + ", ".join(f"md5((i + {j})::varchar)" for j in range(3)) + ") as text, "
            "null::varchar as note, []::varchar[] as tags, null::varchar as provider_kind, "
            f"i::varchar as row_hash from range(400000) as r (i)) to '{staged}' (format parquet)"
        )
    _publish_file(warehouse, staged)
    full = warehouse.build_path.stat().st_size
    assert full > 16 * 1024**2
    publish(warehouse, {}, "mmlu")
    assert warehouse.build_path.stat().st_size < full / 2
    assert texts_in(warehouse, "medqa") == {"1": "kept"}
    assert list(_columns(warehouse)) == [*columns, "row_hash"]
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        assert con.execute("select item_id, letter from tagged").fetchall() == [("1", "A")]
        assert snapshot.declared_hash(con) is not None
    assert _columns(warehouse)["text"] == ("varchar", False)
    with warehouse.read() as con:
        comment = con.execute("select comment from duckdb_tables() where table_name = 'items'").fetchone()
    assert comment == (ITEMS.grain,)
    assert sorted(path.name for path in warehouse.folder.glob("build*")) == ["build.duckdb"]
