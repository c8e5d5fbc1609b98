"""Traces of a key, of feedback, and of sources that nobody gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reasonmed_assets.rules.leaks import invented_citations, leak_phrases
from reasonmed_assets.servers.rehearsal.phrases import LEAK


@pytest.mark.parametrize(
    "text",
    [
        "This agrees with the provided answer.",
        "The correct answer provided is B.",
        "As stated in the answer key, the diagnosis is gout.",
        "According to the key, C is right.",
        "The ground truth is option C.",
        "The reference answer supports this.",
        "The previous attempt overlooked the murmur.",
        "In the earlier reasoning, the potassium was missed.",
        "The original answer chose B.",
        "The initial reasoning was wrong.",
        "Here is the revised reasoning:",
        "As the verifier noted, the anion gap is high.",
        "The reviewer points out that sodium is low.",
        "Based on the feedback, option A is excluded.",
        "Addressing the reviewer feedback, I look at the ECG again.",
        "The feedback states that the rash was overlooked.",
        "Other students chose A because of the fever.",
        "This was marked as incorrect.",
        "Previous paths concluded B.",
    ],
)
def test_leaks_are_found(text: str) -> None:
    assert leak_phrases(text)


@pytest.mark.parametrize(
    "text",
    [
        "A previous attempt at intubation failed.",
        "She had prior suicide attempts.",
        "Two previous attempts to quit smoking are reported.",
        "Thyroid hormones act through negative feedback on the pituitary.",
        "Based on negative feedback inhibition, TSH falls.",
        "None of the provided answer choices fits better.",
        "The correct answer given the patient's age is C.",
        "The correct answer is not provided in the options.",
        "Keyhole surgery is the key step; the key finding is a murmur.",
        "Students with asthma were enrolled; students chose between two courses.",
        "The original lesion healed; an earlier response to steroids was seen.",
        "The corrected calcium is 9.8 mg/dL.",
        "Final answer: C. Aortic stenosis",
    ],
)
def test_medicine_is_no_leak(text: str) -> None:
    assert leak_phrases(text) == []


def test_leaks_come_in_order_without_repeats() -> None:
    text = "The answer key says B. The verifier agrees; again, the answer\nkey. The answer key."
    assert [leak.casefold() for leak in leak_phrases(text)] == ["answer key", "verifier"]


def test_every_leak_of_the_rehearsal_is_found() -> None:
    assert [text for text in LEAK if not leak_phrases(text.format(letter="C"))] == []


@pytest.mark.parametrize(
    "text",
    [
        "as shown by Smith et al. (2019)",
        "(Smith and Jones, 2014)",
        "PMID: 12345678",
        "doi:10.1056/NEJMoa123456",
        "see https://example.org/trial",
        "published in JAMA in 2015",
        "with an NNT of 12",
        "the number needed to treat is 25",
        "which lowers mortality [3].",
    ],
)
def test_invented_sources_are_found(text: str) -> None:
    assert invented_citations(text, "A 40-year-old man has chest pain.")
    assert invented_citations(text, f"Abstract: {text.upper()}") == []


def test_isotopes_years_and_laboratory_values_are_no_sources() -> None:
    text = "In 2015 he had [18F]FDG-PET (normal); sodium 140 (136-145), grade 3/6 murmur (systolic)."
    assert invented_citations(text, "") == []


@pytest.mark.shared_data
def test_real_reasoning_without_a_key_is_clean(shared_data: Path) -> None:
    cots = [path["cot"] for path in _paths(shared_data) if isinstance(path["cot"], str) and path["mode"] == "cot"]
    leaking = [cot for cot in cots if leak_phrases(cot)]
    citing = [cot for cot in cots if invented_citations(cot, "") and "http" not in cot]
    assert len(cots) > 1900
    assert len(leaking) <= 0.002 * len(cots)
    assert len(citing) <= 0.002 * len(cots)


@pytest.mark.shared_data
def test_questions_and_abstracts_do_not_sound_like_leaks(shared_data: Path) -> None:
    texts = [
        item["QUESTION"] + " ".join(item["CONTEXTS"]) + item["LONG_ANSWER"]
        for item in json.loads((shared_data / "pubmedqa" / "ori_pqal.json").read_text()).values()
    ]
    with (shared_data / "medmcqa" / "dev.json").open() as lines:
        texts += [f"{item['question']} {item['exp'] or ''}" for item in map(json.loads, lines)]
    assert len(texts) > 3900
    assert sum(bool(leak_phrases(text)) for text in texts) <= 0.001 * len(texts)


def _paths(shared_data: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((shared_data / "replies").glob("*.jsonl")):
        with file.open() as lines:
            for line in lines:
                yield from json.loads(line)["paths"].values()
