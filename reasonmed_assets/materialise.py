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

from reasonmed_assets import quality
from reasonmed_assets.metadata import (
    column_lineage,
    column_schema,
    data_docs_page,
    example_query,
    picture,
    sample_rows,
)
from reasonmed_assets.quality.checks import check_specs, to_result
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.session import BuildSession, code_digest
from reasonmed_assets.storage import row_hash_sql

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
                many = [f"'{_escaped(path)}'" for path in ([paths] if isinstance(paths, Path) else paths)]
                con.execute(f"create temp view {name} as from read_parquet([{', '.join(many)}])")
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
            f"to '{_escaped(path or self.path)}' (format parquet, compression zstd)"
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
) -> dg.AssetsDefinition:
    """The Dagster asset of one declared table.

    Args:
        table: name of the table.
        stage_rows: writes the rows to `stage.path`.
        deps: tables that it reads.
        partitions_def: the sources; used when the table is partitioned.
        kinds: kinds shown in the graph.
        fingerprint_parts: further inputs that are no tables (files, limits).
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
        fingerprint = _fingerprint(session, spec, partition, deps, more)
        yield from _materialise(context, session, spec, partition, stage_rows, fingerprint)

    return asset


def _materialise(
    context: dg.AssetExecutionContext,
    session: BuildSession,
    spec: TableSpec,
    partition: str | None,
    stage_rows: StageRows,
    fingerprint: str,
) -> Iterator[Any]:
    warehouse, started = session.warehouse, time.monotonic()
    last = warehouse.last_publish(spec.name, partition)
    path = warehouse.stage_path(spec.name, partition, context.run_id)
    stage = Stage(spec, partition, session, path, context.run_id, context.log)
    session.display.table_started(spec.name, partition)
    try:
        is_unchanged = last is not None and last.fingerprint == fingerprint
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
        yield from (to_result(outcome, partition) for outcome in outcomes)
        failed = [outcome for outcome in outcomes if not outcome.passed and outcome.severity == "block"]
        if failed:
            kept = warehouse.quarantine(spec.name, partition, context.run_id, path)
            names = ", ".join(outcome.name for outcome in failed)
            published = f"publish {last.seq} stays" if last else "nothing was published before"
            session.display.table_failed(spec.name, partition, f"blocking checks failed: {names}")
            raise dg.Failure(
                description=(
                    f"{spec.name} {partition or ''}: {len(failed)} blocking checks failed ({names}); {published}. "
                    f"The rows are kept in {kept}: read them with SQL, mend the cause, and build again."
                ),
                metadata={"quarantine": dg.MetadataValue.path(str(kept)), "published": published},
                allow_retries=False,
            )
        published_now = warehouse.publish(
            spec,
            partition,
            path,
            run_id=context.run_id,
            fingerprint=fingerprint if stage.is_complete else "",
            profile=session.profile.name,
            statistics=statistics,
        )
        warned = [outcome.name for outcome in outcomes if not outcome.passed]
        note = ", ".join((["unchanged"] if is_unchanged else []) + [f"warning: {name}" for name in warned])
        session.display.table_published(spec.name, partition, published_now.rows, time.monotonic() - started, note)
        metadata: dict[str, Any] = {
            "dagster/partition_row_count" if partition else "dagster/row_count": published_now.rows,
            "rows_inserted": published_now.inserted,
            "rows_deleted": published_now.deleted,
            "publish": published_now.seq,
            "snapshot": dg.MetadataValue.path(str(warehouse.snapshot_path)),
            "data_docs": data_docs_page(warehouse.report_folder, spec),
            "query": dg.MetadataValue.text(example_query(spec, partition)),
            "is_unchanged": is_unchanged,
            "seconds": round(time.monotonic() - started, 2),
            "sample": sample,
            "dagster/column_lineage": column_lineage(spec),
        }
        if chart is not None:
            metadata["picture"] = chart
        metadata |= _call_metadata(session)
        yield dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(fingerprint))
    finally:
        for file in path.parent.glob(f"{path.stem}*"):
            file.unlink(missing_ok=True)


def _record_audit(stage: Stage, outcomes: Sequence[quality.CheckOutcome], rows: int) -> None:
    """Keep the audit beside the tables: the rows of one that fails are published nowhere, and its checks must show."""
    profile = stage.session.profile
    thresholds = profile.checks.thresholds.model_dump()
    audited_at = datetime.now(UTC)
    record = AuditRecord(
        stage.spec.name, stage.partition, stage.run_id, profile.name, audited_at, rows, thresholds, outcomes
    )
    stage.session.warehouse.record_audit(record.table, record.partition, record.to_json())


def _call_metadata(session: BuildSession) -> dict[str, Any]:
    if "engine" not in session.__dict__:
        return {}
    stats = session.engine.stats
    session.engine.stats = {}
    figures: dict[str, Any] = {}
    for step, counts in stats.items():
        figures |= {
            f"{step}: calls made": counts.made,
            f"{step}: calls from the ledger": counts.cached,
            f"{step}: failed": json.dumps(dict(counts.failed)),
            f"{step}: tokens": counts.prompt_tokens + counts.completion_tokens,
            f"{step}: cost in USD": round(counts.cost_usd, 4),
        }
    return figures


_MAKES_NO_ROWS: Any = {
    "limit": True,
    "checks": True,
    "description": True,
    "providers": {
        "__all__": {
            "base_url",
            "api_key_env",
            "max_in_flight",
            "requests_per_minute",
            "tokens_per_minute",
            "timeout_s",
            "transport_retries",
        }
    },
}
"""What of a profile does not change rows: how many, where and how fast. The limit is an input of `questions` alone."""


def _fingerprint(
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


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
