"""The layout of the Hugging Face hub: small parquet files, and what a fetch asks for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from source_files import medmcqa_row, write_json, write_lines, write_parquet

from reasonmed_assets.sources import SourceError, load_declaration, read_source
from reasonmed_assets.sources.hub import fetch


def test_medmcqa_parquet_counts_from_zero(tmp_path: Path) -> None:
    rows = [medmcqa_row(i, cop) for i, cop in enumerate([0, 1, 2, 3, -1])]
    write_parquet(tmp_path / "medmcqa/hub/data/train-00000-of-00001.parquet", rows)
    reading = read_source(load_declaration("medmcqa"), tmp_path, {"dev": "unused"})
    assert [question.gold_letter for question in reading.questions] == list("ABCD")
    assert [bad.detail for bad in reading.unreadable] == ["'cop' is -1: the record is unlabelled"]
    assert reading.files[0].records == 5


def test_shards_of_a_split_are_read_in_order(tmp_path: Path) -> None:
    for shard in (1, 0):
        file = tmp_path / f"medmcqa/hub/data/train-0000{shard}-of-00002.parquet"
        write_parquet(file, [medmcqa_row(shard * 10, 0), medmcqa_row(shard * 10 + 1, 3)])
    reading = read_source(load_declaration("medmcqa"), tmp_path, {"dev": "unused"})
    assert [question.native_id for question in reading.questions] == ["id-0", "id-1", "id-10", "id-11"]


def test_pubmedqa_parquet_has_its_context_in_a_nested_field_and_numbers_as_ids(tmp_path: Path) -> None:
    rows = [
        {
            "pubid": number,
            "question": f"Does {number} work?",
            "context": {"contexts": ["Background.", "Results."], "labels": ["B", "R"], "meshes": []},
            "long_answer": "It does.",
            "final_decision": decision,
        }
        for number, decision in [(11, "yes"), (12, "maybe")]
    ]
    schema = pa.schema(
        [
            ("pubid", pa.int32()),
            ("question", pa.string()),
            ("context", pa.struct([(name, pa.list_(pa.string())) for name in ("contexts", "labels", "meshes")])),
            ("long_answer", pa.string()),
            ("final_decision", pa.string()),
        ]
    )
    write_parquet(tmp_path / "pubmedqa/hub/pqa_labeled/train-00000-of-00001.parquet", rows, schema)
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", {"12": "maybe"})
    train, test = read_source(load_declaration("pubmedqa"), tmp_path, {}).questions
    assert (train.native_id, train.split_role, train.context) == ("11", "train", "Background.\n\nResults.")
    assert (test.native_id, test.split_role, test.gold_letter) == ("12", "benchmark", "C")
    assert train.explanation == "It does."


def test_mmlu_parquet_has_choices_in_a_list_and_counts_from_zero(tmp_path: Path) -> None:
    mmlu = load_declaration("mmlu")
    for pattern in mmlu.splits["dev"].alternatives[1].files:
        subject = pattern.split("/")[2]
        rows = [
            {"question": f"{subject} {n}?", "subject": subject, "choices": ["a", "b", "c", "d"], "answer": n}
            for n in range(4)
        ]
        write_parquet(tmp_path / pattern.replace("*", "00000-of-00001"), rows)
    reading = read_source(mmlu, tmp_path, {"val": "unused", "test": "unused"})
    assert [question.gold_letter for question in reading.questions] == list("ABCD") * 6
    assert {question.subject for question in reading.questions} == {
        "anatomy",
        "clinical_knowledge",
        "college_biology",
        "college_medicine",
        "medical_genetics",
        "professional_medicine",
    }


@pytest.mark.parametrize("file", ["medqa/hub/train.json", "medqa/hub/default/train/0000.parquet"])
def test_medqa_of_the_hub_has_four_endings(tmp_path: Path, file: str) -> None:
    rows = [
        {
            "id": f"train-{n}",
            "sent1": f"Which {n}?",
            "sent2": "",
            **{f"ending{i}": f"{n}.{i}" for i in range(4)},
            "label": n,
        }
        for n in range(4)
    ]
    (write_parquet if file.endswith("parquet") else write_lines)(tmp_path / file, rows)
    reading = read_source(load_declaration("medqa"), tmp_path, {"dev": "unused", "test": "unused"})
    assert [(q.native_id, q.gold_text) for q in reading.questions] == [(f"train-{n}", f"{n}.{n}") for n in range(4)]


class _Hub:
    """Stands for the hub: records what is asked for, and writes the files that it has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, files: list[str]) -> None:
        self.asked: list[dict[str, Any]] = []
        self._files = files
        module = ModuleType("huggingface_hub")
        module.snapshot_download = self._download  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "huggingface_hub", module)

    def _download(self, **asked: Any) -> None:
        self.asked.append(asked)
        for file in self._files:
            write_json(Path(asked["local_dir"]) / file, {})


def test_a_fetch_asks_for_the_pinned_commit_and_the_declared_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = _Hub(monkeypatch, ["train.json", "dev.json", "test.json"])
    medqa = load_declaration("medqa")
    assert medqa.hub is not None
    assert fetch(medqa, tmp_path) == tmp_path / "medqa/hub"
    (asked,) = hub.asked
    assert (asked["repo_id"], asked["repo_type"]) == ("GBaker/MedQA-USMLE-4-options-hf", "dataset")
    assert asked["revision"] == medqa.hub.revision
    assert asked["allow_patterns"] == ["train.json", "dev.json", "test.json"]


def test_a_fetch_that_lacks_files_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _Hub(monkeypatch, ["train.json"])
    with pytest.raises(SourceError, match=r"has no dev\.json, test\.json at this commit"):
        fetch(load_declaration("medqa"), tmp_path)


def test_a_fetch_of_pubmedqa_says_which_file_the_repository_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _Hub(monkeypatch, ["pqa_labeled/train-00000-of-00001.parquet"])
    with pytest.raises(SourceError, match=r"pubmedqa/test_ground_truth\.json is not part of it"):
        fetch(load_declaration("pubmedqa"), tmp_path)


def test_a_fetch_takes_commits_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = _Hub(monkeypatch, [])
    with pytest.raises(SourceError, match=r"the revision 'main' of .* is no commit"):
        fetch(load_declaration("medqa"), tmp_path, revision="main")
    assert hub.asked == []


def test_a_source_without_a_hub_section_cannot_be_fetched(tmp_path: Path) -> None:
    local = load_declaration("medqa").model_copy(update={"hub": None})
    with pytest.raises(SourceError, match=r"no section \[hub\]"):
        fetch(local, tmp_path)


def test_a_fetch_without_the_extra_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(SourceError, match=r'pip install -c constraints\.txt -e "\.\[hub\]"'):
        fetch(load_declaration("medqa"), tmp_path)


def test_a_failed_download_names_repository_and_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _Hub(monkeypatch, [])

    def _unreachable(**asked: Any) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr(sys.modules["huggingface_hub"], "snapshot_download", _unreachable)
    with pytest.raises(SourceError, match=r"openlifescienceai/medmcqa at 91c6572c.* no network"):
        fetch(load_declaration("medmcqa"), tmp_path)
