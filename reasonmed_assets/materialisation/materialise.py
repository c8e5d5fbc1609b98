"""One materialisation of a table: stage its rows, audit them, publish them or keep them in quarantine.

Every table of the warehouse is made here; what its rows are is in `assets/`, what must hold for them in `quality/`.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from reasonmed_assets import quality, sql
from reasonmed_assets.materialisation.metadata import (
    call_figures,
    column_lineage,
    column_schema,
    data_docs_page,
    example_query,
    picture,
    sample_rows,
    view_rows,
)
from reasonmed_assets.materialisation.session import BuildSession, code_digest
from reasonmed_assets.quality.checks import check_specs, to_result
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import PublishRecord, row_hash_sql

_SHOWN_EXAMPLES = 5
_SHOWN_CHARACTERS = 100

OWNERS = ["team:medical-reasoning-data"]


@dataclass
class Stage:
    """What makes a table's rows: the published tables to read, the session, and where the rows go.

    Attributes:
        spec: the table.
        partition: source; None for a table over all sources.
        session: the run's profile, warehouse, sources and engine.
        path: Parquet file of the staged rows.
        log: Dagster's logger of the run.
        frames: extra relations that the audit sees, by name.
        is_complete: False when calls are missing, so that the next build makes the partition again.
    """

    spec: TableSpec
    partition: str | None
    session: BuildSession
    path: Path
    run_id: str
    log: Any
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    is_complete: bool = True

    @property
    def source(self) -> str:
        """The partition of a table that has partitions."""
        if self.partition is None:
            raise ValueError(f"{self.spec.name} has no partitions")
        return self.partition

    def scratch(self, name: str) -> Path:
        """Path of a Parquet file beside the staged rows, removed with them."""
        return self.path.with_name(f"{self.path.stem}.{name}.parquet")

    @contextmanager
    def read(self, files: Mapping[str, Path | Sequence[Path]] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees the published tables, the views, the profile's variables and `files` as views."""
        variables = quality.variables(self.session.profile, self.partition)
        with self.session.warehouse.read(variables) as con:
            for name, paths in (files or {}).items():
                many = [paths] if isinstance(paths, Path) else paths
                con.execute(f"create temp view {name} as from {sql.parquet(*many)}")
            yield con

    def write(self, con: duckdb.DuckDBPyConnection, query: str, path: Path | None = None) -> None:
        """Write the rows of a query as staged rows: declared columns and types, by name, with their row hash.

        Raises:
            duckdb.BinderException: the query lacks a declared column.
        """
        types = self.spec.duckdb_types()
        types.pop("row_hash")
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
        typed = f"select {columns} from ({query})"
        con.execute(
            f"copy (select *, {row_hash_sql(list(types))} as row_hash from ({typed})) "
            f"to {sql.literal(path or self.path)} (format parquet, compression zstd)"
        )


StageRows = Callable[[Stage], None]


def table_asset(
    table: str,
    stage_rows: StageRows,
    *,
    deps: Sequence[str],
    partitions_def: dg.PartitionsDefinition | None,
    kinds: set[str],
    fingerprint_parts: Callable[[BuildSession, str | None], Sequence[str]] | None = None,
    views: Sequence[str] = (),
) -> dg.AssetsDefinition:
    """The Dagster asset of one declared table.

    Args:
        table: name of the table.
        stage_rows: writes the rows to `stage.path`.
        deps: tables that it reads.
        partitions_def: the sources; used when the table is partitioned.
        kinds: kinds shown in the graph.
        fingerprint_parts: further inputs that are no tables (files, limits).
        views: names of views over the table; their rows, those of the partition, are shown with each materialisation.
    """
    spec = TABLES[table]
    partitions = partitions_def if spec.partitioned else None

    @dg.asset(
        name=table,
        group_name=spec.group,
        deps=list(deps),
        description=f"{spec.grain}\n\nKey: `{spec.key}`. {stage_rows.__doc__ or ''}",
        partitions_def=partitions,
        check_specs=check_specs(spec, partitions),
        kinds={"duckdb", *kinds},
        owners=OWNERS,
        code_version=code_digest(),
        metadata={"dagster/column_schema": column_schema(spec), "dagster/table_name": table},
        required_resource_keys={"build"},
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: BuildSession = context.resources.build
        partition = context.partition_key if context.has_partition_key and spec.partitioned else None
        more = fingerprint_parts(session, partition) if fingerprint_parts else ()
        fingerprint = fingerprint_of(session, spec, partition, deps, more)
        made = make(session, spec, partition, stage_rows, fingerprint, run_id=context.run_id, log=context.log)
        yield from made.checks
        if made.failure is not None:
            raise made.failure
        with session.warehouse.read({}) as con:
            shown = {view: view_rows(con, view, partition) for view in views}
        yield dg.MaterializeResult(metadata=made.metadata | shown, data_version=dg.DataVersion(made.fingerprint))

    return asset


@dataclass(frozen=True)
class Made:
    """How the making of a partition ended.

    Attributes:
        checks: results of all its checks.
        metadata: what the materialisation shows; empty where nothing was published.
        fingerprint: of what the rows were made from.
        failure: why nothing was published; None when the rows are published.
    """

    checks: list[dg.AssetCheckResult]
    metadata: dict[str, Any]
    fingerprint: str
    failure: dg.Failure | None


def make(
    session: BuildSession,
    spec: TableSpec,
    partition: str | None,
    stage_rows: StageRows,
    fingerprint: str,
    *,
    run_id: str,
    log: Any,
) -> Made:
    """Stage a partition's rows, or take the published ones where nothing changed; audit; publish or keep them back.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from; nothing is published.
        EngineError, LedgerError: calls that cannot be made; nothing is published.
        WarehouseError: the warehouse cannot be read or written.
    """
    warehouse, started = session.warehouse, time.monotonic()
    # First: a table whose lineage cannot be determined is an error before a call is paid for.
    lineage = column_lineage(spec)
    last = warehouse.last_publish(spec.name, partition)
    path = warehouse.stage_path(spec.name, partition, run_id)
    stage = Stage(spec, partition, session, path, run_id, log)
    session.display.table_started(spec.name, partition)
    try:
        is_retry = session.settings.retry_unresolved and "call_keys" in spec.columns
        is_unchanged = last is not None and last.fingerprint == fingerprint and not is_retry
        if is_unchanged:
            warehouse.export_partition(spec, partition, path)
        else:
            stage_rows(stage)
        with stage.read() as con:
            if "source_files" in stage.frames:
                con.register("source_files", stage.frames["source_files"])
            con.execute("set variable last_statistics = $1", [json.dumps(last.statistics) if last else None])
            outcomes = quality.audit(con, spec, partition, path, session.profile)
            statistics = quality.statistics(con, spec, partition)
            sample, chart = sample_rows(con, spec), picture(con, spec)
        _record_audit(stage, outcomes, statistics["rows"])
        checks = [to_result(outcome, partition) for outcome in outcomes]
        calls = call_figures(session.take_stats())
        failed = [outcome for outcome in outcomes if outcome.is_blocking_failure]
        if failed:
            kept = warehouse.quarantine(spec.name, partition, run_id, path)
            names = ", ".join(outcome.name for outcome in failed)
            session.display.table_failed(spec.name, partition, f"blocking checks failed: {names}")
            return Made(checks, {}, fingerprint, _failure(spec, partition, failed, kept, last, calls))
        published = warehouse.publish(
            spec,
            partition,
            path,
            run_id=run_id,
            fingerprint=fingerprint if stage.is_complete else "",
            profile=session.profile.name,
            statistics=statistics,
        )
        seconds = time.monotonic() - started
        warned = [f"warning: {outcome.name}" for outcome in outcomes if not outcome.passed]
        note = ", ".join((["unchanged"] if is_unchanged else []) + warned)
        session.display.table_published(spec.name, partition, published.rows, seconds, note)
    finally:
        for file in path.parent.glob(f"{path.stem}*"):
            file.unlink(missing_ok=True)
    metadata: dict[str, Any] = {
        "dagster/partition_row_count" if partition else "dagster/row_count": published.rows,
        "rows_inserted": published.inserted,
        "rows_deleted": published.deleted,
        "publish": published.seq,
        "snapshot": dg.MetadataValue.path(str(warehouse.snapshot_path)),
        "data_docs": data_docs_page(warehouse.report_folder, spec),
        "query": dg.MetadataValue.text(example_query(spec, partition)),
        "is_unchanged": is_unchanged,
        "seconds": round(seconds, 2),
        **calls,
        "sample": sample,
        "dagster/column_lineage": lineage,
    }
    if chart is not None:
        metadata["picture"] = chart
    return Made(checks, metadata, fingerprint, None)


def _failure(
    spec: TableSpec,
    partition: str | None,
    failed: Sequence[quality.CheckOutcome],
    kept: Path,
    last: PublishRecord | None,
    calls: Mapping[str, Any],
) -> dg.Failure:
    published = f"publish {last.seq} stays" if last else "nothing was published before"
    return dg.Failure(
        description=(
            f"{spec.name} {partition or ''}: {len(failed)} blocking checks failed; {published}.\n"
            + "".join(f"{outcome.name}: {outcome.description} {_found(outcome)}\n" for outcome in failed)
            + f"The rows are kept in {kept}: read them with SQL, mend the cause, and build again."
        ),
        metadata={"quarantine": dg.MetadataValue.path(str(kept)), "published": published, **calls},
        allow_retries=False,
    )


def _found(outcome: quality.CheckOutcome) -> str:
    """The first things that a check found, in short."""
    if outcome.error is not None:
        return outcome.error
    shown = outcome.examples[:_SHOWN_EXAMPLES]
    cells = [
        ", ".join(f"{name} {value}"[:_SHOWN_CHARACTERS] for name, value in row.items() if value is not None)
        for row in shown
    ]
    return "Found:\n" + "\n".join(f"  {cell}" for cell in cells)


def _record_audit(stage: Stage, outcomes: Sequence[quality.CheckOutcome], rows: int) -> None:
    """Keep the audit beside the tables: the rows of one that fails are published nowhere, and its checks must show."""
    profile = stage.session.profile
    thresholds = profile.checks.thresholds.model_dump()
    audited_at = datetime.now(UTC)
    record = AuditRecord(
        stage.spec.name, stage.partition, stage.run_id, profile.name, audited_at, rows, thresholds, outcomes
    )
    stage.session.warehouse.record_audit(record.table, record.partition, record.to_json())


_MAKES_NO_ROWS: Any = {
    "limit": True,
    "budget": True,
    "checks": True,
    "description": True,
    "sources": {"overrides"},
    "rules": {"review_sample"},
    "providers": {
        "__all__": {
            "base_url",
            "azure_api_version",
            "api_key_env",
            "transport",
            "batch",
            "vllm",
            "vllm_environment",
            "max_in_flight",
            "requests_per_minute",
            "tokens_per_minute",
            "timeout_s",
            "transport_retries",
            "outage_s",
        }
    },
}
"""What of a profile does not change rows: how many, where and how fast. The limit is an input of `questions` alone, the
content of the overrides file one of `overrides`."""


def fingerprint_of(
    session: BuildSession, spec: TableSpec, partition: str | None, deps: Sequence[str], more: Sequence[str]
) -> str:
    """Hash of all that the rows are made from: code, profile, the upstream tables' last change, and `more`."""
    parts = [code_digest(), session.profile.model_dump_json(exclude=_MAKES_NO_ROWS), spec.name, partition or "", *more]
    with session.warehouse.read({}) as con:
        for dep in deps:
            of_partition = (
                "and partition = $2" if spec.partitioned and TABLES[dep].partitioned else "and $2 is not null"
            )
            row = con.execute(
                "select max(seq) from publishes where table_name = $1 "
                f"{of_partition} and (rows_inserted > 0 or rows_deleted > 0)",
                [dep, partition or ""],
            ).fetchone()
            parts.append(f"{dep}:{row[0] if row else None}")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
