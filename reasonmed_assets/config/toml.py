"""TOML files that users write: the one loader of them, and what is wrong with one in words."""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reasonmed_assets.errors import ReasonmedError

Key = tuple[str | int, ...]
"""Where a value is: names of tables, positions in arrays."""

_DEEPEST = 32
_INTEGERS = range(-(2**63), 2**63)
_SHOWN = 200

_WORDS = {
    "missing": "this key is missing",
    "extra_forbidden": "there is no such key",
    "model_type": "a table is expected here",
    "dict_type": "a table is expected here",
}
_WITHOUT_VALUE = ("missing", "extra_forbidden", "value_error")


def read_toml(
    file: Path, raises: type[ReasonmedError], read: Callable[[Path], bytes] = Path.read_bytes
) -> dict[str, Any]:
    """The values of a TOML file, whose bytes `read` gives.

    Raises:
        raises: it is no readable file, no UTF-8, no TOML, or holds what no setting can be; the message names the file.
    """
    try:
        # Opening a named pipe would wait for somebody to write into it.
        if not file.is_file():
            raise raises(f"{file}: {_what_it_is(file)}")
        data = read(file)
    except OSError as error:
        raise raises(f"{file}: it cannot be read: {error.strerror}") from error
    if data.startswith(codecs.BOM_UTF8):
        raise raises(f"{file}: it begins with a byte order mark: save it as UTF-8 without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise raises(
            f"{file}: it is not UTF-8 (line {line}, byte {data[error.start]:#04x}): save it as UTF-8"
        ) from error
    return parse_toml(text, str(file), raises)


def parse_toml(text: str, origin: str, raises: type[ReasonmedError]) -> dict[str, Any]:
    """The values of a text, which is called `origin` in errors. Raises: see `read_toml`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise raises(f"{origin}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise raises(f"{origin}: it is nested deeper than {_DEEPEST} levels") from error
    except ValueError as error:
        # Python converts no integer of more than 4,300 digits.
        raise raises(f"{origin}: it holds an integer that does not fit into 64 bits") from error
    check_values(values, origin, raises)
    return values


def check_values(values: Any, origin: str, raises: type[ReasonmedError], at: Key = (), deepest: int = _DEEPEST) -> None:
    """Refuse what no setting can be, wherever it comes from; `at` is its key. Raises: see `read_toml`."""
    waiting = [(at, values)]
    while waiting:
        at, value = waiting.pop()
        if len(at) > deepest:
            raise raises(f"{origin}: {dotted(at[:3])}...: it is nested deeper than {deepest} levels")
        if isinstance(value, int) and value not in _INTEGERS:
            raise raises(f"{origin}: {dotted(at)}: the integer does not fit into 64 bits")
        if isinstance(value, str) and "\0" in value:
            raise raises(f"{origin}: {dotted(at)}: the text holds a NUL character")
        if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
            raise raises(f"{origin}: {dotted(at)}: the text holds half of a character")
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [((*at, key), one) for key, one in inner]


def _what_it_is(file: Path) -> str:
    if file.is_symlink() and not file.exists():
        return f"it is a link to {file.readlink()}, which does not exist"
    if file.is_dir():
        return "it is a folder: give a TOML file"
    return "it is no regular file: give a TOML file" if file.exists() else "there is no such file"


def key_of(text: str) -> Key:
    """The key that a text such as `sources.split_roles."medqa.train"` means.

    Raises:
        ValueError: it is no key of TOML.
    """
    at: Any = tomllib.loads(f"{text} = 0")
    key: list[str] = []
    while isinstance(at, dict) and len(at) == 1:
        [(name, at)] = at.items()
        key.append(name)
    if at != 0 or len(key) > _DEEPEST:
        raise ValueError("it is no key, or one of too many parts")
    return tuple(key)


def dotted(key: Sequence[str | int]) -> str:
    """A key as TOML writes it."""
    return ".".join(name if re.fullmatch(r"[\w-]+", name, re.ASCII) else _quoted(name) for name in map(str, key))


def leaves(value: Any, key: Key = ()) -> Iterator[tuple[Key, Any]]:
    """The values in nested tables and arrays that are none themselves, with their keys."""
    if not isinstance(value, dict | list | tuple):
        yield key, value
        return
    for name, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(one, (*key, name))


def inline(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{dotted([key])} = {inline(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def problems(error: ValidationError, whole: str) -> list[str]:
    """A line per problem: the dotted key, or `whole` for the file itself, and what was expected there."""
    return [f"{dotted(found['loc']) or whole}: {said(found)}" for found in error.errors(include_url=False)]


def said(problem: Any) -> str:
    """One problem of a `ValidationError`, with the value where that says more."""
    value = repr(problem["input"])
    value = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    shown = "" if problem["type"] in _WITHOUT_VALUE else f" (it is {value})"
    return _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, ")) + shown
