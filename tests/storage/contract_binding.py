"""A warehouse keeps one kind of model; what real calls paid for is not pushed aside by a rehearsal."""

from __future__ import annotations

from functools import partial

import pytest
from storage_toy import publish, texts_in

from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.storage import Warehouse, WarehouseError


def bound_to(warehouse: Warehouse) -> tuple[str, str | None] | None:
    """Kind of model and data directory that a warehouse is bound to."""
    book = warehouse.recipes
    return book and (book.provider_kind, book.data_dir)


class BindingContract:
    """Binding a warehouse, and setting a build aside."""

    def test_the_first_build_binds_and_the_same_kind_goes_on(self, warehouse: Warehouse) -> None:
        assert warehouse.recipes is None
        warehouse.bind("simulated", "/data")
        warehouse.bind("simulated", "/data")
        assert bound_to(warehouse) == ("simulated", "/data")

    def test_another_kind_and_another_directory_are_named_together(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/data")
        with pytest.raises(WarehouseError) as caught:
            warehouse.bind("real", "/other")
        message = str(caught.value)
        assert "its models are of kind simulated, this build's are real" in message
        assert "it was built from /data, this build reads /other" in message
        assert "--replace" in message
        assert bound_to(warehouse) == ("simulated", "/data")

    def test_a_demonstration_does_not_enter_a_warehouse_of_real_calls(self, warehouse: Warehouse) -> None:
        warehouse.bind("real", "/data")
        publish(warehouse, {"1": "paid"}, provider_kind="real")
        with pytest.raises(WarehouseError, match="kind real, this build's are demonstration"):
            warehouse.bind("demonstration", "/data")
        for kind in ("demonstration", "simulated"):
            with pytest.raises(WarehouseError, match=f"a {kind} build does not replace it"):
                warehouse.replace(kind, ledger_holds_real_calls=False)
        assert texts_in(warehouse) == {"1": "paid"}

    def test_real_calls_in_the_ledger_alone_are_enough_to_refuse(self, warehouse: Warehouse) -> None:
        warehouse.bind("real", "/data")
        with pytest.raises(WarehouseError, match="does not replace it"):
            warehouse.replace("simulated", ledger_holds_real_calls=True)
        assert warehouse.recipes is not None

    def test_a_moved_data_directory_is_said_and_the_id_stays(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/data")
        known = warehouse.warehouse_id
        warehouse.move_sources("/moved")
        warehouse.bind("simulated", "/moved")
        assert (bound_to(warehouse), warehouse.warehouse_id) == (("simulated", "/moved"), known)

    def test_the_sample_is_the_same_in_every_installation(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/venv/lib/python3.11/site-packages/reasonmed_assets/sources/sample")
        warehouse.bind("simulated", "/venv/lib/python3.13/site-packages/reasonmed_assets/sources/sample")
        assert bound_to(warehouse) == ("simulated", None)

    def test_a_recipe_is_kept_as_a_new_version_only_where_it_differs(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/data")
        keep = partial(warehouse.keep_recipe, set_by="me", build="b")
        assert [keep(Recipe(limit=n), None) for n in (1, 1, 2, 1)] == [1, 1, 2, 3]
        assert warehouse.recipes is not None
        assert [version.recipe.limit for version in warehouse.recipes.versions] == [1, 2, 1]

    def test_a_publish_says_the_version_of_the_recipe(self, warehouse: Warehouse) -> None:
        publish(warehouse, {"1": "x"}, recipe=3)
        publish(warehouse, {"1": "y"})
        with warehouse.read() as con:
            assert con.execute("select recipe from publishes order by seq").fetchall() == [(3,), (None,)]

    def test_there_may_be_nothing_to_replace(self, warehouse: Warehouse) -> None:
        assert warehouse.replace("simulated", ledger_holds_real_calls=False) is None

    def test_a_rehearsal_gives_way_to_another_one(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/data")
        publish(warehouse, {"1": "rehearsed"}, provider_kind="simulated")
        assert warehouse.replace("demonstration", ledger_holds_real_calls=False) is not None
        warehouse.bind("demonstration", "/sample")

    def test_a_replaced_build_is_gone_with_its_audits_and_can_be_found(self, warehouse: Warehouse) -> None:
        places = set()
        for number in (1, 2):
            warehouse.bind("simulated", f"/data{number}")
            with pytest.raises(WarehouseError, match="it was built from"):
                warehouse.refuse_other_build("simulated", "/elsewhere")
            first_id = warehouse.warehouse_id
            publish(warehouse, {"1": f"round {number}"})
            warehouse.refresh_snapshot()
            with warehouse.staging_area("items", "mmlu", "failed") as area:
                (area / "rows.parquet").write_bytes(b"bad rows")
                warehouse.quarantine("items", "mmlu", "failed", area / "rows.parquet")
            warehouse.record_audit("items", "mmlu", {"rows": 1})
            warehouse.companion("reviews").mkdir()
            places.add(warehouse.replace("real", ledger_holds_real_calls=True))
            assert warehouse.recipes is None
            assert texts_in(warehouse) == {}
            assert warehouse.audits() == warehouse.quarantined() == []
            assert not warehouse.companion("reviews").exists()
            assert not warehouse.is_snapshot_behind()
            with pytest.raises(WarehouseError, match="has had no build yet"):
                _ = warehouse.warehouse_id
            warehouse.bind("simulated", f"/data{number}")
            assert warehouse.warehouse_id != first_id
            warehouse.replace("simulated", ledger_holds_real_calls=False)
        assert None not in places and len(places) == 2
