"""The asset graph does not change by accident: a snapshot of every asset, check and job.

After a wanted change: `REASONMED_WRITE_SNAPSHOT=1 pytest tests/orchestration/test_definitions.py`; then read the
difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.lineage.edges import edges_of
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.orchestration.jobs import job_tables

SNAPSHOT = Path(__file__).with_name("definitions.json")


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(settings=BuildSettings(profile="simulated"))


def _described(defs: dg.Definitions) -> dict[str, Any]:
    graph = defs.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for key in graph.asset_check_keys:
        spec = graph.get_check_spec(key)
        kind = "blocks" if spec.blocking else "warns"
        checks.setdefault(key.asset_key.to_user_string(), []).append(f"{key.name} ({kind})")
    return {
        spec.key.to_user_string(): {
            "group": spec.group_name,
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "kinds": sorted(spec.kinds),
            "owners": list(spec.owners),
            "partitions": list(spec.partitions_def.get_partition_keys()) if spec.partitions_def else None,
            "description": spec.description,
            "checks": sorted(checks.get(spec.key.to_user_string(), [])),
        }
        for spec in sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key.to_user_string())
    }


def test_the_graph_is_as_recorded(defs: dg.Definitions) -> None:
    described = _described(defs)
    if os.environ.get("REASONMED_WRITE_SNAPSHOT"):
        SNAPSHOT.write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert described == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_definitions_load_and_validate(defs: dg.Definitions) -> None:
    defs.get_repository_def().load_all_definitions()
    dg.Definitions.validate_loadable(defs)


def test_every_declared_table_is_an_asset_of_one_job(defs: dg.Definitions) -> None:
    made = [table for tables in job_tables().values() for table in tables]
    assert sorted(made) == sorted(set(TABLES) - set(UNAUDITED))
    assert {spec.key.to_user_string() for spec in defs.resolve_all_asset_specs()} == set(made)


def test_every_table_that_a_query_reads_is_a_dependency(defs: dg.Definitions) -> None:
    """A table whose rows derive from another one's columns depends on it, directly or through others."""
    graph = defs.resolve_asset_graph()
    for spec in TABLES.values():
        if spec.name in UNAUDITED:
            continue
        origins = {edge.table for edges in edges_of(spec.name).values() for edge in edges if not edge.is_previous}
        upstream = graph.get_ancestor_asset_keys(dg.AssetKey(spec.name))
        missing = origins - {key.to_user_string() for key in upstream}
        assert not missing, f"{spec.name} derives from {missing} and does not depend on it"


@pytest.mark.parametrize("table", [name for name in TABLES if name not in UNAUDITED])
def test_every_table_that_a_query_of_an_asset_reads_is_its_dependency(table: str, defs: dg.Definitions) -> None:
    """By what DuckDB finds in the queries themselves, views followed; what is read as it was is no dependency."""
    spec = next(spec for spec in defs.resolve_all_asset_specs() if spec.key == dg.AssetKey(table))
    deps = {dep.asset_key.to_user_string() for dep in spec.deps}
    con = duckdb.connect()
    con.execute(sql.macros_text())
    transform = transform_of(table)
    read = set().union(*(con.get_table_names(query.text) for query in transform.queries))
    assert deps >= (read & set(TABLES)) - {table, *transform.previous}
    assert {name for name in read if sql.find(f"views/{name}")} == {
        query.makes for query in transform.queries if query.folder == "views"
    }
