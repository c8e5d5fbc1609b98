"""The Dagster asset of a declared table: what Dagster shows of it follows from its schema, its SQL and its checks."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.materialisation.definition import TableDefinition, from_query
from reasonmed_assets.materialisation.fingerprint import fingerprint, static_parts
from reasonmed_assets.materialisation.making import make
from reasonmed_assets.materialisation.metadata import column_schema, view_rows
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.quality.checks import check_specs
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TABLES

OWNERS = ["team:medical-reasoning-data"]


def table_asset(
    table: TableDefinition, profile: Profile, partitions_def: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """The Dagster asset of one declared table.

    Args:
        table: how it is made.
        profile: the profile of the code location, whose values are part of the code version.
        partitions_def: the sources; used when the table is partitioned.

    Raises:
        QueryError: one of its queries or headers is wrong.
    """
    spec = table.spec
    partitions = partitions_def if spec.partitioned else None

    @dg.asset(
        name=spec.name,
        group_name=spec.group,
        deps=upstream_tables(table),
        description=f"{spec.grain}\n\nKey: `{spec.key}`. {table.transform.query.description}",
        partitions_def=partitions,
        check_specs=check_specs(spec, partitions),
        kinds=kinds(table),
        owners=OWNERS,
        code_version=fingerprint(static_parts(table, profile)),
        metadata={"dagster/column_schema": column_schema(spec), "dagster/table_name": spec.name},
        required_resource_keys={"build"},
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        session: BuildSession = context.resources.build
        partition = context.partition_key if context.has_partition_key and spec.partitioned else None
        made = make(table, session, partition, run_id=context.run_id, log=context.log)
        yield from made.checks
        if made.failure is not None:
            raise made.failure
        shown: dict[str, Any] = {}
        if table.views:
            with session.warehouse.read({}) as con:
                shown = {view: view_rows(con, view, partition) for view in table.views}
        yield dg.MaterializeResult(metadata=made.metadata | shown, data_version=dg.DataVersion(made.fingerprint))

    return asset


def upstream_tables(table: TableDefinition) -> list[str]:
    """The tables that must be made before: those that its rows are made from, and those that its checks read."""
    wanted = {*table.transform.tables, *_read_by_checks(table.name)} - {table.name, *table.transform.previous}
    return [name for name in TABLES if name in wanted]


def kinds(table: TableDefinition) -> set[str]:
    """What the graph shows a table to be made with."""
    if table.transform.roles:
        return {"duckdb", "openai"}
    if table.stage_rows is from_query:
        return {"duckdb", "sql"}
    return {"duckdb", "python", *(one.kind for one in table.inputs)}


def _read_by_checks(table: str) -> set[str]:
    found: set[str] = set()
    for check in check_names(table):
        for name in sql.names_in(check.sql) if check.sql else ():
            found |= {name} if name in TABLES else _behind_view(name)
    # Storage writes it within each publish: it is no asset.
    return found - {"publishes"}


def _behind_view(name: str) -> set[str]:
    view = sql.find(f"views/{name}")
    return set().union(*({one} if one in TABLES else _behind_view(one) for one in view.reads)) if view else set()
