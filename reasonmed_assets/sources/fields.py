"""From the native fields of one record to the parts of a question, by the layout that the source declares."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from reasonmed_assets.rules.text import normalise
from reasonmed_assets.sources.declaration import RECORD_KEY, Layout, ListedOptions
from reasonmed_assets.sources.records import Record
from reasonmed_assets.vocabulary import LETTERS

LONGEST_TEXT = 100_000
"""Characters that a question, a context or an option may have; about 25,000 tokens of a prompt."""
_MISSING = object()
_WORD = re.compile(r"[^\W_\u115f\u1160\u3164\uffa0]")
"""A letter or digit that shows something: fillers of Hangul are letters that show nothing."""
_SHOWS_NOTHING = re.compile(
    r"[\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_OWN_LETTER = re.compile(r"\(?\s*([A-Za-z])\s*[).:]\s*(?=\S)")
_WHOLE_NUMBER = re.compile(r"([+-]?\d+)\.0+")


class FieldError(ValueError):
    """A record in which a field is missing, empty, too long or of the wrong type."""

    reason = "malformed"
    """Why the record is rejected, as `rejected_questions` says it."""


class TooLongError(FieldError):
    """A record in which a text is longer than declared; unlike a malformed one it says nothing about its file."""

    reason = "too_long"


class Options(NamedTuple):
    """The options of a record, in published order.

    Attributes:
        names: what the record calls each: its letter, its field or its key.
        texts: their texts, without blanks at the ends.
        published: the texts with the letters that they carry themselves.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    published: tuple[str, ...]


def as_id(value: Any) -> str:
    """An id as text; whole numbers are the same in every spelling (7, 7.0 and "7.0")."""
    text = str(value).strip()
    whole = _WHOLE_NUMBER.fullmatch(text)
    if whole:
        return whole[1]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else text


def native_id(record: Record, layout: Layout) -> str | None:
    """The publisher's id of a record; None where the layout has none or the record does not give it."""
    if layout.native_id is None:
        return None
    value = record.key if layout.native_id == RECORD_KEY else _find(record.value or {}, layout.native_id)
    return None if value is _MISSING or is_null(value) or value == "" else as_id(value)


def stem(value: Mapping[str, Any], layout: Layout) -> str:
    """The question's text, without blanks at its ends and what the layout says is no part of it.

    Raises:
        FieldError: it is missing, empty or no text.
    """
    what = f"field {layout.question!r}"
    text = _as_text(_required(value, layout.question), what)
    if layout.question_until is not None:
        text = text.partition(layout.question_until)[0].rstrip()
    if not _WORD.search(text):
        raise FieldError(f"{what} is empty")
    return text


def options_of(value: Mapping[str, Any], layout: Layout) -> Options:
    """The options in published order.

    Options that all carry their own letters in order ("A) Iron", "B) Zinc") lose them.

    Raises:
        FieldError: one is missing or empty between others, letters have gaps, or there are fewer than 2 or too many.
    """
    if layout.fixed_options:
        return Options(layout.fixed_options, layout.fixed_options, layout.fixed_options)
    if isinstance(layout.options, tuple):
        named = [(field, _required(value, field)) for field in layout.options]
    else:
        named = _listed(value, layout)
    while named and _is_blank(named[-1][1]):
        named.pop()
    if not 2 <= len(named) <= len(LETTERS):
        raise FieldError(f"{len(named)} options with a text; expected 2 to {len(LETTERS)}")
    published = tuple(_as_text(text, f"option {name}") for name, text in named)
    return Options(tuple(name for name, _ in named), _without_own_letters(published), published)


def optional_text(value: Mapping[str, Any], field: str | None) -> str | None:
    """A text that a question may lack: of passages, those that are texts, joined by blank lines.

    None where the field is absent or empty: it never turns a question away.
    """
    found = _find(value, field) if field else None
    return "\n\n".join(_passages(found)) or None


def refuse_long_texts(question: str, context: str | None, options: Sequence[str]) -> None:
    """Turn away what no prompt should hold.

    Raises:
        TooLongError: a text has more than `LONGEST_TEXT` characters.
    """
    named = [("question", question), ("context", context or "")]
    named += [(f"option {letter}", option) for letter, option in zip(LETTERS, options, strict=False)]
    for name, text in named:
        if len(text) > LONGEST_TEXT:
            raise TooLongError(f"the {name} has {len(text):,} characters; a text may have {LONGEST_TEXT:,}")


def label(value: Mapping[str, Any], field: str) -> Any:
    """The published label, whatever its type; of a list of one label that one.

    Raises:
        FieldError: the field is missing.
    """
    found = _unpacked(_required(value, field))
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def is_null(value: Any) -> bool:
    """Whether a value stands for none: null, or the number NaN as which tables store it."""
    return value is None or (isinstance(value, float | Decimal) and value != value)


def _find(value: Mapping[str, Any], field: str) -> Any:
    if field in value:
        return value[field]
    at: Any = value
    for part in field.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return _MISSING
        at = at[part]
    return at


def _required(value: Mapping[str, Any], field: str) -> Any:
    found = _find(value, field)
    if found is _MISSING:
        raise FieldError(f"field {field!r} is missing; the record has {', '.join(map(repr, value)) or 'none'}")
    return found


def _as_text(value: Any, what: str) -> str:
    if _is_blank(value):
        raise FieldError(f"{what} is empty")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise FieldError(f"{what} is of type {type(value).__name__}; expected a text")
    return str(value).strip()


def _is_blank(value: Any) -> bool:
    """Whether a value is none, or a text in which nothing is to be read: white space, punctuation alone."""
    if not isinstance(value, str):
        return is_null(value)
    return not _WORD.search(value) and not normalise(_SHOWS_NOTHING.sub(" ", value))


def _passages(value: Any) -> list[str]:
    if value is _MISSING or is_null(value):
        return []
    if isinstance(value, list | tuple):
        return [text for one in value for text in _passages(one)]
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _passages(one)]
    text = as_id(value) if isinstance(value, float) else str(value).strip()
    return [text] if text else []


def _unpacked(value: Any) -> Any:
    """A list or object that was stored as a text, in JSON or as Python writes it."""
    if not isinstance(value, str) or value.strip()[:1] not in ("[", "{"):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        pass
    try:
        return ast.literal_eval(value.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return value


def _listed(value: Mapping[str, Any], layout: Layout) -> list[tuple[str, Any]]:
    """Name and text of each option, from an object, a list of texts or of objects, or a list per field of objects."""
    declared = layout.options
    fields = declared if isinstance(declared, ListedOptions) else ListedOptions(field=str(declared))
    field, options = fields.field, _unpacked(_required(value, fields.field))
    if isinstance(options, Mapping) and isinstance(options.get(fields.text), list | tuple):
        options = _objects(options, field)
    if isinstance(options, Mapping):
        return _ordered([(str(name).strip(), text) for name, text in options.items()], layout, field)
    if not isinstance(options, list | tuple):
        raise FieldError(f"field {field!r} is neither an object by letter nor a list")
    if fields.text is not None and not all(isinstance(option, Mapping) for option in options):
        raise FieldError(f"field {field!r} is no list of objects with {fields.text!r}")
    texts = options if fields.text is None else [_required(option, fields.text) for option in options]
    if fields.key is None:
        return [(LETTERS[i] if i < len(LETTERS) else str(i + 1), text) for i, text in enumerate(texts)]
    keys = [as_id(_required(option, fields.key)) for option in options]
    return _ordered(list(zip(keys, texts, strict=True)), layout, field)


def _objects(columns: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    """Objects from one list per field, as `datasets` lays out a list of objects."""
    lists = {name: values for name, values in columns.items() if isinstance(values, list | tuple)}
    try:
        return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    except ValueError:
        raise FieldError(f"field {field!r} has lists of several lengths: {', '.join(lists)}") from None


def _ordered(named: list[tuple[str, Any]], layout: Layout, field: str) -> list[tuple[str, Any]]:
    """Named options by their letters; by their order where the names are no letters, and the label is none."""
    has_letters = all(len(name) == 1 and name.upper() in LETTERS for name, _ in named)
    return _by_letter(named, field) if has_letters or layout.gold.encoding == "letter" else named


def _by_letter(named: list[tuple[str, Any]], field: str) -> list[tuple[str, Any]]:
    named = sorted(((name.upper(), text) for name, text in named), key=lambda option: option[0])
    letters = [letter for letter, _ in named]
    if letters != list(LETTERS[: len(letters)]):
        raise FieldError(f"{field!r} has the letters {', '.join(letters) or 'none'}; expected A, B, ... without gaps")
    return named


def _without_own_letters(texts: tuple[str, ...]) -> tuple[str, ...]:
    found = [_OWN_LETTER.match(text) for text in texts]
    if any(one is None or one[1].upper() != letter for one, letter in zip(found, LETTERS, strict=False)):
        return texts
    rests = tuple(text[one.end() :] for text, one in zip(texts, found, strict=True) if one)
    return texts if any(_is_blank(rest) for rest in rests) else rests
