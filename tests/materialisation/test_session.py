"""What the runs of one build share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from builds import Built

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation import session as sessions
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.sources import Questions, Reading, Unreadable


def test_unreadable_records_are_decoded_once_per_build(
    rehearsal: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "warehouse"
    shutil.copytree(rehearsal.folder, folder, ignore=shutil.ignore_patterns(".dagster", "staging", "quarantine"))
    settings, build = BuildSettings.begin({"warehouse": str(folder)}, once=True), RunningBuild()
    first = BuildSession(settings, LogDisplay, build)
    last = Unreadable("r", "mmlu", "test", "train", "a.csv", 1, "malformed", "no options", "{}")
    monkeypatch.setattr(sessions, "read_source", lambda *_: Reading(Questions(), [last], []))
    assert first.unreadable("mmlu") == [last]
    first.close()

    def refuse(*_: Any) -> None:
        raise AssertionError("the files are read again")

    monkeypatch.setattr(sessions, "read_source", refuse)
    second = BuildSession(settings, LogDisplay, build)
    assert second.unreadable("mmlu") == [last]
    with pytest.raises(AssertionError, match="read again"):
        second.unreadable("medqa")
    second.close()
