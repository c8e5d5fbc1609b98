"""Letters of 4,000 real replies: coverage and precision, labels by hand, the tables of docs/evidence/extraction.md."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LABELS: dict[str, str | None] = json.loads((Path(__file__).parent / "reply_letters.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> dict[str, Any]:
    """The names of benchmarks/extraction.py, and under `found` what it reads in every form."""
    names = runpy.run_path(str(ROOT / "benchmarks" / "extraction.py"))
    return names | {"found": {form: list(names["readings"](shared_data, form)) for form in names["FORMS"]}}


@pytest.mark.parametrize(
    ("form", "coverage"), [("As replied", 0.98), ("Reasoning and a final line", 0.98), ("Reasoning alone", 0.37)]
)
def test_letters_are_found_and_right(measured: dict[str, Any], form: str, coverage: float) -> None:
    found = measured["found"][form]
    letters = [reading for reading in found if reading.found.letter]
    right = [reading for reading in letters if reading.is_right]
    labelled = [reading for reading in found if reading.label]
    assert len(labelled) > 3700
    assert len(right) >= coverage * len(labelled)
    assert len(right) >= 0.995 * len(letters)


def test_no_rule_and_no_model_is_worse_than_the_bound(measured: dict[str, Any]) -> None:
    letters = [reading for found in measured["found"].values() for reading in found if reading.found.letter]
    groups = {(reading.source, reading.model, reading.found.rule) for reading in letters}
    for source, model, rule in groups:
        of_group = [r for r in letters if (r.source, r.model, r.found.rule) == (source, model, rule)]
        assert sum(not reading.is_right for reading in of_group) <= max(1, 0.005 * len(of_group)), (source, model, rule)


def test_replies_that_needed_a_hand_get_the_letter_that_they_mean(measured: dict[str, Any], shared_data: Path) -> None:
    by_name = {reading.name: reading for reading in measured["found"]["As replied"]}
    assert {name: by_name[name].found.letter for name in LABELS} == LABELS
    unclean = {
        f"{file.stem}/{item['id']}/{slot}"
        for file in (shared_data / "replies").glob("*.jsonl")
        for item in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        for slot, path in item["paths"].items()
        if path["parse"] != "json"
    }
    assert len(unclean) == 67
    assert unclean <= LABELS.keys()


def test_a_letter_is_missed_only_where_a_reply_names_several(measured: dict[str, Any]) -> None:
    missed = [r for r in measured["found"]["As replied"] if r.label and not r.found.letter]
    assert {reading.found.rule for reading in missed} == {"json_field"}
    assert all(len(set(re.findall(r"\b[A-D]\b", reading.words))) > 1 for reading in missed)


def test_the_page_has_the_tables_that_the_program_prints(
    measured: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "evidence" / "extraction.md").read_text(encoding="utf-8")
    for form, found in measured["found"].items():
        measured["print_table"](form, found)
        assert capsys.readouterr().out.strip() in page
