"""What every warehouse promises those who read: builds, users, and readers of what was audited and turned away."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import duckdb
import polars as pl
import pytest
from contract_places import Reopen, Start, open_at
from storage_toy import ITEMS, VIEWS, publish, texts_in

from reasonmed_assets.config.hints import command
from reasonmed_assets.errors import ReasonmedWarning
from reasonmed_assets.storage import Warehouse, WarehouseError


def texts_of_users(warehouse: Warehouse) -> dict[str, str]:
    """Texts by id as users see them."""
    with warehouse.snapshot() as con:
        return dict(con.execute("select item_id, text from items").fetchall())


class ReadingContract:
    """Reading what is published, also while others publish."""

    opener: str

    def test_before_the_first_publish_every_table_is_there_and_empty(self, warehouse: Warehouse) -> None:
        with warehouse.read() as con:
            assert con.execute("select * from items").fetchall() == []
            assert con.execute("select * from tagged").fetchall() == []
            described = con.execute("describe items").fetchall()
        assert {name: data_type.lower() for name, data_type, *_ in described} == ITEMS.duckdb_types()

    def test_a_reader_has_variables_macros_and_room_for_temporary_tables(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"})
        with warehouse.read({"source": "mmlu", "rate": 0.5, "names": ["a", "b"], "nothing": None}) as con:
            con.execute("create temp table mine as select *, id_of([item_id, text]) as made from items")
            found = con.execute(
                "select source = getvariable('source'), getvariable('rate'), getvariable('names'), "
                "getvariable('nothing') from mine"
            ).fetchall()
            with pytest.raises(duckdb.InvalidInputException, match="read-only"):
                con.execute("delete from items")
        assert found == [(True, 0.5, ["a", "b"], None)]

    def test_variables_do_not_reach_other_readers(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"})
        with warehouse.read({"x": 1}) as first, warehouse.read({"x": 2}) as second:
            assert first.execute("select getvariable('x')").fetchone() == (1,)
            assert second.execute("select getvariable('x')").fetchone() == (2,)

    def test_a_variable_name_cannot_carry_sql(self, warehouse: Warehouse) -> None:
        name = 'x" = 1; create temp table t as select 1; --'
        with warehouse.read({name: 2}) as con:
            assert con.execute("select value from duckdb_variables()").fetchall() == [("2",)]
            with pytest.raises(duckdb.CatalogException):
                con.execute("from t")

    @pytest.mark.parametrize("is_shown", [True, False], ids=["users see it", "users see nothing yet"])
    def test_what_is_frozen_stays_whatever_is_published(
        self, warehouse: Warehouse, tmp_path: Path, *, is_shown: bool
    ) -> None:
        publish(warehouse, {"1": "a", "2": "b"})
        if is_shown:
            warehouse.refresh_snapshot()
        warehouse.freeze_in(tmp_path / "frozen")
        publish(warehouse, {"1": "changed"})
        warehouse.refresh_snapshot()
        frozen = open_at(self.opener, tmp_path / "frozen")
        for place, expected in ((warehouse, {"1": "changed"}), (frozen, {"1": "a", "2": "b"})):
            with place.read() as con:
                assert dict(con.execute("select item_id, text from items").fetchall()) == expected

    def test_threads_read_and_publish_at_once(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "0", "2": "0"})
        failures: list[BaseException] = []
        uneven: list[dict[str, str]] = []

        def read_often() -> None:
            try:
                for _ in range(15):
                    texts = texts_in(warehouse)
                    if len(set(texts.values())) != 1:
                        uneven.append(texts)
            except BaseException as error:
                failures.append(error)

        def publish_often() -> None:
            try:
                for number in range(8):
                    publish(warehouse, {"1": str(number), "2": str(number)})
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read_often) for _ in range(3)] + [threading.Thread(target=publish_often)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert uneven == []
        assert texts_in(warehouse) == {"1": "7", "2": "7"}

    def test_a_result_that_outlives_its_reader_does_not_stop_a_publish(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"})
        with warehouse.read() as con:
            left = con.sql("select * from items")
        publish(warehouse, {"1": "b"})
        assert texts_in(warehouse) == {"1": "b"}
        del left

    def test_a_reader_sees_each_publish_of_another_process_whole(self, warehouse: Warehouse, start: Start) -> None:
        publish(warehouse, {"s-0": "1"}, "s")
        writer = start("publish_often", "s")
        seen = set()
        while writer.poll() is None:
            with warehouse.read() as con:
                rows = con.execute("select text from items where source = 's'").fetchall()
                again = con.execute("select text from items where source = 's'").fetchall()
            assert sorted(rows) == sorted(again), "one connection sees one state"
            assert set(rows) == {(str(len(rows)),)}
            seen.add(len(rows))
        assert writer.wait() == 0, writer.communicate()[1]
        assert seen

    def test_every_publish_is_in_the_history(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"}, "medqa")
        publish(warehouse, {"2": "b"}, "mmlu")
        publish(warehouse, {"1": "a", "3": "c"}, "medqa")
        with warehouse.read() as con:
            found = con.execute(
                "select table_name, partition, rows, rows_inserted, rows_deleted from publishes order by seq"
            ).fetchall()
        assert found == [("items", "medqa", 1, 1, 0), ("items", "mmlu", 1, 1, 0), ("items", "medqa", 2, 1, 0)]


class SnapshotContract:
    """What users open."""

    def test_before_the_first_publish_there_is_nothing_to_open(self, warehouse: Warehouse) -> None:
        assert not warehouse.has_snapshot
        assert not warehouse.is_snapshot_behind()
        assert not warehouse.refresh_snapshot()
        said = f"holds nothing yet: build it with `{command('build', warehouse=warehouse.name)}`"
        with pytest.raises(WarehouseError, match=re.escape(said)), warehouse.snapshot():
            pass

    def test_it_shows_the_last_publish(self, warehouse: Warehouse) -> None:
        for text in ("first", "second"):
            publish(warehouse, {"1": text})
            assert texts_of_users(warehouse) == {"1": text}
            assert warehouse.has_snapshot and not warehouse.is_snapshot_behind()
            assert not warehouse.refresh_snapshot()

    def test_it_cannot_be_written(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a"})
        with warehouse.snapshot() as con, pytest.raises(duckdb.InvalidInputException, match="read-only"):
            con.execute("delete from items")

    def test_a_user_who_stays_connected_stops_no_publish(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "first"})
        with warehouse.snapshot() as user:
            for text in ("second", "third"):
                publish(warehouse, {"1": text})
                warehouse.refresh_snapshot()
                assert not warehouse.is_snapshot_behind()
                assert len(user.execute("select text from items").fetchall()) == 1
        assert texts_of_users(warehouse) == {"1": "third"}

    def test_it_is_left_as_it_is_while_runs_are_at_work(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "first"})
        with warehouse.at_work():
            assert texts_of_users(warehouse) == {"1": "first"}, "there was none yet"
            publish(warehouse, {"1": "second"})
            with pytest.warns(ReasonmedWarning, match="a run is at work: .* is as of publish 1, 20"):
                assert texts_of_users(warehouse) == {"1": "first"}
            assert not warehouse.end_run(every_s=60)
            assert warehouse.end_run(every_s=0), "users have seen the same for long"
            assert texts_of_users(warehouse) == {"1": "second"}
            publish(warehouse, {"1": "third"})
        assert not warehouse.end_run(every_s=60, is_followed=True)
        assert warehouse.end_run(every_s=60)
        assert texts_of_users(warehouse) == {"1": "third"}

    def test_a_changed_view_makes_it_behind(self, warehouse: Warehouse, reopen: Reopen) -> None:
        publish(warehouse, {"1": "a"})
        warehouse.refresh_snapshot()
        changed = reopen(views={"noted": VIEWS["noted"]})
        assert changed.is_snapshot_behind()
        with warehouse.at_work(), changed.snapshot() as con, pytest.raises(duckdb.CatalogException):
            con.execute("select * from tagged")

    def test_it_holds_every_declared_table_and_view(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "a", "2": "b"}, note="n")
        with warehouse.snapshot() as con:
            assert con.execute("select count(*) from totals").fetchone() == (0,)
            assert con.execute("select item_id, letter from tagged order by all").fetchall() == [("1", "A"), ("2", "A")]
            comments = dict(con.execute("select view_name, comment from duckdb_views() where not internal").fetchall())
        assert comments["tagged"] == "Items that have a tag."

    def test_a_view_that_cannot_be_created_leaves_what_users_saw(self, warehouse: Warehouse, reopen: Reopen) -> None:
        publish(warehouse, {"1": "a"})
        warehouse.refresh_snapshot()
        broken = reopen(views={"broken": "select nothing from items"})
        with pytest.raises(WarehouseError, match=r"cannot be created: broken: .*nothing"):
            broken.refresh_snapshot()
        assert texts_of_users(warehouse) == {"1": "a"}


class FilesContract:
    """Staged rows, quarantine and audits."""

    def test_rows_that_failed_their_audit_go_to_quarantine(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "published"})
        for table, partition in (("items", "mmlu"), ("totals", None)):
            with warehouse.staging_area(table, partition, "run-2") as area:
                (area / "rows.parquet").write_bytes(b"rows")
                kept = warehouse.quarantine(table, partition, "run-2", area / "rows.parquet")
            assert kept.read_bytes() == b"rows"
        assert texts_in(warehouse) == {"1": "published"}
        found = warehouse.quarantined()
        assert [(one.table, one.partition, one.run_id) for one in found] == [
            ("items", "mmlu", "run-2"),
            ("totals", None, "run-2"),
        ]
        assert found[0].file.read_bytes() == b"rows"

    def test_a_staging_area_is_its_own_and_is_gone_in_the_end(self, warehouse: Warehouse) -> None:
        with (
            warehouse.staging_area("items", "mmlu", "run") as one,
            warehouse.staging_area("items", "mmlu", "run") as two,
        ):
            assert one != two
            (one / "rows.parquet").write_bytes(b"rows")
            assert not list(two.iterdir())
        assert not one.exists() and not two.exists()
        with pytest.raises(ValueError, match="on the way"), warehouse.staging_area("items", "mmlu", "run") as failed:
            raise ValueError("on the way")
        assert not failed.exists()

    @pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "*"])
    def test_names_cannot_lead_out_of_the_folder(self, warehouse: Warehouse, name: str) -> None:
        for names in ((name, "mmlu", "run"), ("items", name, "run"), ("items", "mmlu", name)):
            with pytest.raises(WarehouseError, match="cannot name a folder"), warehouse.staging_area(*names):
                pass

    def test_a_published_partition_can_be_staged_again_as_it_is(self, warehouse: Warehouse, tmp_path: Path) -> None:
        publish(warehouse, {"1": "a", "2": "b"}, "medqa")
        publish(warehouse, {"3": "c"}, "mmlu")
        path = tmp_path / "it's [1].parquet"
        assert warehouse.export(ITEMS, "medqa", path) == 2
        assert sorted(pl.read_parquet(path, glob=False)["item_id"]) == ["1", "2"]
        again = warehouse.publish(ITEMS, "medqa", path, run_id="r", fingerprint="f", profile="p", statistics={})
        assert not again.is_changed

    def test_the_last_audit_of_every_partition_is_kept(self, warehouse: Warehouse) -> None:
        assert warehouse.audits() == []
        for table, partition, n in (
            ("items", "mmlu", 1),
            ("items", "medqa", 2),
            ("tagged", None, 3),
            ("items", "mmlu", 4),
        ):
            warehouse.record_audit(table, partition, {"table": table, "n": n, "said": "caf\u00e9"})
        found = sorted((audit["table"], audit["n"], audit["said"]) for audit in warehouse.audits())
        assert found == [("items", 2, "caf\u00e9"), ("items", 4, "caf\u00e9"), ("tagged", 3, "caf\u00e9")]
        with pytest.raises(WarehouseError, match="cannot name a folder"):
            warehouse.record_audit("items", "../elsewhere", {})
