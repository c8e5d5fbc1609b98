"""The JSON objects in a response's bytes, however untidily an endpoint, a proxy or a stream wrote them.

Read are: a byte order mark, bytes that are no UTF-8, half a surrogate pair (all as U+FFFD), `NaN`, line breaks inside
strings, comment lines before the object and `[DONE]` behind it, several objects one after the other, and server-sent
events.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any, NamedTuple

_LONGEST_NUMBER = 300
"""Digits; a longer number is a mistake, and Python refuses to read some of them."""

_EDGE = re.compile(r"(?:[\s\ufeff]++|:[^\n]*+|\[DONE\])*+")
_EVENT_LINE = re.compile(r"^(?:data: ?+|(?::|event|id|retry)[^\n]*+)", re.MULTILINE)
_ERROR_EVENT = re.compile(r"^event:[ \t]*+(?:error|exception)\b", re.MULTILINE | re.IGNORECASE)
_DONE = re.compile(r"^(?:data: ?+)?\[DONE\]", re.MULTILINE)


class Documents(NamedTuple):
    """What a body holds.

    Attributes:
        objects: JSON objects, in their order.
        is_done: the endpoint said that nothing follows, and everything before could be read.
        is_error: one of the events is called an error.
    """

    objects: list[dict[str, Any]]
    is_done: bool
    is_error: bool


def documents(raw: bytes) -> Documents:
    """The JSON objects in a body; what follows the last one that can be read is passed over.

    Raises:
        ValueError: the body does not begin with JSON.
        RecursionError: the JSON is nested too deeply.
    """
    text = _decoded(raw)
    start = _EDGE.match(text).end()  # type: ignore[union-attr]
    is_stream = not text.startswith(("{", "["), start)
    if is_stream:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_done, is_error = bool(_DONE.search(text)), is_stream and bool(_ERROR_EVENT.search(text))
    found: list[Any] = []
    try:
        # A line feed ends a comment and an event's name, and no string of an event's JSON holds one.
        for value in _values(_EVENT_LINE.sub("", text) if is_stream else text):
            found += value if isinstance(value, list) else [value]
    except ValueError:
        if not found:
            raise
        is_done = False
    return Documents([value for value in found if isinstance(value, dict)], is_done, is_error)


def _decoded(raw: bytes) -> str:
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8", errors="replace")


def _values(text: str) -> Any:
    at = _EDGE.match(text).end()  # type: ignore[union-attr]
    while at < len(text):
        value, end = _DECODER.raw_decode(text, at)
        yield value
        at = _EDGE.match(text, end).end()  # type: ignore[union-attr]


def mended(value: dict[str, Any]) -> dict[str, Any]:
    """An object without half characters: two halves that two chunks brought are one, a half alone is U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isascii():
        return value
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that repeats, the last value that is one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        found |= {key: value for key, value in pairs if value is not None}
    return found


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


_DECODER = json.JSONDecoder(
    strict=False, object_pairs_hook=_of_pairs, parse_constant=lambda name: None, parse_int=_whole_number
)
