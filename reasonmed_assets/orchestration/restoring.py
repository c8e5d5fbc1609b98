"""`reasonmed restore`: the rows of an earlier publish, published again as a build of its own, without a call.

What is restored are rows, in all tables that are made of others, and what they were made from. Recipe, files, code,
what people decided and the account of calls stay as they are. So restored rows are behind, and no export takes them
unmarked, until the next build makes them again from these.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.checks.up_to_date import settle
from reasonmed_assets.materialisation.fingerprint import RESTORED, TABLE, fingerprint
from reasonmed_assets.orchestration.history import dagster_instance, live_runs, process_tags
from reasonmed_assets.quality.auditing import CheckOutcome, prepare, run_check
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import (
    Published,
    PublishRecord,
    Warehouse,
    WarehouseError,
    open_warehouse,
    row_hash_sql,
)
from reasonmed_assets.storage.history import NOW
from reasonmed_assets.storage.publishing import in_partition, last_change, last_publish

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from reasonmed_assets.config import Profile

_STRUCTURAL = ("schema", "key", "partition", "counts", "references")
"""Checks of what a row and a table are: they must hold whatever thresholds and rules are of now."""
_LEFT_OUT = ("llm_calls", "prompts", "recipes", "publishes", "failures", "builds", "overrides", "reviews")
"""Tables of what was spent, asked, done, and decided by people: an earlier state of them would deny it."""


class RestoreError(ReasonmedError):
    """Rows that cannot be restored; nothing was published then."""


@dataclass(frozen=True)
class Restored:
    """A partition that was restored.

    Attributes:
        table: its table.
        partition: its partition; None for a table without partitions.
        published: the publish.
    """

    table: str
    partition: str | None
    published: Published

    @property
    def place(self) -> str:
        """Table and partition for messages."""
        return "/".join(filter(None, (self.table, self.partition)))


def restore(given: Mapping[str, Any], name: str) -> tuple[int, list[Restored]]:
    """Publish the rows of an earlier publish or build again.

    Args:
        given: names the warehouse; see `BuildSettings.begin`.
        name: the publish (41) or build (b7).

    Returns:
        The number of the publish whose rows the warehouse has now, and what was published for that, in order.

    Raises:
        RestoreError: a build is at work, rows do not fit what the tables are declared to be now, or not all could be
            published.
        WarehouseError: there is no such state.
    """
    folder = BuildSettings.begin(given).warehouse_folder
    warehouse = open_warehouse(folder)
    seq = warehouse.publish_named(name)
    build = RunningBuild(f"restore-{uuid.uuid4().hex[:12]}")
    restored: list[Restored] = []
    with dagster_instance(folder) as instance, _as_a_run(instance, warehouse) as run_id:
        with warehouse.staging_area("restored", None, build.build_id) as area, warehouse.as_of(seq) as con:
            settings = BuildSettings.begin(given, version=_recipe(con), started_by=f"reasonmed restore {name}")
            staged = _stage(con, seq, settings.loaded_profile, area)
            with _told_if_not_whole(build, warehouse, settings, name):
                for place in _places(con):
                    _refuse_live_runs(instance, warehouse, run_id)
                    published = _publish(warehouse, con, seq, place, staged, area, build, settings)
                    restored += [Restored(place.spec.name, place.partition, published)] if published else []
        if restored:
            build.end(warehouse, "complete", [], settings.data_folder)
            warehouse.refresh_snapshot()
            _tell_dagster(instance, warehouse, seq, restored)
    return seq, restored


class _Place(NamedTuple):
    """A partition of a table that is restored; None for a table without partitions."""

    spec: TableSpec
    partition: str | None

    def __str__(self) -> str:
        return "/".join(filter(None, (self.spec.name, self.partition)))


@contextmanager
def _told_if_not_whole(build: RunningBuild, warehouse: Warehouse, settings: BuildSettings, name: str) -> Iterator[None]:
    """Keep how a restore ended that did not publish everything, and say what to do then."""
    try:
        yield
    except BaseException as error:
        outcome = "failed" if isinstance(error, Exception) else "interrupted"
        with suppress(WarehouseError, OSError):
            build.end(warehouse, outcome, [str(error) or type(error).__name__], settings.data_folder)
            warehouse.refresh_snapshot()
        if not isinstance(error, (ReasonmedError, OSError)) or build.number is None:
            raise
        again = command("restore", name, warehouse=warehouse.name)
        raise RestoreError(f"not all rows were restored; `{again}` restores the rest: {error}") from error


@contextmanager
def _as_a_run(instance: DagsterInstance, warehouse: Warehouse) -> Iterator[str]:
    """A run of Dagster for as long as rows are restored, by which others see that one is at work; its id."""
    import dagster as dg

    _refuse_live_runs(instance, warehouse)
    run_id = str(uuid.uuid4())
    tags = process_tags(run_id)
    instance.add_run(dg.DagsterRun("restore", run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=tags))
    try:
        yield run_id
    finally:
        instance.delete_run(run_id)


def _refuse_live_runs(instance: DagsterInstance, warehouse: Warehouse, own: str | None = None) -> None:
    if live := [run_id for run_id in live_runs(instance) if run_id != own]:
        raise RestoreError(
            f"{len(live)} runs of {warehouse.name} have not ended ({', '.join(live[:3])}): wait for them, or end "
            "them in the UI, then run this again"
        )


def _recipe(con: duckdb.DuckDBPyConnection) -> int | None:
    """The version of the recipe that the rows were made by, as of the publish."""
    row = con.execute("select max(recipe) from publishes").fetchone()
    return row[0] if row else None


def _places(con: duckdb.DuckDBPyConnection) -> Iterator[_Place]:
    """Every partition that was ever published, in the order in which data moves."""
    published = con.execute(f"select distinct table_name, partition from {NOW}.publishes order by all").fetchall()
    for name, spec in TABLES.items():
        if name not in _LEFT_OUT:
            yield from (_Place(spec, partition or None) for table, partition in published if table == name)


def _stage(con: duckdb.DuckDBPyConnection, seq: int, profile: Profile, area: Path) -> dict[_Place, Path]:
    """The rows then of every partition whose rows differ now, audited.

    Raises:
        RestoreError: a check fails.
    """
    staged: dict[_Place, Path] = {}
    failed: list[str] = []
    for place in _places(con):
        if not _differs(con, seq, place):
            continue
        file = area / f"{len(staged)}.parquet"
        con.execute(f"copy ({_rows(place)}) to {sql.literal(file)} (format parquet)")
        staged[place] = file
        last = last_publish(con, place.spec.name, place.partition)
        set_variables(con, {"last_statistics": json.dumps(last.statistics) if last else None})
        con.execute("drop table if exists source_files")
        prepare(con, *place, file, profile)
        for declared in check_names(place.spec.name):
            if declared.name in _STRUCTURAL:
                outcome = run_check(con, place.spec, declared, profile)
                if not outcome.passed:
                    failed.append(f"{place}: {outcome.name}: {outcome.description} {_found(outcome)}")
    if failed:
        raise RestoreError(
            f"the rows as of publish {seq} are none that this version can publish; read them with `reasonmed sql "
            f"--as-of {seq}`:\n" + "\n".join(failed)
        )
    return staged


def _found(outcome: CheckOutcome) -> str:
    return outcome.error or f"{outcome.n_failing:,} fail, as {outcome.examples[0]}"


def _rows(place: _Place) -> str:
    """The query of the rows then, with the hash that the columns of now give them."""
    names = [name for name in place.spec.columns if name != sql.ROW_HASH]
    where = in_partition(place.spec, place.partition)
    return f"select {', '.join(names)}, {row_hash_sql(names)} as {sql.ROW_HASH} from {place.spec.name} where {where}"


def _differs(con: duckdb.DuckDBPyConnection, seq: int, place: _Place) -> bool:
    since = f"from {NOW}.publishes where seq > $1 and table_name = $2 and partition = $3"
    changed = f"{since} and rows_inserted + rows_deleted > 0"
    if con.execute(changed, [seq, place.spec.name, place.partition or ""]).fetchone() is None:
        return False
    where = in_partition(place.spec, place.partition)
    then, now = (
        f"(select md5(string_agg({sql.ROW_HASH}, '' order by {sql.ROW_HASH})) from {rows})"
        for rows in (f"({_rows(place)})", f"{NOW}.{place.spec.name} where {where}")
    )
    row = con.execute(f"select {then} is distinct from {now}").fetchone()
    return bool(row and row[0])


def _publish(
    warehouse: Warehouse,
    con: duckdb.DuckDBPyConnection,
    seq: int,
    place: _Place,
    staged: Mapping[_Place, Path],
    area: Path,
    build: RunningBuild,
    settings: BuildSettings,
) -> Published | None:
    """Publish a partition whose rows differ, or whose rows are the same while their inputs are restored ones."""
    then = last_publish(con, place.spec.name, place.partition)
    with warehouse.read() as now:
        last = last_publish(now, place.spec.name, place.partition)
        parts = _parts_then(con, now, place, then)
    if place not in staged and _restored_inputs(last.parts if last else None) == _restored_inputs(parts):
        return None
    file = staged.get(place)
    if file is None:
        file = area / "same.parquet"
        warehouse.export(*place, file)
    parts |= {RESTORED: json.dumps(seq)}
    return warehouse.publish(
        *place,
        file,
        run_id=build.build_id,
        # Without an answer to every call there is none.
        fingerprint="" if then and not then.fingerprint else fingerprint(parts),
        profile=then.profile if then else settings.loaded_profile.name,
        statistics=then.statistics if then else {},
        parts=parts,
        recipe=settings.base.number if settings.base else None,
        build=build.begin(warehouse, settings, is_publishing=True),
    )


def _parts_then(
    con: duckdb.DuckDBPyConnection, now: duckdb.DuckDBPyConnection, place: _Place, then: PublishRecord | None
) -> dict[str, str]:
    """What the rows were made from then; an input that was the one of then is now the restored one."""
    parts = dict(then.parts or {}) if then else {}
    for name in _restored_inputs(parts):
        upstream = TABLES.get(name.removeprefix(TABLE))
        if upstream is not None:
            partition = place.partition if upstream.partitioned_by == place.spec.partitioned_by else None
            if parts[name] == json.dumps(last_change(con, upstream.name, partition)):
                parts[name] = json.dumps(last_change(now, upstream.name, partition))
    return parts


def _restored_inputs(parts: Mapping[str, str] | None) -> dict[str, str]:
    left_out = {f"{TABLE}{table}" for table in _LEFT_OUT}
    return {name: at for name, at in (parts or {}).items() if name.startswith(TABLE) and name not in left_out}


def _tell_dagster(instance: DagsterInstance, warehouse: Warehouse, seq: int, restored: Sequence[Restored]) -> None:
    """Show in the UI what was restored, and what is up to date now."""
    import dagster as dg

    for one in restored:
        metadata = {
            "publish": one.published.seq,
            "restored_from": seq,
            "rows_inserted": one.published.inserted,
            "rows_deleted": one.published.deleted,
            "dagster/partition_row_count" if one.partition else "dagster/row_count": one.published.rows,
        }
        instance.report_runless_asset_event(
            dg.AssetMaterialization(one.table, partition=one.partition, metadata=metadata)
        )
    settle(instance, warehouse)
