"""What reviews come to: whose last word counts, what is stale, how many examples are right, how far reviewers agree."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from queries import connect, fill, run

from reasonmed_assets import sql


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Four examples, whose texts are h1 to h4."""
    con = connect()
    fill(con, "reasonmed", [
        {"example_id": f"e{n}", "content_hash": f"h{n}", "question_id": f"q{n}", "tier": "easy"} for n in range(1, 5)
    ])  # fmt: skip
    return con


def review(con: Any, *rows: dict[str, Any]) -> None:
    """Make table `reviews` from filled-in rows."""
    later = "source, question_id, tier, is_stale, is_current"
    con.execute(f"create or replace table filled_in as select * exclude ({later}) from reviews where false")
    for n, row in enumerate(rows, start=1):
        given = {"review_id": f"r{n}", "file": "00001-a.csv", "row": n, "raw_text": "{}"} | row
        con.execute(
            f"insert into filled_in ({', '.join(given)}) values ({', '.join('?' for _ in given)})", list(given.values())
        )
    con.execute(f"insert into reviews by name {sql.query('tables/reviews').text}")
    con.execute(f"create view review_answers as {sql.query('views/review_answers').text}")


def said(n: int, reviewer: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {"example_id": f"e{n}", "content_hash": f"h{n}", "reviewer": reviewer, "key_verdict": verdict} | more


def test_the_last_word_counts_and_a_changed_text_is_stale(con: Any) -> None:
    review(
        con,
        said(1, "A", "wrong"),
        said(1, "A", "right", file="00002-b.csv", row=1),
        said(1, "B", "right"),
        said(2, "A", "right", content_hash="before"),
        said(9, "A", "right"),
        said(3, "A", "right", problem="odd"),
    )
    assert con.execute("select review_id, is_current, is_stale, question_id from reviews order by 1").fetchall() == [
        ("r1", False, False, "q1"),
        ("r2", True, False, "q1"),
        ("r3", True, False, "q1"),
        ("r4", True, True, "q2"),
        ("r5", True, True, None),
        ("r6", False, None, None),
    ]


def test_results_leave_out_stale_ones_and_doubts(con: Any) -> None:
    review(
        con,
        said(1, "A", "right", reasoning_verdict="wrong"),
        said(1, "B", "wrong"),
        said(2, "A", "unsure"),
        said(3, "A", "right", content_hash="before"),
    )
    rows = run(con, "views/review_results", "source, asked, examples, n, n_right")
    assert ("all", "key", 1, 2, 1) in rows
    assert ("mmlu", "reasoning", 1, 1, 0) in rows
    assert len(rows) == 4


def test_kappa_is_that_of_cohens_definition(con: Any) -> None:
    """Two reviewers, 4 texts: they agree on 3; 3/4 and 2/4 right each, so chance agrees in 3/8 + 1/8."""
    review(
        con,
        *(said(n, "A", verdict) for n, verdict in enumerate(["right", "right", "right", "wrong"], start=1)),
        *(said(n, "B", verdict) for n, verdict in enumerate(["right", "right", "wrong", "wrong"], start=1)),
        said(1, "C", "right"),
    )
    rows = run(con, "views/reviewer_agreement", "asked, reviewer, other_reviewer, n, agreement, by_chance, kappa")
    assert rows == [
        ("key", "A", "B", 4, 0.75, 0.5, 0.5),
        ("key", "A", "C", 1, 1.0, 1.0, None),
        ("key", "B", "C", 1, 1.0, 1.0, None),
    ]


def test_the_sample_takes_the_same_number_of_each_source_and_tier() -> None:
    con = connect({"rules.review_sample": 5})
    examples = [("mmlu", "easy", n) for n in range(9)] + [("medqa", "easy", n) for n in range(9)]
    examples += [("mmlu", "difficult", n) for n in range(9)]
    fill(con, "reasonmed", [
        {"example_id": f"{source}{tier}{n}", "source": source, "tier": tier, "question_id": "q"}
        for source, tier, n in examples
    ])  # fmt: skip
    fill(con, "questions", [{"question_id": "q", "options": ["x", "y"]}])
    con.execute(f"create view example as {sql.query('views/example').text}")
    rows = [row[:2] for row in con.execute(sql.query("relations/review_sample").text + " ").fetchall()]
    drawn = con.execute(
        f"select source, tier, count(*) from ({sql.query('relations/review_sample').text}) group by all"
    ).fetchall()
    assert len(rows) == 5
    assert sorted(n for *_, n in drawn) == [1, 2, 2]
