"""The table of endings is the one that the documentation shows, and what else knows the outcomes agrees with it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reasonmed_assets import sql
from reasonmed_assets.llm.outcomes import ENDINGS, FINAL_WITHOUT_REPLY, endings_table
from reasonmed_assets.llm.refusals import Cause
from reasonmed_assets.vocabulary import ERROR_KINDS, OUTCOMES, Outcome

DOCS = Path(__file__).parents[2] / "docs"


def test_every_outcome_has_its_line_and_the_documentation_shows_them() -> None:
    assert set(ENDINGS) == set(Outcome)
    shown = (DOCS / "start" / "how-it-works.md").read_text(encoding="utf-8")
    assert endings_table() in shown, "copy what reasonmed_assets.llm.outcomes.endings_table() returns into it"


def test_what_is_kept_is_a_reply_or_an_ending_of_one_prompt() -> None:
    kept = {outcome for outcome, ending in ENDINGS.items() if ending.is_kept}
    assert kept == {Outcome.COMPLETED, *map(Outcome, ERROR_KINDS), *FINAL_WITHOUT_REPLY}
    assert {cause.outcome for cause in Cause if cause.is_of_one_prompt} == FINAL_WITHOUT_REPLY
    assert not {cause.outcome for cause in Cause if not cause.is_of_one_prompt} & kept


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_queries_agree(outcome: str) -> None:
    con = duckdb.connect()
    con.execute(sql.macros_text())
    asked_again, no_reply = con.execute("select is_asked_again($1), is_no_reply($1)", [outcome]).fetchone() or ()
    assert asked_again == (not ENDINGS[Outcome(outcome)].is_kept)
    assert no_reply == (outcome != Outcome.COMPLETED and outcome not in ERROR_KINDS)
