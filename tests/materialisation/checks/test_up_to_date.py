"""The check `up_to_date` of each table, as Dagster keeps it after a run."""

from __future__ import annotations

import dagster as dg
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.materialisation.checks.up_to_date import NAME, report, spec_of
from reasonmed_assets.storage.freshness import Stale

BEHIND = Stale("sft_cot", "", "reasonmed: publish 3 then, 9 now", None)
FAILED = Stale("questions", "medqa", None, "questions medqa: 1 blocking checks failed")


def last(instance: dg.DagsterInstance) -> dict[str, tuple[bool, str]]:
    """Table -> whether its last result passed, and what it says."""
    names = ("questions", "reasonmed", "sft_cot")
    keys = [dg.AssetCheckKey(dg.AssetKey(name), NAME) for name in names]
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    evaluations = {key.asset_key.to_user_string(): record.evaluation for key, record in found.items()}
    return {name: (one.passed, str(one.description)) for name, one in evaluations.items() if one is not None}


def test_what_is_behind_is_told_once_and_taken_back_once() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        report(instance, [])
        assert last(instance) == {}
        report(instance, [BEHIND, FAILED])
        told = last(instance)
        assert told == {
            "questions": (False, "- medqa failed: questions medqa: 1 blocking checks failed"),
            "sft_cot": (False, "- the table is behind: reasonmed: publish 3 then, 9 now"),
        }
        events = instance.event_log_storage.get_maximum_record_id()
        report(instance, [BEHIND, FAILED])
        assert instance.event_log_storage.get_maximum_record_id() == events, "nothing new, nothing told"
        report(instance, [BEHIND])
        assert last(instance)["questions"][0]
        assert last(instance)["sft_cot"] == told["sft_cot"]


def test_a_check_that_its_run_never_came_to_gets_a_result() -> None:
    @dg.asset(name="questions", check_specs=spec_of(TABLES["questions"]))
    def broken() -> dg.MaterializeResult:
        raise OSError("no room")

    with dg.DagsterInstance.ephemeral() as instance:
        assert not dg.materialize([broken], instance=instance, raise_on_error=False).success
        report(instance, [FAILED])
        assert last(instance) == {"questions": (False, "- medqa failed: questions medqa: 1 blocking checks failed")}


def test_what_is_told_is_of_the_last_materialisation() -> None:
    @dg.asset(name="questions")
    def made() -> None:
        """A run that does not come to the check."""

    key = dg.AssetCheckKey(dg.AssetKey("questions"), NAME)
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            # What was told of a materialisation is told again of the next.
            dg.materialize([made], instance=instance)
            report(instance, [FAILED])
        record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
        (materialised,) = instance.fetch_materializations(key.asset_key, limit=1).records
    evaluation = record.evaluation
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    assert (evaluation.passed, evaluation.target_materialization_data is not None) == (False, True)
    assert evaluation.target_materialization_data.storage_id == materialised.storage_id, "the UI shows no other"
