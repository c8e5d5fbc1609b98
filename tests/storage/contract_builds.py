"""What every warehouse promises of the record of builds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from contract_places import Reopen
from reasonmed_assets.quality.schema import TABLES
from storage_toy import publish

from reasonmed_assets.storage import Warehouse, WarehouseError

FACTS: dict[str, Any] = dict.fromkeys(
    ("started_by", "process", "project", "profile", "profile_values", "models", "prompts", "packages"), "{}"
)
END: dict[str, Any] = {
    "outcome": "complete",
    "problems": None,
    "source_files": '{"a": "1"}',
    "run_ids": ["run1"],
}


def now(minutes: int = 0) -> datetime:
    return datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=minutes)


def begin(
    warehouse: Warehouse, build_id: str, *, minutes: int = 0, is_publishing: bool = True, run_ids: Sequence[str] = ()
) -> int | None:
    """Record that a build begins."""
    facts = FACTS | {"build_id": build_id, "started_at": now(minutes), "run_ids": list(run_ids)}
    return warehouse.begin_build(facts, is_publishing=is_publishing)


def rows(warehouse: Warehouse, columns: str = "*") -> list[Any]:
    """Every record, in order."""
    with warehouse.read() as con:
        return con.execute(f"select {columns} from builds order by number").fetchall()


class BuildsContract:
    """Builds begin, publish and end."""

    def test_a_build_has_a_number_from_its_beginning_and_an_outcome_at_its_end(self, warehouse: Warehouse) -> None:
        assert begin(warehouse, "one") == 1
        publish(warehouse, {"a": "x"}, build=1)
        assert begin(warehouse, "two") == 2, "the first was killed, for all that is known"
        warehouse.end_build(2, END | {"ended_at": now()})
        assert rows(warehouse, "number, build_id, outcome, run_ids") == [
            (1, "one", None, []),
            (2, "two", "complete", ["run1"]),
        ]
        with warehouse.read() as con:
            found = pl.DataFrame(con.execute("select * from builds").to_arrow_table())
        times = {"started_at": pl.Datetime("us"), "ended_at": pl.Datetime("us")}
        TABLES["builds"].model.validate(found.cast(times))  # type: ignore[arg-type]

    def test_before_anything_is_published_a_build_has_a_row_only_as_it_publishes(
        self, warehouse: Warehouse, reopen: Reopen
    ) -> None:
        assert begin(warehouse, "one", is_publishing=False) is None
        assert reopen().describe_version() == "nothing built yet"
        assert begin(warehouse, "one", is_publishing=True) == 1
        assert begin(warehouse, "two", is_publishing=False) == 2

    def test_the_runs_of_a_backfill_share_a_row_which_adds_up_what_they_say(self, warehouse: Warehouse) -> None:
        assert [begin(warehouse, one) for one in ("backfill", "other", "backfill")] == [1, 2, 1]
        second = {"outcome": "failed", "problems": "b", "source_files": '{"b": "2"}', "run_ids": ["run2"]}
        for run in (END | {"problems": "a"}, END | second, END):
            warehouse.end_build(1, run | {"ended_at": now()})
        added_up = ("failed", "a\nb", '{"a": "1", "b": "2"}', ["run1", "run2"])
        assert rows(warehouse, "outcome, problems, source_files, run_ids")[0] == added_up

    def test_a_backfill_has_ended_when_each_run_that_began_has(self, warehouse: Warehouse) -> None:
        """A killed run never does."""
        begin(warehouse, "backfill", run_ids=("run1",))
        begin(warehouse, "backfill", run_ids=("run2",))
        seen = []
        for run, outcome in (("run1", "failed"), ("run2", "complete")):
            warehouse.end_build(1, END | {"run_ids": [run], "outcome": outcome, "ended_at": now()})
            seen += rows(warehouse, "outcome, ended_at is not null")
        begin(warehouse, "backfill", run_ids=("run3",))
        seen += rows(warehouse, "outcome, ended_at is not null")
        assert seen == [(None, False), ("failed", True), (None, False)]
        assert rows(warehouse, "run_ids, run_outcomes") == [
            (["run1", "run2", "run3"], '{"run1": "failed", "run2": "complete"}')
        ]

    def test_the_end_of_a_build_without_a_row_is_refused(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"a": "x"})
        with pytest.raises(WarehouseError, match="build b7 has no row"):
            warehouse.end_build(7, END | {"ended_at": now()})

    def test_a_name_is_a_publish_or_the_last_one_of_a_build(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"a": "x"})
        for build_id, texts in (("one", {"a": "y"}), ("two", {"b": "y"})):
            number = begin(warehouse, build_id)
            publish(warehouse, texts, "mmlu", build=number)
            publish(warehouse, texts, "medqa", build=number)
        assert begin(warehouse, "nothing", minutes=1) == 3
        named = {name: warehouse.publish_named(name) for name in ("2", "b1", "b2", "b3")}
        assert named == {"2": 2, "b1": 3, "b2": 5, "b3": 5}
        assert [warehouse.publish_before(number) for number in (1, 2, 3)] == [1, 3, 5]
        for name, said in {
            "6": "the last one is 5",
            "b4": "are b1 to b3",
            "b0": "are b1 to b3",
            "-1": "neither a build",
            "B1": "neither a build",
            "x": "neither a build",
        }.items():
            with pytest.raises(WarehouseError, match=said):
                warehouse.publish_named(name)

    def test_the_hash_of_a_partition_is_of_its_rows_however_they_came(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"a": "x", "b": "y"})
        publish(warehouse, {"a": "x"})
        publish(warehouse, {"b": "y", "a": "x"})
        publish(warehouse, {})
        with warehouse.read() as con:
            hashes = [row[0] for row in con.execute("select content_hash from publishes order by seq").fetchall()]
            rows_hashed = con.execute("select md5('')").fetchall()
        assert hashes[0] == hashes[2] and len(set(hashes)) == 3
        assert rows_hashed == [(hashes[3],)]

    def test_users_see_a_build_when_it_has_ended(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"a": "x"})
        warehouse.refresh_snapshot()
        assert begin(warehouse, "one") == 1
        assert not warehouse.is_snapshot_behind()
        warehouse.end_build(1, END | {"ended_at": now()})
        assert warehouse.refresh_snapshot()
        with warehouse.snapshot() as con:
            assert con.execute("select number, outcome from builds").fetchall() == [(1, "complete")]
