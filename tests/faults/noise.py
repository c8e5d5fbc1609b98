"""Bytes that no reader expects: what it knows, cut, spliced, repeated, and with other values in its places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

_VALUE = re.compile(rb'"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|\b(?:true|false|null)\b')
"""A value, as JSON and TOML write most of theirs."""
_VALUES = (
    b"null", b"true", b"0", b"-1", b"1.5", b"1e999", b"-1e-999", b"NaN", b"18446744073709551615", b"9" * 400,
    b"9" * 5_000, b'""', b'" "', b'"A"', b'"\\u0000"', b'"\\ud83d"', b'"\\udc4d\\ud83d"', b'"\xff"',
    b'"\xed\xa0\xbd"', b'"\xe2\x80\xae"',
    b'"[/red]"', b'"=1+1"', b'"2026-13-41"', b'"inf"', b'"' + b"x" * 3_000 + b'"', b"[]", b"{}",
    b"[null]", b'{"a": 1}', b'{"": null}', b"[[1]]", b"[" * 40 + b"]" * 40, b"[" * 3_000 + b"]" * 3_000,
    b'{"a":' * 3_000, b"2026-11-20", b"''",
)  # fmt: skip
_PIECES = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\xbd", b"\xf0\x9f\x98", b"\xe2\x80\xa8", b"\xc2\x85", b"\r", b"\n",
    b"\r\n", b"\n\n", b",", b";", b"\t", b'"', b"'", b'"""', b"\\", b"{", b"}", b"[", b"]", b"(", b":", b"=", b"#",
    b".", b"-", b"%", b"\\ud83d", b"\\u0000", b"```", b"<think>", b"</think>", b"data: ", b"data: [DONE]\n\n",
    b"[[" * 1_000, b"9" * 5_000, b"Final answer: ", b"\x1b[31m", b"[red]", b"<script>", b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
)  # fmt: skip


@st.composite
def noise(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Mostly one of the seeds with one to four changes, sometimes bytes of no kind."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        data = _changed(draw, data)
    return data


def _changed(draw: st.DrawFn, data: bytes) -> bytes:
    how = draw(st.sampled_from(("value", "value", "value", "piece", "piece", "bytes", "cut", "again", "bit")))
    if how == "value" and (found := list(_VALUE.finditer(data))):
        there = draw(st.sampled_from(found))
        return data[: there.start()] + draw(st.sampled_from(_VALUES)) + data[there.end() :]
    at = draw(st.integers(0, len(data)))
    end = min(len(data), at + draw(st.sampled_from((0, 0, 1, 2, 8, 64, 512))))
    if how == "cut":
        return data[:at] if draw(st.booleans()) else data[at:]
    if how == "again":
        return data[:end] + data[at:]
    if how == "bit" and at < len(data):
        return data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
    put = draw(st.binary(max_size=4)) if how == "bytes" else draw(st.sampled_from(_PIECES))
    return data[:at] + put + data[end:]
