"""One materialisation of a table: stage its rows, audit them, publish them or keep them in quarantine.

Every table of the warehouse is made here; what its rows are is in `assets/`, what must hold for them in `quality/`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from reasonmed_assets import interruption
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation import up_to_date
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.fingerprint import (
    RESTORED,
    Parts,
    all_parts,
    declared_values,
    fingerprint,
    stale_parts,
)
from reasonmed_assets.materialisation.metadata import (
    call_metadata,
    column_lineage,
    data_docs_page,
    example_query,
    made_from_table,
    picture,
    price_table,
    sample_rows,
    sample_traces,
)
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.pages.data_docs import SERVED_AT
from reasonmed_assets.pages.published import FRESHNESS, diff_address, rows_address
from reasonmed_assets.quality.auditing import CheckOutcome, audit
from reasonmed_assets.quality.checks import to_result
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN, removals
from reasonmed_assets.quality.statistics import statistics
from reasonmed_assets.storage import PublishRecord
from reasonmed_assets.vocabulary import GIVEN_UP

_SHOWN_EXAMPLES = 5
_SHOWN_CHARACTERS = 100
_SHOWN_PARTS = 3
_FAILED_BEFORE = "select partition, reason from failures where table_name = $1 and partition != $2 order by 1"


@dataclass(frozen=True)
class Made:
    """How the making of a partition ended.

    Attributes:
        checks: results of all its checks.
        metadata: what the materialisation shows; empty where nothing was published.
        fingerprint: of what the rows were made from.
        failure: why nothing was published; None when the rows are published.
        failed_before: the other partitions of the table whose last run failed, and why.
    """

    checks: list[dg.AssetCheckResult]
    metadata: dict[str, Any]
    fingerprint: str
    failure: dg.Failure | None
    failed_before: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A partition that is about to be staged.

    Attributes:
        stage: what stages it.
        parts: what its rows are made from now, by named parts.
        fingerprint: of these.
        last: its last publish.
        is_retry: models are asked again about rows that earlier builds gave up.
    """

    stage: Stage
    parts: Parts
    fingerprint: str
    last: PublishRecord | None
    is_retry: bool

    @property
    def is_unchanged(self) -> bool:
        """The published rows are what would be staged."""
        return self.last is not None and self.last.fingerprint == self.fingerprint and not self.is_retry


@contextmanager
def prepared(
    table: TableDefinition, session: BuildSession, partition: str | None, *, run_id: str, log: Any
) -> Iterator[Prepared]:
    """What a partition is made from, and the place where it is staged, which is removed in the end.

    Raises:
        WarehouseError: the warehouse cannot be read or written.
    """
    spec, warehouse = table.spec, session.warehouse
    # Opened once for all that is looked up within.
    with warehouse.read():
        parts = all_parts(table, session, partition)
        last = warehouse.last_publish(spec.name, partition)
    values = declared_values(table, session.profile, partition)
    is_retry = "call_keys" in spec.columns and bool(session.settings.retried_outcomes(spec.name))
    with warehouse.staging_area(spec.name, partition, run_id) as area:
        path = area / "rows.parquet"
        stage = Stage(spec, table.transform, partition, session, path, run_id, log, table.ask, values)
        yield Prepared(stage, parts, fingerprint(parts), last, is_retry)


def make(table: TableDefinition, session: BuildSession, partition: str | None, *, run_id: str, log: Any) -> Made:
    """Stage a partition's rows, or take the published ones where nothing changed; audit; publish or keep them back.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from; nothing is published.
        EngineError, LedgerError: calls that cannot be made; nothing is published.
        WarehouseError: the warehouse cannot be read or written.
        KeyboardInterrupt: the process was told to stop.
    """
    interruption.check()
    spec, warehouse, settings, started = table.spec, session.warehouse, session.settings, time.monotonic()
    # First: a table whose lineage cannot be determined is an error before a call is paid for.
    lineage = column_lineage(spec)
    session.display.table_started(spec.name, partition)
    with prepared(table, session, partition, run_id=run_id, log=log) as ready:
        stage, last, parts, made_from = ready.stage, ready.last, ready.parts, ready.fingerprint
        path, is_unchanged = stage.path, ready.is_unchanged
        if not is_unchanged:
            session.begin_build()
            table.stage_rows(stage)
        with warehouse.read() as con:
            if is_unchanged:
                warehouse.export(spec, partition, path)
            if "source_files" in stage.frames:
                con.register("source_files", stage.frames["source_files"])
            con.execute("set variable last_statistics = $1", [json.dumps(last.statistics) if last else None])
            set_variables(
                con, {IS_ALLOWED: spec.name in settings.allow_shrink, IS_LIMIT_GIVEN: settings.is_limit_given}
            )
            failed_before = dict(con.execute(_FAILED_BEFORE, [spec.name, partition or ""]).fetchall())
            outcomes = audit(con, spec, partition, path, session.profile)
            counts = statistics(con, spec, partition)
            sample, chart = sample_rows(con, spec), picture(con, spec)
            removed = {} if is_unchanged else removals(con, spec)
            failed = [outcome for outcome in outcomes if outcome.is_blocking_failure]
            advice = {found.name: ways_out(con, spec, partition, settings, found.name) for found in failed}
        _record_audit(stage, outcomes, counts["rows"])
        note = up_to_date.of_others(partition, failed_before)
        checks = [to_result(spec, outcome, partition, note) for outcome in outcomes]
        calls = call_metadata(session.take_stats())
        if failed:
            kept = warehouse.quarantine(spec.name, partition, run_id, path)
            names = ", ".join(outcome.name for outcome in failed)
            session.display.table_failed(spec.name, partition, f"blocking checks failed: {names}")
            return Made(
                checks, {}, made_from, _failure(spec, partition, failed, advice, kept, last, calls), failed_before
            )
        # Book-keeping follows whatever became of a run: it is no reason to keep the run's recipe.
        recipe = session.recipe_version if spec.group == "provenance" else session.keep_recipe()
        build = session.build.number if is_unchanged else session.begin_build(is_publishing=True)
        published = warehouse.publish(
            spec,
            partition,
            path,
            run_id=run_id,
            fingerprint=made_from if stage.is_complete else "",
            parts=parts,
            profile=session.profile.name,
            statistics=counts,
            recipe=recipe,
            build=build,
        )
        seconds = time.monotonic() - started
        warned = [f"warning: {outcome.name}" for outcome in outcomes if not outcome.passed]
        reason = "unchanged" if is_unchanged else why_made(last, parts, is_retry=ready.is_retry)
        gone = [f"removed {found['n']:,} ({why}: {', '.join(found['examples'])})" for why, found in removed.items()]
        note = ", ".join([*([reason] if last else []), *gone, *warned])
        session.display.table_published(spec.name, partition, published.rows, seconds, note)
    metadata: dict[str, Any] = {
        "dagster/partition_row_count" if partition else "dagster/row_count": published.rows,
        "rows_inserted": published.inserted,
        "rows_deleted": published.deleted,
        "ids_removed": dg.MetadataValue.json(removed),
        "publish": published.seq,
        "recipe": recipe,
        "build": f"b{build}" if build else "none: nothing was to be made",
        "snapshot": dg.MetadataValue.path(warehouse.address),
        "data_docs": data_docs_page(spec),
        "freshness": dg.MetadataValue.url(f"{SERVED_AT}/{FRESHNESS}"),
        "rows": dg.MetadataValue.url(rows_address(spec.name, partition)),
        "query": dg.MetadataValue.text(example_query(spec, partition, warehouse.name)),
        "is_unchanged": is_unchanged,
        "reason": reason,
        "seconds": round(seconds, 2),
        **calls,
        "sample": sample,
        "dagster/column_lineage": lineage,
        "columns_made_from": made_from_table(spec),
    }
    if build:
        metadata["changed_by_build"] = dg.MetadataValue.url(diff_address(build))
    if (traces := sample_traces(sample, spec)) is not None:
        metadata["traces"] = traces
    if chart is not None:
        metadata["picture"] = chart
    if roles := table.transform.roles:
        metadata["prices in USD per million tokens"] = price_table(session.profile, sorted(roles))
    if failed_before:
        metadata["last_run_failed_of"] = dg.MetadataValue.json(failed_before)
    return Made(checks, metadata, made_from, None, failed_before)


def why_made(last: PublishRecord | None, parts: Parts, *, is_retry: bool) -> str:
    """Why a partition is made anew, for people.

    Args:
        last: its last publish.
        parts: what its rows are made from now.
        is_retry: models are asked again about rows that earlier builds gave up.
    """
    if last is None:
        return "first build"
    if is_retry:
        return "asked again"
    if last.parts is not None and RESTORED in last.parts:
        return f"restored from publish {last.parts[RESTORED]}"
    if not last.fingerprint:
        return "calls were missing"
    if last.parts is None:
        return "published by an earlier version"
    changed = stale_parts(last.parts, parts)
    more = f" and {len(changed) - _SHOWN_PARTS} more" if len(changed) > _SHOWN_PARTS else ""
    return f"changed: {', '.join(changed[:_SHOWN_PARTS])}{more}"


def _failure(
    spec: TableSpec,
    partition: str | None,
    failed: Sequence[CheckOutcome],
    advice: Mapping[str, str],
    kept: Path,
    last: PublishRecord | None,
    calls: Mapping[str, Any],
) -> dg.Failure:
    published = f"publish {last.seq} stays" if last else "nothing was published before"
    return dg.Failure(
        description=(
            f"{spec.name} {partition or ''}: {len(failed)} blocking checks failed; {published}.\n"
            + "".join(
                f"{outcome.name}: {outcome.description} {_found(outcome)}\n{advice[outcome.name]}" for outcome in failed
            )
            + f"The rows are kept in {kept}: read them with SQL, mend the cause, and build again."
        ),
        metadata={"quarantine": dg.MetadataValue.path(str(kept)), "published": published, **calls},
        allow_retries=False,
    )


def _found(outcome: CheckOutcome) -> str:
    """The first things that a check found, in short."""
    if outcome.error is not None:
        return outcome.error
    shown = outcome.examples[:_SHOWN_EXAMPLES]
    cells = [
        ", ".join(f"{name} {value}"[:_SHOWN_CHARACTERS] for name, value in row.items() if value is not None)
        for row in shown
    ]
    return "Found:\n" + "\n".join(f"  {cell}" for cell in cells)


def ways_out(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, settings: BuildSettings, check: str
) -> str:
    """What lets rows pass that fail a check, a line each: to ask again about them, to let others go, another bound.

    Args:
        con: the connection of the audit.
        spec: the table.
        partition: its partition; None for a table without partitions.
        settings: of the build.
        check: name of the check.
    """
    lines = []
    if check == "missing":
        found = con.execute("select distinct outcome from unanswered order by all").fetchall()
        outcomes = [str(outcome).removeprefix("verifier: ") for (outcome,) in found]
        only = [word for outcome in outcomes if outcome in GIVEN_UP for word in ("--outcome", outcome)]
        if only:
            where = ["--table", spec.name, *only, *(["--source", partition] if partition else [])]
            again = command("retry", *settings.options, *where, warehouse=settings.warehouse_folder)
            lines.append(f"  To ask again about them: {again}\n")
    if check == "shrink":
        where = [*(["--source", partition] if partition else []), "--allow-shrink", spec.name]
        again = command("build", *settings.options, *where, warehouse=settings.warehouse_folder)
        lines.append(f"  To let them go in one run: {again}\n")
    thresholds = settings.loaded_profile.checks.thresholds
    lines += [
        f"  To let them pass: another checks.thresholds.{name} than {getattr(thresholds, name):g}, "
        "in the profile or with --set\n"
        for declared in check_names(spec.name)
        if declared.name == check
        for name in declared.thresholds
    ]
    return "".join(lines)


def _record_audit(stage: Stage, outcomes: Sequence[CheckOutcome], rows: int) -> None:
    """Keep the audit beside the tables: the rows of one that fails are published nowhere, and its checks must show."""
    profile = stage.session.profile
    thresholds = profile.checks.thresholds.model_dump()
    audited_at = datetime.now(UTC)
    record = AuditRecord(
        stage.spec.name, stage.partition, stage.run_id, profile.name, audited_at, rows, thresholds, outcomes
    )
    stage.session.warehouse.record_audit(record.table, record.partition, record.to_json())
