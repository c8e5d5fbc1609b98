"""Fields in the forms that real files have: what is read, what is empty, what turns a record or a source away."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from source_files import medmcqa_row, pubmedqa_row, write_json, write_lines, write_parquet

from reasonmed_assets.sources import Declaration, Reading, SourceError, load_declaration, read_source

LAYOUT = {"question": "q", "options": "o", "gold": {"field": "g", "encoding": "letter"}}
PLAIN: dict[str, Any] = {"q": "How many chambers has the heart?", "o": {"A": "Two", "B": "Four"}, "g": "B"}


def declared(kind: str, **layout: Any) -> Declaration:
    """A source of one file, `rows`, in a layout."""
    return Declaration.model_validate(
        {
            "name": "own",
            "title": "Own questions",
            "licence": "CC0-1.0",
            "language": "en",
            "layouts": {"native": {"format": kind, **LAYOUT, **layout}},
            "splits": {"train": {"role": "train", "alternatives": [{"files": ["rows"]}]}},
        }
    )


def read_bytes(folder: Path, kind: str, content: bytes, **layout: Any) -> Reading:
    (folder / "rows").write_bytes(content)
    return read_source(declared(kind, **layout), folder, {})


def read_rows(folder: Path, *rows: Mapping[str, Any] | bytes, **layout: Any) -> Reading:
    """JSON Lines of the rows and a plain one, so that the file is usable whatever becomes of the others."""
    write_lines(folder / "rows", [*rows, PLAIN])
    reading = read_source(declared("jsonl", **layout), folder, {})
    assert len(reading.questions) + len(reading.unreadable) == reading.files[0].records == len(rows) + 1
    return reading


# What is empty


@pytest.mark.parametrize(
    "nothing", [math.nan, None, "", " ", "\u200b", "\ufeff", "\u00a0", "\u2800", "\u3164", ".", "...", "?"]
)
def test_a_last_option_in_which_nothing_is_to_be_read_is_none(tmp_path: Path, nothing: Any) -> None:
    rows = [{"q": "Which?", "a": "x", "b": "y", "c": "z", "d": nothing, "g": "B"}]
    write_parquet(tmp_path / "rows", rows)
    (question,) = read_source(declared("parquet", options=["a", "b", "c", "d"]), tmp_path, {}).questions
    assert question.options == ["x", "y", "z"]


@pytest.mark.parametrize("nothing", ["\u200b", ".", "\u00ad", " \u200b\u200d ", "\u2060."])
def test_an_option_or_question_in_which_nothing_is_to_be_read_is_empty(tmp_path: Path, nothing: str) -> None:
    reading = read_rows(
        tmp_path,
        {"q": nothing, "o": {"A": "Two", "B": "Four"}, "g": "B"},
        {"q": "Which?", "o": {"A": nothing, "B": "Four"}, "g": "B"},
    )
    assert [bad.detail for bad in reading.unreadable] == ["field 'q' is empty", "option A is empty"]
    assert [bad.raw_text for bad in reading.unreadable] == (tmp_path / "rows").read_text("utf-8").split("\n")[:2]


def test_signs_that_mean_something_are_options(tmp_path: Path) -> None:
    row = {"q": "Which sign?", "o": {"A": "+", "B": "-", "C": "<", "D": "%", "E": "β"}, "g": "C"}
    assert next(iter(read_rows(tmp_path, row).questions)).options == ["+", "-", "<", "%", "β"]


# What is repeated


@pytest.mark.parametrize(
    "row",
    [
        b'{"q":"x?","o":{"A":"one","B":"two","B":"three"},"g":"B"}',
        b'{"q":"x?","o":{"A":"one","B" : "two"},"g":"B","B":1,"B":2}',
        b'{"q":"x \\"B\\": ?","o":{"A":"one","B":"two","\\u0042":"three"},"g":"B"}',
    ],
)
def test_a_name_that_appears_twice_makes_a_record_unreadable(tmp_path: Path, row: bytes) -> None:
    (bad,) = read_rows(tmp_path, row).unreadable
    assert bad.detail.startswith("'B' appears twice")
    assert bad.raw_text == row.decode()


def test_a_name_that_a_text_holds_is_no_repeated_one(tmp_path: Path) -> None:
    row = {"q": 'What is {"B": 1, "B": 2}?', "o": {"A": '"A": x', "B": "y"}, "g": "B"}
    assert not read_rows(tmp_path, row).unreadable


@pytest.mark.parametrize("header", ["q,a,b,g,b", "q,a,b,g, b", '"q","a","b","g","b"'])
def test_a_csv_header_with_a_name_twice_stops_the_source(tmp_path: Path, header: str) -> None:
    with pytest.raises(SourceError, match="rows: its header names the column 'b' twice"):
        read_bytes(tmp_path, "csv", f"{header}\nWhich?,x,y,A,z\n".encode(), options=["a", "b"])


# The key


@pytest.mark.parametrize(
    ("options", "gold", "letter"),
    [
        ([2, 3, 4], 4, "C"),
        ([2, 3, 4], "4", "C"),
        ([2, 3, 4], 4.0, "C"),
        ([0.5, 1.5], 1.5, "B"),
        (["Zinc", "Iron"], "Iron.", "B"),
        (["Zinc.", "Iron."], "iron", "B"),
        (["Bell's palsy", "Horner's syndrome"], "Horner\u2019s syndrome", "B"),
        (["Vitamin\u00a0C", "Vitamin D"], "Vitamin C", "A"),
        (["Beta\u2013blocker", "ACE inhibitor"], "Beta-blocker", "A"),
        (["Aspirin", "Heparin", "Aspirin"], "Aspirin", "A"),
        (["A) Zinc", "B) Iron"], "B) Iron", "B"),
        (["A) Zinc", "B) Iron"], "Iron", "B"),
        (["Zinc", "Iron"], ["Iron"], "B"),
        (["Zinc", "Iron"], '["Iron"]', "B"),
    ],
)
def test_a_key_given_as_a_text_is_the_one_option_that_says_the_same(
    tmp_path: Path, options: list[Any], gold: Any, letter: str
) -> None:
    row, plain = {"q": "Which?", "o": options, "g": gold}, {"q": "Which?", "o": ["x", "y"], "g": "x"}
    write_lines(tmp_path / "rows", [row, plain])
    reading = read_source(declared("jsonl", gold={"field": "g", "encoding": "text"}), tmp_path, {})
    assert (reading.unreadable, next(iter(reading.questions)).gold_letter) == ([], letter)


@pytest.mark.parametrize("gold", ["Iron", "iron!", "Gold", ["x", "y"], True, ""])
def test_a_key_that_fits_several_options_or_none_turns_the_record_away(tmp_path: Path, gold: Any) -> None:
    rows = [{"q": "Which?", "o": ["Iron?", "Iron.", "Zinc"], "g": gold}, {"q": "Which?", "o": ["x", "y"], "g": "x"}]
    write_lines(tmp_path / "rows", rows)
    reading = read_source(declared("jsonl", gold={"field": "g", "encoding": "text"}), tmp_path, {})
    assert [bad.row for bad in reading.unreadable] == [1]


@pytest.mark.parametrize(
    "gold", ["B", "b", "(B)", "B.", "B)", "[B]", "Option B", "B. Four", "b) four", ["B"], '["B"]', " B\n"]
)
def test_a_key_given_as_a_letter_may_carry_signs_and_its_text(tmp_path: Path, gold: Any) -> None:
    assert [q.gold_letter for q in read_rows(tmp_path, PLAIN | {"g": gold}).questions] == ["B", "B"]


@pytest.mark.parametrize("gold", ["B. Two", "C", "AB", "A, B", ["A", "B"], "Blood", 1, {"A": 1}, None])
def test_a_key_that_is_no_letter_of_the_options_turns_the_record_away(tmp_path: Path, gold: Any) -> None:
    reading = read_rows(tmp_path, PLAIN | {"g": gold})
    assert [bad.row for bad in reading.unreadable] == [1]


def test_a_second_field_with_the_key_s_text_may_differ_in_signs_only(tmp_path: Path) -> None:
    gold = {"field": "g", "encoding": "letter", "text_field": "t"}
    rows = [PLAIN | {"t": "four."}, PLAIN | {"t": "Two"}]
    reading = read_rows(tmp_path, *rows, gold=gold)
    assert [bad.row for bad in reading.unreadable] == [2]


# Options in other forms


@pytest.mark.parametrize(
    ("options", "layout"),
    [
        ([{"key": "A", "value": "x"}, {"key": "B", "value": "y"}], {"field": "o", "text": "value", "key": "key"}),
        ([{"key": "B", "value": "y"}, {"key": "A", "value": "x"}], {"field": "o", "text": "value", "key": "key"}),
        # One list per field, as `datasets` lays out a list of objects; with or without the keys.
        ({"text": ["y", "x"], "label": ["B", "A"]}, {"field": "o", "text": "text", "key": "label"}),
        ({"text": ["x", "y"], "label": ["1", "2"]}, {"field": "o", "text": "text"}),
        ([{"value": "x"}, {"value": "y"}], {"field": "o", "text": "value"}),
        ('{"A": "x", "B": "y"}', "o"),
        ("{'A': 'x', 'B': 'y'}", "o"),
        ('["x", "y"]', "o"),
        ("['x', 'y']", {"field": "o"}),
        ('[{"key": "A", "value": "x"}, {"key": "B", "value": "y"}]', {"field": "o", "text": "value", "key": "key"}),
        (["A) x", "B) y"], "o"),
        ({"A": "A. x", "B": "B. y"}, "o"),
        ({"A": "(a) x", "B": "(b) y"}, "o"),
        ({"b": "y", "a": "x"}, "o"),
    ],
)
def test_options_can_be_declared_in_many_forms(tmp_path: Path, options: Any, layout: Any) -> None:
    row = {"q": "Which?", "o": options, "g": "B"}
    write_lines(tmp_path / "rows", [row])
    (question,) = read_source(declared("jsonl", options=layout), tmp_path, {}).questions
    assert (question.options, question.gold_letter, question.gold_text) == (["x", "y"], "B", "y")


@pytest.mark.parametrize(
    ("options", "gold", "layout"),
    [
        ([{"aid": 1, "atext": "x"}, {"aid": 2, "atext": "y"}], 2, {"field": "o", "text": "atext", "key": "aid"}),
        ([{"aid": 3, "atext": "x"}, {"aid": 7, "atext": "y"}], 7.0, {"field": "o", "text": "atext", "key": "aid"}),
        ('{"option1": "x", "option2": "y"}', "option2", "o"),
        ({"0": "x", "1": "y"}, 1, "o"),
        ({"A": "x", "B": "y"}, "B", "o"),
    ],
)
def test_a_key_can_be_what_the_record_calls_the_option(tmp_path: Path, options: Any, gold: Any, layout: Any) -> None:
    write_lines(tmp_path / "rows", [{"q": "Which?", "o": options, "g": gold}])
    form = declared("jsonl", options=layout, gold={"field": "g", "encoding": "key"})
    assert [q.gold_text for q in read_source(form, tmp_path, {}).questions] == ["y"]


@pytest.mark.parametrize(
    "options",
    [["E. coli", "S. aureus"], ["A. fumigatus", "C. albicans"], ["A) x", "B) "], ["A) x", "y"], ["B) x", "A) y"]],
)
def test_letters_that_are_part_of_names_stay(tmp_path: Path, options: list[str]) -> None:
    write_lines(tmp_path / "rows", [{"q": "Which?", "o": options, "g": "A"}])
    (question,) = read_source(declared("jsonl"), tmp_path, {}).questions
    assert question.options == [text.strip() for text in options]


def test_what_follows_a_question_can_be_left_out(tmp_path: Path) -> None:
    row = PLAIN | {"q": "Which?\nAnswer Choices: (A) Two (B) Four"}
    reading = read_rows(tmp_path, row, {"q": "\nAnswer Choices: x"} | PLAIN, question_until="\nAnswer Choices:")
    assert next(iter(reading.questions)).question == "Which?"


# What a question may lack


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (5.0, "5"), (0.5, "0.5"), (["p", None], "p"), (["p", ["q", 3]], "p\n\nq\n\n3"), (None, None), ("", None),
     ([None], None), ({"a": "p", "b": None}, "p"), (True, "True")],
)  # fmt: skip
def test_an_optional_field_is_text_or_none_and_turns_nothing_away(tmp_path: Path, value: Any, text: str | None) -> None:
    fields = {"explanation": "e", "subject": "s", "context": "c"}
    reading = read_rows(tmp_path, PLAIN | dict.fromkeys("esc", value), **fields)
    first = next(iter(reading.questions))
    assert (reading.unreadable, first.explanation, first.subject, first.context) == ([], text, text, text)


def test_a_number_that_is_none_is_no_explanation(tmp_path: Path) -> None:
    row = b'{"q": "Which?", "o": {"A": "x", "B": "y"}, "g": "B", "e": NaN, "n": -Infinity}'
    reading = read_rows(tmp_path, row, explanation="e")
    assert (reading.unreadable, next(iter(reading.questions)).explanation) == ([], None)
    assert json.loads(next(iter(reading.questions)).native)["q"] == "Which?"
    write_parquet(tmp_path / "rows", [{"q": "Which?", "a": "x", "b": "y", "g": "B", "e": math.nan}])
    (question,) = read_source(declared("parquet", options=["a", "b"], explanation="e"), tmp_path, {}).questions
    assert question.explanation is None


def test_texts_that_a_parquet_file_stores_as_bytes_are_read(tmp_path: Path) -> None:
    schema = pa.schema([("q", pa.binary()), ("o", pa.list_(pa.binary())), ("g", pa.binary())])
    write_parquet(tmp_path / "rows", [{"q": "Wärme?".encode(), "o": [b"x", b"y"], "g": b"B"}], schema)
    (question,) = read_source(declared("parquet"), tmp_path, {}).questions
    assert (question.question, question.options, question.gold_letter) == ("Wärme?", ["x", "y"], "B")


# Files


def test_a_csv_cell_of_any_length_is_read(tmp_path: Path) -> None:
    content = f'q,a,b,g,e\n"Which?",x,y,B,"{"e, " * 70_000}"\nTwo?,x,y,A,\n'
    reading = read_bytes(tmp_path, "csv", content.encode(), options=["a", "b"], explanation="e")
    assert [len(q.explanation or "") for q in reading.questions] == [209_999, 0]


@pytest.mark.parametrize(
    ("kind", "content", "layout", "said"),
    [
        ("csv", "q,a,b,g,erklärung\nWhich?,x,y,B,ä\n".encode("latin-1"), {"options": ["a", "b"]}, "invalid UTF-8"),
        ("csv", "qü,a,b,g\nWhich?,x,y,B\n".encode("latin-1"), {"options": ["a", "b"]}, "field 'q' is missing"),
        ("json", b'{"id\\ud800": {"q": "Which?"}}', {"native_id": "@key"}, "holds a part of a character"),
        ("jsonl", b'{"id\\ud800": 1}', {}, "broken JSON"),
        ("jsonl", b'{"q": ' + b"[" * 3_000 + b"]" * 3_000 + b"}", {}, "nest|broken JSON"),
        ("json", b'[{"q": ' + b"[" * 3_000 + b"]" * 3_000 + b"}]", {}, "nested too deeply|broken JSON"),
        ("jsonl", '{"q": "x?"}'.encode("utf-16"), {}, "invalid UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, kind: str, content: bytes, layout: dict[str, Any], said: str
) -> None:
    with pytest.raises(SourceError, match=f"(?s)^rows: .*{said}"):
        read_bytes(tmp_path, kind, content, **layout)


def test_a_record_that_is_nested_deeply_is_read(tmp_path: Path) -> None:
    nested: Any = 1
    for _ in range(400):
        nested = [nested]
    reading = read_rows(tmp_path, PLAIN | {"extra": nested})
    assert len(reading.questions) == 2 and next(iter(reading.questions)).native.count("[") == 400


# Where labels count from


def explained(cop: int, letter: str, number: int = 1) -> dict[str, Any]:
    return medmcqa_row(number, cop, exp=f"Ans. is '{letter}' i.e., so.")


def medmcqa(folder: Path, rows: Sequence[Mapping[str, Any]]) -> Reading:
    write_lines(folder / "medmcqa/dev.json", list(rows))
    return read_source(load_declaration("medmcqa"), folder, {"train": "unused", "dev": "stand_in"})


@pytest.mark.parametrize(
    ("rows", "letters", "is_assumed"),
    [
        ([explained(1, "b"), explained(2, "c", 2), medmcqa_row(3, 1)], "BCB", False),
        ([explained(1, "a"), explained(2, "b", 2), medmcqa_row(3, 1)], "ABA", False),
        ([medmcqa_row(1, 1), medmcqa_row(2, 2), medmcqa_row(3, 1)], "ABA", True),
        ([explained(1, "a"), explained(2, "c", 2)], "AB", True),
        ([explained(1, "d"), medmcqa_row(2, 2)], "AB", True),
        ([explained(1, "b"), *(medmcqa_row(n, 1) for n in range(2, 102))], "A" * 101, True),
        ([explained(1, "b"), explained(2, "c", 2), explained(1, "a", 3)], "ABA", True),
        ([medmcqa_row(1, 0), medmcqa_row(2, 2)], "AC", False),
        ([medmcqa_row(1, 4), explained(1, "b", 2)], "DA", False),
    ],
)
def test_explanations_decide_where_labels_do_not(
    tmp_path: Path, rows: list[Any], letters: str, is_assumed: bool
) -> None:
    reading = medmcqa(tmp_path, rows)
    assert "".join(question.gold_letter for question in reading.questions) == letters
    assert [file.is_base_assumed for file in reading.files] == [is_assumed]


# Which records are a split's


def pubmedqa(folder: Path, ids: Any, roles: Mapping[str, str] | None = None) -> Reading:
    """Ten labelled records of the hub, whose ids are floats, and a file of test ids."""
    rows = [
        {"pubid": float(n), "question": f"Does {n} help?", "context": {"contexts": [f"Of {n}."]},
         "long_answer": "So.", "final_decision": "yes"}
        for n in range(100, 110)
    ]  # fmt: skip
    write_parquet(folder / "pubmedqa/hub/pqa_labeled/train-00000.parquet", rows)
    write_json(folder / "pubmedqa/test_ground_truth.json", ids)
    return read_source(load_declaration("pubmedqa"), folder, roles or {})


TEST_IDS = range(100, 105)


def test_a_listed_record_that_is_a_broken_line_is_one_rejected_record(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"pubid": n, "question": f"Does {n} help?", "context": {"contexts": ["So."]}, "final_decision": "yes"}
        )
        for n in range(100, 104)
    ]
    file = tmp_path / "pubmedqa/hub/pqa_labeled.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join([*lines[:2], lines[2][:40], lines[3]]), encoding="utf-8")
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", [101, 102])
    reading = read_source(load_declaration("pubmedqa"), tmp_path, {})
    assert [record.row for record in reading.unreadable] == [3]


@pytest.mark.parametrize(
    "ids",
    [
        dict.fromkeys(map(str, TEST_IDS), "yes"),
        list(TEST_IDS),
        list(map(float, TEST_IDS)),
        [f"{n}.0" for n in TEST_IDS],
    ],
)
@pytest.mark.parametrize("roles", [{}, {"test": "unused"}])
def test_ids_compare_as_whole_numbers(tmp_path: Path, ids: Any, roles: dict[str, str]) -> None:
    train = [q.native_id for q in pubmedqa(tmp_path, ids, roles).questions if q.split == "train"]
    assert train == ["105", "106", "107", "108", "109"]


@pytest.mark.parametrize(
    "ids",
    [{"test": list(TEST_IDS)}, [[n] for n in TEST_IDS], [{"pmid": n} for n in TEST_IDS], [*TEST_IDS, 999], ["PMID100"]],
)
@pytest.mark.parametrize("roles", [{}, {"test": "unused"}])
def test_an_id_file_with_an_id_of_no_record_stops_the_source(tmp_path: Path, ids: Any, roles: dict[str, str]) -> None:
    with pytest.raises(SourceError, match=r"test_ground_truth\.json: .* of no record in pubmedqa/hub/"):
        pubmedqa(tmp_path, ids, roles)


def test_the_ids_of_all_files_of_a_split_count(tmp_path: Path) -> None:
    rows = {str(n): pubmedqa_row(n) for n in range(4)}
    write_json(tmp_path / "pubmedqa/ori_pqal.json", rows)
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", ["1", "3"])
    reading = read_source(load_declaration("pubmedqa"), tmp_path, {})
    assert [q.native_id for q in reading.questions] == ["0", "2", "1", "3"]


def test_lists_of_several_lengths_are_no_options(tmp_path: Path) -> None:
    row = PLAIN | {"o": {"text": ["x", "y", "z"], "label": ["A", "B"]}}
    write_lines(tmp_path / "rows", [row, PLAIN | {"o": {"text": ["x", "y"], "label": ["A", "B"]}}])
    layout = {"options": {"field": "o", "text": "text", "key": "label"}}
    reading = read_source(declared("jsonl", **layout), tmp_path, {})
    assert [bad.detail for bad in reading.unreadable] == ["field 'o' has lists of several lengths: text, label"]
    assert len(reading.questions) == 1
