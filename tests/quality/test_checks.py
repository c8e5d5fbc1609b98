"""How checks and their outcomes appear in Dagster, in a real run."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.checks import check_names, check_specs, to_result
from reasonmed_assets.quality.schema import TABLES

SCORES = TABLES["quality_scores"]
SOURCES = dg.StaticPartitionsDefinition(["medqa", "mmlu"])


def test_specs_follow_the_declarations() -> None:
    specs = check_specs(TABLES["verifications"], SOURCES)
    declared = check_names("verifications")
    assert [spec.name for spec in specs] == [check.name for check in declared]
    assert [spec.blocking for spec in specs] == [check.is_blocking for check in declared]
    assert {spec.asset_key for spec in specs} == {dg.AssetKey("verifications")}
    assert all(spec.partitions_def == SOURCES for spec in specs)
    assert {spec.name: spec.description for spec in specs}["missing"].endswith("(check 8)")  # type: ignore[union-attr]


def test_checks_of_a_table_without_partitions_have_none() -> None:
    assert all(spec.partitions_def is None for spec in check_specs(TABLES["sft_cot"], SOURCES))


def test_an_outcome_shows_counts_and_examples() -> None:
    examples = [{"path_id": "p1", "score": 6.0}, {"path_id": "p2", "score": None, "note": "odd"}]
    result = to_result(SCORES, CheckOutcome("scores", False, "block", 12, examples, "Scores are 0 to 5."), "mmlu")
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert result.metadata["n_failing"].value == 12
    assert result.metadata["partition"].value == "mmlu"
    table = result.metadata["examples"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [column.name for column in table.schema.columns] == ["path_id", "score", "note"]
    assert [record.data for record in table.records] == [
        {"path_id": "p1", "score": 6.0, "note": ""},
        {"path_id": "p2", "score": "", "note": "odd"},
    ]


def test_a_warning_and_an_error_are_told_apart() -> None:
    result = to_result(
        SCORES, CheckOutcome("missing", False, "warn", 0, [], "Few are missing.", "could not run: why"), None
    )
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert result.metadata["error"].value == "could not run: why"
    assert "partition" not in result.metadata


def test_only_a_blocking_failure_blocks() -> None:
    outcomes = [CheckOutcome("a", passed, severity, 0) for passed in (True, False) for severity in ("block", "warn")]  # type: ignore[arg-type]
    assert [outcome.is_blocking_failure for outcome in outcomes] == [False, False, True, False]


def test_a_run_records_every_check_for_its_partition() -> None:
    spec = TABLES["difficulty_tiers"]

    @dg.asset(name=spec.name, partitions_def=SOURCES, check_specs=check_specs(spec, SOURCES))
    def asset() -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        for declared in check_names(spec.name):
            failing = declared.name == "tiers"
            yield to_result(spec, CheckOutcome(declared.name, not failing, "warn", int(failing), [{"q": 1}]), "mmlu")
        yield dg.MaterializeResult()

    result = dg.materialize([asset], partition_key="mmlu")
    evaluations = {found.check_name: found for found in result.get_asset_check_evaluations()}
    assert set(evaluations) == {declared.name for declared in check_names(spec.name)}
    assert not evaluations["tiers"].passed
    assert {found.partition for found in evaluations.values()} == {"mmlu"}
