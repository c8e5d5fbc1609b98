"""Where the binding is kept, and which files a replaced build leaves."""

from __future__ import annotations

import pytest
from storage_toy import publish, texts_in_file

from reasonmed_assets.config.recipes.recipe import RecipeError
from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file import DuckDBFile


def test_replacing_sets_everything_aside_but_ledger_history_and_staged_rows(warehouse: DuckDBFile) -> None:
    for round_number in (1, 2):
        warehouse.bind("simulated", f"/data{round_number}")
        publish(warehouse, {"1": f"round {round_number}"})
        warehouse.refresh_snapshot()
        with warehouse.staging_area("items", "mmlu", "failed") as area:
            (area / "rows.parquet").write_bytes(b"bad rows")
            warehouse.quarantine("items", "mmlu", "failed", area / "rows.parquet")
        warehouse.record_audit("items", "mmlu", {"rows": 1})
        warehouse.companion("quality").mkdir()
        (warehouse.folder / "ledger.sqlite").write_bytes(b"calls")
        (warehouse.folder / ".dagster").mkdir(exist_ok=True)

        aside = warehouse.folder / f"replaced-{round_number}"
        assert warehouse.replace("real", ledger_holds_real_calls=True) == str(aside)
        assert {path.name for path in aside.iterdir()} == {
            "build.duckdb",
            "reasonmed.duckdb",
            "recipes.json",
            "quarantine",
            "audits",
            "quality",
            "history",
        }
        assert texts_in_file(aside / "reasonmed.duckdb") == {"1": f"round {round_number}"}
        assert (warehouse.folder / "ledger.sqlite").read_bytes() == b"calls"
        assert (warehouse.folder / ".dagster").is_dir()


def test_rows_without_a_binding_are_not_adopted(warehouse: DuckDBFile) -> None:
    publish(warehouse, {"1": "of unknown make"})
    with pytest.raises(WarehouseError, match=r"has rows but no recipes\.json"):
        warehouse.bind("real", "/data")


def test_a_binding_that_cannot_be_understood_is_named(warehouse: DuckDBFile) -> None:
    (warehouse.folder / "binding.json").write_text("{", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"binding\.json cannot be understood"):
        warehouse.bind("real", "/data")
