"""Labels: every encoding, and the base of a numbered one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.sources import SourceError
from reasonmed_assets.sources.declaration import Gold
from reasonmed_assets.sources.fields import Options
from reasonmed_assets.sources.labels import Label, LabelError, as_index, detect_base, gold_letter

_TEXTS = ("alpha", "Beta", "gamma", "delta")
_OPTIONS = Options(tuple("ABCD"), _TEXTS, _TEXTS)


def _detect(labels: list[int | None], bases: tuple[int, ...] = (1, 0)) -> int:
    return detect_base([Label(label, 4) for label in labels], bases, "cop.json", "cop").first


@pytest.mark.parametrize(
    ("labels", "base"),
    [
        ([1, 2, 3, 4], 1),
        ([0, 1, 2, 3], 0),
        ([4], 1),
        ([0], 0),
        ([-1, -1, 0, 2], 0),
        ([1, 2, 3, 4, None, 9], 1),
    ],
)
def test_the_base_follows_from_the_labels_that_occur(labels: list[int | None], base: int) -> None:
    assert _detect(labels) == base
    assert _detect(labels, (0, 1)) == base


def test_labels_that_fit_both_bases_are_read_by_the_likely_one() -> None:
    assert _detect([1, 2, 3, 3], (1, 0)) == 1
    assert _detect([1, 2, 3, 3], (0, 1)) == 0


def test_one_stray_label_decides_nothing() -> None:
    assert _detect([1, 2, 3, 4] * 50 + [0]) == 1
    assert _detect([0, 1, 2, 3] * 50 + [4]) == 0
    assert _detect([1, 2, 3] * 50 + [0], (1, 0)) == 1


def test_labels_that_fit_neither_base_stop_the_file() -> None:
    with pytest.raises(SourceError, match=r"cop\.json: 'cop' is 0 in 1 records and the number of options in 1"):
        _detect([0, 1, 2, 4])
    with pytest.raises(SourceError, match=r"cop\.json: most values of 'cop' number no option; expected 1 \.\. n"):
        _detect([7, 8, 9])


def test_a_base_that_the_layout_rules_out_stops_the_file() -> None:
    with pytest.raises(SourceError, match=r"expected 0 \.\. n-1 for n options"):
        _detect([1, 2, 3, 4], (0,))


@given(base=st.sampled_from([0, 1]), positions=st.lists(st.integers(0, 3), min_size=1))
def test_every_detected_base_gives_back_the_positions(base: int, positions: list[int]) -> None:
    everything = [*positions, *range(4)]
    labels: list[int | None] = [position + base for position in everything]
    found = _detect(labels)
    gold = Gold(field="cop", encoding="index", bases=(1, 0))
    assert [gold_letter(gold, label, _OPTIONS, found) for label in labels] == ["ABCD"[p] for p in everything]


@pytest.mark.parametrize(("value", "index"), [(3, 3), (3.0, 3), ("3", 3), (True, None), ("C", None), (2.5, None)])
def test_numbers_are_read_whatever_their_type(value: object, index: int | None) -> None:
    assert as_index(value) == index


@pytest.mark.parametrize(
    ("encoding", "value", "letter"),
    [("letter", "B", "B"), ("letter", " d ", "D"), ("text", "beta", "B"), ("text", " gamma", "C")],
)
def test_letters_and_texts_name_options(encoding: str, value: str, letter: str) -> None:
    gold = Gold.model_validate({"field": "key", "encoding": encoding})
    assert gold_letter(gold, value, _OPTIONS, None) == letter


@pytest.mark.parametrize(
    ("gold", "value", "message"),
    [
        ({"field": "key", "encoding": "letter"}, "E", r"'key' is 'E', which is none of the 4 options \(A alpha \|"),
        ({"field": "key", "encoding": "letter"}, "AB", r"which is none of"),
        ({"field": "key", "encoding": "letter"}, 2, r"which is none of"),
        ({"field": "key", "encoding": "text"}, "epsilon", r"which is none of"),
        ({"field": "cop", "encoding": "index", "bases": [1]}, 5, r"'cop' is 5, which is none of"),
        ({"field": "cop", "encoding": "index", "bases": [1]}, 0, r"'cop' is 0, which is none of"),
        ({"field": "cop", "encoding": "index", "bases": [1]}, -1, r"unlabelled"),
        ({"field": "cop", "encoding": "index", "bases": [1]}, None, r"'cop' is empty: the record is unlabelled"),
    ],
)
def test_labels_that_name_no_option_are_errors(gold: dict[str, object], value: object, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        gold_letter(Gold.model_validate(gold), value, _OPTIONS, 1)
