"""The folder of a release: what is replaced, and what never is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reasonmed_assets import machine
from reasonmed_assets.release.dataset.folder import files_in, write_checksums, written_beside
from reasonmed_assets.release.dataset.record import FORMAT
from reasonmed_assets.release.files import ExportError


def release(folder: Path, text: str, **changes: object) -> None:
    with written_beside(folder, force=True) as new:
        (new / "release.json").write_text(json.dumps({"format": FORMAT, "project": "1.0"} | changes))
        (new / "rows").write_text(text)


def test_a_release_as_it_was_written_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    release(folder, "one")
    release(folder, "two")
    assert (folder / "rows").read_text() == "two"
    assert [one.name for one in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize(
    "record", [None, "", "[]", "{}", '{"format": "1", "project": "1.0"}', f'{{"format": {FORMAT + 1}, "project": ""}}']
)
def test_a_folder_of_the_users_with_fitting_checksums_is_no_release(tmp_path: Path, record: str | None) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    if record is not None:
        (folder / "release.json").write_text(record)
    write_checksums(folder)
    with pytest.raises(ExportError, match="no release as it was written"):
        release(folder, "two")
    assert (folder / "thesis.txt").read_text() == "mine"


def test_links_to_folders_and_empty_folders_are_the_users(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in ("link", "empty"):
        folder = tmp_path / name / "r"
        release(folder, "one")
        (folder / "mine").mkdir() if name == "empty" else (folder / "mine").symlink_to(tmp_path / "elsewhere")
        assert "mine" in files_in(folder)
        with pytest.raises(ExportError, match="no release as it was written"):
            release(folder, "two")
        assert os.path.lexists(folder / "mine")


@pytest.mark.parametrize("can_exchange", [True, False])
def test_an_earlier_release_stays_where_the_new_one_cannot_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(machine, "_RENAME_EXCHANGE", 1 << 20)  # the kernel refuses what it does not know
    folder = tmp_path / "r"
    release(folder, "one")
    release(folder, "two")
    assert (folder / "rows").read_text() == "two"
    with pytest.raises(OSError, match="No such file"):
        machine.exchange(tmp_path / "nothing", folder)
    assert (folder / "rows").read_text() == "two"
    assert [one.name for one in tmp_path.iterdir()] == ["r"]
