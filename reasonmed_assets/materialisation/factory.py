"""The Dagster asset of a declared table: what Dagster shows of it follows from its schema, its SQL and its checks."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import dagster as dg

from reasonmed_assets import interruption, sql
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.materialisation.checks import up_to_date
from reasonmed_assets.materialisation.definition import TableDefinition, from_query
from reasonmed_assets.materialisation.fingerprint import fingerprint, static_parts
from reasonmed_assets.materialisation.making import make
from reasonmed_assets.materialisation.metadata import column_schema, columns_page, view_rows
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.quality.checks import check_specs
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import WarehouseError

OWNERS = ["team:medical-reasoning-data"]


class PartitionError(ReasonmedError):
    """A table has partitions of a kind that the code location does not have."""


def table_asset(
    table: TableDefinition, profile: Profile, partitions: Mapping[str, dg.PartitionsDefinition]
) -> dg.AssetsDefinition:
    """The Dagster asset of one declared table.

    Args:
        table: how it is made.
        profile: the profile of the code location, whose values are part of the code version.
        partitions: the partitions of each kind, by the column that tables are partitioned by.

    Raises:
        PartitionError: the table has partitions of another kind.
        QueryError: one of its queries or headers is wrong.
    """
    spec = table.spec
    partitions_def = _partitions(spec, partitions)

    @dg.asset(
        name=spec.name,
        group_name=spec.group,
        deps=[_dep(spec, TABLES[name]) for name in upstream_tables(table)],
        description=f"{spec.grain}\n\nKey: `{spec.key}`. {table.transform.query.description}",
        partitions_def=partitions_def,
        check_specs=[*check_specs(spec, partitions_def), *up_to_date.spec_of(spec)],
        kinds=kinds(table),
        owners=OWNERS,
        code_version=fingerprint(static_parts(table, profile)),
        metadata={
            "dagster/column_schema": column_schema(spec),
            "dagster/table_name": spec.name,
            "columns": columns_page(spec),
        },
        required_resource_keys={"build"},
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: BuildSession = context.resources.build
        partition = context.partition_key if context.has_partition_key and spec.is_partitioned else None
        try:
            made = make(table, session, partition, run_id=context.run.run_id, log=context.log)
        except WarehouseError:
            # What cannot be published cannot be recorded either.
            raise
        except Exception as error:
            _record_failure(session, spec, partition, context.run.run_id, str(error))
            raise
        yield from made.checks
        if made.failure is not None:
            reason = str(made.failure.description)
            _record_failure(session, spec, partition, context.run.run_id, reason)
            yield from up_to_date.after_run(spec, {**made.failed_before, partition or "": reason})
            raise made.failure
        yield from up_to_date.after_run(spec, made.failed_before)
        shown: dict[str, Any] = {}
        if table.views:
            with session.warehouse.read({}) as con:
                shown = {view: view_rows(con, view, spec, partition) for view in table.views}
        yield dg.MaterializeResult(metadata=made.metadata | shown, data_version=dg.DataVersion(made.fingerprint))

    return asset


def _record_failure(session: BuildSession, spec: TableSpec, partition: str | None, run_id: str, reason: str) -> None:
    """Keep that a partition was not made, unless the run was stopped; the failure itself is what is raised."""
    if interruption.is_requested() or session.warehouse.was_cut_off:
        return
    with suppress(WarehouseError, OSError):
        session.warehouse.record_failure(spec, partition, run_id, reason)


def _partitions(spec: TableSpec, known: Mapping[str, dg.PartitionsDefinition]) -> dg.PartitionsDefinition | None:
    if spec.partitioned_by is None:
        return None
    if spec.partitioned_by not in known:
        raise PartitionError(
            f"table {spec.name} is partitioned by {spec.partitioned_by}, and the code location has partitions by "
            f"{', '.join(known)} only: add the kind in orchestration/code_location.py, or correct `partitioned_by`"
        )
    return known[spec.partitioned_by]


def _dep(spec: TableSpec, upstream: TableSpec) -> dg.AssetDep:
    """A table that must be made before: its same partition, or all of it where its partitions are of another kind."""
    shares_partitions = spec.partitioned_by == upstream.partitioned_by
    mapping = None if shares_partitions or not upstream.is_partitioned else dg.AllPartitionMapping()
    return dg.AssetDep(upstream.name, partition_mapping=mapping)


def upstream_tables(table: TableDefinition) -> list[str]:
    """The tables that must be made before: those that its rows are made from, and those that its checks read."""
    wanted = {*table.transform.tables, *_read_by_checks(table.name)} - {table.name, *table.transform.previous}
    return [name for name in TABLES if name in wanted]


def kinds(table: TableDefinition) -> set[str]:
    """What the graph shows a table to be made with."""
    if table.transform.roles:
        return {"duckdb", "llm"}
    if table.stage_rows is from_query:
        return {"duckdb", "sql"}
    return {"duckdb", "python", *(one.kind for one in table.inputs)}


def _read_by_checks(table: str) -> set[str]:
    found: set[str] = set()
    for check in check_names(table):
        for name in sql.names_in(check.sql) if check.sql else ():
            found |= {name} if name in TABLES else _behind_view(name)
    # What storage writes by itself is no asset.
    return found - set(UNAUDITED)


@cache
def _behind_view(name: str) -> set[str]:
    view = sql.find(f"views/{name}")
    return set().union(*({one} if one in TABLES else _behind_view(one) for one in view.reads)) if view else set()
