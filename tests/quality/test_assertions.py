"""Every assertion finds each of the faults planted for it, and what a profile permits is no fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from planted_faults import FAULTS, Fault
from quality_world import SOURCE, checked
from reasonmed_assets.quality.auditing import CheckOutcome, audit_rows, merged
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config import load_profile
from reasonmed_assets.materialisation.stage import ChangedUnits, narrow
from reasonmed_assets.pages.check_list import fault_id

GENERIC = {"schema", "key", "partition", "shrink", "distributions"}
AUDITED = [name for name in TABLES if name not in UNAUDITED]
IN_PARTS = [
    next(fault for fault in FAULTS if (fault.table, fault.check) == (name, declared.name))
    for name, spec in TABLES.items()
    for declared in check_names(name)
    if spec.unit is not None and declared.is_by_unit and declared.name not in GENERIC
]


def found_whole(fault: Fault, con: duckdb.DuckDBPyConnection, folder: Path) -> CheckOutcome:
    """The outcome of its check, which found a planted fault."""
    outcome = checked(con, fault.table, fault.check, fault.statement, folder, fault.overrides)
    assert outcome.error is None
    assert not outcome.passed
    assert outcome.n_failing >= len(outcome.examples) >= 1
    return outcome


def name(fault: Fault) -> str:
    return fault_id(fault.table, fault.check)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in IN_PARTS], ids=name)
def test_a_planted_fault_is_found(fault: Fault, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found_whole(fault, con, tmp_path)


@pytest.mark.parametrize("fault", IN_PARTS, ids=name)
def test_a_planted_fault_is_found_in_parts(fault: Fault, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Two audits of a half of the units each, as those of shards or changes, find what one of all finds."""
    table, check, whole = fault.table, fault.check, found_whole(fault, con, tmp_path)
    unit = TABLES[table].unit
    assert unit is not None
    profile, found = load_profile("simulated", fault.overrides), []
    # These need not be run.
    others = {one.name: replace(whole, name=one.name) for one in check_names(table) if one.name != check}
    queries = [f"select {units} as id from {other}" for other, spec in TABLES.items() if (units := spec.units(unit))]
    all_ids = " union ".join([f"select {unit} as id from rows", *queries])
    for number in range(2):
        part, ids = tmp_path / f"{number}.parquet", tmp_path / f"ids_{number}.parquet"
        con.execute(f"copy (from rows where hash({unit}) % 2 = {number}) to '{part}' (format parquet)")
        of_half = f"select id as {unit} from ({all_ids}) where hash(id) % 2 = {number}"
        con.execute(f"copy ({of_half}) to '{ids}' (format parquet)")
        with con.cursor() as own:
            narrow(own, ChangedUnits(unit, ids, 0, {}))
            own.execute("set variable last_statistics = null")
            partition = SOURCE if TABLES[table].is_partitioned else None
            outcomes = audit_rows(own, TABLES[table], partition, part, profile, others)
            found += [one for one in outcomes if one.name == check]
    assert [one.error for one in found] == [None, None]
    assert (merged(found).passed, merged(found).n_failing) == (whole.passed, whole.n_failing)


@pytest.mark.parametrize("table", AUDITED)
def test_every_assertion_has_a_planted_fault(table: str) -> None:
    planted = {fault.check for fault in FAULTS if fault.table == table}
    assert {declared.name for declared in check_names(table)} - GENERIC == planted


@pytest.mark.parametrize("table", AUDITED)
def test_a_null_where_none_is_allowed_is_found(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcome = checked(con, table, "schema", f"update rows set {TABLES[table].key} = null", tmp_path)
    assert outcome.error is None
    assert outcome.n_failing == con.execute("select count(*) from staged").fetchone()[0]  # type: ignore[index]
    assert {example["column"] for example in outcome.examples} == {TABLES[table].key}


@pytest.mark.parametrize("table", AUDITED)
def test_a_missing_and_a_surplus_column_are_found_together(
    table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    statement = f"alter table rows drop {TABLES[table].key}; alter table rows add column surplus integer"
    outcome = checked(con, table, "schema", statement, tmp_path)
    assert outcome.n_failing == 2
    assert {str(example["value"]) for example in outcome.examples} == {TABLES[table].key, "surplus"}


@pytest.mark.parametrize("table", AUDITED)
def test_a_row_that_stands_twice_is_found(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcome = checked(con, table, "key", "insert into rows select * from rows limit 1", tmp_path)
    assert outcome.error is None
    assert not outcome.passed
    assert {example["problem"] for example in outcome.examples} >= {"twice in the staged rows"}


@pytest.mark.parametrize("table", [name for name in AUDITED if TABLES[name].is_partitioned])
def test_a_key_of_another_partition_is_found(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    statement = f"insert into {table} by name select * replace ('pubmedqa' as source) from rows limit 1"
    outcome = checked(con, table, "key", statement, tmp_path)
    assert outcome.examples[0]["problem"] == "also in partition pubmedqa"


@pytest.mark.parametrize("table", [name for name in AUDITED if TABLES[name].is_partitioned])
def test_a_row_of_another_partition_is_found(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    outcome = checked(con, table, "partition", "update rows set source = 'medqa'", tmp_path)
    assert not outcome.passed


@pytest.mark.parametrize(
    ("table", "check", "statement", "overrides"),
    [
        (
            "questions",
            "contamination",
            "update rows set question = (select question from benchmark_questions) where question_id = 'easy1'",
            {"rules.reject_contaminated": False},
        ),
        (
            "questions",
            "duplicates",
            "update rows set question = (select question from rows where question_id = 'easy1')"
            " where question_id = 'easy2'",
            {"rules.reject_duplicates": False},
        ),
        (
            "refined_paths",
            "answers",
            "update rows set verdict = null, answer_letter = 'B' where is_accepted",
            {"rules.verify_rewrites": False},
        ),
        (
            "refined_paths",
            "leaks",
            "update rows set leak_phrases = ['the verifier'] where is_accepted",
            {"rules.verify_rewrites": False},
        ),
        (
            "refined_paths",
            "references",
            "insert into rows by name select * replace ('base' as path_id, 'refined' as stage, false as is_accepted)"
            " from rows where question_id = 'difficult' limit 1;"
            " update rows set parent_path_id = 'base' where question_id = 'difficult' and stage = 'regenerated'",
            {"rules.difficult_base": "refined"},
        ),
        (
            "reasonmed",
            "answers",
            "update rows set answer_letter = 'B' where tier != 'easy'",
            {"rules.verify_rewrites": False},
        ),
        (
            "reasonmed",
            "answers",
            "update rows set answer_letter = 'B' where question_id = 'easy1'",
            {"rules.verdict_rule": "verifier"},
        ),
        (
            "verifications",
            "judgements",
            "update rows set is_correct = true, verdict = 'error' where is_answer_match",
            {"rules.verdict_rule": "answer"},
        ),
        ("questions", "counts", "delete from rows where question_id = 'easy1'", {"limit": 5}),
        ("raw_questions", "unreadable", "update source_files set n_unreadable = 9, n_too_long = 8", {}),
        ("verifications", "missing", "select 1", {}),
    ],
)
def test_what_the_profile_permits_is_no_fault(
    table: str,
    check: str,
    statement: str,
    overrides: dict[str, Any],
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    outcome = checked(con, table, check, statement, tmp_path, overrides)
    assert (outcome.error, outcome.passed) == (None, True)


def test_a_question_that_a_match_turned_away_since_does_not_block_the_other_source(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    statement = """
        update rows set question = (select question from questions where source = 'medqa') where question_id = 'easy2';
        insert into question_matches by name
        select * replace ('m9' as match_id, 'raw/other' as raw_id, 'medqa' as source) from question_matches limit 1
    """
    assert checked(con, "questions", "duplicates", statement, tmp_path).passed
