"""A warehouse keeps one kind of model; what real calls paid for is not pushed aside by a rehearsal."""

from __future__ import annotations

import pytest
from storage_toy import publish, texts_in, texts_in_file

from reasonmed_assets.storage import Binding, Warehouse, WarehouseError


def test_the_first_build_binds_and_the_same_kind_goes_on(warehouse: Warehouse) -> None:
    assert warehouse.binding is None
    warehouse.bind("simulated", "/data")
    warehouse.bind("simulated", "/data")
    assert warehouse.binding == Binding("simulated", "/data")


def test_another_kind_and_another_directory_are_named_together(warehouse: Warehouse) -> None:
    warehouse.bind("simulated", "/data")
    with pytest.raises(WarehouseError) as caught:
        warehouse.bind("real", "/other")
    message = str(caught.value)
    assert "its models are of kind simulated, this build's are real" in message
    assert "it was built from /data, this build reads /other" in message
    assert "--replace" in message
    assert warehouse.binding == Binding("simulated", "/data")


def test_a_demonstration_does_not_enter_a_warehouse_of_real_calls(warehouse: Warehouse) -> None:
    warehouse.bind("real", "/data")
    publish(warehouse, {"1": "paid"}, provider_kind="real")
    with pytest.raises(WarehouseError, match="kind real, this build's are demonstration"):
        warehouse.bind("demonstration", "/data")
    for kind in ("demonstration", "simulated"):
        with pytest.raises(WarehouseError, match=f"a {kind} build does not replace it"):
            warehouse.replace(kind, ledger_holds_real_calls=False)
    assert texts_in(warehouse) == {"1": "paid"}


def test_real_calls_in_the_ledger_alone_are_enough_to_refuse(warehouse: Warehouse) -> None:
    warehouse.bind("real", "/data")
    with pytest.raises(WarehouseError, match="does not replace it"):
        warehouse.replace("simulated", ledger_holds_real_calls=True)
    assert warehouse.binding is not None


def test_replacing_sets_everything_aside_but_ledger_history_and_staged_rows(warehouse: Warehouse) -> None:
    for round_number in (1, 2):
        warehouse.bind("simulated", f"/data{round_number}")
        publish(warehouse, {"1": f"round {round_number}"})
        warehouse.refresh_snapshot()
        staged = warehouse.stage_path("items", "mmlu", "failed")
        staged.write_bytes(b"bad rows")
        warehouse.quarantine("items", "mmlu", "failed", staged)
        warehouse.record_audit("items", "mmlu", {"rows": 1})
        warehouse.report_folder.mkdir()
        (warehouse.folder / "ledger.sqlite").write_bytes(b"calls")
        (warehouse.folder / ".dagster").mkdir(exist_ok=True)

        aside = warehouse.replace("real", ledger_holds_real_calls=True)
        assert aside == warehouse.folder / f"replaced-{round_number}"
        assert {path.name for path in aside.iterdir()} == {
            "build.duckdb",
            "reasonmed.duckdb",
            "binding.json",
            "quarantine",
            "audits",
            "quality",
        }
        assert texts_in_file(aside / "reasonmed.duckdb") == {"1": f"round {round_number}"}
        assert (warehouse.folder / "ledger.sqlite").read_bytes() == b"calls"
        assert (warehouse.folder / ".dagster").is_dir()
        assert warehouse.binding is None
        assert texts_in(warehouse) == {}
        assert not warehouse.is_snapshot_behind()


def test_there_may_be_nothing_to_replace(warehouse: Warehouse) -> None:
    assert warehouse.replace("simulated", ledger_holds_real_calls=False) is None


def test_a_rehearsal_gives_way_to_another_one(warehouse: Warehouse) -> None:
    warehouse.bind("simulated", "/data")
    publish(warehouse, {"1": "rehearsed"}, provider_kind="simulated")
    assert warehouse.replace("demonstration", ledger_holds_real_calls=False) is not None
    warehouse.bind("demonstration", "/sample")


def test_rows_without_a_binding_are_not_adopted(warehouse: Warehouse) -> None:
    publish(warehouse, {"1": "of unknown make"})
    with pytest.raises(WarehouseError, match=r"has rows but no binding\.json"):
        warehouse.bind("real", "/data")


def test_a_binding_that_cannot_be_understood_is_named(warehouse: Warehouse) -> None:
    (warehouse.folder / "binding.json").write_text("{", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"binding\.json cannot be understood"):
        warehouse.bind("real", "/data")
