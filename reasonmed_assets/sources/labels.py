"""From a published label to the letter of the right option."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reasonmed_assets.sources.declaration import Gold, SourceError
from reasonmed_assets.vocabulary import LETTERS

UNLABELLED = -1
_STRAY_SHARE = 0.01
"""Up to this share of a file's labels may be errors, which do not decide the number of the first option."""


class LabelError(ValueError):
    """A record whose label names none of its options."""


def as_index(value: Any) -> int | None:
    """A label as a whole number; None if it is not one (3, 3.0 and "3" are the same)."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else None


def detect_base(labels: Iterable[tuple[int | None, int]], bases: Sequence[int], file: str, field: str) -> int:
    """The number of the first option in a file: 0 or 1, by the labels that occur in it.

    Only a 0 indicates base 0, and only a label equal to the number of options indicates base 1. Where neither
    occurs in more than a stray share of the labels, the first of `bases` applies.

    Args:
        labels: label and number of options of each record.
        bases: the bases that the layout allows, the likely one first.
        file: the file's name, for messages.
        field: the label's field, for messages.

    Raises:
        SourceError: both occur, or the indicated base is not allowed, or most labels fit none.
    """
    zeros = tops = others = outside = 0
    for label, n_options in labels:
        if label is None or label == UNLABELLED:
            continue
        zeros += label == 0
        tops += label == n_options
        others += 0 < label < n_options
        outside += label < 0 or label > n_options
    fitting = zeros + tops + others
    expected = " or ".join("0 .. n-1" if base == 0 else "1 .. n" for base in bases)
    if outside > fitting:
        raise SourceError(f"{file}: most values of {field!r} number no option; expected {expected} for n options")
    is_from_0, is_from_1 = zeros > _STRAY_SHARE * fitting, tops > _STRAY_SHARE * fitting
    found = 0 if is_from_0 else 1 if is_from_1 else bases[0]
    if (is_from_0 and is_from_1) or found not in bases:
        raise SourceError(
            f"{file}: {field!r} is 0 in {zeros} records and the number of options in {tops}, "
            f"so it fits neither base; expected {expected} for n options: check where the file comes from"
        )
    return found


def gold_letter(gold: Gold, value: Any, options: Sequence[str], base: int | None) -> str:
    """Letter of the right option.

    Args:
        gold: how the layout encodes it.
        value: the label as published.
        options: the option texts.
        base: number of the first option, for the encoding `index`.

    Raises:
        LabelError: the label names none of the options.
    """
    if value is None or value == "":
        raise LabelError(f"{gold.field!r} is empty: the record is unlabelled")
    position = _position(gold, value, options, base)
    if position is None or not 0 <= position < len(options):
        if as_index(value) == UNLABELLED:
            raise LabelError(f"{gold.field!r} is -1: the record is unlabelled")
        named = " | ".join(f"{LETTERS[i]} {text}" for i, text in enumerate(options))
        raise LabelError(f"{gold.field!r} is {value!r}, which is none of the {len(options)} options ({named})")
    return LETTERS[position]


def _position(gold: Gold, value: Any, options: Sequence[str], base: int | None) -> int | None:
    if gold.encoding == "index":
        index = as_index(value)
        return None if index is None or base is None else index - base
    if not isinstance(value, str):
        return None
    text = value.strip()
    if gold.encoding == "letter":
        return LETTERS.index(text.upper()) if len(text) == 1 and text.upper() in LETTERS else None
    folded = [option.casefold() for option in options]
    return folded.index(text.casefold()) if text.casefold() in folded else None
