"""Real builds of a small warehouse: the command line as a process, the simulated endpoint over HTTP, a real DuckDB."""

from __future__ import annotations

import pytest
from builds import Built, reasonmed


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole build of the shipped sample, with simulated replies. Tests read it; none changes it."""
    folder = tmp_path_factory.mktemp("rehearsal") / "warehouse"
    done = reasonmed("build", "--profile", "simulated", "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return Built(folder, done.stdout)
