"""A sound build passes every check; the ways in which an audit itself can go wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from quality_world import SOURCE, connect, stage
from reasonmed_assets.quality import audit
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.profiles import load_profile

AUDITED = [name for name in TABLES if name not in UNAUDITED]


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return connect()


@pytest.mark.parametrize("table", AUDITED)
def test_every_check_passes_on_a_sound_build(table: str, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    spec = TABLES[table]
    partition = SOURCE if spec.partitioned else None
    outcomes = audit(con, spec, partition, stage(con, table, tmp_path), load_profile("simulated"))
    assert [outcome.name for outcome in outcomes] == [declared.name for declared in check_names(table)]
    assert [outcome for outcome in outcomes if not outcome.passed] == []
