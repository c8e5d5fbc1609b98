"""Provenance: which model calls this warehouse made or used, what they cost, which rows they served, the prompts and
single votes behind these, and the warehouse's recipes.

The tables are made as all others are, and brought up to date at the end of every build, and of every run that is no
part of one, however it ended: what was paid for before it stopped is in the ledger, and shows here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pyarrow.parquet as pq

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.recipes.book import read_book
from reasonmed_assets.config.recipes.recipe import Recipe, changes
from reasonmed_assets.llm.calls import Unusable
from reasonmed_assets.llm.ledger.opening import store_exists
from reasonmed_assets.llm.prompts.rendering import prompt_hash, template_of
from reasonmed_assets.llm.replies.parsing import parse_reply
from reasonmed_assets.materialisation.definition import Input, TableDefinition
from reasonmed_assets.materialisation.fingerprint import all_parts, fingerprint
from reasonmed_assets.materialisation.making import Made, make
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import ChangedUnits, Relation, Stage
from reasonmed_assets.quality.schema import ROW_HASH, TABLES
from reasonmed_assets.roles import ROLES
from reasonmed_assets.roles.verifier import Verdict

_CALLS_AT_A_TIME = 2_000
CALL_TABLES = tuple(name for name, spec in TABLES.items() if "call_keys" in spec.columns)


def llm_calls(stage: Stage) -> None:
    """The attempts of every call that was made for this warehouse or that a row of it used, with the prices."""
    stage.write({"attempts": _attempts(stage), "prices": prices(stage.session.profile)})


def prompts(stage: Stage) -> None:
    """The prompts that rows name, with the templates of this version and those that were kept."""
    stage.write({"templates": templates()})


def templates() -> pl.DataFrame:
    """The prompt templates of this version, by hash and role."""
    rows = [(prompt_hash(role), role, template_of(role)) for role in ROLES]
    return pl.DataFrame(rows, schema=dict.fromkeys(("prompt_hash", "role", "template"), pl.String), orient="row")


def verifier_votes(stage: Stage) -> None:
    """The verifier's votes on the rows that it judged, read from its replies in the ledger."""
    judged = stage.make("judged")
    calls = _written(stage, "judging_calls", {"judged": judged}, _JUDGING_CALLS)
    votes = stage.gather("read_votes", (_votes(stage.session, some) for some in _batches(calls)), _VOTES)
    stage.write({"judged": judged, "read_votes": votes})


_JUDGING_CALLS = """
select call_key, any_value(provider) as provider, any_value(model) as model
from judged
group by call_key
"""
_VOTES: dict[str, Any] = dict.fromkeys(("call_key", "verdict", "reason"), pl.String)


def _votes(session: BuildSession, calls: pl.DataFrame) -> pl.DataFrame:
    """The votes among the replies to some calls."""
    models = {(model.provider, model.name): model for model in session.profile.models.values()}
    # A model that the profile no longer has: replies that mark where they think are split there, others are whole.
    unknown = next(iter(models.values())).model_copy(update={"reasoning": "think"})
    stored = session.ledger.lookup(calls["call_key"].to_list())
    rows: list[tuple[str, str, str]] = []
    for key, provider, name in calls.iter_rows():
        reply = stored[key].reply if key in stored else None
        with suppress(Unusable):
            vote = reply and parse_reply("verifier", reply, {}, models.get((provider, name), unknown))
            if isinstance(vote, Verdict):
                rows.append((key, vote.verdict, vote.reason))
    return pl.DataFrame(rows, schema=_VOTES, orient="row")


def _written(stage: Stage, name: str, relations: Mapping[str, Relation], query: str) -> Path:
    """The rows of a query over temporary relations, as a file."""
    path = stage.scratch(name)
    with stage.read(relations) as con:
        con.sql(query).write_parquet(str(path))
    return path


def _batches(file: Path) -> Iterator[pl.DataFrame]:
    """The rows of a file of calls, some at a time."""
    for batch in pq.ParquetFile(file).iter_batches(batch_size=_CALLS_AT_A_TIME):
        yield pl.DataFrame(batch)


_IN_LEDGER = "calls in the ledger"
_MOST_NEW_CALLS = 200_000
"""From here on their keys take more room than it takes time to make all rows."""


def _account(session: BuildSession, partition: str | None) -> dict[str, Any]:
    """What the ledger holds for this warehouse: how many attempts, and the call of the last one."""
    warehouse_id = session.warehouse.warehouse_id
    n = session.ledger.count_made_for(warehouse_id)
    return {_IN_LEDGER: [n, *session.ledger.keys_since(warehouse_id, n, 1)]}


def _new_calls(session: BuildSession, then: Any) -> list[str] | None:
    """The calls with attempts that came since; None where they are many, or the ledger is not as it was before."""
    warehouse_id = session.warehouse.warehouse_id
    n_now = session.ledger.count_made_for(warehouse_id)
    if then == [n_now] == [0]:
        return []
    n, *last = then if isinstance(then, list) else [0]
    if not n or n_now - n >= _MOST_NEW_CALLS:
        return None
    keys = session.ledger.keys_since(warehouse_id, n, _MOST_NEW_CALLS)
    return keys if keys[:1] == last and len(keys) < _MOST_NEW_CALLS else None


def _account_and_prices(session: BuildSession, partition: str | None) -> dict[str, Any]:
    return _account(session, partition) | {"prices": prices(session.profile).write_json()}


def _templates(session: BuildSession, partition: str | None) -> dict[str, Any]:
    return {"prompts": sorted(map(prompt_hash, ROLES))}


def recipes(stage: Stage) -> None:
    """The versions of the warehouse's recipe."""
    book = stage.session.warehouse.recipes
    versions = book.versions if book else ()
    before = [Recipe(), *(version.recipe for version in versions)]
    rows = [
        {
            "version": version.number,
            "set_at": version.set_at,
            "set_by": version.set_by,
            "first_build": version.first_build,
            "changes": "\n".join(changes(old, version.recipe)),
            "profile": version.recipe.profile,
            "data_dir": version.recipe.data_dir,
            "ledger": version.recipe.ledger,
            "question_limit": version.recipe.limit,
            "question_limits": json.dumps(version.recipe.limits),
            "set_values": json.dumps(version.recipe.set),
            "profile_values": json.dumps(version.recipe.kept and version.recipe.kept.values),
        }
        for version, old in zip(versions, before, strict=False)
    ]
    spec = TABLES["recipes"]
    types = {name: one.dtype.type for name, one in spec.columns.items() if name != ROW_HASH}
    stage.write({"versions": pl.DataFrame(rows, schema=types)})


def _versions(session: BuildSession, partition: str | None) -> dict[str, Any]:
    book = session.warehouse.recipes
    return {"versions": [[one.number, one.first_build] for one in book.versions] if book else []}


_ACCOUNT = (
    TableDefinition(
        "llm_calls", run_step, llm_calls, [Input("sqlite", _account_and_prices, changed={_IN_LEDGER: _new_calls})]
    ),
    TableDefinition("call_uses", run_step),
    TableDefinition("prompts", run_step, prompts, [Input("file", _templates)]),
    TableDefinition(
        "verifier_votes", run_step, verifier_votes, [Input("sqlite", _account, changed={_IN_LEDGER: _new_calls})]
    ),
)
ACCOUNT_TABLES = tuple(table.name for table in _ACCOUNT)
_RECIPES = TableDefinition("recipes", run_step, recipes, [Input("file", _versions, code=(read_book,))])
DEFINITIONS = (*_ACCOUNT, _RECIPES)


def bring_up_to_date(session: BuildSession, instance: dg.DagsterInstance, run_id: str, log: Any) -> None:
    """Publish the tables anew where calls were made, rows or the recipe changed, since they were last published.

    For the end of a run, whatever became of it: any failure is logged, so that it hides none of the run's own, and the
    next run tries again. Dagster is told of each table that is published, as of an event outside of the run.
    """
    if session.warehouse.was_cut_off:
        return
    account = _ACCOUNT if store_exists(session.settings.ledger_reference) else ()
    book = session.warehouse.recipes
    try:
        for table in (*account, *([_RECIPES] if book is not None and book.versions else [])):
            _refresh(table, session, instance, run_id, log)
    except Exception as error:
        log.warning(f"the account of calls is not up to date: {error}. The next run brings it up to date.")


def _refresh(
    table: TableDefinition, session: BuildSession, instance: dg.DagsterInstance, run_id: str, log: Any
) -> None:
    standing = session.warehouse.standing()
    last = standing.last.get((table.name, ""))
    if last is not None and last.fingerprint == fingerprint(all_parts(table, session, None, standing.changes)):
        return
    made = make(table, session, None, run_id=run_id, log=log)
    _report(made, table.name, instance)
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


def _attempts(stage: Stage) -> list[Path]:
    """The attempts of the calls that were made for this warehouse, and of the others that rows of it name."""
    ledger, warehouse_id = stage.session.ledger, stage.session.warehouse.warehouse_id
    schema = ledger.attempts_of([]).schema
    is_made = pl.col("made_for").is_not_null().any().over("call_key")
    keys = stage.units.ids() if isinstance(stage.units, ChangedUnits) else ledger.keys_made_for(warehouse_id)
    made = stage.gather("made", (some.filter(is_made) for some in ledger.attempts(keys, warehouse_id)), schema)
    relations = {"used": stage.make("used_calls"), "made": made}
    others = _written(stage, "others", relations, "select used.call_key from used anti join made using (call_key)")
    keys = (key for some in _batches(others) for key in some["call_key"])
    return [made, stage.gather("used", ledger.attempts(keys, warehouse_id), schema)]


PRICES: dict[str, Any] = {
    "provider": pl.String,
    "model": pl.String,
    "since": pl.Datetime("us"),
    "until": pl.Datetime("us"),
    "input": pl.Float64,
    "cached_input": pl.Float64,
    "cache_write": pl.Float64,
    "output": pl.Float64,
    "batch_factor": pl.Float64,
}


def prices(profile: Profile) -> pl.DataFrame:
    """Prices per provider, model name and time, in US dollars per million tokens, and what part of them a batch costs.

    `since` is the first moment and `until` the one after the last; null is an unknown price.
    """
    rows = []
    for model in {(model.provider, model.name): model for model in profile.models.values()}.values():
        periods = model.price_periods
        for period, following in zip_longest(periods, periods[1:]):
            end = following.since if following is not None else None
            factor = profile.providers[model.provider].batch_price_factor
            row = {
                "provider": model.provider,
                "model": model.name,
                "since": datetime.combine(period.since or date.min, time()),
                "until": datetime.combine(end or date.max, time()),
                "input": period.input,
                "cached_input": period.cached_price,
                "cache_write": period.cache_write,
                "output": period.output,
                "batch_factor": factor if period.batch_factor is None else period.batch_factor,
            }
            rows.append(row)
    return pl.DataFrame(rows, schema=PRICES)
