"""The page of freshness and those of rows, as texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.pages.published import render_freshness, render_rows, rows_address

OK = {"is_behind": False, "has_failed": False, "why": None, "failure": None}


def row(table: str, partition: str, **values: Any) -> dict[str, Any]:
    """A row of the view."""
    made = {"publish": 7, "published_at": datetime(2026, 11, 26, 12), "rows": 1200, "recipe": 3, "restored_from": None}
    return {"table_name": table, "partition": partition} | made | OK | values


def test_what_is_not_up_to_date_comes_first_with_its_reason() -> None:
    page = render_freshness(
        [
            row("questions", "mmlu"),
            row("questions", "medqa", has_failed=True, failure="<b>1 blocking check</b> failed", publish=None),
            row("sft_cot", "", is_behind=True, why="reasonmed: publish 3 then, 9 now"),
        ],
        "/some/warehouse",
    )
    assert "2 partitions are not up to date" in " ".join(page.split())
    assert "&lt;b&gt;1 blocking check&lt;/b&gt; failed" in page, "a text is no markup"
    assert page.index("reasonmed: publish 3 then, 9 now") < page.index("All tables")
    assert "1,200 rows" in page and "recipe 3" in page
    assert "never published" in page
    assert "reasonmed build --warehouse /some/warehouse" in page
    assert "<script" not in page and "src=" not in page


def test_nothing_to_tell() -> None:
    one = " ".join(render_freshness([row("sft_cot", "", is_behind=True)], "/some/warehouse").split())
    assert "1 partition is not up to date" in one and "makes it again" in one
    assert "Everything is up to date" in render_freshness([row("questions", "mmlu")], "/some/warehouse")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(TABLES["dropped_examples"].ddl())
    con.execute(
        "insert into dropped_examples select printf('%016d', i), printf('%016d', i), if(i < 45, 'mmlu', 'medqa'), "
        "'easy', 1, 'no_path', '<i>whole ' || repeat('text ', 100) || '</i>', 'h' from range(50) as r(i)"
    )
    return con


def test_rows_are_shown_whole_page_by_page(con: duckdb.DuckDBPyConnection) -> None:
    spec = TABLES["dropped_examples"]
    first = render_rows(con, spec, "mmlu", 1)
    assert "45 rows" in first
    assert "&lt;i&gt;whole " + "text " * 100 + "&lt;/i&gt;" in first
    assert first.count("<h3>") == 20
    assert 'href="/pages/rows/dropped_examples?partition=mmlu&amp;page=2"' in first
    last = render_rows(con, spec, "mmlu", 99)
    assert last.count("<h3>") == 5 and "next" not in last
    assert render_rows(con, spec, None, 1).count("<h3>") == 20
    assert rows_address("sft_cot", None) == "/pages/rows/sft_cot"
    assert render_rows(con, spec, "nowhere", 1).count("<h3>") == 0
