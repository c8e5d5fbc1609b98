"""The forms in which the hub has the sources: re-uploads by other people, and the sources beside the four."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from source_files import medmcqa_row, medqa_row, pubmedqa_row, write_json, write_lines, write_parquet

from reasonmed_assets.sources import Question, SourceError, load_declaration, read_source

LETTERS = "ABCD"


def write(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows in the format of the file's ending; lists and objects in a csv cell as JSON."""
    if file.suffix == ".parquet":
        write_parquet(file, rows)
    elif file.suffix == ".json":
        write_json(file, list(rows))
    elif file.suffix == ".jsonl":
        write_lines(file, rows)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(
                {name: json.dumps(v) if isinstance(v, dict | list) else v for name, v in row.items()} for row in rows
            )


def read(source: str, folder: Path, **roles: str) -> list[Question]:
    """The questions of the splits that are given a role; the others are not read."""
    declaration = load_declaration(source)
    reading = read_source(declaration, folder, {**dict.fromkeys(declaration.splits, "unused"), **roles})
    assert reading.unreadable == []
    return list(reading.questions)


def in_one_field(number: int, key: str = "C", **more: Any) -> dict[str, Any]:
    """A record as the Open Medical-LLM leaderboard has it."""
    options = {letter: f"option {letter} of {number}" for letter in LETTERS}
    data = {
        "Question": f"Which of {number}?",
        "Options": options,
        "Correct Option": key,
        "Correct Answer": options[key],
    }
    return {"id": f"id-{number}", "data": {**data, **more}, "subject_name": "Pathology"}


# MedQA with four options


@pytest.mark.parametrize("split", ["train", "test"])
def test_medqa_with_four_options(tmp_path: Path, split: str) -> None:
    options = {letter: f"option {letter}" for letter in LETTERS}
    row = medqa_row(1, options=options, answer="option B", answer_idx="B", metamap_phrases=["fever", "child"])
    write(tmp_path / f"medqa/four_options/phrases_no_exclude_{split}.jsonl", [row])
    (question,) = read("medqa", tmp_path, **{split: "train"})
    assert (question.options, question.gold_letter) == ([*options.values()], "B")


@pytest.mark.parametrize(
    "file", ["med_qa_en_4options_source/train-00000-of-00001.parquet", "train.jsonl", "train.json", "train.csv"]
)
def test_medqa_with_options_as_a_list_of_objects(tmp_path: Path, file: str) -> None:
    options = [{"key": letter, "value": f"option {letter}"} for letter in LETTERS]
    rows = [medqa_row(n, options=options, answer_idx=LETTERS[n], answer=options[n]["value"]) for n in range(4)]
    write(tmp_path / "medqa/bigbio" / file, rows)
    questions = read("medqa", tmp_path, train="train")
    assert [(q.gold_letter, q.gold_text, q.subject) for q in questions] == [
        (letter, f"option {letter}", "step1") for letter in LETTERS
    ]


LEADERBOARD = [
    ("medqa", "dev", "medqa/leaderboard/data/dev-00000-of-00001.parquet"),
    ("medqa", "test", "medqa/leaderboard/test.jsonl"),
    ("medmcqa", "train", "medmcqa/leaderboard/data/train-00000-of-00001.parquet"),
    ("medmcqa", "dev", "medmcqa/leaderboard/validation.json"),
]


@pytest.mark.parametrize(("source", "split", "file"), LEADERBOARD)
def test_records_with_everything_in_one_field(tmp_path: Path, source: str, split: str, file: str) -> None:
    write(tmp_path / file, [in_one_field(1), in_one_field(2, "A")])
    questions = read(source, tmp_path, **{split: "train"})
    assert [(q.question, q.gold_text, q.subject) for q in questions] == [
        ("Which of 1?", "option C of 1", "Pathology"),
        ("Which of 2?", "option A of 2", "Pathology"),
    ]


# MedMCQA


@pytest.mark.parametrize("file", ["data/train-00000-of-00001.parquet", "train.csv", "train.jsonl", "train.json"])
def test_medmcqa_of_the_hub_in_any_format(tmp_path: Path, file: str) -> None:
    write(tmp_path / "medmcqa/hub" / file, [medmcqa_row(n, n) for n in range(4)])
    assert [q.gold_letter for q in read("medmcqa", tmp_path, train="train")] == list(LETTERS)


# PubMedQA


def hub_pubmedqa(number: int, decision: str | None) -> dict[str, Any]:
    row = {
        "pubid": number,
        "question": f"Does {number} work?",
        "context": {"contexts": [f"Of {number}.", "Results."], "labels": ["BACKGROUND", "RESULTS"]},
        "long_answer": "It does.",
    }
    return row if decision is None else {**row, "final_decision": decision}


@pytest.mark.parametrize("file", ["pqa_labeled/train-00000-of-00001.parquet", "pqa_labeled.jsonl", "pqa_labeled.csv"])
def test_pubmedqa_labelled(tmp_path: Path, file: str) -> None:
    write(tmp_path / "pubmedqa/hub" / file, [hub_pubmedqa(n, "maybe") for n in (11, 12)])
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", {"12": "maybe"})
    train, test = read("pubmedqa", tmp_path, train="train", test="benchmark")
    assert (train.native_id, test.native_id, test.gold_letter) == ("11", "12", "C")


@pytest.mark.parametrize("file", ["pqa_artificial/train-00000-of-00002.parquet", "pqa_artificial.jsonl"])
def test_pubmedqa_artificial_is_read_where_a_profile_gives_it_a_role(tmp_path: Path, file: str) -> None:
    write(tmp_path / "pubmedqa/hub" / file, [hub_pubmedqa(n, decision) for n, decision in enumerate(["yes", "no"])])
    questions = read("pubmedqa", tmp_path, artificial="train")
    assert [(q.gold_letter, q.context) for q in questions] == [("A", "Of 0.\n\nResults."), ("B", "Of 1.\n\nResults.")]
    records = {str(n): pubmedqa_row(n) for n in range(2)}
    write_json(tmp_path / "pubmedqa/ori_pqaa.json", records)
    assert [q.native_id for q in read("pubmedqa", tmp_path, artificial="train")] == ["0", "1"]


def test_pubmedqa_unlabelled_says_that_it_has_no_labels(tmp_path: Path) -> None:
    write(tmp_path / "pubmedqa/hub/pqa_unlabeled.jsonl", [hub_pubmedqa(1, None)])
    with pytest.raises(
        SourceError, match=r"pqa_unlabeled\.jsonl: none of its 1 records .* 'final_decision' is missing"
    ):
        read("pubmedqa", tmp_path, unlabelled="train")


def test_pubmedqa_with_its_splits_in_files_of_their_own_needs_no_ids(tmp_path: Path) -> None:
    options = {"A": "yes", "B": "no", "C": "maybe"}
    for split, key in (("train", "A"), ("test", "C")):
        row = in_one_field(1, key, Options=options, Context=["Background.", "Results."])
        row["data"] |= {"Correct Answer": options[key], "Long Answer": "So."}
        write(tmp_path / f"pubmedqa/leaderboard/data/{split}-00000-of-00001.parquet", [row])
    train, test = read("pubmedqa", tmp_path, train="train", test="benchmark")
    assert (train.gold_text, test.gold_text, test.context) == ("yes", "maybe", "Background.\n\nResults.")
    assert (train.explanation, train.options) == ("So.", ["yes", "no", "maybe"])


# MMLU


@pytest.mark.parametrize("ending", ["-00000-of-00001.parquet", ".jsonl", ".csv"])
def test_mmlu_of_the_hub_in_any_format(tmp_path: Path, ending: str) -> None:
    for pattern in load_declaration("mmlu").splits["val"].alternatives[1].files:
        subject = pattern.split("/")[2]
        row = {"question": "Which?", "subject": subject, "choices": ["a", "b", "c", "d"], "answer": 2}
        write(tmp_path / f"mmlu/hub/{subject}/validation{ending}", [row])
    questions = read("mmlu", tmp_path, val="train")
    assert [q.gold_letter for q in questions] == ["C"] * 6 and len({q.subject for q in questions}) == 6


# Sources beside the four


@pytest.mark.parametrize("file", ["Text/test.jsonl", "Text/test-00000-of-00001.parquet"])
def test_medxpertqa_of_the_hub(tmp_path: Path, file: str) -> None:
    options = {letter: f"option {letter}" for letter in "ABCDEFGHIJ"}
    choices = " ".join(f"({letter}) {text}" for letter, text in options.items())
    row = {
        "id": "Text-1", "question": f"Which of ten?\nAnswer Choices: {choices}", "options": options, "label": "J",
        "medical_task": "Diagnosis", "body_system": "Digestive", "question_type": "Reasoning",
    }  # fmt: skip
    write(tmp_path / "medxpertqa/hub" / file, [row])
    (question,) = read("medxpertqa", tmp_path, test="benchmark")
    assert (question.question, question.n_options, question.gold_text) == ("Which of ten?", 10, "option J")
    assert (question.native_id, question.subject, question.split_role) == ("Text-1", "Digestive", "benchmark")


def test_medxpertqa_of_its_publisher(tmp_path: Path) -> None:
    options = [{"letter": letter, "content": f"option {letter}"} for letter in "ABCDEFGHIJ"]
    row = {"id": "Text-1", "question": "Which of ten?", "options": options, "label": ["B"], "body_system": "Digestive"}
    write(tmp_path / "medxpertqa/Text/test.jsonl", [row])
    (question,) = read("medxpertqa", tmp_path, test="benchmark")
    assert (question.n_options, question.gold_text) == (10, "option B")


@pytest.mark.parametrize("file", ["train-00000-of-00001.parquet", "train.jsonl", "train.csv"])
def test_headqa_names_the_right_answer_by_its_number(tmp_path: Path, file: str) -> None:
    answers = [{"aid": n, "atext": f"answer {n}"} for n in (1, 2, 3, 4, 5)]
    rows = [
        {"name": "Cuaderno", "year": "2013", "category": "nursery", "qid": "1", "qtext": f"Which {n}?", "ra": n,
         "answers": answers}
        for n in (1, 5)
    ]  # fmt: skip
    write(tmp_path / "headqa/hub/en" / file, rows)
    questions = read("headqa", tmp_path, train="train")
    assert [(q.gold_letter, q.gold_text, q.subject) for q in questions] == [
        ("A", "answer 1", "nursery"),
        ("E", "answer 5", "nursery"),
    ]


def medbullets_row(number: int, letters: str) -> dict[str, Any]:
    options = {f"op{letter.lower()}": f"option {letter} of {number}" for letter in letters}
    link = {"link": f"question {number}", "question": f"Which of {number}?"}
    return {**link, **options, "answer_idx": "D", "answer": f"option D of {number}", "explanation": "Since."}


@pytest.mark.parametrize("letters", ["ABCD", "ABCDE"])
def test_medbullets_as_its_authors_publish_it(tmp_path: Path, letters: str) -> None:
    rows, file = [medbullets_row(n, letters) for n in (1, 2)], tmp_path / "medbullets" / f"medbullets_op{len(letters)}"
    # A table as pandas writes it in JSON: an object per column, by the number of the row.
    table = {name: {str(at): row[name] for at, row in enumerate(rows)} for name in rows[0]}
    write_json(file.with_suffix(".json"), table)
    of_table = read("medbullets", tmp_path, test="benchmark")
    file.with_suffix(".json").unlink()
    write(file.with_suffix(".csv"), rows)
    of_csv = read("medbullets", tmp_path, test="benchmark")
    for questions in (of_table, of_csv):
        assert [q.question for q in questions] == ["Which of 1?", "Which of 2?"]
        assert {(q.n_options, q.gold_letter, q.explanation) for q in questions} == {(len(letters), "D", "Since.")}
        assert [(q.row, q.gold_text) for q in questions] == [(1, "option D of 1"), (2, "option D of 2")]


def test_medbullets_in_csv_has_more_empty_cells_than_its_header_has_names(tmp_path: Path) -> None:
    file = tmp_path / "medbullets" / "medbullets_op5.csv"
    row = medbullets_row(1, "ABCDE") | {"explanation": "Since.\n\nOf two lines."}
    write(file, [row, row | {"question": "Another?"}])
    header, rest = file.read_text().split("\n", 1)
    file.write_text(header + "\n" + rest.replace('lines."\n', 'lines.",,,,,\n'))
    assert len(read("medbullets", tmp_path, test="benchmark")) == 2


@pytest.mark.parametrize("letters", ["ABCD", "ABCDE"])
def test_medbullets_as_the_hub_has_it_leaves_the_fifth_option_empty(tmp_path: Path, letters: str) -> None:
    options = {letter: f"option {letter}" if letter in letters else "" for letter in "ABCDE"}
    row = {"idx": "001", "question": "Which?", "options": options, "answer": "D", "explanation": "Since.", "link": "x"}
    write(tmp_path / f"medbullets/hub/data/op{len(letters)}_test-00000-of-00001.parquet", [row])
    (question,) = read("medbullets", tmp_path, test="benchmark")
    assert (question.n_options, question.gold_text, question.native_id) == (len(letters), "option D", "001")


def test_the_test_split_of_every_shipped_source_is_a_benchmark() -> None:
    for source in ("medqa", "pubmedqa", "mmlu", "headqa", "medxpertqa", "medbullets"):
        assert load_declaration(source).splits["test"].role == "benchmark"
