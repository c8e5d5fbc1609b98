"""The world that every check passes on, made once for all modules."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from quality_world import connect
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN


@pytest.fixture(scope="session")
def world() -> duckdb.DuckDBPyConnection:
    """The connection that `con` gives to one test after the other."""
    return connect()


@pytest.fixture
def con(world: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world within a transaction that is undone; what a build says beside the profile is said anew by each test."""
    world.begin()
    yield world
    world.rollback()
    for variable in ("last_statistics", IS_ALLOWED, IS_LIMIT_GIVEN):
        world.execute(f"reset variable {variable}")
