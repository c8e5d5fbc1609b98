"""A warehouse keeps one kind of model; what real calls paid for is not pushed aside by a rehearsal."""

from __future__ import annotations

import pytest
from storage_toy import publish, texts_in

from reasonmed_assets.storage import Warehouse, WarehouseError
from reasonmed_assets.storage.binding import Binding


class BindingContract:
    """Binding a warehouse, and setting a build aside."""

    def test_the_first_build_binds_and_the_same_kind_goes_on(self, warehouse: Warehouse) -> None:
        assert warehouse.binding is None
        warehouse.bind("simulated", "/data")
        warehouse.bind("simulated", "/data")
        assert warehouse.binding == Binding("simulated", "/data")

    def test_another_kind_and_another_directory_are_named_together(self, warehouse: Warehouse) -> None:
        warehouse.bind("simulated", "/data")
        with pytest.raises(WarehouseError) as caught:
            warehouse.bind("real", "/other")
        message = str(caught.value)
        assert "its models are of kind simulated, this build's are real" in message
        assert "it was built from /data, this build reads /other" in message
        assert "--replace" in message
        assert warehouse.binding == Binding("simulated", "/data")

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
        assert warehouse.binding is not None

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
            assert warehouse.binding is None
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
