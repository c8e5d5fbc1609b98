"""Staging: how long the warehouse stays open, and how much of a relation a writer holds."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from reasonmed_assets.quality.tables import TABLES

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.config import load_profile
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.storage import WarehouseError, make_or_open_warehouse
from reasonmed_assets.storage.duckdb_file.lock import WarehouseLock


def stage_in(folder: Path, transform: Any) -> Stage:
    """Of a table of an empty warehouse."""
    session: Any = SimpleNamespace(warehouse=make_or_open_warehouse(folder / "w"), profile=load_profile("simulated"))
    return Stage(TABLES["sft_cot"], transform, None, session, folder / "rows.parquet", "run", None, run_step, {})


def test_a_relation_of_many_rows_is_written_some_at_a_time(tmp_path: Path) -> None:
    query = SimpleNamespace(text="from range(25_000)", relations=(), step=None)
    made = stage_in(tmp_path, SimpleNamespace(relations={"many": query}, variables=frozenset())).make("many")
    groups = pq.read_metadata(made)
    assert groups.num_rows == 25_000
    assert max(groups.row_group(at).num_rows for at in range(groups.num_row_groups)) <= 10_240


def test_a_warehouse_that_is_kept_open_is_released_for_others(tmp_path: Path) -> None:
    stage = stage_in(tmp_path, transform_of("sft_cot"))
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
