"""Reading of the four native formats: what comes out, what is turned away, what stops a source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import polars as pl
import pytest
from source_files import medmcqa_row, medqa_row, pubmedqa_row, write_json, write_lines

from reasonmed_assets.rules.ids import question_id, raw_id
from reasonmed_assets.sources import Questions, Reading, SourceError, load_declaration, read_source

_DEV = "medqa/US/dev.jsonl"
_ONLY_DEV = {"train": "unused", "test": "unused"}
_DEV_AS_STAND_IN = {"train": "unused", "dev": "stand_in"}


def _medqa(folder: Path, rows: list[object]) -> Reading:
    write_lines(folder / _DEV, rows)  # type: ignore[arg-type]
    return read_source(load_declaration("medqa"), folder, _ONLY_DEV)


def _medmcqa(folder: Path, rows: list[object]) -> Reading:
    write_lines(folder / "medmcqa/dev.json", rows)  # type: ignore[arg-type]
    return read_source(load_declaration("medmcqa"), folder, _DEV_AS_STAND_IN)


def test_a_medqa_record_becomes_a_question(tmp_path: Path) -> None:
    (question,) = _medqa(tmp_path, [medqa_row(1, question="  Which?  ", extra={"β": [1]})]).questions
    options = [f"option {letter} of 1" for letter in "ABCDE"]
    assert question.raw_id == raw_id("medqa", _DEV, 1)
    assert question.question_id == question_id("medqa", None, "Which?", options)
    assert (question.split, question.split_role, question.file, question.row) == ("dev", "train", _DEV, 1)
    assert (question.question, question.options, question.n_options) == ("Which?", options, 5)
    assert (question.gold_letter, question.gold_text) == ("C", "option C of 1")
    assert (question.subject, question.language, question.licence) == ("step1", "en", "MIT")
    assert question.native_id is None and question.context is None and question.explanation is None
    assert orjson.loads(question.native)["extra"] == {"β": [1]}


def test_options_are_lettered_by_letter_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    row = medqa_row(1, options={"B": "two", "A": "one"}, answer_idx="B", answer="two")
    (question,) = _medqa(tmp_path, [row]).questions
    assert question.options == ["one", "two"]
    assert question.gold_text == "two"


def test_bad_rows_are_turned_away_with_line_reason_and_text_and_the_others_stay(tmp_path: Path) -> None:
    rows = [
        medqa_row(1),
        b'{"question": "cut off',
        medqa_row(3, answer_idx="F"),
        {"question": "No options?", "answer_idx": "A"},
        b'{"question": "\xff"}',
        medqa_row(6, answer="something else"),
        medqa_row(7, question="  "),
        medqa_row(8, options={"A": "one", "C": "three"}),
        medqa_row(9, options={"A": "only"}, answer_idx="A"),
        medqa_row(10, options={"A": "one", "B": None, "C": "three"}),
        b"",
        medqa_row(12),
    ]
    reading = _medqa(tmp_path, rows)
    assert [question.row for question in reading.questions] == [1, 12]
    details = {bad.row: bad.detail for bad in reading.unreadable}
    assert {row: detail.split(";")[0][:48] for row, detail in details.items()} == {
        2: "broken JSON: unexpected end of data at column 22",
        3: "'answer_idx' is 'F', which is none of the 5 opti",
        4: "field 'options' is missing",
        5: "invalid UTF-8: byte 0xff at byte 15 of the recor",
        6: "the label names option C ('option C of 6'), 'ans",
        7: "field 'question' is empty",
        8: "'options' has the letters A, C",
        9: "1 options with a text",
        10: "option B is empty",
    }
    raw = {bad.row: bad.raw_text for bad in reading.unreadable}
    assert raw[2] == '{"question": "cut off' and raw[5] == '{"question": "\\xff"}'
    assert reading.unreadable[0].raw_id == raw_id("medqa", _DEV, 2)
    (file,) = reading.files
    assert file.records == 11 == len(reading.questions) + len(reading.unreadable)


def test_a_duplicate_id_costs_the_later_record_only(tmp_path: Path) -> None:
    reading = _medmcqa(tmp_path, [medmcqa_row(1, 1), medmcqa_row(2, 4), medmcqa_row(3, 2, id="id-1")])
    assert [question.native_id for question in reading.questions] == ["id-1", "id-2"]
    assert [(bad.row, bad.detail) for bad in reading.unreadable] == [
        (3, "the id 'id-1' stands already in record 1 of the file")
    ]


def test_medmcqa_counts_from_one_in_native_files_and_from_zero_on_the_hub(tmp_path: Path) -> None:
    native = _medmcqa(tmp_path, [medmcqa_row(i, cop) for i, cop in enumerate([1, 2, 3, 4])])
    hub = _medmcqa(tmp_path, [medmcqa_row(i, cop) for i, cop in enumerate([0, 1, 2, 3])])
    assert [q.gold_letter for q in native.questions] == [q.gold_letter for q in hub.questions] == list("ABCD")


def test_an_unlabelled_medmcqa_record_is_turned_away(tmp_path: Path) -> None:
    reading = _medmcqa(tmp_path, [medmcqa_row(1, 4), medmcqa_row(2, -1), medmcqa_row(3, None)])
    assert [question.gold_letter for question in reading.questions] == ["D"]
    assert [bad.detail for bad in reading.unreadable] == [
        "'cop' is -1: the record is unlabelled",
        "'cop' is empty: the record is unlabelled",
    ]


def test_a_medmcqa_file_that_fits_neither_base_stops_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"medmcqa/dev\.json: 'cop' .* fits neither base"):
        _medmcqa(tmp_path, [medmcqa_row(i, i % 5) for i in range(20)])


def _write_pubmedqa(folder: Path) -> None:
    decisions = ["yes", "no", "maybe", "yes"]
    write_json(folder / "pubmedqa/ori_pqal.json", {str(n): pubmedqa_row(n, d) for n, d in enumerate(decisions)})
    write_json(folder / "pubmedqa/test_ground_truth.json", {"1": "no", "3": "yes"})


def test_pubmedqa_is_split_by_the_test_ids_and_keeps_the_context_apart(tmp_path: Path) -> None:
    _write_pubmedqa(tmp_path)
    reading = read_source(load_declaration("pubmedqa"), tmp_path, {})
    assert [(q.native_id, q.split_role, q.gold_letter) for q in reading.questions] == [
        ("0", "train", "A"),
        ("2", "train", "C"),
        ("1", "benchmark", "B"),
        ("3", "benchmark", "A"),
    ]
    first = next(iter(reading.questions))
    assert first.options == ["yes", "no", "maybe"]
    assert first.context == "Background of 0.\n\nResults of 0."
    assert first.explanation == "Conclusion of 0."
    assert "Conclusion" not in first.question + first.context
    assert [(file.split, file.records) for file in reading.files] == [("train", 2), ("test", 2)]


def test_a_bad_pubmedqa_member_is_turned_away_in_its_own_split(tmp_path: Path) -> None:
    _write_pubmedqa(tmp_path)
    records = {
        "0": {"QUESTION": "Ok?", "final_decision": "no"},
        "1": 7,
        "2": {"QUESTION": "Ok?", "final_decision": "perhaps"},
        "3": {"QUESTION": "Ok?", "final_decision": "no"},
    }
    write_json(tmp_path / "pubmedqa/ori_pqal.json", records)
    reading = read_source(load_declaration("pubmedqa"), tmp_path, {})
    assert [q.native_id for q in reading.questions] == ["0", "3"]
    assert [(bad.split, bad.row) for bad in reading.unreadable] == [("train", 3), ("test", 2)]
    assert Counter(file.records for file in reading.files) == {2: 2}


def test_pubmedqa_without_the_test_ids_stops_rather_than_building_from_the_test_split(tmp_path: Path) -> None:
    _write_pubmedqa(tmp_path)
    (tmp_path / "pubmedqa/test_ground_truth.json").unlink()
    with pytest.raises(SourceError, match=r"test_ground_truth\.json: missing .* split 'train'"):
        read_source(load_declaration("pubmedqa"), tmp_path, {})


def test_test_ids_of_another_data_set_stop_the_source(tmp_path: Path) -> None:
    _write_pubmedqa(tmp_path)
    write_json(tmp_path / "pubmedqa/test_ground_truth.json", ["77"])
    with pytest.raises(
        SourceError,
        match=r"test_ground_truth\.json: 1 of its 1 ids are of no record in pubmedqa/ori_pqal\.json \('77'\)",
    ):
        read_source(load_declaration("pubmedqa"), tmp_path, {})


def _write_mmlu(folder: Path, anatomy: str) -> None:
    for pattern in load_declaration("mmlu").splits["dev"].alternatives[0].files:
        file = folder / pattern
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(anatomy if "anatomy" in pattern else "Which?,a,b,c,d,B\n", encoding="utf-8")


def test_mmlu_cells_with_line_breaks_and_quotes_are_read(tmp_path: Path) -> None:
    _write_mmlu(tmp_path, '"A man says ""ouch.""\nWhich nerve?",one,"two, left",three,four,B\nshort,row\n')
    reading = read_source(load_declaration("mmlu"), tmp_path, {"val": "unused", "test": "unused"})
    assert len(reading.questions) == 6
    first = next(iter(reading.questions))
    assert first.question == 'A man says "ouch."\nWhich nerve?'
    assert (first.gold_text, first.subject) == ("two, left", "anatomy")
    assert [bad.detail for bad in reading.unreadable] == [
        "line 3: 2 cells where 6 are expected (question, A, B, C, D, answer)"
    ]


def test_a_missing_split_is_named_with_what_was_expected_and_how_to_leave_it_out(tmp_path: Path) -> None:
    write_lines(tmp_path / "medmcqa/dev.json", [medmcqa_row(1, 1)])
    with pytest.raises(SourceError) as caught:
        read_source(load_declaration("medmcqa"), tmp_path, {})
    message = str(caught.value)
    assert "medmcqa.train (role train)" in message and "medmcqa/train.json" in message
    assert '"medmcqa.train" = "unused"' in message


def test_a_split_with_some_of_its_files_missing_is_an_error(tmp_path: Path) -> None:
    _write_mmlu(tmp_path, "Which?,a,b,c,d,B\n")
    (tmp_path / "mmlu/dev/medical_genetics_dev.csv").unlink()
    with pytest.raises(SourceError, match=r"mmlu\.dev: mmlu/dev/medical_genetics_dev\.csv missing"):
        read_source(load_declaration("mmlu"), tmp_path, {"val": "unused", "test": "unused"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"dev\.jsonl: the file is empty; expected JSON Lines with question, options, answer_idx"),
        (b"\n \n", r"dev\.jsonl: the file is empty"),
        (b"question,A,B\nWhich?,a,b\n", r"dev\.jsonl: none of its 2 records can be read; .*Record 1: broken JSON"),
        (b'{"stem": "Which?"}\n', r"none of its 1 records can be read; .*field 'question' is missing"),
        ("{}".encode("utf-16"), r"none of its 1 records can be read; .*invalid UTF-8"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_stops_the_source(tmp_path: Path, content: bytes, message: str) -> None:
    write_lines(tmp_path / _DEV, []).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_source(load_declaration("medqa"), tmp_path, _ONLY_DEV)


def test_a_missing_data_directory_and_unknown_splits_and_roles_are_named(tmp_path: Path) -> None:
    medqa = load_declaration("medqa")
    with pytest.raises(SourceError, match=r"the data directory .*nowhere does not exist"):
        read_source(medqa, tmp_path / "nowhere", {})
    with pytest.raises(SourceError, match=r"medqa: there is no split 'validation'; it has train, dev, test"):
        read_source(medqa, tmp_path, {"validation": "train"})
    with pytest.raises(SourceError, match=r"medqa\.dev: the role 'eval' is none of train"):
        read_source(medqa, tmp_path, {"dev": "eval"})


def test_questions_come_as_a_typed_frame_also_when_there_are_none(tmp_path: Path) -> None:
    full, empty = _medqa(tmp_path, [medqa_row(1)]).questions.frame(), Questions().frame()
    assert full.schema == empty.schema
    assert full["options"].to_list() == [[f"option {letter} of 1" for letter in "ABCDE"]]


def test_many_questions_are_kept_as_they_were_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [medqa_row(n) for n in range(5)]
    few = _medqa(tmp_path, rows).questions
    monkeypatch.setattr("reasonmed_assets.sources.reading._OBJECTS", 2)
    many, again = _medqa(tmp_path, rows).questions, Questions(few.frame())
    for questions in (many, again):
        assert (list(questions), len(questions)) == (list(few), 5)
        assert questions.frame(("question", "options")).equals(few.frame(("options", "question")))
        assert questions.frame(("row",), pl.col("row") > 3)["row"].to_list() == [4, 5]


def test_the_frame_has_the_columns_of_the_table() -> None:
    from reasonmed_assets.quality.tables.raw_questions import RawQuestions

    schema = RawQuestions.to_schema()
    assert set(Questions().frame().columns) == set(schema.columns) - {"row_hash"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"question": "q" * 100_001}, "the question has 100,001 characters"),
        ({"opc": "o" * 3_000_000}, "the option C has 3,000,000 characters"),
    ],
)
def test_a_text_that_is_too_long_is_one_record_turned_away(tmp_path: Path, changes: dict[str, str], what: str) -> None:
    reading = _medmcqa(tmp_path, [medmcqa_row(1, 4), medmcqa_row(2, 1, **changes), medmcqa_row(3, 2)])
    assert [question.native_id for question in reading.questions] == ["id-1", "id-3"]
    (bad,) = reading.unreadable
    assert (bad.reason, bad.detail) == ("too_long", f"{what}; a text may have 100,000")
    assert next(iter(changes.values())) in bad.raw_text


def test_a_file_of_which_all_texts_are_too_long_stops_no_source(tmp_path: Path) -> None:
    reading = _medmcqa(tmp_path, [medmcqa_row(number, 1, question="q" * 100_001) for number in (1, 2)])
    assert (list(reading.questions), [record.row for record in reading.unreadable]) == ([], [1, 2])


def test_a_text_of_the_longest_length_is_read(tmp_path: Path) -> None:
    reading = _medmcqa(tmp_path, [medmcqa_row(1, 4, question="q" * 100_000, exp="e" * 200_000)])
    assert [len(question.question) for question in reading.questions] == [100_000]


@pytest.mark.parametrize("text", ["q" * 200_000, "q" * 2_000_000, 'a "line"\n' * 250_000, "q" + "\n" * 1_500_000 + "q"])
def test_a_csv_cell_that_is_too_long_is_one_record_turned_away(tmp_path: Path, text: str) -> None:
    quoted = text.replace('"', '""')
    _write_mmlu(tmp_path, f'One?,a,b,c,d,B\nWhich?,"{quoted}",b,c,d,B\nTwo?,a,b,c,d,B\n')
    reading = read_source(load_declaration("mmlu"), tmp_path, {"val": "unused", "test": "unused"})
    anatomy = [question.question for question in reading.questions if question.subject == "anatomy"]
    assert anatomy == ["One?", "Two?"]
    (bad,) = reading.unreadable
    assert bad.reason == "too_long"
    assert bad.raw_text == f'Which?,"{quoted}",b,c,d,B'
    assert [file.records for file in reading.files if "anatomy" in file.file] == [3]
