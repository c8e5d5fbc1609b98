"""The macros of sql/macros.sql against what Python says."""

from __future__ import annotations

import math

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality_world import macros
from tier_reference import tier_with_missing

from reasonmed_assets.rules.ids import make_id

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
PLAIN = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(macros())
    con.execute("set variable threshold_min_rows_for_rates = 200")
    return con


@PLAIN
@given(parts=st.lists(st.none() | ANY_TEXT, min_size=1, max_size=5))
def test_ids_equal_those_of_python(parts: list[str | None], con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select id_of(?::varchar[])", [parts]).fetchone() == (make_id(*parts),)


@pytest.mark.parametrize("place", range(1, 11))
def test_letters_and_places(place: int, con: duckdb.DuckDBPyConnection) -> None:
    letter = "ABCDEFGHIJ"[place - 1]
    assert con.execute("select letter_at(?), letter_position(?)", [place, letter]).fetchone() == (letter, place)


@PLAIN
@given(n_correct=st.integers(0, 16), n_error=st.integers(0, 16), minimum=st.integers(0, 3))
def test_tiers_equal_those_of_python(
    n_correct: int, n_error: int, minimum: int, con: duckdb.DuckDBPyConnection
) -> None:
    n = n_correct + n_error
    if n == 0:
        return
    con.execute("set variable rule_medium_min_correct = ?", [minimum])
    found = con.execute("select tier_of(?, ?, ?)", [n_error, n_correct, n]).fetchone()
    assert found == (tier_with_missing(n_correct, n_error, 0, minimum)[0],)


@pytest.mark.parametrize(
    ("n_bad", "n", "rate", "expected"),
    [
        (20, 1000, 0.02, False),
        (21, 1000, 0.02, True),
        (4, 200, 0.02, False),
        (5, 200, 0.02, True),
        (4, 10, 0.02, False),
        (5, 10, 0.02, True),
        (6, 10, 1 - 0.97, False),
        (7, 10, 1 - 0.97, True),
        (0, 0, 0.0, False),
        (2, 180, 0.005, False),
        (2, 144, 0.005, False),
        (4, 180, 0.005, True),
        (1, 1, 0.005, False),
        (2, 30, 0.005, True),
        (10, 20, 0.005, True),
        (199, 199, 1.0, False),
        (1, 199, 0.0, True),
        (2, 207, 0.005, False),
        (2, 396, 0.005, False),
        (5, 300, 0.005, True),
        (2, 400, 0.005, False),
        (3, 400, 0.005, True),
        (1, 300, 0.0, True),
    ],
)
def test_a_rate_holds_for_many_rows_and_its_bound_for_few(
    n_bad: int, n: int, rate: float, expected: bool, con: duckdb.DuckDBPyConnection
) -> None:
    assert con.execute("select exceeds(?, ?, ?)", [n_bad, n, rate]).fetchone() == (expected,)


@PLAIN
@given(n=st.integers(0, 199), rate=st.sampled_from([0.0, 0.005, 0.01, 0.02, 0.05, 0.2, 0.45, 0.99]))
def test_rows_that_keep_a_rate_exceed_it_in_one_case_of_forty_at_most(
    n: int, rate: float, con: duckdb.DuckDBPyConnection
) -> None:
    """What the lower end of a 95% interval is: the true share lies below it in at most 2.5% of all samples."""
    exceeding = con.execute(
        "select k from range(?::bigint + 1) as t(k) where exceeds(k, ?, ?)", [n, n, rate]
    ).fetchall()
    counts = [k for (k,) in exceeding]
    assert counts == list(range(counts[0], n + 1)) if counts else True
    chances = [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]
    assert math.fsum(chances[k] for k in counts) < 0.025
    # One row fewer is no more evidence than that, or within the count that the rate allows at 200 rows.
    fewest = (counts[0] if counts else n + 1) - 1
    assert fewest <= math.ceil(round(200 * rate, 9)) or math.fsum(chances[fewest:]) >= 0.025


@pytest.mark.parametrize(("letter", "expected"), [("A", True), ("C", True), ("B", False), (None, None), ("E", False)])
def test_a_repeated_option_text_makes_two_letters_right(
    letter: str | None, expected: bool | None, con: duckdb.DuckDBPyConnection
) -> None:
    options = ["Iron", "Zinc", " iron", "Copper"]
    assert con.execute("select is_answer_match(?, 'A', ?)", [letter, options]).fetchone() == (expected,)


def test_the_text_of_a_question_ignores_case_space_and_the_order_of_options(con: duckdb.DuckDBPyConnection) -> None:
    query = "select question_text(null, 'Which  Nerve? ', ['b', 'A ']) = question_text('', 'which nerve?', ['a', 'B'])"
    assert con.execute(query).fetchone() == (True,)
    query = "select question_text(null, 'which nerve', ['< 5']) = question_text(null, 'which nerve', ['> 5'])"
    assert con.execute(query).fetchone() == (False,)
    query = "select question_text('an abstract', 'does it', ['yes']) = question_text('another', 'does it', ['yes'])"
    assert con.execute(query).fetchone() == (False,)


@PLAIN
@given(value=ANY_TEXT)
def test_a_share_of_an_id_lies_between_zero_and_one(value: str, con: duckdb.DuckDBPyConnection) -> None:
    (share,) = con.execute("select hash_share(id_of([?]))", [value]).fetchone()  # type: ignore[misc]
    assert 0 <= share < 1


@pytest.mark.parametrize(
    ("letter", "expected"), [("A", True), ("C", True), ("D", True), ("B", False), ("E", False), (None, None)]
)
def test_a_repeated_gold_text_makes_two_letters_right(
    con: duckdb.DuckDBPyConnection, letter: str | None, expected: bool | None
) -> None:
    options = ["Gout", "Pseudogout", "gout ", "GOUT.", "-Gout"]
    assert con.execute("select is_answer_match($1, 'A', $2)", [letter, options]).fetchone() == (expected,)


def test_signs_and_decimals_tell_options_apart(con: duckdb.DuckDBPyConnection) -> None:
    for first, second in (("-5", "5"), ("1.5", "15"), ("+", "-")):
        assert con.execute("select option_key($1) = option_key($2)", [first, second]).fetchone() == (False,)


def test_a_bound_for_thousands_of_rows_is_a_number(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("set variable threshold_min_rows_for_rates = 5000")
    try:
        assert con.execute("select exceeds(600, 1100, 0.05), exceeds(260, 1100, 0.25)").fetchone() == (True, False)
    finally:
        con.execute("set variable threshold_min_rows_for_rates = 200")
