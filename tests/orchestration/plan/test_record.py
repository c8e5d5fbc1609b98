"""What a plan expected is in the record of its build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builds import called

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration.plan.kept import keep, kept_for, what_is_planned
from reasonmed_assets.orchestration.plan.plan import NONE, Interval, Plan
from reasonmed_assets.sources import InputFiles

SETTINGS = {"profile": "simulated", "limit": 2}
PLAN = Plan([], [], None, NONE, Interval(1.0, 2.0, 3.0), 0.0, 0)


def test_a_plan_is_kept_for_the_build_that_it_was_made_for(tmp_path: Path) -> None:
    def found(**changes: Any) -> Mapping[str, float] | None:
        settings = BuildSettings.begin(SETTINGS | {"warehouse": str(tmp_path)} | changes)
        return kept_for(settings, InputFiles(), (), None)

    assert found() is None
    settings = BuildSettings.begin(SETTINGS | {"warehouse": str(tmp_path)})
    keep(PLAN, what_is_planned(settings, InputFiles(), (), None), tmp_path)
    assert found() == {"planned_calls": 0, "planned_usd": 2, "planned_usd_max": 3}
    assert found(set={"budget.usd": 9.0}) == found()
    assert found(limit=3) is found(set={"seed": 7}) is None
    assert kept_for(settings, InputFiles(), ["mmlu"], None) is None
    (tmp_path / ".plan.json").write_text("[]")
    assert found() is None


@pytest.mark.slow
def test_the_record_of_a_build_has_what_was_planned_beside_what_it_came_to(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    options = ("--profile", "simulated", "--source", "mmlu", "--limit", "1", "--select", "key:raw_questions")
    done = called("build", "--warehouse", str(folder), *options, "--max-usd", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    changed = ("--set", "rules.validation_share=0.9", "--select", "key:raw_questions or key:questions")
    for command in ("plan", "build"):
        done = called(command, "--warehouse", str(folder), "--source", "mmlu", *changed)
        assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        query = "select planned_calls, calls, planned_usd, planned_usd_max, cost_usd from build_calls order by build"
        assert con.execute(query).fetchall() == [(0, 0, 0, 0, 0)] * 2
