"""Every expectation fails on a distribution that it is there to find, and small partitions are judged by counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from quality_world import checked
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.distributions import allowed_count
from reasonmed_assets.quality.expectations import ROWS, Bound, views_of
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.pages.check_list import fault_id

SMALL = {"checks.thresholds.min_rows_for_rates": 1}
TRAINING = ("sft_cot", "sft_response", "sft_reasonmed")
# Table, view and column of the expectation, what makes it fail, figures of the last build.
FAULTS: list[tuple[str, str, str, dict[str, Any] | None]] = [
    *(
        (
            table,
            "letters.letter_share",
            "update rows set options = list_reverse(options) where question_id = 'easy1'",
            None,
        )
        for table in ("raw_questions", "questions")
    ),
    (
        "benchmark_questions",
        "letters.letter_share",
        "insert into rows by name select * replace ('more' as raw_id, ['x', 'y', 'z', 'w'] as options) from rows",
        None,
    ),
    (
        "reasoning_paths",
        "paths.is_repeated",
        "update rows set content_hash = 'same' where path_id in ('easy1/qwen/1', 'easy1/qwen/2')",
        None,
    ),
    (
        "reasoning_paths",
        "paths.is_looping",
        "update rows set path_text = repeat('and so we come back to the nerve ', 12) where path_id = 'easy1/qwen/1'",
        None,
    ),
    (
        "reasoning_paths",
        "paths.has_foreign_script",
        "update rows set path_text = path_text || ' 因此选择 A' where path_id = 'easy1/qwen/1'",
        None,
    ),
    (
        "reasoning_paths",
        "paths.has_no_letter",
        "update rows set answer_letter = null where path_id like '%/qwen/1'",
        None,
    ),
    (
        "reasoning_paths",
        "paths.has_no_reasoning",
        "update rows set reasoning_text = ' ' where path_id = 'easy1/huatuo/1'",
        None,
    ),
    ("reasoning_paths", "lengths.change_factor", "select 1", {"median_characters": {"qwen": 1}}),
    ("reasoning_paths", "lengths.change_factor", "select 1", {"median_characters": {"huatuo": 1_000_000}}),
    ("verifications", "acceptance.acceptance", "update rows set is_correct = false where generator = 'qwen'", None),
    ("verifications", "acceptance.acceptance", "update rows set is_correct = true where generator = 'qwen'", None),
    (
        "verifications",
        "correct_verdicts.has_wrong_letter",
        "update rows set is_answer_match = false where path_id = 'easy1/qwen/1'",
        None,
    ),
    ("difficulty_tiers", "tier_shares.shift", "select 1", {"tiers": {"easy": 6}}),
    ("ranked_paths", "scores.score_share", "update rows set score = 5", None),
    (
        "ranked_paths",
        "selection.shift",
        "select 1",
        None,
    ),
    (
        "refined_paths",
        "texts.is_unchanged",
        "update rows set path_text = (select path_text from reasoning_paths as p where p.path_id = rows.parent_path_id)"
        " where question_id = 'medium' and slot = 1",
        None,
    ),
    (
        "refined_paths",
        "texts.has_invented_citation",
        "update rows set path_text = path_text || ' (PMID: 12345678)' where question_id = 'medium' and slot = 1",
        None,
    ),
    ("refined_paths", "lengths.length_factor", "update rows set path_text = 'Short.' where is_accepted", None),
    (
        "refined_paths",
        "lengths.length_factor",
        "update rows set path_text = repeat(path_text, 4) where is_accepted",
        None,
    ),
    (
        "answer_summaries",
        "summaries.is_failed",
        "update rows set is_accepted = false where question_id = 'difficult'",
        None,
    ),
    (
        "answer_summaries",
        "summaries.is_copy",
        "update rows set summary = (select path_text from reasonmed as e where e.example_id = rows.example_id)"
        " where question_id = 'difficult'",
        None,
    ),
    (
        "answer_summaries",
        "summaries.n_tokens",
        "update rows set completion_tokens = 19 where question_id = 'difficult'",
        None,
    ),
    (
        "answer_summaries",
        "summaries.n_tokens",
        "update rows set completion_tokens = null, summary = repeat(summary, 30) where question_id = 'difficult'",
        None,
    ),
    ("quality_scores", "scores.score_share", "select 1", None),
    *((table, "records.is_over_cutoff", "update rows set input = repeat('word ', 8000)", None) for table in TRAINING),
    *(
        (table, "letter_shares.shift", "update reasonmed set gold_letter = 'B' where tier = 'easy'", None)
        for table in TRAINING
    ),
]


def distributions(
    con: duckdb.DuckDBPyConnection,
    table: str,
    statement: str,
    folder: Path,
    last: dict[str, Any] | None = None,
    overrides: dict[str, Any] | None = None,
) -> CheckOutcome:
    """The outcome of the check `distributions` after a statement has changed the staged rows."""
    con.execute("set variable last_statistics = ?", [json.dumps(last) if last else None])
    return checked(con, table, "distributions", statement, folder, overrides)


@pytest.mark.parametrize(
    ("table", "column", "statement", "last"), FAULTS, ids=[fault_id(table, column) for table, column, *_ in FAULTS]
)
def test_an_implausible_distribution_is_found(
    table: str,
    column: str,
    statement: str,
    last: dict[str, Any] | None,
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    outcome = distributions(con, table, statement, tmp_path, last, SMALL)
    assert outcome.error is None
    assert column in [example["column"] for example in outcome.examples]
    assert all(example["examples"] for example in outcome.examples)
    assert (outcome.passed, outcome.severity) == (False, "warn")
    results = {result["expectation_config"]["kwargs"]["column"]: result for result in outcome.validation or []}
    assert not results[column]["success"]
    assert set(results) == {f"{view.name}.{e.column}" for view in views_of(table) for e in view.expectations}


@pytest.mark.parametrize("table", [name for name in TABLES if name not in UNAUDITED])
def test_every_expectation_has_a_distribution_that_fails_it(table: str) -> None:
    declared = {f"{view.name}.{e.column}" for view in views_of(table) if view is not ROWS for e in view.expectations}
    assert declared == {column for name, column, *_ in FAULTS if name == table}


@pytest.mark.parametrize("rows", [2, 200])
def test_a_number_of_rows_far_from_the_last_builds_is_found(
    rows: int, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcome = distributions(con, "questions", "select 1", tmp_path, {"rows": rows}, SMALL)
    assert "row_counts.change_factor" in [example["column"] for example in outcome.examples]


def test_without_a_last_build_nothing_is_compared(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcome = distributions(con, "difficulty_tiers", "select 1", tmp_path, None, SMALL)
    assert outcome.passed


def test_questions_with_fixed_options_have_their_own_letters(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    statement = "update rows set options = ['yes', 'no', 'maybe'], gold_letter = 'A'"
    assert distributions(con, "raw_questions", statement, tmp_path, None, SMALL).passed


def test_few_rows_are_judged_by_counts(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    statement = "update rows set content_hash = 'same' where path_id in ('easy1/qwen/1', 'easy1/qwen/2')"
    assert distributions(con, "reasoning_paths", statement, tmp_path).passed


def test_a_script_that_the_question_holds_is_not_foreign(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    statement = """
        update rows set path_text = path_text || ' 因此' where path_id = 'easy1/qwen/1';
        update questions set question = question || ' 因此' where question_id = 'easy1'
    """
    outcome = distributions(con, "reasoning_paths", statement, tmp_path, None, SMALL)
    assert "paths.has_foreign_script" not in [example["column"] for example in outcome.examples]


def test_expectations_leave_no_file_and_no_open_database(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    distributions(con, "questions", "select 1", tmp_path)
    links = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except FileNotFoundError:
            continue
    assert [link for link in links if "reasonmed-expectations" in link] == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(0, 5000), rate=st.sampled_from([0.005, 0.01, 0.02, 0.03, 1 - 0.97, 0.05, 0.45, 0.99]))
@example(n=1, rate=0.005)
@example(n=4, rate=0.02)
def test_counts_follow_the_rule_of_the_assertions(n: int, rate: float, world: duckdb.DuckDBPyConnection) -> None:
    con = world.cursor()
    con.execute("set variable threshold_min_rows_for_rates = 200")
    allowed = allowed_count(con, n, rate)
    query = "select exceeds(k, ?, ?) from range(?) as t(k) order by k"
    verdicts = [row[0] for row in con.execute(query, [n, rate, n + 1]).fetchall()]
    assert verdicts == [False] * (allowed + 1) + [True] * (n - allowed)


def test_a_bound_names_a_threshold_that_exists() -> None:
    with pytest.raises(ValueError, match="there is no threshold 'letter_share_maximum'"):
        Bound("letter_share_maximum")
