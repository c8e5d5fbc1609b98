"""A release that was changed is found out, whatever was made to fit after the change.

Each mutation changes one thing. `resealed` then does what somebody would who has this program: counts and hashes in the
record, the forms for trainers, card, Croissant, index and checksums are made again from the changed rows. `rechecked`
makes the checksums fit alone, those in the Croissant description too.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from mutations import FORMS, MUTATIONS, in_json, named_as_sql, put, with_line_ends

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.description.rendering import rendered
from reasonmed_assets.release.dataset.folder import digest_of, files_in, write_checksums
from reasonmed_assets.release.dataset.record import as_text, counted, plain
from reasonmed_assets.release.dataset.trainers import write_for_trainers
from reasonmed_assets.release.dataset.verifying import VerificationError, verified

_ALONE = ["order of rows"]
_SAID = ("check", "its ", "is null", "it has metadata", "builds: they name")
TOGETHER = (
    [name for name, one in MUTATIONS.items() if one.is_resealed and one.said.startswith(_SAID) and name not in _ALONE],
    [name for name, one in MUTATIONS.items() if not one.is_resealed and one.said.endswith((": line", ": ", FORMS))],
    _ALONE,
)


def rechecked(folder: Path) -> None:
    """Make the checksums fit, in Croissant those of the data files too."""
    file, record = folder / layout.CROISSANT, json.loads((folder / layout.RECORD).read_text())
    described, digests = json.loads(file.read_text()), layout.digests(folder, record["shards"])
    digests.pop(layout.RECORD)
    for one in described["distribution"]:
        if one["@id"] in digests:
            size, one["sha256"] = digests[one["@id"]]
            one["contentSize"] = f"{size} B"
    file.write_text(as_text(described))
    write_checksums(folder)


def resealed(folder: Path) -> None:
    """Make everything again that follows from the rows and from the record, where the rows still can be read."""
    file = folder / layout.RECORD
    record = json.loads(file.read_text())
    try:
        with duckdb.connect() as con:
            layout.show(con, folder, record["shards"])
            record["counts"], record["content"] = plain(counted(con)), plain(layout.content(con))
        record["attached"] = {name: digest_of(folder / name) for name in record["attached"]}
        write_for_trainers(folder, folder, record["shards"])
        record["bytes"] = layout.uncompressed(folder, record["shards"])
        file.write_text(as_text(record))
        for name, text in rendered(record, layout.digests(folder, record["shards"])).items():
            (folder / name).write_text(text)
    except (duckdb.Error, KeyError, TypeError):
        rechecked(folder)
    write_checksums(folder)


def found_in(folder: Path) -> str:
    with pytest.raises(VerificationError) as error:
        list(verified(folder))
    said = str(error.value)
    assert "SHA256SUMS" not in said, said
    return said


def test_there_are_forty_mutations() -> None:
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize("names", TOGETHER, ids=("resealed", "rechecked", "order"))
def test_mutations_are_found_side_by_side(released: Path, tmp_path: Path, names: list[str]) -> None:
    """Many at once cost one verification; `pytest -m slow` has each by itself."""
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    for name in names:
        MUTATIONS[name].change(folder)
    (resealed if MUTATIONS[names[0]].is_resealed else rechecked)(folder)
    said = found_in(folder)
    missed = [name for name in names if MUTATIONS[name].said not in said]
    assert not missed, said


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_found(released: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    MUTATIONS[name].change(folder)
    (resealed if MUTATIONS[name].is_resealed else rechecked)(folder)
    assert MUTATIONS[name].said in found_in(folder)


def test_what_was_only_sealed_again_is_as_it_was(released: Path, tmp_path: Path) -> None:
    """So that the mutations, not what follows them, are found."""
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    resealed(folder)
    assert {name: digest_of(folder / name) for name in files_in(folder)} == {
        name: digest_of(released / name) for name in files_in(released)
    }


def test_a_release_is_read_and_none_of_it_is_run(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    in_json(layout.RECORD, named_as_sql)(folder)
    write_checksums(folder)
    assert "its rules is" in found_in(folder)
    assert [one.name for one in tmp_path.iterdir()] == ["release"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (in_json(layout.RECORD, put("note", "approved")), "is not as it was written"),
        (with_line_ends(layout.RECORD), "is not as it was written"),
        (in_json(layout.RECORD, lambda record: record["shards"]["sft_cot"].update(train=10**9)), "other sets or folds"),
        (in_json(layout.RECORD, lambda record: record["shards"].update({"a as select 1; --": {}})), "other sets or"),
    ],
)
def test_a_record_of_another_form_is_refused(
    released: Path, tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    shutil.copy(released / layout.RECORD, tmp_path)
    change(tmp_path)
    with pytest.raises(VerificationError, match=said):
        list(verified(tmp_path))


def test_checksums_that_do_not_fit_are_found(released: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "release"))
    (folder / layout.CARD).write_text("mine")
    with pytest.raises(VerificationError, match=r"SHA256SUMS: README\.md has another SHA-256"):
        list(verified(folder))
    write_checksums(folder)
    (folder / "SHA256SUMS").write_bytes(b"none\r\n" + (folder / "SHA256SUMS").read_bytes())
    with pytest.raises(VerificationError, match=r"SHA256SUMS: it is not as it was written"):
        list(verified(folder))
