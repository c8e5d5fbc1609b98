"""Runs as OpenLineage events: real runs, OpenLineage's own client, and the file that it writes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from reasonmed_assets.lineage.edges import edges_of
from reasonmed_assets.orchestration.ui import interchange
from reasonmed_assets.storage import make_or_open_warehouse

pytest.importorskip("openlineage.client", reason="extra openlineage")
from reasonmed_assets.quality.schema import TABLES

TABLE = "sft_cot"


@dg.asset(name=TABLE, check_specs=[dg.AssetCheckSpec("counts", asset=TABLE)], config_schema={"fails": bool})
def table(context):
    if context.op_execution_context.op_config["fails"]:
        raise dg.Failure("no room on the disk")
    check = dg.AssetCheckResult(check_name="counts", passed=False, severity=dg.AssetCheckSeverity.WARN)
    return dg.MaterializeResult(metadata={"dagster/row_count": 7, "publish": 3}, check_results=[check])


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which events go."""
    make_or_open_warehouse(tmp_path / "warehouse")
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(tmp_path / "events.json"))
    return tmp_path / "events.json"


def make(instance: dg.DagsterInstance, *, fails: bool) -> str:
    config = {"ops": {TABLE: {"config": {"fails": fails}}}}
    return dg.materialize([table], instance=instance, run_config=config, raise_on_error=False).run_id


def look(instance: dg.DagsterInstance, cursor: str | None) -> str | None:
    """What the cursor is after a look of the sensor."""
    (sensor,) = interchange.sensors()
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor)).cursor


def events_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_run_is_told_once_with_its_tables_columns_and_checks(sent: Path, tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        good, bad = make(instance, fails=False), make(instance, fails=True)
        cursor = look(instance, None)
        events = events_in(sent)
        assert look(instance, cursor) == cursor
        assert events_in(sent) == events, "nothing is told twice"
    ends = {(event["job"]["name"], event["eventType"]): event for event in events if event["eventType"] != "START"}
    assert sorted(ends) == [
        ("__ephemeral_asset_job__", "COMPLETE"), ("__ephemeral_asset_job__", "FAIL"),
        (TABLE, "COMPLETE"), (TABLE, "FAIL"), (f"{TABLE}.checks", "COMPLETE"),
    ]  # fmt: skip
    begun = [event["run"]["runId"] for event in events if event["eventType"] == "START"]
    assert len(begun) == len(set(begun)) == 4
    made = ends[TABLE, "COMPLETE"]
    assert made["run"]["facets"]["parent"]["run"]["runId"] == good
    assert {one["name"] for one in made["inputs"]} >= {"reasonmed", "questions"}
    (output,) = made["outputs"]
    assert [column["name"] for column in output["facets"]["schema"]["fields"]] == list(TABLES[TABLE].columns)
    upstream = output["facets"]["columnLineage"]["fields"]["output"]["inputFields"]
    assert {(one["name"], one["field"]) for one in upstream} == {
        (edge.table, edge.column) for edge in edges_of(TABLE)["output"]
    }
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 7
    assert output["facets"]["version"]["datasetVersion"] == "3"
    (judged,) = ends[f"{TABLE}.checks", "COMPLETE"]["inputs"]
    (assertion,) = judged["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert (assertion["assertion"], assertion["success"], assertion["severity"]) == ("counts", False, "warn")
    failed = ends[TABLE, "FAIL"]["run"]["facets"]
    assert failed["parent"]["run"]["runId"] == bad
    assert failed["errorMessage"]["message"] == "no room on the disk"
    assert {event["job"]["namespace"] for event in events} == {f"duckdb://{tmp_path}/warehouse"}


def test_what_could_not_be_sent_is_sent_by_the_next_look(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(tmp_path / "nowhere" / "events.json"))
    with dg.DagsterInstance.ephemeral() as instance:
        run = make(instance, fails=False)
        with pytest.raises(Exception, match="nowhere"):
            look(instance, None)
        monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(sent))
        look(instance, None)
    assert run in {event["run"]["runId"] for event in events_in(sent)}


def test_runs_that_ended_at_the_same_time_are_all_told(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "_RUNS_AT_ONCE", 2)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        runs = {make(instance, fails=False) for _ in range(5)}
        with sqlite3.connect(tmp_path / "history" / "runs.db") as con:
            con.execute("update runs set update_timestamp = '2026-11-20 10:00:00.123456'")
        cursor, looks = None, 0
        while (after := look(instance, cursor)) != cursor:
            cursor, looks = after, looks + 1
    made = [event for event in events_in(sent) if event["outputs"] and event["eventType"] == "COMPLETE"]
    parents = [event["run"]["facets"]["parent"]["run"]["runId"] for event in made]
    assert (set(parents), len(parents), looks) == (runs, 5, 3)
