"""What every warehouse promises of a publish: one transaction that touches what differs, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl
import pytest
from contract_places import Reopen, Start, open_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reasonmed_assets.quality.schema import TABLES, Table, TableSpec, column
from storage_toy import ITEMS, TOTALS, Items, publish, rows_of, stage, texts_in

from reasonmed_assets import sql
from reasonmed_assets.storage import OvertakenError, Published, Replaced, Warehouse, WarehouseError

TEXTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", "it's"]), max_size=5)


def publish_file(
    warehouse: Warehouse, staged: Path, spec: TableSpec = ITEMS, source: str | None = "mmlu", **options: Any
) -> Published:
    """Publish a staged file."""
    facts: dict[str, Any] = {"run_id": "run", "fingerprint": "f", "profile": "test", "statistics": {}}
    return warehouse.publish(spec, source, staged, **facts, **options)


def rewritten(staged: Path, select: str) -> Path:
    """The staged rows as a select list makes them, in a file beside."""
    file = staged.with_name("rewritten.parquet")
    duckdb.execute(f"copy (select {select} from {sql.parquet(staged)}) to {sql.literal(file)} (format parquet)")
    return file


def publishes_of(warehouse: Warehouse) -> list[Any]:
    """Every recorded publish, in order."""
    with warehouse.read() as con:
        return con.execute("select * from publishes order by seq").fetchall()


class Grown(Items):
    """Items with a column more."""

    score: float = column("Score.")


class Retyped(Table):
    """Items whose text became a number."""

    item_id: str = column("Id.", unique=True)
    source: str = column("Name of the source.")
    text: int = column("Text.")


def items_of(model: type[Table]) -> TableSpec:
    """Table `items` with another model."""
    return TableSpec("items", "toys", "One row per item.", "item_id", "source", model)


class PublishingContract:
    """Publishes of one process and of several."""

    opener: ClassVar[str]

    def test_only_rows_that_differ_are_counted_as_changed(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"same": "a", "changed": "b", "gone": "c"})
        published = publish(warehouse, {"same": "a", "changed": "B", "new": "d"})
        assert published == Published(seq=2, rows=3, inserted=2, deleted=2, is_changed=True)
        assert texts_in(warehouse) == {"same": "a", "changed": "B", "new": "d"}

    def test_other_partitions_stay(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"}, "medqa")
        publish(warehouse, {"2": "b"}, "mmlu")
        publish(warehouse, {}, "mmlu")
        assert texts_in(warehouse, "medqa") == {"1": "a"}
        assert texts_in(warehouse, "mmlu") == {}

    def test_a_table_without_partitions_is_replaced_as_a_whole(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"}, None, TOTALS)
        publish(warehouse, {"2": "b"}, None, TOTALS)
        assert texts_in(warehouse, None, "totals") == {"2": "b"}
        record = warehouse.last_publish("totals", None)
        assert record is not None and record.partition == "" and record.seq == 2

    def test_every_publish_is_recorded_with_its_figures(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a", "2": "b"}, "medqa", fingerprint="x")
        record = warehouse.last_publish("items", "medqa")
        assert record is not None
        assert (record.seq, record.run_id, record.rows, record.fingerprint) == (1, "run", 2, "x")
        assert record.statistics == {"items": 2}
        assert warehouse.last_publish("items", "mmlu") is None
        with warehouse.read() as con:
            found = pl.DataFrame(con.execute("select * from publishes").to_arrow_table())
        TABLES["publishes"].model.validate(found.cast({"published_at": pl.Datetime("us")}))

    def test_nothing_is_recorded_when_nothing_changed(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"}, fingerprint="x")
        again = publish(warehouse, {"1": "a"}, fingerprint="x")
        assert again == Published(seq=1, rows=1, inserted=0, deleted=0, is_changed=False)
        other_code = publish(warehouse, {"1": "a"}, fingerprint="y")
        assert other_code == Published(seq=2, rows=1, inserted=0, deleted=0, is_changed=False)
        assert len(publishes_of(warehouse)) == 2

    def test_rows_without_all_answers_are_recorded_anew_where_they_were_made_from_something_else(
        self, warehouse: Warehouse
    ) -> None:
        seqs = [publish(warehouse, {"1": "a"}, fingerprint="", parts={"questions": seq}).seq for seq in ("1", "1", "3")]
        assert seqs == [1, 1, 2]

    def test_a_failure_is_kept_until_the_next_publish_and_users_see_it(self, warehouse: Warehouse) -> None:
        def failures() -> list[Any]:
            warehouse.refresh_snapshot()
            with warehouse.snapshot() as con:
                return con.execute("select table_name, partition, run_id, reason from failures").fetchall()

        warehouse.record_failure(ITEMS, "mmlu", "run0", "nothing was published yet")
        publish(warehouse, {"a": "x"})
        assert failures() == []
        for run in ("run1", "run2"):
            warehouse.record_failure(ITEMS, "mmlu", run, "it's broken")
        assert failures() == [("items", "mmlu", "run2", "it's broken")]
        publish(warehouse, {"b": "x"}, source="medqa")
        assert failures() == [("items", "mmlu", "run2", "it's broken")]
        n_publishes = len(publishes_of(warehouse))
        publish(warehouse, {"a": "x"})
        assert (failures(), len(publishes_of(warehouse))) == ([], n_publishes)
        with pytest.raises(WarehouseError, match="written by publishing the others"):
            warehouse.record_failure(TABLES["publishes"], None, "run", "no")

    def test_how_partitions_stand_is_known_after_each_change_of_whomever(
        self, warehouse: Warehouse, start: Start
    ) -> None:
        def seqs() -> tuple[dict[Any, int], dict[Any, int], dict[Any, str]]:
            standing = warehouse.standing()
            return {of: one.seq for of, one in standing.last.items()}, dict(standing.changes), dict(standing.failures)

        mmlu, medqa = ("items", "mmlu"), ("items", "medqa")
        publish(warehouse, {"1": "a"}, fingerprint="x")
        assert seqs() == seqs() == ({mmlu: 1}, {mmlu: 1}, {})
        publish(warehouse, {"1": "a"}, fingerprint="y")
        assert seqs() == ({mmlu: 2}, {mmlu: 1}, {})
        warehouse.record_failure(ITEMS, "mmlu", "run", "it's broken")
        assert seqs() == ({mmlu: 2}, {mmlu: 1}, {mmlu: "it's broken"})
        assert start("publish_often", "medqa").wait() == 0
        assert seqs() == ({mmlu: 2, medqa: 5}, {mmlu: 1, medqa: 5}, {mmlu: "it's broken"})
        assert warehouse.standing().last[medqa] == warehouse.last_publish("items", "medqa")
        publish(warehouse, {}, None, TOTALS)
        assert warehouse.standing().last["totals", ""].rows == 0

    def test_columns_are_matched_by_name(self, warehouse: Warehouse, tmp_path: Path) -> None:
        staged = stage(tmp_path / "rows.parquet", rows_of({"1": "text"}, note="note"))
        columns = "row_hash, tags, note, text, provider_kind, source, item_id"
        publish_file(warehouse, rewritten(staged, columns))
        with warehouse.read() as con:
            assert con.execute("select item_id, text, note from items").fetchall() == [("1", "text", "note")]

    @pytest.mark.parametrize(
        ("select", "message"),
        [
            ("* exclude (text)", r"lack columns \['text'\]"),
            ("*, 1 as surplus", r"undeclared columns \['surplus'\]"),
            ("* replace (null::varchar as text)", "NOT NULL"),
            ("* replace ('medqa' as source)", "would have 0 rows, but 1 were staged"),
            ("* replace ('not a list' as tags)", "failed; the published rows are as before"),
        ],
    )
    def test_rows_that_do_not_fit_leave_the_partition_as_it_was(
        self, warehouse: Warehouse, tmp_path: Path, select: str, message: str
    ) -> None:
        publish(warehouse, {"1": "published"})
        staged = stage(tmp_path / "rows.parquet", rows_of({"2": "bad"}))
        with pytest.raises(WarehouseError, match=message):
            publish_file(warehouse, rewritten(staged, select))
        assert texts_in(warehouse) == {"1": "published"}
        assert len(publishes_of(warehouse)) == 1

    def test_statistics_that_are_no_json_leave_the_partition_as_it_was(
        self, warehouse: Warehouse, tmp_path: Path
    ) -> None:
        publish(warehouse, {"1": "published"})
        staged = stage(tmp_path / "rows.parquet", rows_of({"2": "new"}))
        with pytest.raises(ValueError, match="JSON"):
            warehouse.publish(
                ITEMS, "mmlu", staged, run_id="r", fingerprint="f", profile="p", statistics={"share": float("nan")}
            )
        assert texts_in(warehouse) == {"1": "published"}

    def test_partitions_and_tables_that_do_not_go_together_are_refused(
        self, warehouse: Warehouse, tmp_path: Path
    ) -> None:
        staged = stage(tmp_path / "rows.parquet", rows_of({"1": "a"}))
        with pytest.raises(WarehouseError, match="items is partitioned by source"):
            publish_file(warehouse, staged, ITEMS, None)
        with pytest.raises(WarehouseError, match="totals has no partitions"):
            publish_file(warehouse, staged, TOTALS, "mmlu")
        for own in ("publishes", "failures", "builds"):
            with pytest.raises(WarehouseError, match=f"{own} is written by publishing the others"):
                publish_file(warehouse, staged, TABLES[own], None)
        with pytest.raises(WarehouseError, match=r"no staged rows of items at .*absent\.parquet"):
            publish_file(warehouse, tmp_path / "absent.parquet")

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.sampled_from(["medqa", "mmlu"]), TEXTS), min_size=1, max_size=5))
    def test_after_any_publishes_each_partition_holds_what_was_staged_last(
        self, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, str]]]
    ) -> None:
        warehouse = open_at(self.opener, tmp_path_factory.mktemp("warehouse"))
        expected: dict[str, dict[str, str]] = {"medqa": {}, "mmlu": {}}
        for source, texts in steps:
            texts = {f"{source}-{key}": text for key, text in texts.items()}
            previous, expected[source] = expected[source], texts
            published = publish(warehouse, texts, source)
            assert published.inserted == len(texts.items() - previous.items())
            assert published.deleted == len(previous.items() - texts.items())
        assert {source: texts_in(warehouse, source) for source in expected} == expected

    def test_a_part_of_a_partition_is_replaced_and_the_rest_stays(self, warehouse: Warehouse, tmp_path: Path) -> None:
        publish(warehouse, {"1": "x"}, "medqa")
        seq = publish(warehouse, {"2": "old", "3": "goes", "4": "stays"}).seq
        part = stage(tmp_path / "part.parquet", rows_of({"2": "new", "5": "comes"}))
        replaced = Replaced("item_id in ('2', '3', '5')", seq)
        published = publish_file(warehouse, part, replaced=replaced)
        assert (published.rows, published.inserted, published.deleted) == (3, 2, 2)
        assert texts_in(warehouse) == {"2": "new", "4": "stays", "5": "comes"}
        assert texts_in(warehouse, "medqa") == {"1": "x"}
        with warehouse.as_of(seq) as con:
            then = con.execute("select text from items where source = 'mmlu' order by item_id").fetchall()
        assert then == [("old",), ("goes",), ("stays",)]

    def test_a_part_is_refused_where_another_run_has_published_or_a_row_is_outside(
        self, warehouse: Warehouse, tmp_path: Path
    ) -> None:
        seq = publish(warehouse, {"1": "x", "2": "y"}).seq
        part = stage(tmp_path / "part.parquet", rows_of({"1": "new", "2": "outside"}))
        with pytest.raises(WarehouseError, match="would have 1 rows, but 2 were staged"):
            publish_file(warehouse, part, replaced=Replaced("item_id = '1'", seq))
        publish(warehouse, {"1": "x", "2": "y"}, fingerprint="another")
        with pytest.raises(OvertakenError, match=r"items/mmlu meanwhile: run it again"):
            publish_file(warehouse, part, replaced=Replaced("true", seq))
        assert texts_in(warehouse) == {"1": "x", "2": "y"}

    def test_a_type_that_the_stored_rows_do_not_fit_is_an_error_that_names_replace(
        self, warehouse: Warehouse, reopen: Reopen
    ) -> None:
        publish(warehouse, {"1": "words"}, "medqa")
        retyped = items_of(Retyped)
        later = reopen(tables={"items": retyped, "publishes": TABLES["publishes"]}, views={})
        with pytest.raises(WarehouseError, match=r"(?s)table items: the stored rows do not fit .*words.*--replace"):
            publish(later, {"2": "3"}, "mmlu", retyped)
        assert texts_in(warehouse, "medqa") == {"1": "words"}

    def test_rows_that_repeat_are_refused(self, warehouse: Warehouse, tmp_path: Path) -> None:
        publish(warehouse, {"1": "published"})
        twice = stage(tmp_path / "rows.parquet", 2 * rows_of({"1": "published"}))
        with pytest.raises(WarehouseError, match="would have 1 rows, but 2 were staged"):
            publish_file(warehouse, twice)
        assert texts_in(warehouse) == {"1": "published"}

    def test_a_new_column_is_null_in_old_rows_until_they_are_published_again(
        self, warehouse: Warehouse, reopen: Reopen
    ) -> None:
        publish(warehouse, {"1": "a"}, "medqa")
        publish(warehouse, {"2": "b"}, "mmlu")
        grown = items_of(Grown)
        later = reopen(tables={"items": grown, "publishes": TABLES["publishes"]})
        scores = "select item_id, score from items order by all"
        with later.read() as con:
            assert con.execute(scores).fetchall() == [("1", None), ("2", None)]
        publish(later, {"2": "b"}, "mmlu", grown, score=0.5)
        with later.read() as con:
            assert con.execute(scores).fetchall() == [("1", None), ("2", 0.5)]
        publish(later, {"1": "a"}, "medqa", grown, score=1.0)
        with later.read() as con:
            assert con.execute(scores).fetchall() == [("1", 1.0), ("2", 0.5)]
            assert con.sql("from items").columns == list(grown.columns)

    def test_processes_publish_one_after_another_each_with_a_number_of_its_own(
        self, warehouse: Warehouse, start: Start
    ) -> None:
        child = start("publish_side_by_side", *(f"s{number}" for number in range(4)))
        _, errors = child.communicate(timeout=240)
        assert child.returncode == 0, errors
        with warehouse.read() as con:
            numbers = con.execute("select seq from publishes order by seq").fetchall()
            in_order = con.execute(
                "select list(rows order by seq) from publishes group by partition order by partition"
            ).fetchall()
            sizes = con.execute(
                "select source, count(*), min(text), max(text) from items group by all order by all"
            ).fetchall()
        assert len(set(numbers)) == len(numbers) == 4 * 3
        assert in_order == 4 * [([1, 2, 3],)]
        assert sizes == [(f"s{number}", 3, "3", "3") for number in range(4)]

    def test_a_publish_that_is_killed_at_any_step_has_happened_or_not(self, warehouse: Warehouse, start: Start) -> None:
        """The process dies before each call that it makes to a database or the file system, one after another; what was
        published before the first can be read after each."""
        publish(warehouse, {"1": "old", "2": "old"})
        publish(warehouse, {"9": "other"}, "medqa")
        child = start("publish_and_die_at_every_step")
        output, errors = child.communicate(timeout=400)
        assert child.returncode == 0, errors
        seen = output.split()
        assert len(seen) > 10
        assert set(seen) == {"old", "new"}, "neither half of a publish nor none of the two was seen"
        assert texts_in(warehouse, "medqa") == {"9": "other"}
        last = publish(warehouse, {"1": "after", "2": "after"})
        assert last.rows == 2
        with warehouse.read() as con:
            states = [con.sql(warehouse.rows_as_of(con, ITEMS, seq)) for seq in (1, last.seq - 1, last.seq)]
            assert [{text for (text,) in state.project("text").fetchall()} for state in states] == [
                {"old"},
                {"new", "other"},
                {"after", "other"},
            ]
