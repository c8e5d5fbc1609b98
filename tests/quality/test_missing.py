"""A role whose replies stay out: which reasons its check shows, and from which share on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from quality_world import SOURCE
from reasonmed_assets.quality.auditing import CheckOutcome, prepare, run_check
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config import load_profile

PATHS = 1_000


def _checked(con: duckdb.DuckDBPyConnection, failed: list[tuple[str, str | None, int]], folder: Path) -> CheckOutcome:
    """The check of a thousand paths, some of which have failed: outcome, detail (`{n}`: a number) and how many."""
    rows = [(outcome, detail) for outcome, detail, n in failed for _ in range(n)]
    rows += [("completed", None)] * (PATHS - len(rows))
    values = [(f"p{n:04}", outcome, detail and detail.format(n=n)) for n, (outcome, detail) in enumerate(rows)]
    con.execute("create or replace temp table endings (path_id varchar, outcome varchar, detail varchar)")
    con.executemany("insert into endings values (?, ?, ?)", values)
    path = folder / "staged.parquet"
    con.execute(
        "copy (select paths.* replace (endings.path_id as path_id, endings.outcome as outcome,"
        " endings.detail as outcome_detail, endings.outcome != 'completed' as is_missing)"
        " from endings cross join (from reasoning_paths limit 1) as paths)"
        f" to '{path}' (format parquet)"
    )
    profile = load_profile("simulated")
    prepare(con, TABLES["reasoning_paths"], SOURCE, path, profile)
    (declared,) = [check for check in check_names("reasoning_paths") if check.name == "missing"]
    return run_check(con, TABLES["reasoning_paths"], declared, profile)


def test_the_five_most_frequent_reasons_are_shown_with_counts_and_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    failed = [
        ("transport_error", "HTTP 503", 400),
        ("transport_error", "HTTP 429: rate limit reached for org-{n}, retry in {n}ms", 200),
        ("rejected", "HTTP 400: maximum context length is 8192 tokens, you asked for {n}", 100),
        ("timed_out", "no reply within {n} s", 50),
        ("transport_error", "ServerDisconnectedError: Server disconnected", 20),
        ("transport_error", None, 10),
    ]
    outcome = _checked(con, failed, tmp_path)
    assert not outcome.passed
    assert outcome.error is None
    assert [(row["reason"], row["n_rows"]) for row in outcome.examples] == [
        ("transport_error: HTTP 503", 400),
        ("transport_error: HTTP 429: rate limit reached for #, retry in #", 200),
        ("rejected: HTTP 400: maximum context length is # tokens, you asked for #", 100),
        ("timed_out: no reply within # s", 50),
        ("transport_error: ServerDisconnectedError: Server disconnected", 20),
    ]
    assert {(row["of_missing"], row["of_rows"]) for row in outcome.examples} == {(780, PATHS)}
    assert "p0400" in outcome.examples[1]["examples"]
    assert outcome.examples[1]["detail"].startswith("HTTP 429: rate limit reached for org-4")


@pytest.mark.parametrize(("n", "passed"), [(5, True), (6, False)])
def test_the_threshold_is_half_a_percent(n: int, passed: bool, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert _checked(con, [("timed_out", None, n)], tmp_path).passed == passed


def test_a_reply_of_no_use_is_an_error_path_and_not_missing(con: duckdb.DuckDBPyConnection) -> None:
    outcomes = con.execute(
        "select outcome from unnest(['completed', 'truncated', 'empty', 'rejected', 'timed_out', null]) as o (outcome)"
        " where is_no_reply(outcome)"
    ).fetchall()
    assert outcomes == [("rejected",), ("timed_out",)]


def test_every_table_that_models_fill_has_the_check() -> None:
    filled = {name for name, spec in TABLES.items() if "call_keys" in spec.columns}
    assert {name for name in TABLES if "missing" in {check.name for check in check_names(name)}} == filled
