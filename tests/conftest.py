"""Fixtures that many tests use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from builds import Built, reasonmed


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real files (REASONMED_SHARED_DATA, default ../shared/data); skips where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("REASONMED_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole build of the shipped sample, with simulated replies. Tests read it; none changes it."""
    folder = tmp_path_factory.mktemp("rehearsal") / "warehouse"
    done = reasonmed("build", "--profile", "simulated", "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return Built(folder, done.stdout)
