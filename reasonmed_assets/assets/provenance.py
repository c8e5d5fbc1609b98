"""Provenance: which model calls this warehouse made or used, what they cost, and which rows they served.

The two tables are made as all others are, and brought up to date at the end of every build, and of every run that is
no part of one, however it ended: what was paid for before it stopped is in the ledger, and shows here.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
import duckdb
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.ledger.opening import store_exists
from reasonmed_assets.materialisation.materialise import Made, Stage, fingerprint_of, make, table_asset
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.quality.schema import TABLES

CALL_TABLES = tuple(name for name, spec in TABLES.items() if "call_keys" in spec.columns)


def llm_calls(stage: Stage) -> None:
    """The ledger's attempts of every call that was made for this warehouse or that a row of it used, at the profile's
    prices."""
    with stage.read() as con:
        con.register("attempts", _attempts(stage, con))
        con.register("prices", prices(stage.session.profile))
        stage.write(con, sql.query("tables/llm_calls").text)


def call_uses(stage: Stage) -> None:
    """One call can serve several rows: its cost is split among them."""
    with stage.read() as con:
        con.register("attempts", _attempts(stage, con))
        stage.write(con, sql.query("tables/call_uses").text)


_STAGED_BY = {"llm_calls": llm_calls, "call_uses": call_uses}
ACCOUNT_TABLES = tuple(_STAGED_BY)
_DEPS = {"llm_calls": CALL_TABLES, "call_uses": (*CALL_TABLES, "llm_calls")}


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            name,
            stage_rows,
            deps=_DEPS[name],
            partitions_def=None,
            kinds={"sqlite"},
            fingerprint_parts=_account,
        )
        for name, stage_rows in _STAGED_BY.items()
    ]


def bring_up_to_date(session: BuildSession, instance: dg.DagsterInstance, run_id: str, log: Any) -> None:
    """Publish both tables anew where calls were made, or rows changed, since they were last published.

    For the end of a run, whatever became of it: any failure is logged, so that it hides none of the run's own, and the
    next run tries again. Dagster is told of
    each table that is published, as of an event outside of the run.
    """
    if session.warehouse.was_cut_off or not store_exists(session.settings.ledger_reference):
        return
    try:
        for name in _STAGED_BY:
            _refresh(session, name, instance, run_id, log)
    except Exception as error:
        log.warning(f"the account of calls is not up to date: {error}. The next run brings it up to date.")


def _refresh(session: BuildSession, name: str, instance: dg.DagsterInstance, run_id: str, log: Any) -> None:
    spec = TABLES[name]
    fingerprint = fingerprint_of(session, spec, None, _DEPS[name], _account(session, None))
    last = session.warehouse.last_publish(name, None)
    if last is not None and last.fingerprint == fingerprint:
        return
    made = make(session, spec, None, _STAGED_BY[name], fingerprint, run_id=run_id, log=log)
    _report(made, spec.name, instance)
    if made.failure is not None:
        log.error(made.failure.description)


def _report(made: Made, table: str, instance: dg.DagsterInstance) -> None:
    key = dg.AssetKey(table)
    if made.failure is None:
        version = {"dagster/data_version": made.fingerprint}
        instance.report_runless_asset_event(dg.AssetMaterialization(key, metadata=made.metadata, tags=version))
    for result in made.checks:
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=key,
                check_name=str(result.check_name),
                passed=result.passed,
                metadata=result.metadata,
                severity=result.severity,
                description=result.description,
            )
        )


def _account(session: BuildSession, partition: str | None) -> list[str]:
    """What the ledger holds for this warehouse, as an input of the tables."""
    return [str(session.ledger.count_made_for(session.warehouse.warehouse_id))]


def _attempts(stage: Stage, con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    ledger, warehouse_id = stage.session.ledger, stage.session.warehouse.warehouse_id
    used = [key for (key,) in con.execute("select distinct call_key from served_rows").fetchall()]
    return ledger.attempts_of([*used, *ledger.keys_made_for(warehouse_id)], warehouse_id)


def prices(profile: Profile) -> pl.DataFrame:
    """Prices per provider and model name, in US dollars per million tokens, and what part of them a batch costs."""
    rows = {
        (model.provider, model.name): {
            "prompt_usd_per_million": model.prompt_usd_per_million,
            "completion_usd_per_million": model.completion_usd_per_million,
            "batch_price_factor": profile.providers[model.provider].batch_price_factor,
        }
        for model in profile.models.values()
    }
    return pl.DataFrame([{"provider": provider, "model": name, **prices} for (provider, name), prices in rows.items()])
