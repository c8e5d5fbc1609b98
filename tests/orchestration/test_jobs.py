"""What Dagster's daemon starts by itself: the tables over all sources after a backfill, and what is off at first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from builds import Built
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration import jobs
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.orchestration.jobs import COMPLETES, RELEASE_JOB, sensors, tables_over_sources
from reasonmed_assets.sources import SAMPLE_DIR
from reasonmed_assets.storage import make_or_open_warehouse

SENSORS = {sensor.name: sensor for sensor in sensors()}
BY_SOURCE = [dg.AssetKey("questions"), dg.AssetKey("reasonmed")]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    make_or_open_warehouse(tmp_path / "warehouse")
    return tmp_path / "warehouse"


def backfill(
    instance: dg.DagsterInstance, name: str, status: BulkActionStatus, at: float, keys: list[dg.AssetKey] = BY_SOURCE
) -> None:
    made = PartitionBackfill(
        name, status, from_failure=False, tags={}, backfill_timestamp=at, asset_selection=keys,
        serialized_asset_backfill_data="{}", backfill_end_timestamp=at + 1,
    )  # fmt: skip
    instance.add_backfill(made)


def tick(
    sensor: str, instance: dg.DagsterInstance, cursor: str | None, defs: dg.Definitions | None = None
) -> tuple[list[dg.RunRequest], str | None, str | None]:
    """What a look of a sensor asks for, its cursor after it, and why it asks for nothing."""
    found = SENSORS[sensor].evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor, definitions=defs))
    return list(found.run_requests or []), found.cursor, found.skip_message


def test_which_are_on_at_first() -> None:
    on = [name for name, sensor in SENSORS.items() if sensor.default_status == dg.DefaultSensorStatus.RUNNING]
    assert on == ["complete_backfills"]
    assert SENSORS["complete_backfills"].job_name == RELEASE_JOB


@pytest.mark.parametrize(
    "status", [BulkActionStatus.COMPLETED_SUCCESS, BulkActionStatus.COMPLETED_FAILED, BulkActionStatus.FAILED]
)
def test_a_backfill_of_sources_is_completed_once_also_where_a_source_failed(
    instance: dg.DagsterInstance, warehouse: Path, status: BulkActionStatus
) -> None:
    backfill(instance, "before", BulkActionStatus.COMPLETED_SUCCESS, 100.0)
    requests, cursor, _ = tick("complete_backfills", instance, None)
    assert requests == [], "what ended before the UI was first started is none of its business"
    backfill(instance, "new", status, 200.0)
    (request,), cursor, _ = tick("complete_backfills", instance, cursor)
    assert (request.run_key, request.tags[COMPLETES]) == ("new", "new")
    assert [key.to_user_string() for key in request.asset_selection or ()] == tables_over_sources()
    assert tick("complete_backfills", instance, cursor)[0] == []


def test_a_backfill_that_is_open_at_the_first_look_is_completed(instance: dg.DagsterInstance, warehouse: Path) -> None:
    backfill(instance, "before", BulkActionStatus.COMPLETED_SUCCESS, 100.0)
    backfill(instance, "open", BulkActionStatus.REQUESTED, 200.0)
    requests, cursor, _ = tick("complete_backfills", instance, None)
    assert requests == []
    (opened,) = instance.get_backfills(status=BulkActionStatus.REQUESTED)
    instance.update_backfill(opened.with_status(BulkActionStatus.COMPLETED_SUCCESS))
    (request,), _, _ = tick("complete_backfills", instance, cursor)
    assert request.tags[COMPLETES] == "open"


def test_what_is_open_cancelled_or_of_no_source_is_not_completed(instance: dg.DagsterInstance, warehouse: Path) -> None:
    backfill(instance, "of no source", BulkActionStatus.COMPLETED_SUCCESS, 100.0, [dg.AssetKey("sft_cot")])
    backfill(instance, "cancelled", BulkActionStatus.CANCELED, 100.0)
    requests, cursor, why = tick("complete_backfills", instance, "1.0")
    assert (requests, why) == ([], "No backfill of sources has ended since the last look.")
    backfill(instance, "ended", BulkActionStatus.COMPLETED_SUCCESS, 200.0)
    backfill(instance, "open", BulkActionStatus.REQUESTED, 250.0)
    requests, cursor, why = tick("complete_backfills", instance, cursor)
    assert (requests, why) == ([], "A backfill of sources is not at its end.")
    (opened,) = instance.get_backfills(status=BulkActionStatus.REQUESTED)
    instance.update_backfill(opened.with_status(BulkActionStatus.COMPLETED_SUCCESS))
    assert len(tick("complete_backfills", instance, cursor)[0]) == 1, "one run completes both"


def test_nothing_is_made_that_is_up_to_date(
    instance: dg.DagsterInstance, rehearsal: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(rehearsal.folder))
    backfill(instance, "new", BulkActionStatus.COMPLETED_SUCCESS, 200.0)
    requests, _, why = tick("complete_backfills", instance, "1.0")
    assert (requests, why) == ([], "Every table over all sources is up to date.")


def test_new_files_of_reviews_are_taken_in(instance: dg.DagsterInstance, warehouse: Path) -> None:
    assert tick("take_in_reviews", instance, None)[2] == "No file of reviews is new."
    (warehouse / "reviews").mkdir()
    (warehouse / "reviews" / "00001-a.csv").write_text("example_id,content_hash,key_verdict,reviewer\n")
    (request,), cursor, _ = tick("take_in_reviews", instance, None)
    assert request.asset_selection == [dg.AssetKey("reviews")]
    assert tick("take_in_reviews", instance, cursor)[0] == []
    assert request.run_key is None, "Dagster makes one run for a key, and files may come to be as they were before"


def test_files_of_a_source_that_have_changed_are_read(
    instance: dg.DagsterInstance, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(shutil.copytree(SAMPLE_DIR, tmp_path / "data"))
    monkeypatch.setenv("REASONMED_DATA_DIR", str(data))
    requests, cursor, why = tick("take_in_source_files", instance, None)
    assert (requests, why) == ([], "No file of a source has changed.")
    file = data / "mmlu" / "val" / "anatomy_val.csv"
    held = file.read_text(encoding="utf-8")
    file.unlink()
    assert tick("take_in_source_files", instance, cursor)[0] == [], "files that are missing may be on their way"
    file.write_text(held + held.replace("Which", "What"), encoding="utf-8")
    (request,), cursor, _ = tick("take_in_source_files", instance, cursor, build_defs())
    assert (request.partition_key, request.asset_selection) == ("mmlu", [dg.AssetKey("raw_questions")])
    assert tick("take_in_source_files", instance, cursor)[0] == []


def test_the_quality_pages_are_written_after_a_publish(
    instance: dg.DagsterInstance, warehouse: Path, rehearsal: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = "write_quality_pages_after_publishes"
    assert tick(sensor, instance, None)[2] == "Nothing was published since the last look."
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(rehearsal.folder))
    (request,), cursor, _ = tick(sensor, instance, None)
    assert request.run_key == f"publish {rehearsal.value('select max(seq) from publishes')}"
    assert tick(sensor, instance, cursor)[0] == []
    shown = jobs._changes(rehearsal.folder)
    causes = {(row.data["table"], row.data["why"]): row.data["rows"] for row in shown["rows by cause"].records}
    assert causes["questions", "new question"] == rehearsal.value("select count(*) from questions")
    assert shown["changed by the last build"].startswith("b1: ")


def test_training_sets_are_made_again_once_their_inputs_have_changed(instance: dg.DagsterInstance) -> None:
    defs = build_defs(settings=BuildSettings(profile="simulated", warehouse="/nowhere"))
    target = dg.AssetSelection.groups("training")
    sets = {key.to_user_string() for key in target.resolve(defs.resolve_asset_graph())}

    def made(table: str, partition: str | None, version: str) -> None:
        tags = {"dagster/data_version": version}
        instance.report_runless_asset_event(dg.AssetMaterialization(table, partition=partition, tags=tags))

    made("reasonmed", "mmlu", "1")
    for name in sets:
        made(name, None, "1")
    looked = dg.evaluate_automation_conditions(defs, instance, target)
    assert looked.total_requested == 0
    made("reasonmed", "mmlu", "1")
    looked = dg.evaluate_automation_conditions(defs, instance, target, cursor=looked.cursor)
    assert looked.total_requested == 0, "the same rows again are no change"
    made("reasonmed", "mmlu", "2")
    looked = dg.evaluate_automation_conditions(defs, instance, target, cursor=looked.cursor)
    assert looked.total_requested == len(sets), "although three sources were never made"
    looked = dg.evaluate_automation_conditions(defs, instance, target, cursor=looked.cursor)
    assert looked.total_requested == 0
