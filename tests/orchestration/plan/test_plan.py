"""`reasonmed plan` on the rehearsal: what it says is what a build would do, and it changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builds import Built, called

from reasonmed_assets import Warehouse
from reasonmed_assets.orchestration.plan import asking
from reasonmed_assets.orchestration.plan.job import plan_job

PRICE = ("--set", "models.small.prices={input = 1.0, output = 2.0}")
SOURCE = "mmlu"
WARMER = ("--source", SOURCE, "--set", "roles.summariser.temperature=0.6")


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a warehouse that a build would change, without what plans and readers keep of themselves."""
    own = (".lock", ".recipes", ".plan", ".reasonmed-spill-")
    files = [path for path in folder.rglob("*") if path.is_file() and not _is_of(path.relative_to(folder), own)]
    found = {str(path.relative_to(folder)): path.stat() for path in files if "sqlite-" not in path.name}
    return {name: (one.st_size, one.st_mtime_ns) for name, one in found.items()}


def _is_of(path: Path, starts: tuple[str, ...]) -> bool:
    return any(part.startswith(starts) for part in path.parts)


def test_after_a_build_the_job_finds_nothing_to_make_and_changes_nothing(
    rehearsal: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(rehearsal.folder))
    before = state(rehearsal.folder)
    done = plan_job().execute_in_process()
    (shown,) = (
        event.step_output_data.metadata for event in done.filter_events(lambda event: event.is_successful_output)
    )
    plan = shown["as JSON"].value
    assert (plan["to_make"]["expected"], plan["rows"], shown["USD, at most"].value) == (0, [], 0)
    # A call of two tables, or of two sources, is in each.
    assert plan["stored"] == rehearsal.value(
        "select sum(n) from (select count(distinct call_key) as n from call_uses group by used_by, source, role)"
    )
    assert state(rehearsal.folder) == before


def test_calls_that_wait_for_no_reply_are_exact_and_say_why(rehearsal: Built) -> None:
    examples = rehearsal.value(f"select count(*) from reasonmed where source = '{SOURCE}'")
    done = called("plan", "--warehouse", str(rehearsal.folder), "--exit-code", *WARMER, *PRICE)
    assert (done.returncode, f"{examples} calls to make" in done.stdout) == (3, True), done.stdout + done.stderr
    assert f"parameter changed: {examples}" in done.stdout
    assert "Exact" in done.stdout


def test_a_build_that_may_cost_more_is_refused_before_it_starts(rehearsal: Built) -> None:
    before = state(rehearsal.folder)
    done = called("build", "--warehouse", str(rehearsal.folder), "--max-usd", "0.0001", *WARMER, *PRICE)
    assert (done.returncode, "--max-usd 0.0001: the build is planned at $0." in done.stderr) == (1, True), done.stderr
    assert state(rehearsal.folder) == before


def test_a_plan_from_python_explains_a_question(rehearsal: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_TOLD_AT_ONCE", 1)
    question = str(rehearsal.value("select min(question_id) from reasonmed where source = 'mmlu'"))
    examples = rehearsal.query(f"select example_id from reasonmed where question_id = '{question}' order by 1")
    found = Warehouse(rehearsal.folder).plan(
        source="mmlu",
        select='key:"answer_summaries"',
        set={"roles.summariser.temperature": 0.6, "models.small.prices": {"input": 1.0, "output": 2.0}},
        explain=question,
    )
    assert [(one.row_id, one.reason, one.is_exact) for one in sorted(found.listed, key=lambda one: one.row_id)] == [
        (example, "parameter changed", True) for (example,) in examples
    ]
    changes = {(row.table, row.change) for row in found.explained}
    assert {("questions", "unchanged"), ("reasonmed", "unchanged")} <= changes
    assert (found.is_exact, found.usd.low > 0) == (True, True)
    assert "<td>summariser</td><td>mmlu</td>" in found._repr_html_()


@pytest.mark.slow
def test_another_profile_is_compared(rehearsal: Built, tmp_path: Path) -> None:
    one = ("--warehouse", str(rehearsal.folder), "--source", "mmlu")
    (tmp_path / "other.toml").write_text('extends = "simulated"\n[roles.evaluator]\ntemperature = 0.9\n')
    scores = rehearsal.value("select count(*) from quality_scores where source = 'mmlu'")
    compared = called("plan", *one, "--against", str(tmp_path / "other.toml"), "--json")
    found = json.loads(compared.stdout)
    assert {(call["role"], call["reason"]) for call in found["only_other"]} == {("evaluator", "parameter changed")}
    assert (len(found["only_other"]), found["only_one"], found["both"]) == (scores, [], 0)
    assert [(row["table"], row["changed"]) for row in found["rows"]] == [("quality_scores", scores)]
