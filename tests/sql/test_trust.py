"""What the audit of the verifier comes to: rates and intervals of view `verifier_trust`, and the sample."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl
import pytest
from queries import connect, fill, run

from reasonmed_assets.rules.alterations import audited_texts

# k, n and the bounds of Wilson's 95% interval, from Newcombe (Statistics in Medicine 17, 1998, table I, method 3).
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return connect()


@pytest.mark.parametrize(("k", "n", "low", "high"), PUBLISHED)
def test_intervals_are_the_published_ones(con: Any, k: int, n: int, low: float, high: float) -> None:
    found = con.execute("select wilson_low(?, ?), wilson_high(?, ?)", [k, n, k, n]).fetchone()
    assert found == pytest.approx((low, high), abs=5e-5)


def test_an_interval_of_nothing_is_unknown_and_never_leaves_0_to_1(con: Any) -> None:
    assert con.execute("select wilson_low(0, 0), wilson_high(0, 0)").fetchone() == (None, None)
    assert con.execute("select wilson_low(0, 5), wilson_high(5, 5)").fetchone() == pytest.approx((0, 1), abs=1e-12)


def test_rates_by_source_and_over_all(con: Any) -> None:
    def rows(kind: str, first: str, seconds: list[str | None], source: str, is_match: bool = True) -> None:
        made = [
            {"audit_id": f"{source}{kind}{first}{is_match}{n}", "kind": kind, "first_verdict": first, "source": source,
             "second_verdict": second, "is_answer_match": is_match}
            for n, second in enumerate(seconds)
        ]  # fmt: skip
        fill(con, "verifier_audit", made)

    rows("repeat", "correct", ["correct", "correct", "error", None], "mmlu")
    rows("repeat", "error", ["error"], "mmlu", is_match=False)
    rows("answer_swapped", "correct", ["error", "error"], "mmlu")
    rows("number_changed", "correct", ["correct", "error", None], "mmlu")
    rows("number_changed", "correct", ["correct"], "medqa")
    found = run(con, "views/verifier_trust", "source, measure, kind, n, n_hits")
    assert [row for row in found if row[0] == "mmlu"] == [
        ("mmlu", "agreement", "repeat", 4, 3),
        ("mmlu", "false_accept", "answer_swapped", 2, 0),
        ("mmlu", "false_accept", "any planted error", 4, 1),
        ("mmlu", "false_accept", "number_changed", 2, 1),
        ("mmlu", "false_reject", "repeat", 3, 1),
    ]
    assert ("all", "false_accept", "number_changed", 3, 2) in found


def verified(con: Any, n: int) -> None:
    fill(con, "questions", [{"question_id": "q", "options": ["Insulin", "Metformin"], "gold_letter": "A"}])
    fill(con, "verifications", [
        {"path_id": f"p{i}", "question_id": "q", "verdict": "correct" if i % 2 else "error", "answer_letter": "A",
         "is_answer_match": True}
        for i in range(n)
    ])  # fmt: skip
    # Every other correct path has no figure in it.
    figure = {True: "Give 5 mg.", False: "Give it."}
    fill(con, "reasoning_paths", [
        {"path_id": f"p{i}", "question_id": "q", "path_text": f"It is so. {figure[i % 4 == 1]}\nFinal answer: A"}
        for i in range(n)
    ])  # fmt: skip


def audited(con: Any) -> dict[str, list[str]]:
    from reasonmed_assets import sql

    rows = audited_texts(con.sql(sql.query("relations/verifier_audit/audit_sample").text).pl(), 1)
    return {kind: frame["path_id"].to_list() for (kind,), frame in rows.group_by("kind", maintain_order=True)}


def test_a_small_source_is_audited_in_full_and_unalterable_texts_are_passed_over(con: Any) -> None:
    verified(con, 12)
    found = audited(con)
    assert {kind: len(paths) for kind, paths in found.items()} == {
        "repeat": 9, "answer_swapped": 3, "negation_changed": 3, "number_changed": 3,
    }  # fmt: skip
    assert {int(path[1:]) % 4 for path in found["number_changed"]} == {1}
    assert all(int(path[1:]) % 2 for kind, paths in found.items() if kind != "repeat" for path in paths)


def test_the_same_paths_are_drawn_again_and_a_larger_share_adds_to_them() -> None:
    few, same, more = (connect({"rules.audit_share": share, "rules.audit_rows_min": 1}) for share in (0.1, 0.1, 0.2))
    for con in (few, same, more):
        verified(con, 60)
    assert audited(few) == audited(same)
    assert len(audited(few)["repeat"]) == 6
    assert set(audited(few)["repeat"]) < set(audited(more)["repeat"])


def test_no_share_is_no_audit() -> None:
    con = connect({"rules.audit_share": 0.0})
    verified(con, 12)
    assert audited(con) == {}


def test_the_texts_of_an_empty_sample_have_their_columns() -> None:
    frame = audited_texts(pl.DataFrame(schema={"kind": pl.String, "draw": pl.Int64}), 1)
    assert frame.columns == ["audit_id", "kind", "path_id", "judged_text", "text_before", "text_after"]
