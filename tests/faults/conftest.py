"""Fixtures of the runs with faults."""

from __future__ import annotations

import pytest
from bounded import Clock


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The time that a module's tests may take."""
    return Clock()
