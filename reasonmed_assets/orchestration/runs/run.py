"""One Dagster run in this process, and what came of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.metadata import calls_in
from reasonmed_assets.orchestration.code_location import launch_config
from reasonmed_assets.orchestration.history import INTERRUPTION, process_tags, reason


@dataclass
class Made:
    """What came of a run.

    Attributes:
        published: (table, partition) of what was materialised.
        problems: a line per table that was not, or for the run.
        calls: calls made and answered for the tables that were materialised.
        is_interrupted: it was stopped.
    """

    published: list[tuple[str, str | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    is_interrupted: bool = False


def new_run_id() -> str:
    """An id for a run."""
    return str(uuid.uuid4())


def run(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    partition: str | None,
    tables: Sequence[str],
    settings: BuildSettings,
    run_id: str | None = None,
) -> Made:
    """Make tables of one partition of a job.

    Args:
        defs: the code location.
        instance: where the history is kept.
        job, partition, tables: what is made; None for a job without partitions.
        settings: of the build.
        run_id: of the run; None: a new one.
    """
    run_id = run_id or new_run_id()
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=partition,
        asset_selection=[dg.AssetKey(table) for table in tables],
        # With what it changes of the recipe a run can be read and repeated in the UI.
        run_config={
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            "resources": {"build": {"config": launch_config(settings)}},
        },
        raise_on_error=False,
        run_id=run_id,
        tags=process_tags(run_id),
    )
    events = result.get_asset_materialization_events()
    names = {event.asset_key.to_user_string() for event in events if event.asset_key}
    made = Made([(table, partition) for table in tables if table in names])
    for event in events:
        made.calls += calls_in(event.step_materialization_data.materialization.metadata)
    if not result.success:
        failed = {str(event.step_key): reason(event) for event in result.filter_events(lambda e: e.is_step_failure)}
        made.is_interrupted = any(INTERRUPTION.search(said) for said in failed.values())
        made.problems += _problems(result, failed, partition, [table for table in tables if table not in names])
    return made


def _problems(
    result: dg.ExecuteInProcessResult, failed: Mapping[str, str], partition: str | None, missing: Sequence[str]
) -> list[str]:
    """One line per failed step, or per failed run without one, and one for the tables that were not reached."""
    where = f"{partition}: " if partition else ""
    lines = [
        f"{where}{table}: {'interrupted' if INTERRUPTION.search(said) else said}" for table, said in failed.items()
    ]
    if not lines:
        lines = [f"{where}{reason(event)}" for event in result.filter_events(lambda event: event.is_failure)]
    skipped = [table for table in missing if table not in failed]
    if skipped:
        lines.append(f"{where}skipped as a result: {', '.join(skipped)}")
    return lines
