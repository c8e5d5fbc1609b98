"""The checks of a table as Dagster asset checks: their specs, and an audit's outcomes as results."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import dagster as dg
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import CheckDeclaration, check_names
from reasonmed_assets.quality.schema import TableSpec

__all__ = ["CheckDeclaration", "check_names", "check_specs", "table_record", "to_result"]


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


def to_result(spec: TableSpec, outcome: CheckOutcome, partition: str | None, note: str = "") -> dg.AssetCheckResult:
    """An outcome as Dagster shows it: number of failures, and a table of examples; `note` ends its description."""
    metadata: dict[str, dg.MetadataValue] = {"n_failing": dg.MetadataValue.int(outcome.n_failing)}
    if partition is not None:
        metadata["partition"] = dg.MetadataValue.text(partition)
    if outcome.error is not None:
        metadata["error"] = dg.MetadataValue.text(outcome.error)
    if outcome.examples:
        metadata["examples"] = _table(outcome)
    return dg.AssetCheckResult(
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
