"""A sound build passes every check; the ways in which an audit itself can go wrong."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest
from quality_world import SOURCE, connect, macros, stage
from reasonmed_assets.quality.auditing import MAX_EXAMPLES, CheckOutcome, audit, shortened
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.measures import measure
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.quality.statistics import statistics

from reasonmed_assets.config import load_profile

AUDITED = [name for name in TABLES if name not in UNAUDITED]


@pytest.mark.parametrize("table", AUDITED)
def test_every_check_passes_on_a_sound_build(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    spec = TABLES[table]
    partition = SOURCE if spec.is_partitioned else None
    outcomes = audit(con, spec, partition, stage(con, table, tmp_path), load_profile("simulated"))
    assert [outcome.name for outcome in outcomes] == [declared.name for declared in check_names(table)]
    assert [outcome for outcome in outcomes if not outcome.passed] == []


def by_name(outcomes: list[CheckOutcome]) -> dict[str, CheckOutcome]:
    return {outcome.name: outcome for outcome in outcomes}


@pytest.mark.parametrize("table", AUDITED)
def test_statistics_are_a_json_object_with_the_number_of_rows(
    table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute(f"create or replace temp view staged as from read_parquet('{stage(con, table, tmp_path)}')")
    measure(con, table)
    partition = SOURCE if TABLES[table].is_partitioned else None
    found = statistics(con, TABLES[table], partition)
    assert json.loads(json.dumps(found)) == found
    assert (found["partition"], found["rows"]) == (partition, len(con.execute("from staged").fetchall()))


def test_statistics_hold_what_the_next_build_is_compared_with(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = {}
    for table in ("raw_questions", "difficulty_tiers", "verifications", "reasoning_paths"):
        con.execute(f"create or replace temp view staged as from read_parquet('{stage(con, table, tmp_path)}')")
        measure(con, table)
        found[table] = statistics(con, TABLES[table], SOURCE)
    assert found["raw_questions"]["files"][0] == {
        "file": "mmlu/dev.csv",
        "split": "dev",
        "split_role": "train",
        "records": 10,
        "n_unreadable": 1,
        "n_too_long": 0,
        "is_base_assumed": False,
    }
    assert found["difficulty_tiers"]["tiers"] == {"easy": 2, "medium": 1, "difficult": 2, "unresolved": 1}
    assert found["verifications"]["acceptance"]["qwen"] == pytest.approx(10 / 18, abs=1e-6)
    assert set(found["reasoning_paths"]["median_characters"]) == {"qwen", "deepseek", "huatuo"}


def test_statistics_of_no_rows(con: duckdb.DuckDBPyConnection) -> None:
    for table in AUDITED:
        con.execute(f"create or replace temp view staged as select * from {table} limit 0")
        measure(con, table)
        assert statistics(con, TABLES[table], SOURCE)["rows"] == 0


def test_an_unchanged_partition_is_audited_by_the_counts_of_its_last_publish(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    spec, profile = TABLES["raw_questions"], load_profile("simulated")
    staged = stage(con, "raw_questions", tmp_path)
    con.execute(f"create temp view staged as from read_parquet('{staged}')")
    last = json.dumps(statistics(con, spec, SOURCE))
    con.execute("drop table source_files")
    assert not by_name(audit(con, spec, SOURCE, staged, profile))["counts"].passed
    con.execute("drop table source_files")
    con.execute("set variable last_statistics = ?", [last])
    assert by_name(audit(con, spec, SOURCE, staged, profile))["counts"].passed


def test_an_unchanged_table_that_no_file_was_read_for_is_audited(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("delete from reviews")
    con.execute("drop table source_files")
    last = json.dumps({"rows": 0, "files": None})
    path = stage(con, "reviews", tmp_path)
    con.execute("set variable last_statistics = ?", [last])
    outcomes = audit(con, TABLES["reviews"], None, path, load_profile("simulated"))
    assert [outcome.name for outcome in outcomes if not outcome.passed] == []


def test_counts_that_the_caller_registered_are_the_ones_that_are_used(tmp_path: Path) -> None:
    con = connect()
    con.execute("drop table source_files")
    counts = {"file": ["mmlu/dev.csv"], "split": ["dev"], "split_role": ["train"], "records": [8], "n_unreadable": [1]}
    con.register("source_files", pl.DataFrame(counts))
    staged = stage(con, "raw_questions", tmp_path)
    outcome = by_name(audit(con, TABLES["raw_questions"], SOURCE, staged, load_profile("simulated")))["counts"]
    assert [example["records"] for example in outcome.examples] == [8]


def test_rows_without_a_column_fail_every_check_that_needs_it_and_raise_nothing(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    staged = tmp_path / "staged.parquet"
    con.execute(f"copy (select * exclude (path_text) from reasoning_paths) to '{staged}'")
    outcomes = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))
    assert not outcomes["schema"].passed and outcomes["schema"].error is None
    assert outcomes["states"].is_blocking_failure
    assert "path_text" in str(outcomes["states"].error)
    assert outcomes["counts"].passed


def test_all_failures_are_counted_and_a_few_are_shown(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    staged = tmp_path / "staged.parquet"
    con.execute(f"copy (select * replace ('unknown' as question_id) from reasoning_paths) to '{staged}'")
    outcome = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))["references"]
    assert (outcome.n_failing, len(outcome.examples)) == (54, MAX_EXAMPLES)


def test_wrong_values_are_found_in_every_batch_with_their_row(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    staged = tmp_path / "staged.parquet"
    con.execute(
        "copy (select paths.* replace (path_id || n as path_id, if(n in (5, 25_003), -1, attempts) as attempts)"
        f" from reasoning_paths as paths, range(30_000) as many (n) where path_id = 'easy1/qwen/1') to '{staged}'"
    )
    outcome = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))["schema"]
    assert outcome.n_failing == 2
    assert [(example["column"], example["value"]) for example in outcome.examples] == [("attempts", "-1")] * 2
    rows = con.execute(
        f"select file_row_number from read_parquet('{staged}', file_row_number = true) where attempts = -1"
    )
    assert sorted(example["row"] for example in outcome.examples) == sorted(row for (row,) in rows.fetchall())


def test_a_wrong_type_is_told_once(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    staged = tmp_path / "staged.parquet"
    con.execute(
        "copy (select paths.* replace (attempts::varchar as attempts, path_id || n as path_id)"
        f" from reasoning_paths as paths, range(20_000) as many (n) where path_id = 'easy1/qwen/1') to '{staged}'"
    )
    outcome = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))["schema"]
    assert {example["column"] for example in outcome.examples} == {"attempts"}
    assert outcome.n_failing <= 2


def test_rows_that_share_a_key_are_told_before_their_figures_are_looked_at(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    staged = tmp_path / "staged.parquet"
    con.execute(f"copy (select * from reasoning_paths union all select * from reasoning_paths) to '{staged}'")
    outcomes = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))
    assert outcomes["key"].is_blocking_failure
    assert "schema or key" in str(outcomes["distributions"].error)


def test_a_row_that_stands_many_times_does_not_multiply(tmp_path: Path) -> None:
    con = connect()
    con.execute("set memory_limit = '500MB'")
    staged = tmp_path / "staged.parquet"
    con.execute(f"copy (select paths.* from reasoning_paths as paths, range(500)) to '{staged}'")
    outcomes = by_name(audit(con, TABLES["reasoning_paths"], SOURCE, staged, load_profile("simulated")))
    assert outcomes["key"].n_failing == 54
    judged = con.execute("select count(*) from measured").fetchone()
    assert judged == (53,)


def test_an_audit_needs_no_more_than_a_read_only_connection(tmp_path: Path) -> None:
    made = connect()
    made.execute(f"attach '{tmp_path / 'build.duckdb'}' as build")
    for name in TABLES:
        made.execute(f"create table build.{name} as from {name}")
    staged = stage(made, "verifications", tmp_path)
    made.execute("detach build")
    con = duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True)
    con.execute(macros().replace("create macro ", "create temp macro "))
    outcomes = audit(con, TABLES["verifications"], SOURCE, staged, load_profile("simulated"))
    assert [outcome for outcome in outcomes if not outcome.passed] == []


def test_values_are_shown_short() -> None:
    assert shortened("x" * 1000) == "x" * 300 + "..."
    assert [shortened(value) for value in (None, 1, 2.5, True, ["a"])] == [None, 1, 2.5, True, "['a']"]
