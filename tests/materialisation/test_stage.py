"""Staging: how long the warehouse stays open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from reasonmed_assets.quality.tables import TABLES

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.config import load_profile
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.storage import WarehouseError, make_or_open_warehouse
from reasonmed_assets.storage.duckdb_file.lock import WarehouseLock


def test_a_warehouse_that_is_kept_open_is_released_for_others(tmp_path: Path) -> None:
    warehouse = make_or_open_warehouse(tmp_path / "w")
    session: Any = SimpleNamespace(warehouse=warehouse, profile=load_profile("simulated"))
    table, file = TABLES["sft_cot"], tmp_path / "rows.parquet"
    stage = Stage(table, transform_of(table.name), None, session, file, "run", None, run_step, {})
    others = WarehouseLock(tmp_path / "w" / ".lock", 0.1)
    with stage.kept_open():
        for _ in range(2):
            with stage.read() as con:
                assert con.sql("select count(*) from sft_cot").fetchall() == [(0,)]
            with pytest.raises(WarehouseError), others.exclusive("publish"):
                pass
            stage.release()
            with others.exclusive("publish"):
                pass
    with stage.read():
        pass
    with others.exclusive("publish"):
        pass
