"""One materialisation of a table: stage its rows, audit them, publish them or keep them in quarantine.

Every table of the warehouse is made here; what its rows are is in `assets/`, what must hold for them in `quality/`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from reasonmed_assets import interruption
from reasonmed_assets.materialisation.checks import up_to_date
from reasonmed_assets.materialisation.checks.kept import check_keys, kept_measures, kept_outcomes
from reasonmed_assets.materialisation.checks.kept_back import found_by, ways_out
from reasonmed_assets.materialisation.definition import TableDefinition, from_query
from reasonmed_assets.materialisation.fingerprint import (
    RESTORED,
    Changes,
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
from reasonmed_assets.materialisation.shards import (
    Staged,
    drop_shards,
    number_of_shards,
    stage_changed,
    stage_rows,
)
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.pages.data_docs import SERVED_AT
from reasonmed_assets.pages.published import FRESHNESS, diff_address, rows_address
from reasonmed_assets.quality.auditing import CheckOutcome, audit
from reasonmed_assets.quality.checks import to_result
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.measures import write_measures
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN, removals
from reasonmed_assets.quality.statistics import statistics
from reasonmed_assets.storage import OvertakenError, PublishRecord
from reasonmed_assets.storage.publishing import Published

QUESTIONS = "questions"
"""The table of the questions, whose publish says how many a partition has."""
_SHOWN_PARTS = 3


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
class Before:
    """What is known of a partition before it is made.

    Attributes:
        parts: what its rows are made from now.
        fingerprint: the fingerprint of these.
        last: its last publish.
        is_retry: models are asked again about rows that earlier builds gave up.
        failed: the partitions of the table whose last run failed, and why.
        changes: `changes` of `Warehouse.standing`.
        keys: what its checks judge by (`check_keys`).
        kept: outcomes of its last audit that still hold, by check; none where its rows are made anew.
        n_questions: the questions of the partition, as they are published.
    """

    parts: Parts
    fingerprint: str
    last: PublishRecord | None
    is_retry: bool
    failed: Mapping[str, str]
    changes: Changes
    keys: Mapping[str, str]
    kept: Mapping[str, CheckOutcome]
    n_questions: int

    @property
    def is_unchanged(self) -> bool:
        """Whether what is published is made from what it would be made from now."""
        return self.last is not None and self.last.fingerprint == self.fingerprint and not self.is_retry

    @property
    def reason(self) -> str:
        """Why it is made anew, or that it is not, for people."""
        return "unchanged" if self.is_unchanged else why_made(self.last, self.parts, is_retry=self.is_retry)


@dataclass(frozen=True)
class Prepared(Before):
    """A partition that is about to be staged, and what stages it."""

    stage: Stage


@contextmanager
def prepared(
    table: TableDefinition, session: BuildSession, partition: str | None, *, run_id: str, log: Any
) -> Iterator[Prepared]:
    """What a partition is made from, and the place where it is staged, which is removed in the end.

    Raises:
        WarehouseError: the warehouse cannot be read or written.
    """
    before = _look(table, session, partition)
    with _staging(table, session, partition, run_id, log) as stage:
        yield Prepared(**vars(before), stage=stage)


@dataclass(frozen=True)
class _Audited:
    """What an audit found.

    Attributes:
        outcomes: one per check.
        statistics: figures of the rows.
        removed: the rows that go, as `removals` gives them.
        shown: a sample of the rows and a picture, as metadata.
        ways_out: for each check that keeps the rows back, what lets them pass.
    """

    outcomes: Sequence[CheckOutcome]
    statistics: Mapping[str, Any] = field(default_factory=dict)
    removed: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    ways_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> list[CheckOutcome]:
        """The outcomes that keep the rows back."""
        return [outcome for outcome in self.outcomes if outcome.is_blocking_failure]


def make(table: TableDefinition, session: BuildSession, partition: str | None, *, run_id: str, log: Any) -> Made:
    """Stage a partition's rows, or take the published ones where nothing changed; audit; publish or keep them back.

    Rows that would be made and audited as they were are neither read nor written: what their audit found is kept.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from; nothing is published.
        EngineError, LedgerError: calls that cannot be made; nothing is published.
        WarehouseError: the warehouse cannot be read or written.
        KeyboardInterrupt: the process was told to stop.
    """
    while True:
        with suppress(OvertakenError):
            return _make(table, session, partition, run_id=run_id, log=log)


def _make(table: TableDefinition, session: BuildSession, partition: str | None, *, run_id: str, log: Any) -> Made:
    interruption.check()
    spec, warehouse, started = table.spec, session.warehouse, time.monotonic()
    # First: a table whose lineage cannot be determined is an error before a call is paid for.
    lineage = {"dagster/column_lineage": column_lineage(spec), "columns_made_from": made_from_table(spec)}
    before = _look(table, session, partition)
    last = before.last
    failed_others = {name: why for name, why in before.failed.items() if name != (partition or "")}
    session.display.table_started(spec.name, partition)
    calls: dict[str, Any] = {}
    is_complete = True
    if last is not None and len(before.kept) == len(check_names(spec.name)):
        audited = _Audited([before.kept[one.name] for one in check_names(spec.name)])
        recipe, build = _recipe(spec, session), session.build.number
        published = Published(last.seq, last.rows, 0, 0, is_changed=False)
    else:
        with _staging(table, session, partition, run_id, log) as stage:
            if not before.is_unchanged:
                session.begin_build()
            # No publish waits for code.
            with stage.kept_open() if table.stage_rows is from_query else nullcontext():
                staged = _as_published(stage, before) if before.is_unchanged else _stage(table, stage, before)
                audited = _audit(stage, before, staged)
            if audited.failed:
                if staged.replaced is not None and not _is_last(session, spec, partition, staged.replaced.seq):
                    raise OvertakenError
                calls = call_metadata(session.take_stats()) | staged.metadata
                _record_audit(stage, audited, None, before.keys)
                kept = warehouse.quarantine(spec.name, partition, run_id, staged.as_one(stage))
                names = ", ".join(outcome.name for outcome in audited.failed)
                where = "" if staged.failed is None else f"{staged.failed}: "
                session.display.table_failed(spec.name, partition, f"{where}blocking checks failed: {names}")
                checks = _results(spec, partition, audited, before, failed_others)
                failure = _failure(spec, partition, where, audited, kept, last, calls)
                return Made(checks, {}, before.fingerprint, failure, failed_others)
            recipe = _recipe(spec, session)
            build = session.build.number if before.is_unchanged else session.begin_build(is_publishing=True)
            published = warehouse.publish(
                spec,
                partition,
                staged.files,
                run_id=run_id,
                fingerprint=before.fingerprint if stage.is_complete else "",
                parts=before.parts,
                profile=session.profile.name,
                statistics=audited.statistics,
                recipe=recipe,
                build=build,
                replaced=staged.replaced,
            )
            calls = call_metadata(session.take_stats()) | staged.metadata
            if (measures := stage.scratch("measured")).exists():
                warehouse.keep_measures(spec.name, partition, published.seq, measures)
            _record_audit(stage, audited, published.seq, before.keys)
            is_complete = stage.is_complete
    # Where calls are missing, the next build asks for these alone.
    if is_complete:
        drop_shards(warehouse, spec, partition)
    seconds = time.monotonic() - started
    warned = [f"warning: {outcome.name}" for outcome in audited.outcomes if not outcome.passed]
    gone = [f"removed {one['n']:,} ({why}: {', '.join(one['examples'])})" for why, one in audited.removed.items()]
    said = ", ".join([*([before.reason] if last else []), *gone, *warned])
    session.display.table_published(spec.name, partition, published.rows, seconds, said)
    metadata: dict[str, Any] = {
        "dagster/partition_row_count" if partition else "dagster/row_count": published.rows,
        "rows_inserted": published.inserted,
        "rows_deleted": published.deleted,
        "ids_removed": dg.MetadataValue.json(audited.removed),
        "publish": published.seq,
        "recipe": recipe,
        "build": f"b{build}" if build else "none: nothing was to be made",
        "snapshot": dg.MetadataValue.path(warehouse.address),
        "data_docs": data_docs_page(spec),
        "freshness": dg.MetadataValue.url(f"{SERVED_AT}/{FRESHNESS}"),
        "rows": dg.MetadataValue.url(rows_address(spec.name, partition)),
        "query": dg.MetadataValue.text(example_query(spec, partition, warehouse.name)),
        "is_unchanged": before.is_unchanged,
        "reason": before.reason,
        "seconds": round(seconds, 2),
        **calls,
        **audited.shown,
        **lineage,
    }
    if build:
        metadata["changed_by_build"] = dg.MetadataValue.url(diff_address(build))
    if roles := table.transform.roles:
        metadata["prices in USD per million tokens"] = price_table(session.profile, sorted(roles))
    if failed_others:
        metadata["last_run_failed_of"] = dg.MetadataValue.json(failed_others)
    checks = _results(spec, partition, audited, before, failed_others)
    return Made(checks, metadata, before.fingerprint, None, failed_others)


def _is_last(session: BuildSession, spec: TableSpec, partition: str | None, seq: int) -> bool:
    last = session.warehouse.last_publish(spec.name, partition)
    return last is not None and last.seq == seq


def _look(table: TableDefinition, session: BuildSession, partition: str | None) -> Before:
    """What is known of a partition before it is made."""
    spec, warehouse = table.spec, session.warehouse
    standing = warehouse.standing()
    last = standing.last.get((spec.name, partition or ""))
    failed = {of: why for (name, of), why in standing.failures.items() if name == spec.name}
    parts = all_parts(table, session, partition, standing.changes)
    is_retry = "call_keys" in spec.columns and bool(session.settings.retried_outcomes(spec.name))
    keys = check_keys(spec, partition, session.profile, standing.changes)
    questions = standing.last.get((QUESTIONS, partition or ""))
    n = questions.rows if questions else 0
    before = Before(parts, fingerprint(parts), last, is_retry, failed, standing.changes, keys, {}, n)
    # What a failed run left on record goes with the next publish.
    if last is None or not before.is_unchanged or (partition or "") in failed:
        return before
    return replace(before, kept=kept_outcomes(warehouse, spec, partition, last.seq, keys))


@contextmanager
def _staging(
    table: TableDefinition, session: BuildSession, partition: str | None, run_id: str, log: Any
) -> Iterator[Stage]:
    """What stages a partition, in a folder that is removed in the end."""
    spec, values = table.spec, declared_values(table, session.profile, partition)
    with session.warehouse.staging_area(spec.name, partition, run_id) as area:
        path = area / "rows.parquet"
        yield Stage(spec, table.transform, partition, session, path, run_id, log, table.ask, values)


def _as_published(stage: Stage, before: Before) -> Staged:
    """What is published, to be audited again."""
    spec, partition, warehouse = stage.spec, stage.partition, stage.session.warehouse
    assert before.last is not None
    measures = kept_measures(warehouse, spec, partition, before.last.seq, before.keys)
    return Staged([stage.path], measures=measures)


def _stage(table: TableDefinition, stage: Stage, before: Before) -> Staged:
    if before.last is not None and not before.is_retry:
        staged = stage_changed(table, stage, before.last, before.parts, before.changes)
        if staged is not None:
            return staged
    n = number_of_shards(stage, before.n_questions)
    return stage_rows(table, stage, n, made_from=before.fingerprint, keys=before.keys, is_retry=before.is_retry)


def _audit(stage: Stage, before: Before, staged: Staged) -> _Audited:
    """Audit the staged rows; where nothing changed, export the published ones for the checks that are made again.

    Where a shard is kept back, what was found in it is all: the others are not staged yet.
    """
    spec, partition, session = stage.spec, stage.partition, stage.session
    settings, last = session.settings, before.last
    if staged.failed is not None:
        outcomes = list(staged.outcomes.values())
        return _Audited(outcomes, {"rows": staged.n_rows}, ways_out={one.name: "" for one in outcomes})
    with session.warehouse.read() as con:
        if before.is_unchanged:
            session.warehouse.export(spec, partition, stage.path)
        if "source_files" in stage.frames:
            con.register("source_files", stage.frames["source_files"])
        con.execute("set variable last_statistics = $1", [json.dumps(last.statistics) if last else None])
        set_variables(con, {IS_ALLOWED: spec.name in settings.allow_shrink, IS_LIMIT_GIVEN: settings.is_limit_given})
        kept = {**before.kept, **staged.outcomes}
        stay, measured = staged.stay(spec, partition), staged.measured(spec, partition)
        outcomes = audit(con, spec, partition, staged.files, session.profile, kept, stay, measured)
        write_measures(con, spec.name, stage.scratch("measured"))
        shown: dict[str, Any] = {}
        if not before.is_unchanged:
            shown = {"sample": (sample := sample_rows(con, spec))}
            shown |= {"traces": traces} if (traces := sample_traces(sample, spec)) is not None else {}
            shown |= {"picture": chart} if (chart := picture(con, spec)) is not None else {}
        found = _Audited(
            outcomes, statistics(con, spec, partition), {} if before.is_unchanged else removals(con, spec), shown
        )
        ways = {one.name: ways_out(con, spec, partition, settings, one.name) for one in found.failed}
    return replace(found, ways_out=ways)


def _recipe(spec: TableSpec, session: BuildSession) -> int | None:
    """Version of the recipe that the rows are of; it is kept with the warehouse, now that rows are.

    Book-keeping follows whatever became of a run: it is no reason to keep the run's recipe.
    """
    return session.recipe_version if spec.group == "provenance" else session.keep_recipe()


def _results(
    spec: TableSpec, partition: str | None, audited: _Audited, before: Before, failed_others: Mapping[str, str]
) -> list[dg.AssetCheckResult]:
    """The outcomes as Dagster shows them; one that is kept says which publish it judged."""
    note, seq = up_to_date.of_others(partition, failed_others), before.last.seq if before.last else None
    return [to_result(spec, one, partition, note, seq if one.name in before.kept else None) for one in audited.outcomes]


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
    where: str,
    audited: _Audited,
    kept: Path,
    last: PublishRecord | None,
    calls: Mapping[str, Any],
) -> dg.Failure:
    name = spec.name if partition is None else f"{spec.name} {partition}"
    published = f"publish {last.seq} stays" if last else "nothing was published before"
    return dg.Failure(
        description=(
            f"{name}: {where}{len(audited.failed)} blocking checks failed; {published}.\n"
            + "".join(
                f"{outcome.name}: {outcome.description} {found_by(outcome)}\n{audited.ways_out[outcome.name]}"
                for outcome in audited.failed
            )
            + f"The rows are kept in {kept}: read them with SQL, mend the cause, and build again."
        ),
        metadata={"quarantine": dg.MetadataValue.path(str(kept)), "published": published, **calls},
        allow_retries=False,
    )


def _record_audit(stage: Stage, audited: _Audited, publish: int | None, keys: Mapping[str, str]) -> None:
    """Keep the audit beside the tables: the rows of one that fails are published nowhere, and its checks must show."""
    profile = stage.session.profile
    record = AuditRecord(
        table=stage.spec.name,
        partition=stage.partition,
        run_id=stage.run_id,
        profile=profile.name,
        audited_at=datetime.now(UTC),
        rows=audited.statistics["rows"],
        thresholds=profile.checks.thresholds.model_dump(),
        outcomes=audited.outcomes,
        publish=publish,
        keys=keys,
    )
    stage.session.warehouse.record_audit(record.table, record.partition, record.to_json())
