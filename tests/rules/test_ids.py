"""Ids: the same in Python and in DuckDB, and different wherever a part differs."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasonmed_assets.rules.ids import make_id, question_id, raw_id

_PART = st.one_of(
    st.none(), st.integers(-(2**40), 2**40), st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
)
_IN_DUCKDB = """
select substr(sha256(concat_ws(chr(31), {parts})), 1, 16)
"""


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@settings(deadline=None)  # the first query loads the engine
@given(st.lists(_PART, min_size=1, max_size=6))
def test_duckdb_computes_the_same_id(con: duckdb.DuckDBPyConnection, parts: list[str | int | None]) -> None:
    arguments = ", ".join("coalesce(?::varchar, '')" for _ in parts)
    (found,) = con.execute(_IN_DUCKDB.format(parts=arguments), parts).fetchone()  # type: ignore[misc]
    assert found == make_id(*parts)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x1f")), min_size=1, max_size=4))
def test_moving_text_between_parts_changes_the_id(parts: list[str]) -> None:
    joined = ["".join(parts)]
    assert (make_id(*parts) == make_id(*joined)) == (parts == joined)


def test_an_id_is_sixteen_hex_digits_that_never_change() -> None:
    assert make_id("medqa", None, 3) == "e6322ae6a0412d53"
    assert make_id("medqa", None, 3) == make_id("medqa", "", "3")


def test_a_question_id_depends_on_every_text_and_on_their_order() -> None:
    base = question_id("medqa", None, "Which?", ["yes", "no"])
    others = [
        question_id("mmlu", None, "Which?", ["yes", "no"]),
        question_id("medqa", "An abstract.", "Which?", ["yes", "no"]),
        question_id("medqa", None, "Which one?", ["yes", "no"]),
        question_id("medqa", None, "Which?", ["no", "yes"]),
    ]
    assert len({base, *others}) == 5


def test_a_raw_id_is_the_place_where_the_record_was_read() -> None:
    assert raw_id("medqa", "medqa/US/dev.jsonl", 1) != raw_id("medqa", "medqa/US/dev.jsonl", 2)
    assert raw_id("medqa", "a", 1) == make_id("medqa", "a", 1)
