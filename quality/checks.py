"""The checks of a table as Dagster asset checks: their specs, and an audit's outcomes as results."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import dagster as dg
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import CheckDeclaration, check_names
from reasonmed_assets.quality.schema import TableSpec

__all__ = ["CheckDeclaration", "check_names", "check_specs", "table_record", "to_result"]

JUDGED_AT = "judged at publish"
"""Metadata of a result that holds since an earlier run: the number of the publish that was judged."""


def check_specs(spec: TableSpec, partitions_def: dg.PartitionsDefinition | None) -> list[dg.AssetCheckSpec]:
    """Specs of a table's checks, partitioned as the table is.

    Args:
        spec: the table; its name is the asset key.
        partitions_def: the partitions of its asset; unused for a table without partitions.
    """
    with warnings.catch_warnings():
        # Partitioned checks are in preview in Dagster 1.13, to which the project is pinned.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [_spec(spec, declared, partitions_def) for declared in check_names(spec.name)]


def _spec(
    spec: TableSpec, declared: CheckDeclaration, partitions_def: dg.PartitionsDefinition | None
) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=declared.name,
        asset=dg.AssetKey(spec.name),
        description=_description(declared),
        blocking=declared.is_blocking,
        partitions_def=partitions_def if spec.is_partitioned else None,
    )


class _Result(dg.AssetCheckResult):
    """A result that takes over what it judges from the results of its step before: Dagster looks it up for each."""

    def _get_target_materialization_data(self, step_context: Any, check_key: dg.AssetCheckKey) -> Any:
        known = _JUDGED.setdefault(step_context, {})
        if check_key.asset_key not in known:
            known[check_key.asset_key] = super()._get_target_materialization_data(step_context, check_key)
        return known[check_key.asset_key]


_JUDGED: WeakKeyDictionary[Any, dict[dg.AssetKey, Any]] = WeakKeyDictionary()
"""The last materialisation of a table when its checks are told, by Dagster's context of the step."""


def to_result(
    spec: TableSpec, outcome: CheckOutcome, partition: str | None, note: str = "", judged_at: int | None = None
) -> dg.AssetCheckResult:
    """An outcome as Dagster shows it: number of failures, and a table of examples.

    Args:
        spec: the table.
        outcome: how a check of it ended.
        partition: the partition that was checked.
        note: what its description ends with.
        judged_at: number of the publish that an earlier run judged, whose outcome still holds; None: judged now.
    """
    metadata: dict[str, dg.MetadataValue] = {"n_failing": dg.MetadataValue.int(outcome.n_failing)}
    if partition is not None:
        metadata["partition"] = dg.MetadataValue.text(partition)
    if judged_at is not None:
        metadata[JUDGED_AT] = dg.MetadataValue.int(judged_at)
    if outcome.error is not None:
        metadata["error"] = dg.MetadataValue.text(outcome.error)
    if outcome.examples:
        metadata["examples"] = _table(outcome)
    return _Result(
        # Without it Dagster looks up what the check judges once more.
        asset_key=dg.AssetKey(spec.name),
        check_name=outcome.name,
        passed=outcome.passed,
        severity=dg.AssetCheckSeverity.ERROR if outcome.severity == "block" else dg.AssetCheckSeverity.WARN,
        description=outcome.description + note,
        metadata=metadata,
    )


def _description(declared: CheckDeclaration) -> str:
    return (
        declared.description
        if declared.method_check is None
        else f"{declared.description} (check {declared.method_check})"
    )


def _table(outcome: CheckOutcome) -> dg.MetadataValue:
    names = list(dict.fromkeys(name for example in outcome.examples for name in example))
    records = [table_record({name: example.get(name) for name in names}) for example in outcome.examples]
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in names])
    return dg.MetadataValue.table(records, schema=schema)


def table_record(row: Mapping[str, Any], longest: int | None = None) -> dg.TableRecord:
    """A row as Dagster shows it: numbers and booleans as they are, anything else as a text on one line.

    Args:
        row: values by column.
        longest: characters of a text that are shown; None: all.
    """
    return dg.TableRecord({name: _cell(value, longest) for name, value in row.items()})


def _cell(value: Any, longest: int | None) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    text = "" if value is None else " ".join(str(value).split())
    return text if longest is None or len(text) <= longest else text[:longest] + " …"
