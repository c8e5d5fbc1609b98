"""A release of the rehearsal, which tests read; none changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Built, called

ALLOWED = ["--allow", "simulated", "--allow", "stand-in"]


@pytest.fixture(scope="session")
def released(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "data set"
    done = called("release", str(folder), "--warehouse", str(rehearsal.folder), *ALLOWED)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
