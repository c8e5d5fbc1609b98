"""From a published label to the letter of the right option."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from reasonmed_assets.rules.text import normalise
from reasonmed_assets.sources.declaration import Gold, SourceError
from reasonmed_assets.sources.fields import Options, as_id, is_null
from reasonmed_assets.vocabulary import LETTERS

UNLABELLED = -1
_LETTER = re.compile(
    r"[\s(\[\"']*(?:(?:option|answer|choice)\s+)?[\s(\[\"']*(?P<letter>[A-Ja-j])(?:[\s)\].:\"']*|\s*[).:]\s*(?P<text>\S.*))",
    re.DOTALL | re.IGNORECASE,
)
_STRAY_SHARE = 0.01
"""Up to this share of a file's labels and explanations may be errors, which decide no number of the first option."""


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


class Label(NamedTuple):
    """What tells where a file's labels count from.

    Attributes:
        number: the label as a whole number; None where it is none.
        n_options: number of options of the record.
        stated: letter of the key that the explanation states; empty where it states none.
    """

    number: int | None
    n_options: int
    stated: str = ""


class Base(NamedTuple):
    """The number of a file's first option, and whether nothing in the file showed it."""

    first: int
    is_assumed: bool


def detect_base(labels: Iterable[Label], bases: Sequence[int], file: str, field: str) -> Base:
    """The number of the first option in a file: 0 or 1, by the labels that occur in it.

    Only a 0 indicates base 0, and only a label equal to the number of options indicates base 1. Where neither
    occurs in more than a stray share of the labels, the explanations that state a letter decide where more than twice
    as many are for one base as for the other; else the first of `bases` is assumed.

    Args:
        labels: the labels of the records.
        bases: the bases that the layout allows, the likely one first.
        file: the file's name, for messages.
        field: the label's field, for messages.

    Raises:
        SourceError: both occur, or the indicated base is not allowed, or most labels fit none.
    """
    zeros = tops = others = outside = 0
    stated = [0, 0]
    for label, n_options, letter in labels:
        if label is None or label == UNLABELLED:
            continue
        if letter:
            stated[label - LETTERS.index(letter) == 1] += label - LETTERS.index(letter) in (0, 1)
        zeros += label == 0
        tops += label == n_options
        others += 0 < label < n_options
        outside += label < 0 or label > n_options
    fitting = zeros + tops + others
    expected = " or ".join("0 .. n-1" if base == 0 else "1 .. n" for base in bases)
    if outside > fitting:
        raise SourceError(f"{file}: most values of {field!r} number no option; expected {expected} for n options")
    is_from_0, is_from_1 = zeros > _STRAY_SHARE * fitting, tops > _STRAY_SHARE * fitting
    are_clear = max(stated) > max(_STRAY_SHARE * fitting, 2 * min(stated))
    by_explanations = int(stated[1] > stated[0]) if are_clear else None
    is_assumed = not (is_from_0 or is_from_1) and by_explanations not in bases
    shown = 0 if is_from_0 else 1 if is_from_1 else by_explanations
    found = bases[0] if shown is None or is_assumed else shown
    if (is_from_0 and is_from_1) or found not in bases:
        raise SourceError(
            f"{file}: {field!r} is 0 in {zeros} records and the number of options in {tops}, "
            f"so it fits neither base; expected {expected} for n options: check where the file comes from"
        )
    return Base(found, is_assumed and len(bases) > 1)


def gold_letter(gold: Gold, value: Any, options: Options, base: int | None) -> str:
    """Letter of the right option.

    Args:
        gold: how the layout encodes it.
        value: the label as published.
        options: the options.
        base: number of the first option, for the encoding `index`.

    Raises:
        LabelError: the label names none of the options.
    """
    if is_null(value) or value == "":
        raise LabelError(f"{gold.field!r} is empty: the record is unlabelled")
    position = _position(gold, value, options, base)
    if position is None or not 0 <= position < len(options.texts):
        if as_index(value) == UNLABELLED:
            raise LabelError(f"{gold.field!r} is -1: the record is unlabelled")
        named = " | ".join(f"{LETTERS[i]} {text}" for i, text in enumerate(options.texts))
        raise LabelError(f"{gold.field!r} is {value!r}, which is none of the {len(options.texts)} options ({named})")
    return LETTERS[position]


def is_text_of(stated: str, options: Options, position: int) -> bool:
    """Whether a text is that of an option, with its letter or without."""
    own = {options.texts[position], options.published[position]}
    return stated in own or (normalise(stated) or None) in set(map(normalise, own))


def _position(gold: Gold, value: Any, options: Options, base: int | None) -> int | None:
    if gold.encoding == "index":
        index = as_index(value)
        return None if index is None or base is None else index - base
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if gold.encoding == "key":
        return _only([i for i, name in enumerate(options.names) if as_id(name) == as_id(value)])
    return _of_letter(str(value), options) if gold.encoding == "letter" else _of_text(value, options)


def _of_letter(value: str, options: Options) -> int | None:
    """The option of a letter: "B", "b", "(B)", "B.", "Option B"; with a text behind it that must be the option's."""
    found = _LETTER.fullmatch(value)
    if found is None:
        return None
    position = LETTERS.index(found["letter"].upper())
    text = found["text"] or ""
    if position >= len(options.texts) or not text:
        return position
    return position if is_text_of(text, options, position) else None


def _of_text(value: str | int | float, options: Options) -> int | None:
    """The option with this text; the first one of those that repeat it. Else the one that is equal once normalised."""
    text = str(value).strip()
    for texts in (options.texts, options.published):
        folded = [option.casefold() for option in texts]
        if text.casefold() in folded:
            return folded.index(text.casefold())
    if not isinstance(value, str):
        return _only([i for i, option in enumerate(options.texts) if as_id(_number(option)) == as_id(value)])
    plain = normalise(text)
    return _only([i for i in range(len(options.texts)) if plain and is_text_of(text, options, i)])


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _only(positions: Sequence[int]) -> int | None:
    return positions[0] if len(positions) == 1 else None
