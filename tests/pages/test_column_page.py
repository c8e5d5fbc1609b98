"""The page of all columns: every column with its edges, figures and checks, and what a reader does with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser import browser
from html_page import Page
from quality_world import connect
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.lineage.edges import edges_of
from reasonmed_assets.pages.column_page import render


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
    outcomes = (CheckOutcome("key", True, "block", 0), CheckOutcome("missing", False, "block", 3))
    record = AuditRecord("verifications", "mmlu", "run-1", "simulated", at, 54, {}, outcomes)
    with connect() as con:
        con.execute("update llm_calls set cost_usd = 0.25 where call_key = 'verifications:easy1/qwen/1'")
        text = render(con, [record], Path("/data/</script>"))
    written = tmp_path_factory.mktemp("columns") / "index.html"
    written.write_text(text, encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def data(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Page(file).texts["data"])
    return found


def test_every_table_and_view_has_its_columns_with_their_edges(data: dict[str, Any]) -> None:
    views = [query.makes for query in sql.queries("views")]
    assert set(data) == {*TABLES, *views}
    for name, one in data.items():
        shown = {column["name"]: [(table, of) for table, of, _ in column["from"]] for column in one["columns"]}
        assert shown == {name: [(e.table, e.column) for e in edges] for name, edges in edges_of(name).items()}
    (score,) = (one for one in data["ranked_paths"]["columns"] if one["name"] == "score")
    assert ["reasoning_paths", "path_text", "prompt of ranker"] in score["from"]


def test_a_table_has_its_figures_checks_and_sql(data: dict[str, Any]) -> None:
    one = data["verifications"]
    assert (one["rows"], one["usd"], one["key"]) == (54, 0.25, "path_id")
    results = {check["name"]: (check["result"], check["state"]) for check in one["checks"]}
    assert results["key"] == ("passed", "good")
    assert results["missing"] == ("failed: mmlu", "bad")
    assert results["references"] == ("not run yet", "")
    files = ["sql/tables/verifications.sql", "sql/relations/votes.sql", "sql/calls/verify.sql",
             "sql/relations/verifications/paths.sql"]  # fmt: skip
    assert sorted(one["sql"]) == sorted(files)


def test_a_table_stands_after_what_it_is_made_from(file: Path) -> None:
    cards = [found["data-name"] for _, found in Page(file).tags if "data-name" in found]
    assert sorted(cards) == sorted([*TABLES, *(query.makes for query in sql.queries("views"))])
    for name in TABLES:
        for edge in {edge for edges in edges_of(name).values() for edge in edges if not edge.is_previous}:
            assert cards.index(edge.table) < cards.index(name)


def test_a_reader_follows_columns_by_mouse_keyboard_and_address(file: Path, tmp_path: Path) -> None:
    """From disk, with its policy on scripts in force, and without a request to anywhere."""
    with browser(tmp_path / "profile") as opened:
        tab = opened.open(f"{file.as_uri()}#sft_cot.output")

        def panel() -> str:
            return str(opened.value(tab, "document.getElementById('panel').innerText"))

        for _ in range(200):
            if opened.value(tab, "document.readyState") == "complete" and "sft_cot" in panel():
                break
        assert "reasonmed.path_text" in panel().split("Feeds")[0]
        assert "sql/tables/sft_cot.sql" in panel()
        assert opened.value(tab, "document.querySelectorAll('#lines path').length") > 5
        opened.value(tab, "document.querySelector('[data-name=verifications] h3 a').click()")
        opened.value(tab, "new Promise(done => setTimeout(done, 50))")
        assert "failed: mmlu" in panel()
        assert opened.value(tab, "document.querySelectorAll('.chosen .columns a').length") == len(
            TABLES["verifications"].columns
        )
        opened.value(tab, "document.getElementById('find').value = '50%'")
        opened.value(tab, "document.getElementById('search').requestSubmit()")
        opened.value(tab, "new Promise(done => setTimeout(done, 50))")
        assert panel() == "There is no table or column 50%."
        opened.value(tab, "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
        opened.value(tab, "new Promise(done => setTimeout(done, 50))")
        assert panel() == ""
        assert opened.value(tab, "performance.getEntriesByType('resource').length") == 0
