"""The check `up_to_date` of each table: whether all of it is, which no check of one partition's rows tells.

Dagster shows the last result of a check, whichever partition it is of. This one is of the whole table: it fails where
the last run of a partition failed, or one is behind its inputs. A run that makes a partition knows of failed runs; what
is behind is found once at its end, for every table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord

from reasonmed_assets.pages.published import write_freshness
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.storage.freshness import Stale

NAME = "up_to_date"
_DESCRIPTION = "No partition is behind what it is made from, and the last run of none has failed."
_SHOWN = 5
_LONGEST_REASON = 200


def spec_of(spec: TableSpec) -> list[dg.AssetCheckSpec]:
    """The check of a table; none for the account of calls, from which no row is made."""
    if not has_check(spec):
        return []
    return [dg.AssetCheckSpec(NAME, asset=dg.AssetKey(spec.name), description=_DESCRIPTION)]


def has_check(spec: TableSpec) -> bool:
    """Whether a table has the check."""
    return spec.group != "provenance"


def after_run(spec: TableSpec, failed: Mapping[str, str]) -> list[dg.AssetCheckResult]:
    """The result when a partition was made, or was not.

    Args:
        spec: its table.
        failed: the partitions whose last run failed, and why.
    """
    if not has_check(spec):
        return []
    said = [f"{_place(partition)} failed: {_short(reason)}" for partition, reason in failed.items()]
    result = dg.AssetCheckResult(
        check_name=NAME,
        passed=not said,
        severity=dg.AssetCheckSeverity.WARN,
        description=_described(said),
        metadata={"failed": dg.MetadataValue.json(dict(failed))},
    )
    return [result]


def settle(instance: dg.DagsterInstance, warehouse: Warehouse) -> list[Stale]:
    """At the end of a build or a run: write the page of freshness and tell Dagster; returns what is not up to date.

    Raises:
        WarehouseError: the warehouse cannot be read.
        OSError: the page cannot be written.
    """
    with warehouse.read() as con:
        stale = write_freshness(warehouse, con)
    report(instance, stale)
    return stale


def report(instance: dg.DagsterInstance, stale: Sequence[Stale]) -> None:
    """Tell Dagster of each table whose last result of the check is not what holds now.

    Args:
        instance: where results are kept.
        stale: what is not up to date.
    """
    keys = [dg.AssetCheckKey(dg.AssetKey(name), NAME) for name, spec in TABLES.items() if has_check(spec)]
    last = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    for key in keys:
        places = [one for one in stale if one.table == key.asset_key.to_user_string()]
        said = [_said(one) for one in places]
        evaluation = last[key].evaluation if key in last else None
        judged = _judged(instance, key.asset_key)
        # A run that failed before it came to the check has left a plan, and no result.
        known = evaluation.description if isinstance(evaluation, dg.AssetCheckEvaluation) else None
        if (known == _described(said) and _is_of(last[key], judged)) or (key not in last and not said):
            continue
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=key.asset_key,
                check_name=NAME,
                passed=not said,
                severity=dg.AssetCheckSeverity.WARN,
                description=_described(said),
                metadata={},
                target_materialization_data=judged,
            )
        )


def _is_of(result: AssetCheckExecutionRecord, judged: AssetCheckEvaluationTargetMaterializationData | None) -> bool:
    """Whether a result is of that materialisation: it names it, or was found by the same run."""
    evaluation = result.evaluation
    target = evaluation.target_materialization_data if isinstance(evaluation, dg.AssetCheckEvaluation) else None
    return judged is None or result.run_id == judged.run_id or target == judged


def _judged(instance: dg.DagsterInstance, table: dg.AssetKey) -> AssetCheckEvaluationTargetMaterializationData | None:
    """The last materialisation of a table: without it Dagster takes the check for one that was not made since."""
    for last in instance.fetch_materializations(table, limit=1).records:
        return AssetCheckEvaluationTargetMaterializationData(
            storage_id=last.storage_id, run_id=last.run_id, timestamp=last.timestamp
        )
    return None


def of_others(partition: str | None, failed: Mapping[str, str]) -> str:
    """What a result of one partition does not say, for its description; empty where there is nothing."""
    others = [one for one in failed if one != (partition or "")]
    return f" Of {_place(partition or '')} alone: the last run of {', '.join(others)} failed." if others else ""


def _said(one: Stale) -> str:
    if one.failure is not None:
        return f"{_place(one.partition)} failed: {_short(one.failure)}"
    return f"{_place(one.partition)} is behind: {one.why}"


def _described(said: Sequence[str]) -> str:
    more = f"\n- and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return "\n".join(f"- {line}" for line in said[:_SHOWN]) + more if said else _DESCRIPTION


def _place(partition: str) -> str:
    return partition or "the table"


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else line[:_LONGEST_REASON] + " …"
