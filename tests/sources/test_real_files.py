"""The real files: every record is accounted for, and the counts are the published ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reasonmed_assets.sources import Reading, load_declaration, read_source

pytestmark = pytest.mark.shared_data

_ROLES = {"medmcqa": {"train": "unused", "dev": "stand_in"}}
_COUNTS = {
    "medqa": {("train", "train"): 500, ("dev", "train"): 1000, ("test", "benchmark"): 1273},
    "medmcqa": {("dev", "stand_in"): 3000},
    "pubmedqa": {("train", "train"): 500, ("test", "benchmark"): 500},
    "mmlu": {("dev", "train"): 30, ("val", "train"): 123, ("test", "benchmark"): 1089},
}


@pytest.fixture(scope="module")
def readings(shared_data: Path) -> dict[str, Reading]:
    return {name: read_source(load_declaration(name), shared_data, _ROLES.get(name, {})) for name in _COUNTS}


@pytest.mark.parametrize("source", list(_COUNTS))
def test_every_record_is_read(readings: dict[str, Reading], source: str) -> None:
    reading = readings[source]
    assert Counter((q.split, q.split_role) for q in reading.questions) == _COUNTS[source]
    assert reading.unreadable == []
    assert sum(file.records for file in reading.files) == len(reading.questions)
    assert len({q.raw_id for q in reading.questions}) == len(reading.questions)


def test_test_pmids_are_never_built_from(readings: dict[str, Reading]) -> None:
    roles: dict[str, set[str | None]] = {"train": set(), "benchmark": set()}
    for question in readings["pubmedqa"].questions:
        roles[question.split_role].add(question.native_id)
    assert roles["train"].isdisjoint(roles["benchmark"])
    assert all(q.context and q.explanation not in q.context for q in readings["pubmedqa"].questions)


def test_medmcqa_letters_are_spread_as_published(readings: dict[str, Reading]) -> None:
    letters = Counter(q.gold_letter for q in readings["medmcqa"].questions)
    assert 0.30 < letters["A"] / 3000 < 0.34
    assert 0.18 < letters["D"] / 3000 < 0.22


def test_medqa_has_both_forms(readings: dict[str, Reading]) -> None:
    forms = Counter((q.split, q.n_options) for q in readings["medqa"].questions)
    assert forms == {("train", 4): 500, ("dev", 5): 1000, ("test", 5): 1273}


def test_pictures_are_missed_in_medqa_and_hardly_elsewhere(readings: dict[str, Reading]) -> None:
    share = {
        name: sum(q.needs_figure for q in reading.questions) / len(reading.questions)
        for name, reading in readings.items()
    }
    assert 0.07 < share["medqa"] < 0.10
    assert share["medmcqa"] < 0.01
    assert share["mmlu"] < 0.003
    assert share["pubmedqa"] == 0
