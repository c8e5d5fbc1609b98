"""Overrides drafted from reviews: which questions, and that the draft is a file that a build can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from reasonmed_assets.people.drafting import draft_overrides
from reasonmed_assets.people.overrides import read_overrides

TODAY = date(2026, 11, 26)
REVIEWS = [
    # question, reviewer, verdict on the key, comment, stale, current
    ("1" * 16, "Anna", "wrong", 'The guideline says "B".\nSee table 2.', False, True),
    ("1" * 16, "Ben", "wrong", None, False, True),
    ("1" * 16, "Cleo", "unsure", None, False, True),
    ("2" * 16, "Anna", "wrong", "No.", False, True),
    ("2" * 16, "Ben", "right", None, False, True),
    ("3" * 16, "Anna", "wrong", "Once.", False, True),
    ("4" * 16, "Anna", "wrong", "Old.", True, True),
    ("4" * 16, "Ben", "wrong", "Old.", False, False),
    ("5" * 16, "Anna", "wrong", "Decided.", False, True),
    ("5" * 16, "Ben", "wrong", "Decided.", False, True),
]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create table reviews (question_id varchar, reviewer varchar, key_verdict varchar, comment varchar,"
        " is_stale boolean, is_current boolean, file varchar default 'f', row bigint default 1)"
    )
    columns = "question_id, reviewer, key_verdict, comment, is_stale, is_current"
    con.executemany(f"insert into reviews ({columns}) values (?, ?, ?, ?, ?, ?)", REVIEWS)
    con.execute(
        "create table questions as select repeat(n::varchar, 16) as question_id, 'mmlu' as source,"
        " 'Which' || chr(10) || chr(7) || ' one?' as question, ['A', 'B'] as options, 'A' as gold_text"
        " from range(1, 6) as t (n)"
    )
    con.execute("create table overrides as select repeat('5', 16) as question_id, true as is_applied")
    return con


def test_a_key_that_reviewers_agree_is_wrong_is_drafted_in_their_words(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = tmp_path / "draft.toml"
    file.write_text("\n".join(draft_overrides(con, TODAY, reviewers=2)), encoding="utf-8")
    ((kind, _, entry),) = read_overrides(file).entries()
    assert (kind, entry.question_id, entry.decided_by, entry.decided_on) == ("mark_doubt", "1" * 16, "Anna, Ben", TODAY)
    assert entry.reason == 'The key was found wrong. Anna: The guideline says "B". See table 2.'
    assert "# - A (key)" in file.read_text(encoding="utf-8")


def test_what_a_reviewer_says_last_counts_whatever_the_case_of_the_name(con: duckdb.DuckDBPyConnection) -> None:
    columns = "question_id, reviewer, key_verdict, is_stale, is_current, row"
    said = [("2" * 16, "ben", "unsure", False, True, 2), ("3" * 16, "anna", "wrong", False, True, 2)]
    con.executemany(f"insert into reviews ({columns}) values (?, ?, ?, ?, ?, ?)", said)
    drafted = "".join(draft_overrides(con, TODAY, reviewers=2))
    assert [id for id in ("1", "2", "3") if id * 16 in drafted] == ["1"]
    assert "2" * 16 in "".join(draft_overrides(con, TODAY, reviewers=1)), "Ben is no longer sure that it is right"


def test_one_reviewer_may_be_enough_and_one_who_disagrees_is_too_much(con: duckdb.DuckDBPyConnection) -> None:
    drafted = "".join(draft_overrides(con, TODAY, reviewers=1))
    assert [id for id in ("1", "2", "3", "4", "5") if id * 16 in drafted] == ["1", "3"]
    assert draft_overrides(con, TODAY, reviewers=3) == []
