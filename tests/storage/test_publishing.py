"""What a publish does to the build file."""

from __future__ import annotations

from pathlib import Path

import duckdb
from contract_publishing import Grown, items_of, publish_file
from reasonmed_assets.quality.schema import TABLES
from storage_toy import ITEMS, open_warehouse, publish, texts_in

from reasonmed_assets.storage import Published
from reasonmed_assets.storage.duckdb_file import DuckDBFile, database, snapshot


def _rowids(warehouse: DuckDBFile) -> dict[str, int]:
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        return dict(con.execute("select item_id, rowid from items").fetchall())


def test_only_rows_that_differ_are_written(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"same": "a", "changed": "b", "gone": "c"})
    before = _rowids(warehouse)
    published = publish(warehouse, {"same": "a", "changed": "B", "new": "d"})
    assert published == Published(seq=2, rows=3, inserted=2, deleted=2, is_changed=True)
    assert texts_in(warehouse) == {"same": "a", "changed": "B", "new": "d"}
    assert _rowids(warehouse)["same"] == before["same"]


def _columns(warehouse: DuckDBFile) -> dict[str, tuple[str, bool]]:
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        return database.stored_columns(con)["items"]


def test_a_new_column_is_not_null_once_no_row_lacks_it(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "a"}, "medqa")
    publish(warehouse, {"2": "b"}, "mmlu")
    grown = items_of(Grown)
    later = open_warehouse(warehouse.folder, tables={"items": grown, "publishes": TABLES["publishes"]})
    publish(later, {"2": "b"}, "mmlu", grown, score=0.5)
    assert _columns(later)["score"] == ("double", True)
    publish(later, {"1": "a"}, "medqa", grown, score=1.0)
    publish(later, {"1": "A"}, "medqa", grown, score=1.0)
    assert _columns(later)["score"] == ("double", False)
    assert list(_columns(later)) == list(grown.columns)


def test_a_file_that_is_a_third_empty_is_rewritten(warehouse: DuckDBFile, tmp_path: Path) -> None:
    publish(warehouse, {"1": "kept"}, "medqa", note="n")
    staged = tmp_path / "rows.parquet"
    columns = ["item_id", "source", "text", "note", "tags", "provider_kind"]
    with duckdb.connect() as con:
        con.execute(
            "copy (select i::varchar as item_id, 'mmlu' as source, "
            "concat_ws(' ', " + ", ".join(f"md5((i + {j})::varchar)" for j in range(3)) + ") as text, "
            "null::varchar as note, []::varchar[] as tags, null::varchar as provider_kind, "
            f"i::varchar as row_hash from range(400000) as r (i)) to '{staged}' (format parquet)"
        )
    publish_file(warehouse, staged)
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


def test_long_texts_are_compressed_also_in_a_file_of_an_earlier_version(warehouse: DuckDBFile, tmp_path: Path) -> None:
    publish(warehouse, {"first": "short"})
    before = tmp_path / "before.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse.build_path}' as build (read_only)")
        con.execute(f"attach '{before}' as old (storage_version 'v1.0.0')")
        con.execute("copy from database build to old")
    before.replace(warehouse.build_path)
    texts = {"first": "short"} | {str(n): " ".join(f"{n} words {at}" for at in range(200)) for n in range(40)}
    publish(warehouse, texts)
    assert texts_in(warehouse) == texts
    with duckdb.connect(str(warehouse.build_path), read_only=True) as con:
        kinds = con.execute(
            "select compression from pragma_storage_info('items') where column_name = 'text'"
        ).fetchall()
    assert ("ZSTD",) in kinds
