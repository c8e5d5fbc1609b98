"""Texts of data made harmless for prompts: no tag of a prompt in them, no control token of a chat template.

A tag loses its brackets, `</reasoning>` becomes `[/reasoning]`; a control token is broken up by a space after its first
character, `<|im_end|>` becomes `< |im_end|>`. A text that holds neither stays as it is, byte for byte.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from reasonmed_assets.rules.control_tokens import CONTROL_TOKEN

_OPENING = r"(?:<|&lt;|&#0*+60;|&#x0*+3c;)"
_CLOSING = r"(?:>|&gt;|&#0*+62;|&#x0*+3e;)"
_BRACKETS = re.compile(
    "[]<>&[\uff1c\uff1e\ufe64\ufe65\uff06\ufe60\uff3b\uff3d\u226e\u226f\u2039\u2329\u3008\u27e8\u276c\u276e\u2770\u02c2\u1438]"
)
"""What tags and tokens begin with, in every form."""
# What looks like an ASCII character without being a form of it: brackets, Cyrillic, Greek, dashes.
_LOOKALIKES = str.maketrans(
    "\u2039\u2329\u3008\u27e8\u276c\u276e\u2770\u02c2\u1438"
    "\u203a\u232a\u3009\u27e9\u276d\u276f\u2771\u02c3\u1433"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0501\u051b\u051d\u043a\u0442\u0475\u03bf\u03bd\u03b9\u03ba"
    "\u2212\u02d7\u2043\u2500\u2796\u23af\u30fc",
    "<<<<<<<<<" + ">>>>>>>>>" + "aeopcyxisdqwktvovik" + "-" * 7,
)
_SHAPELESS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and a symbol that show nothing: fillers of Hangul, the empty pattern of Braille."""
_PUNCTUATION = {"Pd": "-", "Pc": "_"}
"""What every character of a Unicode category looks like."""


def disarm(text: str, tags: frozenset[str] = frozenset()) -> str:
    """The text without control tokens, and without tags of these names, in every spelling.

    A spelling is the name in any case, in characters that look like the ASCII ones or stand for them (full-width forms,
    accents, entities for the brackets), with characters between that show nothing; a tag may have spaces and
    attributes, and lack its closing bracket.
    """
    if not _holds_brackets(text):
        return text
    if tags:
        plain, places = _plain(text)
        found = [
            (places[mark.start(name)], places[mark.end(name) - 1] + 1, bracket)
            for mark in _tag(tags).finditer(plain)
            for name, bracket in (("opening", "["), ("closing", "]"))
            if mark[name]
        ]
        text = _changed(text, found)
    plain, places = _plain(text)
    return _changed(text, [(places[start] + 1, places[start] + 1, " ") for start in _starts(plain)])


def _holds_brackets(text: str) -> bool:
    if text.isascii():
        return any(bracket in text for bracket in "<>&[]")
    return _BRACKETS.search(text) is not None


def _changed(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """The text with each part from start to end replaced; the parts are in order and apart."""
    ends = [0, *(end for _, end, _ in changes)]
    starts = [*(start for start, _, _ in changes), len(text)]
    kept = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return kept[0] + "".join(new + after for (_, _, new), after in zip(changes, kept[1:], strict=True))


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it looks, in ASCII where that is possible, and where in the text each of its characters is."""
    table = {ord(one): _looks_like(one) for one in set(text)}
    return text.translate(table), [place for place, one in enumerate(text) if table[ord(one)]]


@lru_cache(maxsize=4096)
def _looks_like(one: str) -> str:
    """The ASCII character that a character looks like, itself where there is none, nothing where it shows nothing."""
    if one.isspace():
        return one
    kind = unicodedata.category(one)
    if one in _SHAPELESS or kind in ("Cc", "Cf", "Cn", "Cs", "Mn", "Me"):
        return ""
    if kind in _PUNCTUATION:
        return _PUNCTUATION[kind]
    base = unicodedata.normalize("NFKD", one)[0].translate(_LOOKALIKES)
    return base if base.isascii() and len(_without_marks(one)) == 1 else one


def _without_marks(one: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", one) if unicodedata.category(part) != "Mn")


@cache
def _tag(names: frozenset[str]) -> re.Pattern[str]:
    spelled = "|".join(re.escape(name).replace("_", r"[-_\s]{0,3}") for name in sorted(names, reverse=True))
    return re.compile(
        rf"(?P<opening>{_OPENING})\s*+(?:/\s*+)?+(?:{spelled})(?!\w)(?:[^<>&]{{0,200}}(?P<closing>{_CLOSING}))?",
        re.IGNORECASE,
    )


def _starts(plain: str) -> Iterator[int]:
    """Where control tokens begin, those within others included."""
    found = _control_token().search(plain)
    while found:
        yield found.start()
        found = _control_token().search(plain, found.start() + 1)


@cache
def _control_token() -> re.Pattern[str]:
    return re.compile(CONTROL_TOKEN)
