"""What of a table's ids may vanish in a publish, and what stops it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from quality_world import SOURCE, checked
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN, guarded_tables, removals


@pytest.fixture(autouse=True)
def guard(con: duckdb.DuckDBPyConnection) -> None:
    set_variables(con, {IS_ALLOWED: False, IS_LIMIT_GIVEN: False})


def shrunk(
    con: duckdb.DuckDBPyConnection, table: str, statement: str, folder: Path, overrides: dict[str, Any] | None = None
) -> CheckOutcome:
    """The outcome of the check after a statement has changed the staged rows (`rows`) or the published ones."""
    outcome = checked(con, table, "shrink", statement, folder, overrides)
    assert outcome.error is None
    return outcome


def questions(n: int, con: duckdb.DuckDBPyConnection) -> str:
    """Publish `n` questions that nobody decided on; returns a statement that stages as many of them as it names."""
    con.execute("delete from overrides; delete from reviews")
    numbered = "replace (format('q{:05}', i) as question_id, format('raw/q{:05}', i) as raw_id)"
    for table in ("raw_questions", "questions"):
        con.execute(f"create or replace temp table one as from {table} where source = '{SOURCE}' limit 1")
        con.execute(f"delete from {table} where source = '{SOURCE}'")
        con.execute(f"insert into {table} by name select one.* {numbered} from one, range({n}) as t(i)")
    return (
        "delete from rows; insert into rows from questions where question_id between 'q' and format('q{{:05}}', {} - 1)"
    )


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        (10_178, 20, False),
        (200, 20, False),
        (20, 0, False),
        (1, 0, False),
        (10_178, 8_143, True),
        (10_178, 8_142, False),
        (200, 160, True),
        (200, 159, False),
        (20, 12, True),
        (20, 11, False),
        (20, 20, True),
        (20, 200, True),
    ],
)
def test_more_than_the_share_does_not_go(
    before: int, after: int, passed: bool, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    statement = questions(before, con)
    outcome = shrunk(con, "questions", statement.format(after), tmp_path)
    assert outcome.passed == passed
    if not passed:
        (found,) = outcome.examples
        assert (found["n_removed"], found["of_published"], found["n_left"]) == (before - after, before, after)


@pytest.mark.parametrize(("before", "after"), [(10_178, 20), (200, 20), (20, 1)])
def test_a_limit_that_is_given_explains_what_is_beyond_it(
    before: int, after: int, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    statement = questions(before, con).format(after)
    assert not shrunk(con, "questions", statement, tmp_path, {"limit": after}).passed
    set_variables(con, {IS_LIMIT_GIVEN: True})
    assert shrunk(con, "questions", statement, tmp_path, {"limit": after}).passed
    ((why, found),) = removals(con, TABLES["questions"]).items()
    assert (why, found["n"], len(found["examples"])) == ("beyond the limit", before - after, 5)
    # Fewer than the limit: it is not the limit that they are beyond.
    assert not shrunk(con, "questions", statement, tmp_path, {"limit": after + 1}).passed


def test_an_override_names_what_goes(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    gone = questions(20, con).format(19)
    con.execute("update questions set question_id = 'z-dropped' where question_id = 'q00019'")
    con.execute(
        "insert into overrides by name select 'o' as override_id, 'drop' as kind, 1 as entry, true as is_applied,"
        " 'z-dropped' as question_id, 'r' as reason, 'd' as decided_by, '2026-11-20' as decided_on, 'n' as note,"
        " 'h' as row_hash"
    )
    assert shrunk(con, "questions", gone, tmp_path).passed
    assert removals(con, TABLES["questions"]) == {"named by an override": {"n": 1, "examples": ["z-dropped"]}}


def test_a_table_that_is_allowed_to_shrink_does_so_and_says_what_went(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    statement = questions(20, con).format(0)
    set_variables(con, {IS_ALLOWED: True})
    assert shrunk(con, "questions", statement, tmp_path).passed
    assert removals(con, TABLES["questions"])["without a reason"]["n"] == 20


@pytest.mark.parametrize("table", guarded_tables())
def test_no_guarded_table_is_emptied(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert shrunk(con, table, "select 1", tmp_path).passed
    assert not shrunk(con, table, "delete from rows", tmp_path).passed


FOLLOWING = [(name, spec.guard.follows) for name, spec in TABLES.items() if spec.guard and spec.guard.follows]


@pytest.mark.parametrize(("table", "followed"), FOLLOWING)
def test_rows_go_with_those_that_they_follow_from(
    table: str, followed: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert shrunk(con, table, f"delete from rows; delete from {followed}", tmp_path).passed
    assert list(removals(con, TABLES[table])) == [f"gone from {followed}"]


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("overrides", "delete from rows where question_id = 'easy2'"),
        ("reviews", "delete from rows where review_id = 'r1'"),
        ("questions", "delete from rows where question_id = 'easy2'"),
        ("raw_questions", "delete from rows where question_id = 'easy2'"),
        ("reasonmed", "delete from rows where example_id in (select example_id from reviews where is_current)"),
    ],
)
def test_nothing_goes_that_people_decided_on(
    table: str, statement: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (found,) = shrunk(con, table, statement, tmp_path).examples
    assert found["n_decided"] >= 1


def test_an_entry_of_the_overrides_that_moves_in_its_file_does_not_go(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert shrunk(
        con, "overrides", "update rows set override_id = override_id || '2', entry = entry + 1", tmp_path
    ).passed


@pytest.mark.parametrize("table", ["reasoning_paths", "verifications", "reasonmed", "answer_summaries", "sft_cot"])
def test_rows_that_change_do_not_go(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert shrunk(con, table, "update rows set row_hash = row_hash || 'x'", tmp_path).passed
    assert removals(con, TABLES[table]) == {}


def test_tables_that_follow_from_others_alone_are_not_guarded() -> None:
    guarded = {"raw_questions", "questions", "reasoning_paths", "verifications", "reasonmed", "answer_summaries"}
    assert set(guarded_tables()) == guarded | {"sft_cot", "sft_response", "sft_reasonmed", "overrides", "reviews"}
