"""An export in a folder that holds other files: none is lost, and an earlier export is replaced whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.release.dataset.writing import write_release
from reasonmed_assets.release.export import export_training_sets
from reasonmed_assets.release.files import MANIFEST, ExportError, written_aside
from reasonmed_assets.storage import make_or_open_warehouse
from reasonmed_assets.storage.querying import QueryError

NAMES = ["sets.json", "README.md"]


def export(folder: Path, text: str = "ours", *, force: bool = False, names: list[str] = NAMES) -> None:
    with written_aside(folder, names, force=force) as new:
        for name in names:
            (new / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir() if file.name != MANIFEST}


def test_a_folder_with_other_files_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    export(tmp_path)
    assert contents(tmp_path) == {"notes.txt": "mine", "sets.json": "ours", "README.md": "ours"}


@pytest.mark.parametrize("name", [*NAMES, MANIFEST])
@pytest.mark.parametrize("force", [False, True])
def test_a_file_of_the_user_is_not_overwritten(tmp_path: Path, name: str, force: bool) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ExportError, match=rf"holds {name}, which the export would overwrite"):
        export(tmp_path, force=force)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {name: "mine"}


@pytest.mark.parametrize(
    "theirs",
    [
        '{"files": {"a.csv": "checked"}}',
        '{"files": {"sets.json": "checked"}}',
        f'{{"files": {{"a.csv": "{"0" * 64}"}}}}',
        f'{{"files": {{"sets.json": "{"0" * 64}"}}, "note": "mine"}}',
    ],
)
def test_a_file_of_the_user_by_the_manifest_s_name_is_not_replaced(tmp_path: Path, theirs: str) -> None:
    (tmp_path / MANIFEST).write_text(theirs)
    with pytest.raises(ExportError, match=rf"holds {MANIFEST}"):
        export(tmp_path, force=True)
    assert (tmp_path / MANIFEST).read_text() == theirs


@pytest.mark.parametrize("force", [False, True])
def test_a_file_that_comes_while_an_export_is_written_is_kept(tmp_path: Path, force: bool) -> None:
    if force:
        export(tmp_path)
    with pytest.raises(ExportError, match=r"holds README\.md"), written_aside(tmp_path, NAMES, force=force) as new:
        (new / "README.md").write_text("newer")
        (tmp_path / "README.md").write_text("mine")
    assert contents(tmp_path) == {"README.md": "mine"} | ({"sets.json": "ours"} if force else {})


@pytest.mark.parametrize("is_link", [False, True])
def test_what_is_no_folder_is_not_written_into(tmp_path: Path, is_link: bool) -> None:
    place = tmp_path / "sets"
    if is_link:
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.write_text("mine")
    with pytest.raises(ExportError, match="sets is no folder"):
        export(place, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["sets"]


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(ExportError, match=r"README\.md"):
        export(tmp_path)
    assert not (tmp_path / "elsewhere.md").exists()


def test_an_earlier_export_is_replaced_only_by_force(tmp_path: Path) -> None:
    export(tmp_path / "sets", names=[*NAMES, "gone.json"])
    with pytest.raises(ExportError, match="--force replaces an earlier export"):
        export(tmp_path / "sets", "newer")
    export(tmp_path / "sets", "newer", force=True)
    assert contents(tmp_path / "sets") == {"sets.json": "newer", "README.md": "newer"}


def test_an_earlier_export_that_was_edited_is_kept(tmp_path: Path) -> None:
    export(tmp_path / "sets")
    (tmp_path / "sets" / "README.md").write_text("with my notes")
    with pytest.raises(ExportError, match=r"README\.md, which .*not as an earlier export wrote them"):
        export(tmp_path / "sets", "newer", force=True)
    assert contents(tmp_path / "sets") == {"sets.json": "ours", "README.md": "with my notes"}


@pytest.mark.parametrize("there", [False, True])
def test_what_fails_leaves_the_folder_as_it_was(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "sets"
    if there:
        export(folder)
    with pytest.raises(OSError, match="disk full"), written_aside(folder, NAMES, force=True) as new:
        (new / "sets.json").write_text("half")
        raise OSError("disk full")
    assert folder.exists() == there
    assert not there or contents(folder) == {"sets.json": "ours", "README.md": "ours"}


def test_what_was_cut_short_while_files_were_moved_is_replaced_by_force(tmp_path: Path) -> None:
    export(tmp_path / "sets")
    (tmp_path / "sets" / "sets.json").unlink()
    export(tmp_path / "sets", "newer", force=True)
    assert contents(tmp_path / "sets") == {"sets.json": "newer", "README.md": "newer"}


def test_a_manifest_that_names_a_file_elsewhere_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    export(tmp_path / "sets")
    manifest = tmp_path / "sets" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"files": {', '"files": {\n"../mine.txt": "' + "0" * 64 + '",'))
    export(tmp_path / "sets", "newer", force=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\nfrom reasonmed_assets.release.files import written_aside\n"
        "with written_aside(pathlib.Path(sys.argv[1]), [], force=False) as new:\n"
        "    (new / 'sets.json').write_text('half')\n    os.utime(new, (0, 0))\n    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".")
    export(tmp_path)
    assert contents(tmp_path) == {"sets.json": "ours", "README.md": "ours"}


@pytest.mark.parametrize("place", ["", "sets", "audits", "../linked/sets"])
def test_nothing_is_exported_or_released_into_the_warehouse(tmp_path: Path, place: str) -> None:
    warehouse = make_or_open_warehouse(tmp_path / "warehouse").name
    (tmp_path / "linked").symlink_to(warehouse)
    before = sorted(Path(warehouse).rglob("*"))
    settings = BuildSettings(profile="simulated", warehouse=str(warehouse))
    for writing in (
        export_training_sets(Path(warehouse), Path(warehouse) / place, {"simulated"}),
        write_release(settings, Path(warehouse) / place, allowed={"simulated"}),
    ):
        with pytest.raises(QueryError, match="belongs to the warehouse"):
            list(writing)
    assert sorted(Path(warehouse).rglob("*")) == before
