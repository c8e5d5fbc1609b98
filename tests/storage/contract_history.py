"""What every warehouse promises of what it held before: each publish can be read again, row for row."""

from __future__ import annotations

import os
import random
from typing import Any, ClassVar

import pytest
from contract_places import Reopen, open_at
from contract_publishing import TEXTS, Grown, items_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reasonmed_assets.quality.schema import TABLES, Table, column
from storage_toy import ITEMS, TOTALS, publish

from reasonmed_assets.storage import Warehouse, WarehouseError
from reasonmed_assets.storage.history import Kept

ALL_ROWS = "from {} order by all"


class Shorter(Table):
    """Items without a note, whose tags became a text."""

    item_id: str = column("Id.", unique=True)
    source: str = column("Name of the source.")
    tags: str = column("Tags.")
    text: str = column("Text.")


def rows_now(warehouse: Warehouse, table: str = "items") -> list[Any]:
    """Every published row."""
    with warehouse.read() as con:
        return con.execute(ALL_ROWS.format(table)).fetchall()


def rows_as_of(warehouse: Warehouse, seq: int, table: str = "items") -> list[Any]:
    """Every row as of a publish."""
    with warehouse.as_of(seq) as con:
        return con.execute(ALL_ROWS.format(table)).fetchall()


class HistoryContract:
    """Reading as of an earlier publish."""

    opener: ClassVar[str]

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.sampled_from(["medqa", "mmlu", None]), TEXTS), min_size=1, max_size=6))
    def test_each_publish_reads_as_the_rows_were_then(
        self, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str | None, dict[str, str]]]
    ) -> None:
        warehouse = open_at(self.opener, tmp_path_factory.mktemp("warehouse"))
        saved: dict[int, dict[str, Any]] = {}
        for source, texts in steps:
            texts = {f"{source}-{key}": text for key, text in texts.items()}
            seq = publish(warehouse, texts, source, ITEMS if source else TOTALS).seq
            saved.setdefault(seq, {table: rows_now(warehouse, table) for table in ("items", "totals")})
        assert rows_as_of(warehouse, 0) == []
        for seq, tables in saved.items():
            with warehouse.as_of(seq) as con:
                assert {table: con.execute(ALL_ROWS.format(table)).fetchall() for table in tables} == tables
                assert con.execute("select max(seq) from publishes").fetchone() == (seq,)

    def test_rows_that_go_and_come_back(self, warehouse: Warehouse) -> None:
        chance = random.Random(5)
        saved: dict[int, list[Any]] = {}
        for step in range(14):
            texts = {key: chance.choice("xy") for key in "abcd" if chance.random() < 0.6}
            seq = publish(warehouse, texts, fingerprint=str(step)).seq
            saved[seq] = rows_now(warehouse)
        with warehouse.read() as con:
            for seq, rows in saved.items():
                assert con.execute(f"from ({warehouse.rows_as_of(con, ITEMS, seq)}) order by all").fetchall() == rows

    def test_values_of_the_rows_that_came_or_went_since(self, warehouse: Warehouse) -> None:
        first = publish(warehouse, {"1": "x", "2": "y"}).seq
        publish(warehouse, {"1": "x", "3": "new"})
        publish(warehouse, {"9": "z"}, "medqa", fingerprint="first of its partition")
        last = publish(warehouse, {"1": "changed"}).seq

        def since(seq: int, partition: str | None = None) -> list[str]:
            with warehouse.read() as con:
                query = warehouse.values_since(con, ITEMS, partition, "'item ' || item_id as name", seq)
                return sorted(name for (name,) in con.execute(f"select name from ({query})").fetchall())

        assert since(first, "mmlu") == ["item 1", "item 2", "item 3"]
        assert since(first, "medqa") == ["item 9"]
        assert since(first) == ["item 1", "item 2", "item 3", "item 9"]
        assert since(0, "mmlu") == ["item 1", "item 2", "item 3"], "3 came and went"
        assert since(last) == []
        with warehouse.read() as con, pytest.raises(WarehouseError, match="there is no publish"):
            warehouse.values_since(con, ITEMS, None, "item_id", last + 1)

    def test_views_show_the_rows_then_and_the_present_rows_stand_beside(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a", "2": "b"}, note="n")
        publish(warehouse, {"2": "B"}, note="n")
        with warehouse.as_of(1) as con:
            assert con.execute("select item_id, text from tagged order by all").fetchall() == [("1", "a"), ("2", "b")]
            assert con.execute("select text from now.items").fetchall() == [("B",)]
            changed = con.execute("select item_id from items anti join now.items using (row_hash) order by 1")
            assert changed.fetchall() == [("1",), ("2",)]
            con.execute("create temp table mine as select letter_at(1) as letter from items")

    def test_several_states_are_joined_in_one_connection(self, warehouse: Warehouse) -> None:
        for text in "abc":
            publish(warehouse, {"1": text})
        warehouse.refresh_snapshot()
        for opened in (warehouse.read, warehouse.snapshot):
            with opened() as con:
                first, second = (warehouse.rows_as_of(con, ITEMS, seq) for seq in (1, 2))
                found = con.execute(
                    f"select a.text, b.text, items.text from ({first}) as a "
                    f"join ({second}) as b using (item_id) join items using (item_id)"
                ).fetchall()
            assert found == [("a", "b", "c")]

    def test_columns_that_came_and_went_since(self, warehouse: Warehouse, reopen: Reopen) -> None:
        publish(warehouse, {"1": "a", "2": "b"}, note="n")
        publish(warehouse, {"2": "B"}, note="n")
        grown = items_of(Grown)
        later = reopen(tables={"items": grown, "publishes": TABLES["publishes"]})
        publish(later, {"2": "B"}, spec=grown, note="n", score=0.5)
        scores = "select item_id, text, note, score from items order by all"

        def as_of(seq: int) -> list[Any]:
            with later.as_of(seq) as con:
                return con.execute(scores).fetchall()

        assert [as_of(seq) for seq in (1, 2, 3)] == [
            [("1", "a", "n", None), ("2", "b", "n", None)],
            [("2", "B", "n", None)],
            [("2", "B", "n", 0.5)],
        ]
        shorter = items_of(Shorter)
        last = reopen(tables={"items": shorter, "publishes": TABLES["publishes"]}, views={})
        publish(last, {"3": "c"}, spec=shorter, tags="x")
        with last.as_of(1) as con:
            assert con.sql("from items").columns == list(shorter.columns)
            assert con.execute("select item_id, text, tags from items order by all").fetchall() == [
                ("1", "a", "['a, b', c]"),
                ("2", "b", "['a, b', c]"),
            ]

    def test_numbers_of_no_publish_are_refused(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"})
        with pytest.raises(WarehouseError, match="no publish 2: the last one is 1"), warehouse.as_of(2):
            pass

    def test_what_was_before_is_dropped_on_demand_unless_it_is_being_read(self, warehouse: Warehouse) -> None:
        for text in "abcd":
            publish(warehouse, {"1": text})
        before = warehouse.history()
        assert before.begins == 0 and set(before.n_bytes) == {2, 3, 4}
        with warehouse.as_of(1), pytest.raises(WarehouseError, match=f"process {os.getpid()} is reading"):
            warehouse.drop_history(3)
        assert [rows_as_of(warehouse, seq)[0][2] for seq in (1, 2, 3, 4)] == ["a", "b", "c", "d"]
        for seq in (3, 1):
            warehouse.drop_history(seq)
            assert warehouse.history() == Kept(3, {4: before.n_bytes[4]})
        with pytest.raises(WarehouseError, match=r"publish 2 cannot be read: .* begins at publish 3"):
            rows_as_of(warehouse, 2)
        publish(warehouse, {"1": "e"})
        assert [rows_as_of(warehouse, seq)[0][2] for seq in (3, 4, 5)] == ["c", "d", "e"]

    def test_a_partition_that_stays_as_it_was_adds_nothing(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"}, fingerprint="x")
        publish(warehouse, {}, "medqa", fingerprint="x")
        publish(warehouse, {"1": "a"}, fingerprint="y")
        publish(warehouse, {"2": "b"}, "medqa", fingerprint="y")
        publish(warehouse, {"2": "b"}, "medqa", fingerprint="z")
        publish(warehouse, {"3": "b"}, "medqa", fingerprint="z")
        texts = [[row[0] for row in rows_as_of(warehouse, seq)] for seq in range(7)]
        assert texts == [[], ["1"], ["1"], ["1"], ["1", "2"], ["1", "2"], ["1", "3"]]
