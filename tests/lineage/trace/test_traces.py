"""Traces over a small warehouse in memory: every kind of id and of fate, and what all traces cost together."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from html_page import Page
from quality_world import QUESTIONS, connect

from reasonmed_assets.lineage.trace.gathering import Row, Rows, Snapshot, TraceError, filled, find, gather
from reasonmed_assets.lineage.trace.nodes import Node
from reasonmed_assets.lineage.trace.outcome import outcome_of
from reasonmed_assets.lineage.trace.story import tell
from reasonmed_assets.pages.trace_page import render

IDS = ("example_id", "question_id", "row_id", "call_key", "use_id")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as opened:
        opened.execute("update llm_calls set cost_usd = case when attempt_id < 'r' then 0.5 end")
        opened.execute(
            "insert into llm_calls by name select * replace ('unused/1' as attempt_id, 'unused' as call_key) from"
            " llm_calls limit 1"
        )
        yield opened


@pytest.fixture(scope="module")
def snapshot(con: duckdb.DuckDBPyConnection) -> Snapshot:
    return Snapshot(con)


def traced(snapshot: Snapshot, wanted: str) -> Rows:
    return gather(snapshot, find(snapshot, wanted))


def said(rows: Rows) -> str:
    return " ".join(node.title for node in outcome_of(rows))


def titles(node: Node) -> Iterator[str]:
    yield node.title
    for child in node.children:
        yield from titles(child)


@pytest.mark.parametrize(
    "wanted",
    [
        "raw/easy1",
        "easy1",
        "easy1/qwen/1",
        "easy1/qwen/1/repeat",
        "reasoning_paths:easy1/qwen/1",
        "verifications:easy1/huatuo/3",
        "r1",
        "THE easy1 CASE",
    ],
)
def test_every_kind_of_id_and_words_lead_to_the_question(snapshot: Snapshot, wanted: str) -> None:
    assert traced(snapshot, wanted).question_id == "easy1"


def test_an_example_of_the_training_sets_is_found(snapshot: Snapshot, con: duckdb.DuckDBPyConnection) -> None:
    for example_id, question_id in con.execute("select example_id, question_id from reasonmed").fetchall():
        assert traced(snapshot, example_id).question_id == question_id


def test_what_nothing_or_several_things_mean_is_an_error_that_says_what_to_try(snapshot: Snapshot) -> None:
    with pytest.raises(TraceError, match=r"nothing has the id 'nowhere'.*a few words of the question"):
        find(snapshot, "nowhere")
    with pytest.raises(TraceError, match="'easy' means several rows; give one of these ids") as several:
        find(snapshot, "easy")
    assert "\n  easy1  questions  mmlu: " in str(several.value)
    with pytest.raises(TraceError, match="nothing has the id ''"):
        find(snapshot, " ")
    for odd in ("it's $1", "x\udcff", "%", "x'; drop table questions; --"):
        with pytest.raises(TraceError, match="nothing has the id"):
            find(snapshot, odd)


def test_a_word_that_begins_an_id_is_a_word_too(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    con.execute("begin")
    try:
        con.execute(
            "insert into raw_questions by name select * replace ('face01' as raw_id, 'face01' as question_id, 'n9' as"
            " native_id, 'Which nerve?' as question), from raw_questions where raw_id = 'raw/easy1'"
        )
        assert find(snapshot, "face").id == "face01"
        con.execute("update raw_questions set question = 'Pain in the face' where raw_id = 'raw/easy1'")
        with pytest.raises(TraceError, match=r"several rows.*\n  face01 .*\n  raw/easy1 "):
            find(snapshot, "face")
        assert find(snapshot, "face01").id == "face01"
        con.execute("update raw_questions set native_id = 'face' where raw_id = 'face01'")
        assert find(snapshot, "face").id == "face01"
    finally:
        con.execute("rollback")


def test_the_traces_hold_every_row_of_every_question_once(snapshot: Snapshot, con: duckdb.DuckDBPyConnection) -> None:
    """Counted against the tables: nothing of a question is left out, and nothing of another one is in."""
    found: dict[str, int] = {}
    for name in QUESTIONS:
        for table, rows in traced(snapshot, name).tables.items():
            found[table] = found.get(table, 0) + len(rows)
    tables = ("questions", "reasoning_paths", "verifications", "verifier_audit", "difficulty_tiers", "ranked_paths",
              "refined_paths", "reasonmed", "dropped_examples", "answer_summaries", "quality_scores", "reviews",
              "sft_cot", "sft_response", "sft_reasonmed")  # fmt: skip
    for table in tables:
        ((n,),) = con.execute(f"select count(*) from {table} where source = 'mmlu'").fetchall()
        assert found[table] == n > 0, table


def test_the_dollars_of_all_traces_and_of_unused_calls_are_those_of_all_calls(
    snapshot: Snapshot, con: duckdb.DuckDBPyConnection
) -> None:
    costs = [traced(snapshot, name).cost for name in (*QUESTIONS, "unused")]
    ((usd, unknown),) = con.execute(
        "select sum(cost_usd), count(*) filter (cost_usd is null) from llm_calls"
    ).fetchall()
    assert sum(one[0] for one in costs) == pytest.approx(usd)
    assert sum(one[1] for one in costs) == pytest.approx(unknown)
    assert usd > 0 < unknown


def test_attempts_that_were_made_for_another_source_or_warehouse_are_told(con: duckdb.DuckDBPyConnection) -> None:
    key = "reasoning_paths:easy1/qwen/1"
    con.begin()
    try:
        con.execute(f"update llm_calls set made_for_source = 'mmlu', is_accepted = false where call_key = '{key}'")
        for number, source in ((2, "'medqa'"), (3, "null")):
            con.execute(
                f"insert into llm_calls by name select * replace ('{key}/{number}' as attempt_id, {number} as attempt,"
                f" {source} as made_for_source, {number} = 3 as is_accepted)"
                f" from llm_calls where attempt_id = '{key}/1'"
            )
        assert [one["attempt"] for one in traced(Snapshot(con), "easy1").calls[key]] == [1, 2, 3]
    finally:
        con.rollback()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("easy1", "Example 2 (generated) is in the training sets."),
        ("difficult", "Example 1 (regenerated) is in the training sets."),
        ("doubted", "Example 1 was dropped: label doubt"),
        ("unresolved", "The tier is unresolved: 1 of 9 paths have no judgement, and it is easy or medium"),
        ("raw/copy", "The record was turned away: duplicate."),
        ("raw/dropped", "The record was turned away: override."),
        ("raw/broken", "The record was turned away: malformed."),
        ("raw/benchmark", "A benchmark question"),
        ("unused", "No row of this warehouse uses the call."),
    ],
)
def test_what_became_of_it_and_why(snapshot: Snapshot, wanted: str, told: str) -> None:
    assert told in said(traced(snapshot, wanted))


def test_a_record_that_the_limit_leaves_out_says_so(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    con.begin()
    try:
        con.execute(
            "insert into raw_questions by name select * replace ('raw/more' as raw_id, 'more' as question_id)"
            " from raw_questions where raw_id = 'raw/easy1'"
        )
        assert "its source has no questions yet" in said(traced(snapshot, "raw/more"))
        con.execute(
            "insert into publishes by name select 'p1' as publish_id, 1 as seq, 'questions' as table_name,"
            " 'mmlu' as partition, 'r' as run_id, now()::timestamp as published_at, 6 as rows, 6 as rows_inserted,"
            " 0 as rows_deleted, '' as fingerprint, 'simulated' as profile, '{}' as statistics, '' as row_hash"
        )
        assert "the limit on questions leaves it out: 6 of its source are taken" in said(traced(snapshot, "raw/more"))
    finally:
        con.rollback()


def test_an_example_without_an_accepted_answer_says_why(snapshot: Snapshot) -> None:
    assert "is in no training set: its short answer was not accepted: refused." in said(traced(snapshot, "easy1"))


def test_the_story_of_a_rewritten_question(snapshot: Snapshot) -> None:
    told = list(titles(tell(traced(snapshot, "difficult"))))
    assert "Paths: 9, 0 correct, 9 error, 0 without a judgement" in told
    assert "qwen 1, temperature 0.7: B, error" in told
    assert "Tier: difficult, 9 errors of 9" in told
    assert any(one.startswith("example 1, regenerated, round 1 from qwen 1: not accepted: concludes B") for one in told)
    assert "example 1, regenerated, round 2 from qwen 1: accepted" in told
    assert "shown with up to 6 reasons of the 8 other error paths" in told
    assert sum(one.startswith("call ") for one in told) == len(traced(snapshot, "difficult").shares)


def test_a_record_that_was_turned_away_names_what_it_resembles(snapshot: Snapshot) -> None:
    told = list(titles(tell(traced(snapshot, "raw/leaked"))))
    assert "contaminated: 100.0% alike with a benchmark question" in told
    assert any(one.startswith("benchmark raw/benchmark: mmlu ") for one in told)


def test_rows_of_a_table_that_the_story_does_not_know_are_told_as_well(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table critiques as select 'c1' as critique_id, 'easy1' as question_id, 'A gap.' as weakness")
    try:
        node = tell(traced(Snapshot(con), "easy1"))
    finally:
        con.execute("drop table critiques")
    (critiques,) = (child for child in node.children if child.title == "critiques: 1")
    assert critiques.children[0].facts["weakness"] == "A gap."


def test_the_page_shows_texts_as_texts_and_loads_nothing(snapshot: Snapshot) -> None:
    rows = traced(snapshot, "easy1")
    attack = '<script>alert(1)</script> "><img src=x onerror=1>'
    rows.tables["questions"][0] |= {"question": attack}
    page = render(tell(rows), Path("/wh"), "easy1")
    assert attack not in page
    parsed = Page(page)
    assert parsed.loaded == []
    assert attack in " ".join(parsed.texts.values())


def test_a_trace_loads_nothing_that_is_slow() -> None:
    slow = ("dagster", "polars", "pandera", "great_expectations", "sqlglot")
    code = (
        "import sys; from reasonmed_assets.cli import app; from reasonmed_assets.lineage.trace import gathering,"
        f" story; found = [name for name in {slow} if name in sys.modules]; assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("table", ["sft_cot", "call_uses"])
def test_of_many_rows_few_are_read_whole(con: duckdb.DuckDBPyConnection, table: str) -> None:
    asked: list[str] = []

    class Watched(Snapshot):
        def rows(self, query: str, *values: str | list[str]) -> list[Row]:
            asked.append(filled(query, values))
            return super().rows(query, *values)

    with con.cursor() as cursor:
        cursor.execute("begin")
        ids = ", ".join(f"{name} || n as {name}" for name in Snapshot(con).columns[table] if name in IDS)
        cursor.execute(
            f"insert into {table} by name select * exclude (n) replace ({ids}) from {table}, range(3000) as other (n)"
        )
        (whole,) = cursor.execute(f"select count(*) from {table}").fetchone() or (0,)
        traced(Watched(cursor), "easy1")
        plans = [cursor.execute(f"explain (analyze, format json) {query}").fetchone() for query in asked]
        cursor.execute("rollback")
    read = [
        scan["operator_cardinality"]
        for plan in plans
        for scan in scans(json.loads(plan[1] if plan else ""))
        if scan["extra_info"]["Table"].endswith(f".{table}") and "row_hash" in scan["extra_info"]["Projections"]
    ]
    assert read
    assert max(read) < whole / 20


def scans(operator: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if operator.get("operator_type") == "TABLE_SCAN" and "Table" in operator["extra_info"]:
        yield operator
    for child in operator["children"]:
        yield from scans(child)


def test_a_review_and_an_override_without_a_question_are_told_alone(con: duckdb.DuckDBPyConnection) -> None:
    with con.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(
            "insert into reviews by name select * replace ('lone-review' as review_id, null as example_id,"
            " null as question_id, 'no such example' as problem) from reviews limit 1"
        )
        cursor.execute(
            "insert into overrides by name select * replace ('lone-override' as override_id, null as question_id,"
            " 'no such record' as problem) from overrides limit 1"
        )
        for wanted, problem in (("lone-review", "no such example"), ("lone-override", "no such record")):
            rows = traced(Snapshot(cursor), wanted)
            assert rows.question_id is None
            assert problem in str(tell(rows))
        cursor.execute("rollback")
