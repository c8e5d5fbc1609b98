"""What reviewers send back is kept as it came: nothing is lost, nothing stands twice, bad rows have a reason."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.people.reviews import (
    EXAMPLE,
    FILLED_IN,
    SCHEMA,
    ReviewError,
    as_cell,
    from_cell,
    import_reviews,
    kept_files,
    read_reviews,
)

COLUMNS = [*EXAMPLE, *FILLED_IN]
GOOD = {"example_id": "0123456789abcdef", "content_hash": "fedcba9876543210", "key_verdict": "right",
        "reasoning_verdict": "wrong", "answer_verdict": "unsure", "comment": "", "reviewer": "Dr. A."}  # fmt: skip


def as_csv(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def take(folder: Path, name: str, content: bytes) -> Any:
    file = folder / name
    file.write_bytes(content)
    return import_reviews(folder / "reviews", file)


def test_a_sheet_and_the_pages_json_say_the_same(tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"reviewer": "Dr. B.", "comment": "Two\nlines; and more"}]
    sheet = take(tmp_path, "a.csv", as_csv(rows))
    page = take(tmp_path, "b.json", json.dumps(rows).encode())
    same = [
        [{k: v for k, v in vars(r).items() if k not in ("file", "review_id")} for r in x.reviews] for x in (sheet, page)
    ]
    assert same[0] == same[1]
    assert [review.problem for review in sheet.reviews] == [None, None]
    assert sheet.reviews[1].comment == "Two\nlines; and more"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_sheets_are_read_as_spreadsheets_save_them(delimiter: str, encoding: str, tmp_path: Path) -> None:
    said = {"key_verdict": " Right ", "answer_verdict": "Not sure", "reviewer": "Dr. Müller"}
    content = as_csv([GOOD | said], delimiter)
    (review,) = take(tmp_path, "a.csv", content.decode().encode(encoding)).reviews
    assert (review.problem, review.key_verdict, review.answer_verdict) == (None, "right", "unsure")
    assert review.reviewer == "Dr. Müller"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key_verdict": "rihgt"}, "key_verdict is 'rihgt', not one of right, wrong, unsure"),
        ({"reviewer": " "}, "there is no reviewer"),
        ({"example_id": "1.23E+15"}, "example_id is no id: '1.23E+15'"),
        ({"content_hash": ""}, "content_hash is no id: None"),
        ({"key_verdict": "", "reasoning_verdict": "", "answer_verdict": "", "comment": "Odd."}, "no verdict"),
    ],
)
def test_a_bad_row_is_kept_with_its_reason(change: dict[str, str], said: str, tmp_path: Path) -> None:
    bad, good = take(tmp_path, "a.csv", as_csv([GOOD | change, GOOD])).reviews
    assert said in bad.problem
    assert json.loads(bad.raw_text) == {key: value.strip() for key, value in (GOOD | change).items()}
    assert good.problem is None


def test_surplus_cells_are_a_problem_and_missing_ones_are_empty(tmp_path: Path) -> None:
    lines = as_csv([GOOD, GOOD]).decode().splitlines()
    lines[1] += ",more"
    lines[2] = ",".join(lines[2].split(",")[:5])
    surplus, short = take(tmp_path, "a.csv", "\n".join(lines).encode()).reviews
    assert "more cells than columns: more" in surplus.problem
    assert short.problem == "there is no reviewer"


def test_rows_that_nobody_filled_in_are_counted_and_are_no_reviews(tmp_path: Path) -> None:
    empty = dict.fromkeys(FILLED_IN, "")
    done = take(tmp_path, "a.csv", as_csv([GOOD | empty, GOOD, GOOD | empty | {"reviewer": "Dr. A."}]))
    assert (len(done.reviews), done.n_empty) == (1, 2)
    assert done.reviews[0].row == 2


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    first = take(tmp_path, "a.csv", as_csv([GOOD]))
    second = take(tmp_path, "b.csv", as_csv([GOOD, GOOD]))
    again = take(tmp_path, "renamed.csv", as_csv([GOOD]))
    assert (first.is_new, second.is_new, again.is_new) == (True, True, False)
    assert again.path == first.path
    assert kept_files(tmp_path / "reviews") == [first.path, second.path]
    assert first.path.read_bytes() == as_csv([GOOD])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK", "save a sheet of another kind as CSV"),
        ("a.csv", b"name,age\nA,3\n", "lacks example_id, content_hash"),
        ("a.csv", b"", "no rows"),
        ("a.json", b"{", "no JSON"),
        ("a.json", b'{"example_id": "x"}', "expected a list"),
        ("a.json", b'[{"example_id": "x"}]', "lacks content_hash"),
    ],
)
def test_what_is_no_file_of_reviews_stays_outside(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=said) as error:
        take(tmp_path, name, content)
    assert str(tmp_path / name) in str(error.value)
    assert kept_files(tmp_path / "reviews") == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=r"gone\.csv cannot be read"):
        import_reviews(tmp_path, tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", as_csv([GOOD]).replace(b"reviewer", b"reviewer, comment "), "has comment more than once"),
        (
            "a.json",
            json.dumps([GOOD]).replace('"comment": ""', '"comment": "x", "comment": ""').encode(),
            "comment more",
        ),
        ("a.csv", as_csv([GOOD, GOOD]).replace(b"Dr. A.", b'"Dr. A.', 1), "no CSV"),
        ("a.csv", as_csv([GOOD]).replace(b"Dr. A.", b'"Dr." A.', 1), "no CSV"),
    ],
)
def test_what_would_lose_a_cell_or_a_row_stays_outside(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=said):
        take(tmp_path, name, content)
    assert kept_files(tmp_path / "reviews") == []
    kept = tmp_path / f"00001-0123456789ab{Path(name).suffix}"
    kept.write_bytes(content)
    reviews, _ = read_reviews(kept)
    assert reviews[0].problem is None, "what an earlier version kept stops no build"


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, cells)), min_size=1, max_size=5))
def test_whatever_is_filled_in_every_row_is_accounted_for(
    rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reviews")
    done = take(folder, "a.json", json.dumps(rows).encode())
    assert len(done.reviews) + done.n_empty == len(rows)
    assert (done.reviews, done.n_empty) == read_reviews(done.path)
    for review in done.reviews:
        assert json.loads(review.raw_text) == {key: value.strip() for key, value in rows[review.row - 1].items()}


_HALF = "\ud83d"


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        (f"odd {_HALF}", "odd \ufffd"),
        (f"{_HALF}\ude00 whole", "\U0001f600 whole"),
        ("a\0b", "a\ufffdb"),
        ("x" * 500_000, "x" * 500_000),
        ([[{"a": 1e400}]], "[[{'a': inf}]]"),
    ],
)
def test_a_build_can_store_every_row_that_an_import_accepts(comment: Any, kept: str, tmp_path: Path) -> None:
    content = json.dumps([GOOD | {"comment": comment, f"more {_HALF}": _HALF}]).encode()
    done = take(tmp_path, "a.json", content)
    assert read_reviews(done.path) == (done.reviews, done.n_empty)
    (row,) = pl.DataFrame([vars(review) for review in done.reviews], schema=SCHEMA).to_dicts()
    assert row["comment"] == kept
    assert row["problem"] is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", as_csv([GOOD | {"comment": "x" * 17_000_000}])),
        ("a.json", b"[" * 100_000 + b"]" * 100_000),
        ("a.json", b'[{"example_id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]"),
        ("a.json", b"[" + b"9" * 5_000 + b"]"),
    ],
)
def test_what_a_build_could_not_read_stays_outside(name: str, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=name):
        take(tmp_path, name, content)
    assert kept_files(tmp_path / "reviews") == []


TEXTS = st.text(st.sampled_from("'=+-@,;\t\r\n\uff1d a\"")) | st.text()
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(TEXTS)
def test_a_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = as_cell(text)
    assert from_cell(cell) == text
    assert not cell.startswith(FORMULA)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(",;\t"), st.sampled_from(",;\t"))
def test_no_cell_is_a_formula_whatever_separates_the_cells(texts: list[str], written: str, read: str) -> None:
    """A German spreadsheet opens a sheet that is separated by commas: it cuts the texts where they have semicolons."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet, delimiter=written).writerow(["0123456789abcdef", *map(as_cell, texts), "anna"])
    rows = list(csv.reader(io.StringIO(sheet.getvalue(), newline=""), delimiter=read))
    assert not [cell for row in rows for cell in row if cell.strip().startswith(FORMULA)]
    if written == read:
        assert [from_cell(cell) for cell in rows[0][1:-1]] == texts


@given(st.binary() | st.lists(st.text(), max_size=12).map(lambda cells: as_csv([GOOD | {"comment": "".join(cells)}])))
def test_import_and_build_read_the_same_of_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ReviewError):
        done = take(Path(folder), "a.csv", content)
        assert read_reviews(done.path) == (done.reviews, done.n_empty)
        pl.DataFrame([vars(review) for review in done.reviews], schema=SCHEMA)


@pytest.mark.parametrize("name", ["pipe.csv", "device.csv"])
def test_a_named_pipe_or_a_device_is_not_read(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    with pytest.raises(ReviewError, match="no regular file"):
        import_reviews(tmp_path / "reviews", tmp_path / name)
