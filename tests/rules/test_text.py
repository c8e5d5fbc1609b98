"""Normal forms, numbers and negations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.rules.text import negations, normalise, numbers

TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The  answer\nis:", "the answer is"),
        ("follow-up", "follow up"),
        ("Graves\u2019 disease", "Graves' disease"),
        ("1,000 mg", "1000 mg"),
        ("\uff21\uff22\uff23", "abc"),
        ("pain \u2013 chest", "pain - chest"),
        ("HLA-B*27", "HLA-B 27"),
    ],
)
def test_spelling_that_means_nothing_is_equal(a: str, b: str) -> None:
    assert normalise(a) == normalise(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("0.5 mg", "5 mg"),
        ("0.5 mg", "05 mg"),
        ("Na+ influx", "Na influx"),
        ("blood group A+", "blood group A-"),
        ("BMI < 25", "BMI > 25"),
        ("\u2191 \u2193 \u2191", "\u2193 \u2191 \u2193"),
        ("5%", "5"),
        ("1,25-dihydroxy", "125-dihydroxy"),
        ("-5 degrees", "5 degrees"),
    ],
)
def test_signs_that_mean_something_differ(a: str, b: str) -> None:
    assert normalise(a) != normalise(b)


@given(TEXTS)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert "  " not in once
    assert once == once.strip()


def test_numbers() -> None:
    assert numbers("Two of 1,000 men aged 45 took 0.50 mg; one of the seven, T4") == (
        "0.5",
        "1000",
        "2",
        "4",
        "45",
        "7",
    )
    assert numbers("007") == ("7",)
    assert numbers("none") == ()


def test_negations() -> None:
    assert negations("Which is NOT true, except in non-smokers?") == ("except", "non", "not")
    assert negations("It doesn\u2019t and cannot occur") == negations("It does not, and may not, occur")
    assert negations("notable nodes") == ()
    assert negations("least likely, all but one false") == ("all but", "false", "least")
