"""The jobs of a build, and what Dagster's daemon starts by itself: the tables over all sources after a backfill.

A backfill makes a table over all sources only where no source failed, and none at all where it was not selected. A
build from the command line makes it in any case, from what is published. `complete_backfills` does so after a backfill.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus, PartitionBackfill

from reasonmed_assets.materialisation.session import split_roles
from reasonmed_assets.orchestration.history import live_runs
from reasonmed_assets.orchestration.starting import begin_run
from reasonmed_assets.pages.site import write_quality_pages
from reasonmed_assets.people.reviews import kept_files
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sources import InputFiles, SourceError, input_digest, load_declaration
from reasonmed_assets.storage import WarehouseError, open_warehouse
from reasonmed_assets.storage.freshness import to_be_made

MATCH_JOB, SOURCE_JOB, RELEASE_JOB = "match_questions", "build_source", "write_training_sets"
"""The order of a build: duplicates over all sources once, then each source, then the tables over all sources."""
MATCH_TABLES = ("benchmark_questions", "question_matches", "overrides")
COMPLETES = "reasonmed/completes"
"""Tag of a run: the backfill after which it makes the tables over all sources."""

_OPEN = [BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]
_ENDED = [
    BulkActionStatus.COMPLETED,
    BulkActionStatus.COMPLETED_SUCCESS,
    BulkActionStatus.COMPLETED_FAILED,
    BulkActionStatus.FAILED,
]
_LATEST_BACKFILLS = 50
_EVERY_S = 15
_FILES_EVERY_S = 60
_REVIEWS = "reviews"
_RAW = "raw_questions"
PAGES_JOB = "write_quality_pages"


def job_tables() -> dict[str, tuple[str, ...]]:
    """Which tables each job makes, in the order of the jobs."""
    by_source = tuple(name for name, spec in TABLES.items() if spec.partitioned_by == "source")
    unpartitioned = [name for name, spec in TABLES.items() if not spec.is_partitioned and name not in UNAUDITED]
    rest = tuple(name for name in unpartitioned if name not in MATCH_TABLES)
    return {MATCH_JOB: MATCH_TABLES, SOURCE_JOB: by_source, RELEASE_JOB: rest}


def jobs() -> list[Any]:
    """The three jobs of a build, and the one that writes the quality pages."""
    descriptions = {
        MATCH_JOB: "First of three, over all sources: benchmark questions, duplicates, contaminations, overrides.",
        SOURCE_JOB: "Second of three, once per source: from the questions as published to the final examples.",
        RELEASE_JOB: "Last of three, over all sources: reviews, the training sets and the account of model calls.",
    }
    return [
        dg.define_asset_job(
            name,
            dg.AssetSelection.assets(*tables),
            description=descriptions[name],
        )
        for name, tables in job_tables().items()
    ] + [_pages_job()]


def _pages_job() -> dg.JobDefinition:
    @dg.op(name="quality_pages", out=dg.Out(dg.Nothing))
    def write() -> None:
        context, folder = dg.OpExecutionContext.get(), begin_run().warehouse_folder
        for line in write_quality_pages(folder, None):
            context.log.info(line)
        context.add_output_metadata(_changes(folder))

    @dg.job(
        name=PAGES_JOB,
        executor_def=dg.in_process_executor,
        description="Writes the quality report, the lineage of columns and the Data Docs, as `reasonmed quality` does; "
        "its metadata says what the last build changed and why.",
    )
    def job() -> None:
        write()

    return job


def _changes(folder: Path) -> dict[str, Any]:
    """What the last build changed and why, as metadata; nothing where it cannot be compared with what was before it."""
    from reasonmed_assets.lineage.diff.comparison import diff
    from reasonmed_assets.lineage.diff.sides import DiffError
    from reasonmed_assets.pages.published import diff_address

    with open_warehouse(folder).snapshot() as con:
        ((build,),) = con.execute("select max(build) from publishes").fetchall()
    try:
        found = diff(folder, f"b{build}")
    except (DiffError, WarehouseError) as error:
        return {"changed by the last build": str(error)}
    rows = [
        dg.TableRecord({"table": one.table, "why": cause, "rows": n})
        for one in found.tables
        for cause, n in one.causes.items()
    ]
    columns = [dg.TableColumn("table"), dg.TableColumn("why"), dg.TableColumn("rows", "int")]
    return {
        "changed by the last build": f"b{build}: {found.summary()}",
        "rows by cause": dg.MetadataValue.table(rows, dg.TableSchema(columns)),
        "page": dg.MetadataValue.url(diff_address(build)),
    }


def tables_over_sources() -> list[str]:
    """The tables that a build makes after the sources, without the account of calls, which every run keeps."""
    return [name for name in job_tables()[RELEASE_JOB] if TABLES[name].group != "provenance"]


def sensors() -> list[dg.SensorDefinition]:
    """What completes a backfill, and what is off until a person switches it on (page *Automation*)."""
    return [
        dg.SensorDefinition(
            name="complete_backfills",
            evaluation_fn=_complete_backfills,
            job_name=RELEASE_JOB,
            minimum_interval_seconds=_EVERY_S,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="After a backfill of sources, also where some failed: makes the tables over all sources that "
            "are behind, as `reasonmed build` does.",
        ),
        dg.AutomationConditionSensorDefinition(
            name="rebuild_training_sets",
            target=dg.AssetSelection.assets(*_training_sets()),
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Makes the training sets again once their inputs have changed and no run makes these.",
        ),
        dg.SensorDefinition(
            name="take_in_reviews",
            evaluation_fn=_take_in_reviews,
            target=dg.AssetSelection.assets(_REVIEWS),
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Makes table reviews again once `reviews/` in the warehouse has other files.",
        ),
        dg.SensorDefinition(
            name="take_in_source_files",
            evaluation_fn=_take_in_source_files,
            target=dg.AssetSelection.assets(_RAW),
            minimum_interval_seconds=_FILES_EVERY_S,
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Reads a source's files into raw_questions once they have changed. Asks no model: what follows "
            "from them is behind then.",
        ),
        dg.SensorDefinition(
            name="write_quality_pages_after_publishes",
            evaluation_fn=_write_pages,
            job_name=PAGES_JOB,
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Writes the quality pages once something was published and no run is at work.",
        ),
    ]


def with_conditions(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets, those of the training sets with the condition that `rebuild_training_sets` looks at."""
    sets = {dg.AssetKey(name) for name in _training_sets()}

    def conditioned(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(automation_condition=_inputs_changed())

    return [asset.map_asset_specs(conditioned) if asset.key in sets else asset for asset in assets]


def _training_sets() -> list[str]:
    return [name for name, spec in TABLES.items() if spec.group == "training"]


def _inputs_changed() -> dg.AutomationCondition[Any]:
    """An input has other data than when the table was last made or asked for; a source that failed holds up nothing."""
    condition = dg.AutomationCondition
    changed = condition.any_deps_match(condition.data_version_changed()).since_last_handled()
    return (changed & ~condition.any_deps_in_progress() & ~condition.in_progress()).with_label("inputs changed")


def _complete_backfills(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run after each backfill of sources that ended since the last look, if a table over all sources is behind."""
    is_open = bool(_backfills(context.instance, _OPEN))
    ended = {
        backfill.backfill_id: backfill.backfill_end_timestamp or backfill.backfill_timestamp
        for backfill in _backfills(context.instance, _ENDED)
    }
    latest = max(ended.values(), default=0.0)
    # What had ended before the first look is not completed; what was open then is.
    seen = float(context.cursor) if context.cursor else latest
    context.update_cursor(str(seen if is_open else max(latest, seen)))
    if is_open:
        yield dg.SkipReason("A backfill of sources is not at its end.")
        return
    new = [backfill for backfill, at in ended.items() if at > seen]
    if not new:
        yield dg.SkipReason("No backfill of sources has ended since the last look.")
        return
    tables = to_be_made(open_warehouse(begin_run().warehouse_folder), tables_over_sources())
    if not tables:
        yield dg.SkipReason("Every table over all sources is up to date.")
        return
    keys = [dg.AssetKey(table) for table in tables]
    # Several backfills that ended together are completed by one run.
    yield dg.RunRequest(run_key=new[0], asset_selection=keys, tags={COMPLETES: new[0]})


def _backfills(instance: dg.DagsterInstance, statuses: Sequence[BulkActionStatus]) -> list[PartitionBackfill]:
    """The latest backfills with some status that make tables of sources: of assets, or of the job of a source."""
    by_source = {dg.AssetKey(table) for table in job_tables()[SOURCE_JOB]}
    found = instance.get_backfills(filters=BulkActionsFilter(statuses=statuses), limit=_LATEST_BACKFILLS)
    return [
        backfill
        for backfill in found
        if backfill.partition_set_origin is not None or not by_source.isdisjoint(backfill.asset_selection or ())
    ]


def _take_in_reviews(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    state = _state_of_reviews(open_warehouse(begin_run().warehouse_folder).companion("reviews"))
    if state == (context.cursor or ""):
        yield dg.SkipReason("No file of reviews is new.")
        return
    context.update_cursor(state)
    # Without a key: Dagster makes one run for each, and files may come to be as they were before.
    yield dg.RunRequest(asset_selection=[dg.AssetKey(_REVIEWS)])


def _take_in_source_files(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run for each source whose files are others than at the last look; the first look only notes them."""
    settings, files, states = begin_run(), InputFiles(), {}
    profile = settings.loaded_profile
    for name in profile.sources.declared:
        declaration = load_declaration(name)
        # Files that are missing or being written are looked at again.
        with suppress(SourceError):
            roles = split_roles(profile, declaration.name)
            states[declaration.name] = input_digest(declaration, settings.data_folder, roles, files)
    seen = json.loads(context.cursor) if context.cursor else states
    context.update_cursor(json.dumps(seen | states))
    changed = [source for source, state in states.items() if seen.get(source) != state]
    if not changed:
        yield dg.SkipReason("No file of a source has changed.")
    for source in changed:
        yield dg.RunRequest(partition_key=source, asset_selection=[dg.AssetKey(_RAW)])


def _write_pages(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    if live_runs(context.instance):
        yield dg.SkipReason("A run is at work.")
        return
    warehouse = open_warehouse(begin_run().warehouse_folder)
    latest = 0
    if warehouse.has_snapshot:
        with warehouse.snapshot() as con:
            ((latest,),) = con.execute("select coalesce(max(seq), 0) from publishes").fetchall()
    if str(latest) == (context.cursor or "0"):
        yield dg.SkipReason("Nothing was published since the last look.")
        return
    context.update_cursor(str(latest))
    yield dg.RunRequest(run_key=f"publish {latest}")


def _state_of_reviews(folder: Path) -> str:
    """What changes when a file of reviewers comes, goes or changes; empty without any."""
    files = InputFiles()
    found = [f"{path.name} {files.digest(path)}" for path in kept_files(folder, files)]
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""
