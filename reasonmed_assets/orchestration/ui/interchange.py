"""The sensor that tells catalogues of other tools what runs made, as OpenLineage events; with the extra `openlineage`.

Where the events go is said by the variables that OpenLineage's own client reads (`OPENLINEAGE_URL`,
`OPENLINEAGE__TRANSPORT__TYPE`). Runs of the command line are told when the UI is next open.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

import dagster as dg

from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.orchestration.history import reason
from reasonmed_assets.orchestration.starting import begin_run
from reasonmed_assets.storage import open_warehouse

if TYPE_CHECKING:
    from reasonmed_assets.lineage.interchange import EndedRun, MadeTable

NAME = "tell_openlineage"
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_EVENTS = {
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.RUN_FAILURE,
}
_RUNS_AT_ONCE = 20
_EVERY_S = 30
_SAME_TIME_S = 0.002
"""Runs that ended within it are told apart by their ids."""


def sensors() -> list[dg.SensorDefinition]:
    """The sensor, off until it is switched on; none without the extra."""
    if find_spec("openlineage") is None:
        return []
    return [
        dg.SensorDefinition(
            name=NAME,
            evaluation_fn=_tell,
            minimum_interval_seconds=_EVERY_S,
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Sends each run that has ended as OpenLineage events: its tables, their columns and checks.",
        )
    ]


def _tell(context: dg.SensorEvaluationContext) -> Iterator[dg.SkipReason]:
    """Send the runs that ended since the last look. Where that fails, the next look sends them again."""
    from openlineage.client import OpenLineageClient

    from reasonmed_assets.lineage.interchange import events

    warehouse = open_warehouse(begin_run().warehouse_folder)
    namespace = os.environ.get("OPENLINEAGE_NAMESPACE") or f"duckdb://{warehouse.name}"
    at, _, told = (context.cursor or "").partition(" ")
    last, sent = float(at or 0), told.split()
    records = context.instance.get_run_records(
        # Runs may have ended at the same time as the last one that was sent.
        dg.RunsFilter(statuses=_ENDED, updated_after=datetime.fromtimestamp(last, UTC) - timedelta(milliseconds=1)),
        limit=_RUNS_AT_ONCE + len(sent),
        order_by="update_timestamp",
        ascending=True,
    )
    client, n_events, n_runs = OpenLineageClient(), 0, 0
    for record in records:
        run_id, ended = record.dagster_run.run_id, record.update_timestamp.replace(tzinfo=UTC).timestamp()
        if run_id in sent:
            continue
        for event in events(ended_run(context.instance, record), namespace):
            client.emit(event)
            n_events += 1
        n_runs += 1
        last, sent = ended, [*sent, run_id] if ended - last < _SAME_TIME_S else [run_id]
        context.update_cursor(" ".join([str(last), *sent]))
    yield dg.SkipReason(f"{n_events} events of {n_runs} runs were sent.")


def ended_run(instance: dg.DagsterInstance, record: dg.RunRecord) -> EndedRun:
    """A run as Dagster has recorded it."""
    from openlineage.client.event_v2 import RunState

    from reasonmed_assets.lineage.interchange import EndedRun

    run = record.dagster_run
    of_steps, failure = defaultdict[str, list[dg.EventLogEntry]](list), None
    for entry in instance.all_logs(run.run_id, of_type=_EVENTS):
        event = entry.get_dagster_event()
        if event.step_key is not None:
            of_steps[event.step_key].append(entry)
        elif event.is_failure:
            failure = reason(event)
    tables = [_made(table, run.tags.get("dagster/partition"), entries) for table, entries in of_steps.items()]
    outcomes = dict(zip(_ENDED, (RunState.COMPLETE, RunState.FAIL, RunState.ABORT), strict=True))
    began = record.start_time or record.create_timestamp.timestamp()
    return EndedRun(run.run_id, run.job_name, began, record.end_time or began, outcomes[run.status], failure, tables)


def _made(table: str, partition: str | None, entries: list[dg.EventLogEntry]) -> MadeTable:
    from reasonmed_assets.lineage.interchange import CheckResult, MadeTable

    n_rows = publish = failure = None
    checks = []
    for entry in entries:
        event = entry.get_dagster_event()
        if event.is_step_failure:
            failure = reason(event)
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            found = event.asset_check_evaluation_data
            is_blocking = found.severity == dg.AssetCheckSeverity.ERROR
            checks.append(CheckResult(found.check_name, found.passed, is_blocking, found.description or ""))
        elif event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            metadata = event.materialization.metadata
            count = metadata.get("dagster/partition_row_count", metadata.get("dagster/row_count"))
            n_rows, publish = (_number(one) for one in (count, metadata.get("publish")))
            partition = event.partition or partition
    inputs = transform_of(table).tables
    times = [entry.timestamp for entry in entries]
    return MadeTable(table, partition, inputs, min(times), max(times), n_rows, publish, failure, checks)


def _number(value: dg.MetadataValue | None) -> int | None:
    return value.value if isinstance(value, dg.IntMetadataValue) else None
