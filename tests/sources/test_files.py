"""Which files are read, and when the inputs count as changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_files import medqa_row, pubmedqa_row, write_json, write_lines

from reasonmed_assets.sources import InputFiles, SourceError, input_digest, load_declaration, read_source
from reasonmed_assets.sources.files import find_files

_ONLY_TRAIN = {"dev": "unused", "test": "unused"}
_FOUR = "medqa/US/4_options/phrases_no_exclude_train.jsonl"


def test_the_first_alternative_that_is_there_is_read(tmp_path: Path) -> None:
    medqa = load_declaration("medqa")
    write_lines(tmp_path / _FOUR, [medqa_row(1)])
    assert find_files(medqa, tmp_path, _ONLY_TRAIN, InputFiles())[0].files == (_FOUR,)
    write_lines(tmp_path / "medqa/US/train.jsonl", [medqa_row(2)])
    assert find_files(medqa, tmp_path, _ONLY_TRAIN, InputFiles())[0].files == ("medqa/US/train.jsonl",)


def test_the_digest_follows_contents_roles_and_the_id_file_and_nothing_else(tmp_path: Path) -> None:
    pubmedqa = load_declaration("pubmedqa")
    write_json(tmp_path / "pubmedqa/ori_pqal.json", {"1": pubmedqa_row(1), "2": pubmedqa_row(2)})
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", ["1"])
    first = input_digest(pubmedqa, tmp_path, {})
    (tmp_path / "pubmedqa/notes.txt").write_text("unrelated")
    assert input_digest(pubmedqa, tmp_path, {}) == first
    assert input_digest(pubmedqa, tmp_path, {"test": "unused"}) != first
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", ["2"])
    second = input_digest(pubmedqa, tmp_path, {})
    write_json(tmp_path / "pubmedqa/ori_pqal.json", {"1": pubmedqa_row(1), "2": pubmedqa_row(2, "no")})
    assert len({first, second, input_digest(pubmedqa, tmp_path, {})}) == 3


def test_a_new_declaration_changes_the_digest(tmp_path: Path) -> None:
    write_lines(tmp_path / _FOUR, [medqa_row(1)])
    medqa = load_declaration("medqa")
    relicensed = medqa.model_copy(update={"licence": "CC0-1.0"})
    assert input_digest(medqa, tmp_path, _ONLY_TRAIN) != input_digest(relicensed, tmp_path, _ONLY_TRAIN)


def test_a_record_may_be_in_one_split_only(tmp_path: Path) -> None:
    write_lines(tmp_path / "shared.jsonl", [medqa_row(1)])
    medqa = load_declaration("medqa")
    place = medqa.splits["dev"].alternatives[0].model_copy(update={"files": ("shared.jsonl",)})
    splits = {name: medqa.splits[name].model_copy(update={"alternatives": (place,)}) for name in ("dev", "test")}
    with pytest.raises(SourceError, match=r"shared\.jsonl: record 1 is in the splits dev and test of medqa"):
        read_source(medqa.model_copy(update={"splits": splits}), tmp_path, {})
