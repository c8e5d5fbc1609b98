"""Figures of texts: loops against a plain count, likeness, citations."""

from __future__ import annotations

from collections import Counter

import duckdb
from hypothesis import given
from hypothesis import strategies as st
from reasonmed_assets.quality.measures import is_looping, measure


def counted(text: str) -> bool:
    """Whether any eight words in a row occur more than ten times, by counting them all."""
    words = text.lower().split()
    grams = Counter(tuple(words[at : at + 8]) for at in range(len(words) - 7))
    return max(grams.values(), default=0) > 10


@given(
    st.lists(st.sampled_from("abc"), max_size=60), st.integers(1, 14), st.lists(st.sampled_from("abcd"), max_size=20)
)
def test_loops_are_those_that_a_plain_count_finds(unit: list[str], times: int, rest: list[str]) -> None:
    text = " ".join([*rest, *(unit * times), *rest])
    assert is_looping(text) == counted(text)


def test_a_phrase_said_eleven_times_is_a_loop_and_ten_times_is_none() -> None:
    phrase = "we look at the nerve of the thigh "
    assert is_looping("First, " + phrase * 11)
    assert not is_looping("First, " + " but ".join([phrase] * 10))
    assert is_looping("word " * 18)
    assert not is_looping("word " * 17)
    assert not is_looping("")


def test_rewrites_are_measured_against_their_parents_and_questions(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create temp view staged as select * from refined_paths")
    con.execute(
        "update refined_paths set path_text = path_text || ' (PMID: 123)', parent_path_id = null where slot = 2"
    )
    measure(con, "refined_paths")
    rows = con.execute("select path_id, parent_ratio, n_invented from measured order by path_id").fetchall()
    assert [row[0] for row in rows] == ["difficult/regenerated/1/2", "medium/refined/1/1", "medium/refined/2/1"]
    assert rows[2][1:] == (None, 1)
    assert 0 < rows[1][1] < 95 and rows[1][2] == 0


def test_paths_are_measured_and_what_is_known_of_others_is_taken(con: duckdb.DuckDBPyConnection) -> None:
    loop = "we look at the nerve of the thigh " * 11
    con.execute(
        "create temp view staged as select * from (values ('a', '\u03c3 receptors \u8840', ' '), "
        f"('b', '{loop}', 'x'), ('c', null, null), ('d', 'known', 'x')) as rows (path_id, path_text, reasoning_text)"
    )
    known = "select 'd' as path_id, 99 as characters, true as is_foreign, true as has_no_reasoning, true as is_looping"
    measure(con, "reasoning_paths", known)
    assert con.execute("from measured order by path_id").fetchall() == [
        ("a", 13, True, True, False),
        ("b", len(loop), False, False, True),
        ("d", 99, True, True, True),
    ]


def test_a_table_without_figures_has_no_measures(con: duckdb.DuckDBPyConnection) -> None:
    measure(con, "questions")
    assert con.execute("select count(*) from duckdb_tables() where table_name = 'measured'").fetchone() == (0,)
