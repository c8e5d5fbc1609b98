"""Provenance: which model calls this warehouse made or used, what they cost, and which rows they served."""

from __future__ import annotations

import dagster as dg
import duckdb
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.materialise import Stage, table_asset
from reasonmed_assets.quality.schema import TABLES

CALL_TABLES = tuple(name for name, spec in TABLES.items() if "call_keys" in spec.columns)


def llm_calls(stage: Stage) -> None:
    """The ledger's attempts of every call that a row of this warehouse used, at the profile's prices."""
    with stage.read() as con:
        con.register("attempts", _attempts(stage, con))
        con.register("prices", _prices(stage))
        stage.write(con, sql.load("tables/llm_calls"))


def call_uses(stage: Stage) -> None:
    """One call can serve several rows: its cost is split among them."""
    with stage.read() as con:
        con.register("attempts", _attempts(stage, con))
        con.execute(f"create temp view used as {_used()}")
        stage.write(con, sql.load("tables/call_uses"))


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    deps = list(CALL_TABLES)
    return [
        table_asset("llm_calls", llm_calls, deps=deps, partitions_def=None, kinds={"sqlite"}),
        table_asset("call_uses", call_uses, deps=[*deps, "llm_calls"], partitions_def=None, kinds={"sqlite"}),
    ]


def _used() -> str:
    """Every row that names its calls: table, row, source and call."""
    return " union all ".join(
        f"select distinct '{name}' as used_by, {TABLES[name].key} as row_id, source, unnest(call_keys) as call_key "
        f"from {name}"
        for name in CALL_TABLES
    )


def _attempts(stage: Stage, con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    keys = con.execute(f"select distinct call_key from ({_used()})").fetchall()
    return stage.session.ledger.attempts_of([key for (key,) in keys])


def _prices(stage: Stage) -> pl.DataFrame:
    """Prices per provider and model name, in US dollars per million tokens, and what part of them a batch costs."""
    profile = stage.session.profile
    rows = {
        (model.provider, model.name): {
            "prompt_usd_per_million": model.prompt_usd_per_million,
            "completion_usd_per_million": model.completion_usd_per_million,
            "batch_price_factor": profile.providers[model.provider].batch_price_factor,
        }
        for model in profile.models.values()
    }
    return pl.DataFrame([{"provider": provider, "model": name, **prices} for (provider, name), prices in rows.items()])
