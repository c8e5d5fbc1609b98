"""What a build says of what came of it, beyond the tables that it published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from quality_world import SOURCE, connect, stage
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.materialisation.metadata import CALLS_ANSWERED, CALLS_MADE, call_metadata, calls_in, unanswered
from reasonmed_assets.orchestration import code_location
from reasonmed_assets.orchestration.build import without_examples
from reasonmed_assets.storage import make_or_open_warehouse


def test_a_build_without_examples_of_its_sources_has_a_problem(tmp_path: Path) -> None:
    settings = BuildSettings("simulated", str(tmp_path / "w"))
    warehouse = make_or_open_warehouse(settings.warehouse_folder)
    (problem,) = without_examples(settings, ("medqa", SOURCE))
    assert "no example was made of medqa, mmlu" in problem
    assert f'reasonmed sql "from funnel" --warehouse {tmp_path}/w' in problem
    with connect() as con:
        rows = stage(con, "reasonmed", tmp_path)
    warehouse.publish(TABLES["reasonmed"], SOURCE, rows, run_id="r", fingerprint="f", profile="p", statistics={})
    assert [*without_examples(settings, ("medqa", SOURCE))] == []
    assert len([*without_examples(settings, ("medqa",))]) == 1


def test_calls_of_which_none_was_answered_are_a_problem() -> None:
    found = Counter[str]()
    assert [*unanswered(found)] == []
    found += calls_in(call_metadata({"generate": CallStats(made=9), "verify": CallStats(made=1_000)}))
    (problem,) = unanswered(found)
    assert "none of the 1,009 calls that were made was answered" in problem
    found += calls_in(call_metadata({"verify": CallStats(made=3, answered=1)}))
    assert [*unanswered(found)] == []


def test_what_a_materialisation_cost_is_one_number() -> None:
    paid = {"generate": CallStats(bill=Bill(usd=0.25)), "verify": CallStats(bill=Bill(usd=0.5))}
    assert call_metadata(paid)["cost_usd"] == 0.75
    assert call_metadata({}) == {}


def test_replies_from_the_ledger_are_no_calls_that_were_made() -> None:
    assert [*unanswered(calls_in(call_metadata({"generate": CallStats(cached=9)})))] == []


@pytest.mark.parametrize(
    ("n_failed", "n_answered", "outcome"), [(0, 1, "complete"), (0, 0, "failed"), (2, 1, "failed")]
)
def test_a_run_of_the_ui_that_gave_up_every_reply_has_failed(n_failed: int, n_answered: int, outcome: str) -> None:
    ended: list[str] = []
    session: Any = SimpleNamespace(
        build=SimpleNamespace(calls={CALLS_MADE: 3, CALLS_ANSWERED: n_answered}),
        warehouse=SimpleNamespace(was_cut_off=False),
        end_build=lambda outcome, problems: ended.append(outcome),
    )
    instance: Any = SimpleNamespace(get_run_stats=lambda run_id: SimpleNamespace(steps_failed=n_failed))
    code_location._end_build(session, instance, "run", None)
    assert ended == [outcome]
