"""What is wrong with a TOML file that its user wrote, in words for him."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

_WORDS = {"missing": "this key is missing", "extra_forbidden": "there is no such key"}
_SPEAKS_FOR_ITSELF = (*_WORDS, "value_error")


def problems(error: ValidationError, whole: str) -> list[str]:
    """A line per problem: the dotted key, or `whole` for the file itself, and what was expected there."""
    return [f"{'.'.join(map(str, found['loc'])) or whole}: {said(found)}" for found in error.errors(include_url=False)]


def said(problem: Any) -> str:
    """One problem of a `ValidationError`, with the value where that says more."""
    shown = "" if problem["type"] in _SPEAKS_FOR_ITSELF else f" (it is {problem['input']!r})"
    return _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, ")) + shown
