"""The calls behind the rows of some questions, which stand-ins follow."""

from __future__ import annotations

from quality_world import connect

from reasonmed_assets.orchestration.plan.history import SERVED


def test_the_calls_of_questions_are_those_that_the_view_of_all_rows_has() -> None:
    with connect() as con:
        of_view = "select distinct question_id, call_key from served_rows where question_id in ('easy1', 'difficult')"
        expected = con.execute(of_view).fetchall()
        found = con.execute(SERVED, [["easy1", "difficult"]]).fetchall()
    assert {question for question, _ in expected} == {"easy1", "difficult"}
    assert sorted(found) == sorted(expected)
