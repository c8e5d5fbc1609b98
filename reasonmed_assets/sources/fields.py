"""From the native fields of one record to the parts of a question, by the layout that the source declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reasonmed_assets.sources.declaration import RECORD_KEY, Layout
from reasonmed_assets.sources.records import Record
from reasonmed_assets.vocabulary import LETTERS

LONGEST_TEXT = 100_000
"""Characters that a question, a context or an option may have; about 25,000 tokens of a prompt."""
_MISSING = object()


class FieldError(ValueError):
    """A record in which a field is missing, empty, too long or of the wrong type."""

    reason = "malformed"
    """Why the record is rejected, as `rejected_questions` says it."""


class TooLongError(FieldError):
    """A record in which a text is longer than declared; unlike a malformed one it says nothing about its file."""

    reason = "too_long"


def native_id(record: Record, layout: Layout) -> str | None:
    """The publisher's id of a record; None where the layout has none or the record does not give it."""
    if layout.native_id is None:
        return None
    value = record.key if layout.native_id == RECORD_KEY else _find(record.value or {}, layout.native_id)
    return None if value is _MISSING or value is None or value == "" else str(value)


def stem(value: Mapping[str, Any], layout: Layout) -> str:
    """The question's text, without blanks at its ends.

    Raises:
        FieldError: it is missing, empty or no text.
    """
    return _text(value, layout.question)


def option_texts(value: Mapping[str, Any], layout: Layout) -> tuple[str, ...]:
    """The texts of the options in published order, without blanks at their ends.

    Raises:
        FieldError: one is missing or empty between others, letters have gaps, or there are fewer than 2 or too many.
    """
    if layout.fixed_options:
        return layout.fixed_options
    if isinstance(layout.options, tuple):
        named = [(field, _required(value, field)) for field in layout.options]
    else:
        named = _listed(_required(value, str(layout.options)), str(layout.options))
    while named and _is_blank(named[-1][1]):
        named.pop()
    if not 2 <= len(named) <= len(LETTERS):
        raise FieldError(f"{len(named)} options with a text; expected 2 to {len(LETTERS)}")
    return tuple(_as_text(text, f"option {name}") for name, text in named)


def optional_text(value: Mapping[str, Any], field: str | None) -> str | None:
    """A text, or a list of passages joined by blank lines; None where the field is absent or empty.

    Raises:
        FieldError: it is neither text nor a list of texts.
    """
    found = _find(value, field) if field else None
    if found is None or found is _MISSING:
        return None
    passages = found if isinstance(found, list) else [found]
    if not all(isinstance(passage, str) for passage in passages):
        raise FieldError(f"{field!r} is neither a text nor a list of texts")
    return "\n\n".join(passage.strip() for passage in passages if passage.strip()) or None


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
    """The published label, whatever its type.

    Raises:
        FieldError: the field is missing.
    """
    return _required(value, field)


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


def _text(value: Mapping[str, Any], field: str) -> str:
    return _as_text(_required(value, field), f"field {field!r}")


def _as_text(value: Any, what: str) -> str:
    if _is_blank(value):
        raise FieldError(f"{what} is empty")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldError(f"{what} is of type {type(value).__name__}; expected a text")
    return str(value).strip()


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _listed(options: Any, field: str) -> list[tuple[str, Any]]:
    """Name and text of each option, from an object by letter or from a list."""
    if isinstance(options, Mapping):
        named = sorted((str(letter).strip().upper(), text) for letter, text in options.items())
    elif isinstance(options, list):
        named = [(LETTERS[i] if i < len(LETTERS) else str(i + 1), text) for i, text in enumerate(options)]
    else:
        raise FieldError(f"field {field!r} is neither an object by letter nor a list")
    letters = [letter for letter, _ in named]
    if isinstance(options, Mapping) and letters != list(LETTERS[: len(letters)]):
        raise FieldError(f"{field!r} has the letters {', '.join(letters) or 'none'}; expected A, B, ... without gaps")
    return named
