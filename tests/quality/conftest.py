"""The world that every check passes on, made once for all modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest
from quality_world import connect
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN
from reasonmed_assets.sql import literal


@pytest.fixture(scope="session")
def world() -> duckdb.DuckDBPyConnection:
    """The connection that `con` gives to one test after the other."""
    return connect()


@pytest.fixture
def con(world: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world within a transaction that is undone; what a build says beside the profile is said anew by each test."""
    monkeypatch.setattr("reasonmed_assets.quality.auditing.set_variables", set_other_variables)
    world.begin()
    yield world
    world.rollback()
    for variable in ("last_statistics", IS_ALLOWED, IS_LIMIT_GIVEN):
        world.execute(f"reset variable {variable}")


def set_other_variables(con: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    """Set the variables that have another value: to set all of a profile takes longer than most checks."""
    now = con.execute(f"select {', '.join(f'getvariable({literal(name)})' for name in values)}").fetchone()
    assert now is not None
    differ = {
        name: value
        for (name, value), before in zip(values.items(), now, strict=True)
        if (type(value), value) != (type(before), before)
    }
    if differ:
        set_variables(con, differ)
