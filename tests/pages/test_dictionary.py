"""Declarations, DDL and the data dictionary agree."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandera.polars as pa
import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import ROW_HASH, TABLES, Table, column, table

from reasonmed_assets.lineage.edges import edges_of
from reasonmed_assets.pages.dictionary import main, render

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def test_the_committed_dictionary_is_that_of_the_declarations() -> None:
    written = (DOCS / "tables.md").read_text(encoding="utf-8")
    assert written == render(), "run `python -m reasonmed_assets.pages.dictionary` and commit docs/reference/tables.md"


def test_the_dictionary_names_every_column_and_check() -> None:
    text = render()
    for name, spec in TABLES.items():
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert spec.grain in section
        assert all(f"| `{one}` |" in section for one in spec.columns)
        assert all(f"| `{check.name}`" in section for check in check_names(name))


def test_the_dictionary_is_written_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["dictionary", str(tmp_path)])
    main()
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("name", TABLES)
def test_ddl_makes_the_declared_columns(name: str) -> None:
    spec = TABLES[name]
    con = duckdb.connect()
    con.execute(spec.ddl())
    for statement in spec.comments():
        con.execute(statement)
    made = con.execute(
        "select column_name, lower(data_type), is_nullable, comment from duckdb_columns() where table_name = ?"
        " order by column_index",
        [name],
    ).fetchall()
    types = spec.duckdb_types()
    assert made == [
        (one, types[one], declared.nullable, declared.description) for one, declared in spec.columns.items()
    ]
    assert made[-1][0] == ROW_HASH


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_made_from_those_of_earlier_tables(name: str) -> None:
    earlier = list(TABLES)[: list(TABLES).index(name)]
    assert {edge.table for edges in edges_of(name).values() for edge in edges if not edge.is_previous} <= set(earlier)


def test_an_unknown_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="give one of file, profile, constant, call, publish"):
        column("An id.", origin="nowhere")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"grain": "Rows"}, "must start with 'One row per'"),
        ({"name": "questions"}, "declared twice"),
        ({"key": "unknown"}, "must be columns"),
        ({"partitioned_by": "source"}, "must be columns"),
    ],
)
def test_a_wrong_declaration_is_refused(options: dict[str, object], complaint: str) -> None:
    class Model(Table):
        one_id: str = column("An id.")

    given = {
        "name": "one",
        "group": "g",
        "grain": "One row per one.",
        "key": "one_id",
        "partitioned_by": None,
    } | options
    with pytest.raises(ValueError, match=complaint):
        table(given.pop("name"), **given)(Model)  # type: ignore[arg-type]


def test_a_column_without_a_description_is_refused() -> None:
    class Model(Table):
        one_id: str = pa.Field()

    with pytest.raises(ValueError, match="without a description: one_id"):
        table("one", group="g", grain="One row per one.", key="one_id", partitioned_by=None)(Model)
