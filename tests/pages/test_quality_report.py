"""The quality report: failing checks first, figures as SQL has them, parts that are missing, text that stays text."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from html_page import Page
from quality_world import connect
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.pages.quality_report import _kept_rows, render

SCRIPT = "<script>alert('x')</script>"
PARTS = ["checks", "funnel", "verdicts", "tiers", "scores", "lengths", "letters", "rejected"]
PARTS += ["dropped", "trust", "people", "cost"]


@pytest.fixture(scope="module")
def world() -> duckdb.DuckDBPyConnection:
    return connect()


@pytest.fixture
def con(world: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world within a transaction that is undone."""
    world.begin()
    yield world
    world.rollback()


def outcome(name: str, passed: bool, severity: Any = "block", **more: Any) -> CheckOutcome:
    return CheckOutcome(name, passed, severity, 0 if passed else 3, description=f"{name} holds.", **more)


def record(table: str, partition: str | None, *outcomes: CheckOutcome) -> AuditRecord:
    at = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)
    return AuditRecord(table, partition, "run-1", "simulated", at, 1_234, {"letter_share_max": 0.5}, outcomes)


def page_of(con: duckdb.DuckDBPyConnection, *records: AuditRecord) -> Page:
    return Page(render(con, records, Path("/data/warehouse")))


def headings(page: Page) -> str:
    return page.texts["checks"]


def test_failing_checks_stand_first_and_those_that_block_before_the_others(con: duckdb.DuckDBPyConnection) -> None:
    page = page_of(
        con,
        record("questions", "mmlu", outcome("schema", True), outcome("distributions", False, "warn")),
        record("verifications", "mmlu", outcome("missing", False), outcome("key", True)),
        record("sft_cot", None, outcome("folds", True)),
    )
    said = headings(page)
    places = [said.index(text) for text in ("Not published", "missing", "Warning", "distributions", "Every table")]
    assert places == sorted(places)
    assert "1 failed and kept rows" in said
    assert "1 warn" in said
    assert "other 3 of 5 passed" in said
    assert "check 8 of the method" in said
    assert "/data/warehouse/quarantine/verifications/mmlu/run-1.parquet" in said
    cells = {row["table"]: row for row in page.records("checks")}
    assert cells["verifications"]["mmlu"].startswith("✗ not published")
    assert cells["questions"]["mmlu"].startswith("! warning")
    assert cells["sft_cot"]["all sources"] == "✓ 1 of 1"
    assert cells["reasonmed"]["mmlu"] == ""
    assert [tag["id"] for name, tag in page.tags if name == "section"] == PARTS


def test_a_check_that_could_not_run_says_why(con: duckdb.DuckDBPyConnection) -> None:
    page = page_of(con, record("questions", "mmlu", outcome("schema", False, error="could not run: no file")))
    assert "could not run: no file" in headings(page)


def test_what_texts_hold_is_text(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update reasoning_paths set generator = ?", [SCRIPT])
    con.execute("update verifications set generator = ?", [SCRIPT])
    found = outcome("references", False, examples=[{"question": SCRIPT, SCRIPT: 1}])
    page = page_of(con, record("questions", SCRIPT, found))
    assert [tag for tag, _ in page.tags if tag == "script"] == []
    assert page.texts["checks"].count(SCRIPT) >= 2
    assert SCRIPT in page.texts["verdicts-models"]
    policies = [found["content"] for tag, found in page.tags if found.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_what_is_not_up_to_date_is_named_first(con: duckdb.DuckDBPyConnection) -> None:
    assert "not up to date" not in page_of(con).texts[""]
    con.execute(
        "insert into publishes by name select * replace ('q' as publish_id, 9 as seq, 'questions' as table_name, 1 as"
        """ rows_inserted, '{"table raw_questions": "7"}' as parts) from publishes limit 1"""
    )
    con.execute(
        "insert into failures by name select 'f' as failure_id, 'reasoning_paths' as table_name, 'mmlu' as partition,"
        " 'r' as run_id, now()::timestamp as failed_at, $1 as reason, 'h' as row_hash",
        [SCRIPT],
    )
    said = page_of(con).texts[""]
    assert "2 partitions are not up to date" in said
    assert "questions/mmlu: behind (raw_questions: publish 7 then, 1 now)" in said
    assert f"reasoning_paths/mmlu: its last run failed ({SCRIPT})" in said


def test_dollars_are_shown_as_far_as_they_are_known(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update llm_calls set cost_usd = 2")
    con.execute("update llm_calls set cost_usd = null where attempt_id = (select min(attempt_id) from llm_calls)")
    (known,) = con.execute("select sum(cost_usd) from cost").fetchone() or (0,)
    assert known > 0
    assert f"${known:,.2f} and 1 of unknown cost" in render(con, [], Path("/data/warehouse"))


def test_parts_without_rows_say_so(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("verifications", "difficulty_tiers", "quality_scores", "publishes"):
        con.execute(f"delete from {table}")
    page = page_of(con)
    for part, table in (("verdicts", "verifications"), ("tiers", "difficulty_tiers"), ("scores", "quality_scores")):
        assert f"table {table} has no rows" in page.texts[part]
    assert "Nothing is published yet" in page.texts[""]
    assert "No audit is on record" in page.texts["checks"]
    assert page.records("funnel-questions")


def test_a_warehouse_without_any_row_has_all_parts(con: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        con.execute(f"delete from {table}")
    page = page_of(con)
    build = "reasonmed build --warehouse /data/warehouse"
    assert all("Nothing to show yet" in page.texts[part] and build in page.texts[part] for part in PARTS[1:])
    assert build in page.texts["checks"]


def test_the_build_before_stands_below_the_last_one(con: duckdb.DuckDBPyConnection) -> None:
    for seq, tiers in ((7, {"easy": 9}), (8, {"easy": 3, "difficult": 1}), (9, {"easy": 1, "medium": 3})):
        con.execute(
            "insert into publishes by name select * replace ($seq::varchar as publish_id, $seq as seq,"
            " 'difficulty_tiers' as table_name, 'mmlu' as partition, $statistics as statistics) from publishes limit 1",
            {"seq": seq, "statistics": json.dumps({"tiers": tiers})},
        )
    page = page_of(con)
    rows = [(row["build"], row["easy"], row["medium"], row["difficult"]) for row in page.records("tiers-builds")]
    assert rows == [("this build", "1", "3", "0"), ("the one before", "3", "0", "1")]


def test_a_drawing_has_its_figures_as_text(con: duckdb.DuckDBPyConnection) -> None:
    page = page_of(con)
    drawings = [found for tag, found in page.tags if tag == "svg"]
    assert drawings
    assert all(found["role"] == "img" and found["aria-label"].strip(": ") for found in drawings)
    captions = [tag for tag, _ in page.tags if tag == "figcaption"]
    assert len(captions) == len([tag for tag, _ in page.tags if tag == "figure"]) > 0
    for tag, found in page.tags:
        if tag == "rect":
            assert 0 <= float(found["x"]) <= float(found["x"]) + float(found["width"]) <= 100.02


def test_a_record_is_read_back_as_it_was() -> None:
    kept = record("questions", "mmlu", outcome("key", False, examples=[{"value": 1.5, "other": None}]))
    again = AuditRecord.from_json(kept.to_json())
    assert again.failures == kept.failures
    assert (again.audited_at, again.is_blocked, again.validation) == (kept.audited_at, True, [])


def test_the_command_for_kept_rows_is_pasted_and_shows_them(tmp_path: Path) -> None:
    """Whatever the folder is called, in the shell and in SQL."""
    failed = record("verifications", "mmlu", outcome("missing", False))
    warehouse = tmp_path / "it's [a] $HOME *"
    file = warehouse / "quarantine" / "verifications" / "mmlu" / f"{failed.run_id}.parquet"
    file.parent.mkdir(parents=True)
    duckdb.sql("select 42 as n").write_parquet(str(file))
    printed = ["bash", "-c", f"reasonmed() {{ printf '%s\\n' \"$@\"; }}; {_kept_rows(warehouse, failed)}"]
    words = subprocess.run(printed, capture_output=True, text=True, check=True).stdout.splitlines()
    assert (words[0], words[2:]) == ("sql", ["--warehouse", str(warehouse)])
    assert duckdb.sql(words[1]).fetchall() == [(42,)]
