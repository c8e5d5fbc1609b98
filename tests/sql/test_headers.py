"""The headers of sql/: read as declared, refused where they are wrong, and true to the queries below them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reasonmed_assets.sql import Query, QueryError

from reasonmed_assets import sql

FILE = Path("sql/tables/counts.sql")
HEADER = "-- makes: counts\n-- reads: questions, overrides\n-- description: One row per\n--     source.\n"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(sql.macros_text())
    return con


def undeclared(con: duckdb.DuckDBPyConnection, query: Query) -> set[str]:
    """What the SQL names and its header does not, or the other way round. A step's calls need not be read."""
    different = con.get_table_names(query.text) ^ set(query.inputs)
    return different - {"calls"} if query.step else different


@pytest.mark.parametrize("query", sql.queries(), ids=lambda query: query.name)
def test_a_header_names_exactly_what_its_query_reads(query: Query, con: duckdb.DuckDBPyConnection) -> None:
    assert not undeclared(con, query)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (("from raw_questions", "from raw_questions cross join verifications"), {"verifications"}),
        (("-- reads: raw_questions", "-- reads: benchmark_questions, raw_questions"), {"benchmark_questions"}),
        (("question_matches, ", ""), {"question_matches"}),
    ],
)
def test_an_undeclared_and_an_unread_input_are_found(
    planted: tuple[str, str], found: set[str], con: duckdb.DuckDBPyConnection
) -> None:
    text = sql.query("tables/questions").text
    changed = sql.parse("tables/questions", text.replace(*planted, 1), FILE)
    assert undeclared(con, changed) == found


def test_a_header_is_read() -> None:
    read = sql.parse("tables/counts", HEADER + "select 1", FILE)
    assert (read.makes, read.reads, read.description) == ("counts", ("questions", "overrides"), "One row per source.")
    assert (read.previous, read.relations, read.step, read.roles) == ((), (), None, ())


@pytest.mark.parametrize(
    ("name", "header", "complaint"),
    [
        ("tables/counts", HEADER.replace("-- reads", "-- input"), "line 2: expected"),
        ("tables/counts", HEADER + "-- reads: questions\n", "line 5: 'reads' is given twice"),
        ("tables/counts", "--     source.\n" + HEADER, "line 1: expected"),
        ("tables/counts", HEADER.replace("-- reads: questions", "-- reads: Questions"), "reads is 'Questions"),
        ("tables/counts", HEADER.replace("overrides", "questions"), "each once"),
        ("tables/counts", HEADER.replace("source.", "source"), "full stop"),
        ("tables/others", HEADER, "makes 'others', its header says 'counts'"),
        ("calls/count", HEADER.replace("counts", "calls"), "name the role that answers"),
        ("tables/counts", HEADER + "-- role: ranker\n", "name the role that answers"),
        ("tables/counts", HEADER + "-- step: rank\n", "in calls/"),
        ("pictures/counts", HEADER, "a figure makes nothing"),
    ],
)
def test_a_wrong_header_names_file_and_fault(name: str, header: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint) as error:
        sql.parse(name, header + "select 1", FILE)
    assert str(FILE) in str(error.value)


def test_a_query_that_is_not_there_is_named() -> None:
    with pytest.raises(QueryError, match=r"no query tables/nothing: write .*sql/tables/nothing.sql"):
        sql.query("tables/nothing")
    assert sql.find("tables/nothing") is None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = sql.parse("tables/counts", text, FILE)
    except QueryError:
        return
    assert read.makes == "counts"
    assert read.description


def test_every_relation_and_step_that_a_query_names_exists() -> None:
    steps = {query.name for query in sql.queries("calls")}
    assert {query.step for query in sql.queries() if query.step} <= steps


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("with own as (select * from questions) select * from own", {"questions"}),
        ("with questions as (select * from questions) select * from questions", {"questions"}),
        ("with recursive n as (select 1 as i union all select i + 1 from n where i < 9) from n", set()),
        ("select * from reviews where path_id in (from overrides)", {"reviews", "overrides"}),
    ],
)
def test_what_a_query_reads_is_found_without_its_own_expressions(text: str, names: set[str]) -> None:
    assert sql.names_in(text) == names
