"""Which outcomes of a partition's last audit still hold: of the same rows, checks, thresholds and inputs.

The rows are those of the publish that was judged. What else an outcome follows from is hashed for each check: its SQL
with the views and macros behind it, its expectations, the schema, the Python code that runs it, the values of the
profile that it reads, its severity, and the last changes of the tables that it reads. Of tables with the same
partitions these are those of the partition, as for the rows; of the table itself none, as whatever is published there
later is held against these rows. What a check compares with the publish before, it has compared at that publish.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reasonmed_assets import sql
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.materialisation.code import NO_JUDGE, code_of
from reasonmed_assets.materialisation.fingerprint import TABLE, Changes, bare, digest, fingerprint, last_change
from reasonmed_assets.materialisation.transform import macros_in, variables_in
from reasonmed_assets.quality.auditing import CheckOutcome, audit, severity_of
from reasonmed_assets.quality.declarations import UNAUDITED, CheckDeclaration, check_names
from reasonmed_assets.quality.expectations import views_of
from reasonmed_assets.quality.measures import texts_of
from reasonmed_assets.quality.parameters import variables
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import Warehouse, WarehouseError

_UNREPEATABLE = re.compile(
    r"\b(?:now|today|random|uuid|get_current_\w+)\s*\(|\b(?:current_(?:date|time|timestamp)|localtime(?:stamp)?)\b"
)
"""SQL that says something else each time."""
_MEASURES = "measures"
"""The key of what is measured in the rows, beside those of the checks."""


def check_keys(spec: TableSpec, partition: str | None, profile: Profile, changes: Changes) -> dict[str, str]:
    """For each check of a partition the hash of what its outcome follows from besides the rows.

    Checks that read the clock, or what storage itself writes, have none: they are made each time.

    Args:
        spec: the table.
        partition: its partition; None for a table without partitions.
        profile: the profile of the build.
        changes: `changes` of `Warehouse.standing`.
    """
    values = variables(profile, spec.partition_values(partition).get("source"))
    parts = {
        declared.name: _parts(spec, partition, declared, profile, values, changes)
        for declared in check_names(spec.name)
    }
    if measured := texts_of(spec.name):
        _, tables = _behind([measured], spec.name)
        parts[_MEASURES] = {"code": _code(spec), "sql": digest(bare(measured))}
        parts[_MEASURES] |= _last_changes(tables - {spec.name}, spec, partition, changes)
    return {name: fingerprint(found) for name, found in parts.items() if found}


def kept_outcomes(
    warehouse: Warehouse, spec: TableSpec, partition: str | None, publish: int, keys: Mapping[str, str]
) -> dict[str, CheckOutcome]:
    """The outcomes of the last audit that still hold, by check.

    Args:
        warehouse: where the audit is recorded.
        spec: the table.
        partition: its partition; None for a table without partitions.
        publish: number of its last publish, whose rows are to be judged.
        keys: as `check_keys` gives them.
    """
    record = _record_of(warehouse, spec, partition, publish)
    return outcomes_that_hold(record.outcomes, record.keys, keys) if record else {}


def kept_measures(
    warehouse: Warehouse, spec: TableSpec, partition: str | None, publish: int, keys: Mapping[str, str]
) -> Path | None:
    """The file of what the last audit measured in the rows, where it still holds; None where there is none.

    The arguments are those of `kept_outcomes`.
    """
    record = _record_of(warehouse, spec, partition, publish)
    holds = record is not None and keys.get(_MEASURES, "") == record.keys.get(_MEASURES)
    return warehouse.measures_of(spec.name, partition, publish) if holds else None


def _record_of(warehouse: Warehouse, spec: TableSpec, partition: str | None, publish: int) -> AuditRecord | None:
    """The record of the audit of a publish; None where there is none."""
    try:
        found = warehouse.audit_of(spec.name, partition)
        record = AuditRecord.from_json(found) if found else None
        return record if record and record.publish == publish and isinstance(record.keys, Mapping) else None
    except (WarehouseError, AttributeError, KeyError, TypeError, ValueError):
        # Of another version, or damaged: then all is audited again.
        return None


def outcomes_that_hold(
    outcomes: Sequence[CheckOutcome], judged_by: Mapping[str, str], keys: Mapping[str, str]
) -> dict[str, CheckOutcome]:
    """Those of earlier outcomes that still hold, by check: it could be made, and would judge by the same.

    Args:
        outcomes: of the same rows.
        judged_by: what each judged by.
        keys: what each would judge by now.
    """
    held = {name for name, key in keys.items() if judged_by.get(name) == key}
    return {one.name: one for one in outcomes if one.name in held and one.error is None}


def _parts(
    spec: TableSpec,
    partition: str | None,
    declared: CheckDeclaration,
    profile: Profile,
    values: Mapping[str, Any],
    changes: Changes,
) -> dict[str, str]:
    """What an outcome follows from, by name; empty for a check that is made each time."""
    views = views_of(spec.name) if declared.name == "distributions" else ()
    texts, tables = _behind([declared.sql] if declared.sql else [view.sql for view in views], spec.name)
    macros = macros_in(texts)
    texts += macros.values()
    if tables & set(UNAUDITED) or any(_UNREPEATABLE.search(text) for text in texts):
        return {}
    thresholds = profile.checks.thresholds
    bounds = {bound.threshold for view in views for one in view.expectations for bound in one.bounds}
    parts = {
        "check": repr((declared.description, severity_of(declared, profile))),
        "code": _code(spec),
        "sql": digest(repr(sorted(map(bare, texts)))),
        "expectations": digest(repr([view.expectations for view in views])),
        "partition": partition or "",
    }
    parts |= {f"value {name}": json.dumps(values[name]) for name in variables_in(texts) & values.keys()}
    parts |= {f"bound {name}": json.dumps(getattr(thresholds, name)) for name in bounds}
    return parts | _last_changes(tables - {spec.name}, spec, partition, changes)


def _last_changes(tables: set[str], spec: TableSpec, partition: str | None, changes: Changes) -> dict[str, str]:
    return {f"{TABLE}{name}": json.dumps(last_change(changes, spec, name, partition)) for name in tables}


def _behind(texts: Iterable[str], table: str) -> tuple[list[str], set[str]]:
    """SQL texts with those of the views that they read and of the measures, and the tables behind all of them."""
    todo, tables = list(texts), set[str]()
    for text in todo:
        for name in sql.names_in(text):
            view = None if name in TABLES else sql.find(f"views/{name}")
            more = texts_of(table) if name == "measured" else view.text if view else ""
            tables |= {name} & TABLES.keys()
            todo += [more] if more and more not in todo else []
    return todo, tables


def _code(spec: TableSpec) -> str:
    """The code of all checks, and the declaration of the table."""
    return " ".join(code_of((root,), carriers=NO_JUDGE).digest for root in (audit, spec.model))
