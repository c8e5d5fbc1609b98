"""What stops the UI before a process of it is started."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration.ui.serving import serve


def test_a_folder_for_temporary_files_that_is_too_long_for_sockets_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("t" * 100)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pytest.raises(OSError, match="too long for a socket: set TMPDIR"):
        serve(BuildSettings("simulated", str(tmp_path)), {}, tmp_path / ".dagster", print, 0)
    assert not list(folder.iterdir())
