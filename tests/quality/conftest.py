"""The world that every check passes on, made once for all modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest
from quality_world import connect
from reasonmed_assets.quality import auditing
from reasonmed_assets.quality.parameters import set_variables
from reasonmed_assets.quality.shrinking import IS_ALLOWED, IS_LIMIT_GIVEN


@pytest.fixture(scope="session")
def world() -> duckdb.DuckDBPyConnection:
    """The connection that `con` gives to one test after the other."""
    return connect()


@pytest.fixture(scope="session")
def held() -> dict[str, str]:
    """The variables that audits gave it."""
    return {}


@pytest.fixture
def con(
    world: duckdb.DuckDBPyConnection, held: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world within a transaction that is undone; what a build says beside the profile is said anew by each test."""

    def set_changed(con: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
        # A profile's many variables are the same in most tests.
        if con is world:
            values = {name: value for name, value in values.items() if held.get(name) != repr(value)}
            held.update((name, repr(value)) for name, value in values.items())
        set_variables(con, values)

    monkeypatch.setattr(auditing, "set_variables", set_changed)
    world.begin()
    yield world
    world.rollback()
    for variable in ("last_statistics", IS_ALLOWED, IS_LIMIT_GIVEN):
        world.execute(f"reset variable {variable}")
