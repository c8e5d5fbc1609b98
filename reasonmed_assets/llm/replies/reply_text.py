"""Reading a reply's text: where it thinks and where it answers, JSON in untidy wrapping, refusals in words.

Pure functions of text. What a role's reply must hold is in `replies.py`; which letter a text concludes with is in
`reasonmed_assets.rules.extraction`.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any, Literal, NamedTuple

_THINK_TAG = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*|\*\*[ \t]*)(thinking|final response)\b[ \t:*]*", re.IGNORECASE | re.MULTILINE
)

_CANNOT = "(?:can ?not|can['\u2019]?t|won['\u2019]?t|(?:am |['\u2019]m )?(?:unable|not able) to|must decline to)"
_SORRY = "(?:(?:i am |i['\u2019]?m )?(?:very |so )?sorry|(?:i )?apologi[sz]e)"
_SERVE = r"(?:\w+ )?(?:assist|help|provide|answer|comply|continue|offer|fulfil+|discuss|give|do)"
_REFUSAL = re.compile(
    rf"\W*+(?:{_SORRY}\b.{{0,40}}?\b{_CANNOT}|i ?{_CANNOT} {_SERVE}\b|as an ai\b|the response was filtered\b)",
    re.IGNORECASE,
)

_FENCE = re.compile(r"```[a-zA-Z]*\s*\n?(.*?)(?:```|\Z)", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)
_MAX_OBJECTS = 50
_LONGEST = 64_000
"""Characters at the end of a text in which JSON is looked for."""
_MAX_LITERAL = 20_000


class Parts(NamedTuple):
    """A reply's text in its two parts, each None where it is blank."""

    reasoning: str | None
    answer: str | None


def split_reasoning(
    content: str | None,
    reasoning: str | None,
    form: Literal["none", "field", "think", "headings"],
    *,
    is_cut_off: bool = False,
) -> Parts:
    """Where a reply thinks and where it answers.

    A server that splits the reply itself fills `reasoning`, whatever the model's form. A `<think>` whose opening tag is
    missing begins where the reply begins, since chat templates often write the tag before the model's turn. For the
    same reason a reply without any mark is all thinking when it was cut off, and all answer when it came to its end.

    Args:
        content: the message's content.
        reasoning: the message's `reasoning_content` or `reasoning`.
        form: where the profile says that the model thinks.
        is_cut_off: the reply ended because it reached its bound on tokens.
    """
    content = content or ""
    if form == "none":
        return _parts(reasoning, content)
    marked = _split_headings(content) if form == "headings" else _split_tags(content)
    if marked is not None:
        thought, answer = marked
        return _parts("\n\n".join(part for part in (reasoning, thought) if part and part.strip()), answer)
    if is_cut_off and not (reasoning or "").strip() and form != "field":
        return _parts(content, None)
    return _parts(reasoning, content)


def _parts(reasoning: str | None, answer: str | None) -> Parts:
    return Parts((reasoning or "").strip() or None, (answer or "").strip() or None)


def _split_tags(content: str) -> tuple[str, str] | None:
    """Thinking and answer around `</think>`; None where there is no tag."""
    tags = list(_THINK_TAG.finditer(content))
    if not tags:
        return None
    closing = [tag for tag in tags if tag.group(1)]
    if not closing:
        return _untagged(content[tags[0].end() :]), content[: tags[0].start()]
    # A model may close its thinking again after the answer: the last tag with an answer behind it divides.
    ends = [*(tag.start() for tag in tags[1:]), len(content)]
    last_text = next((tag.end() for tag, end in zip(reversed(tags), reversed(ends), strict=True)
                      if not content[tag.end() : end].isspace() and tag.end() < end), 0)  # fmt: skip
    divider = next((tag for tag in reversed(closing) if tag.end() <= last_text), closing[-1])
    return _untagged(content[: divider.start()]), _untagged(content[divider.end() :])


def _untagged(text: str) -> str:
    return _THINK_TAG.sub("", text).strip()


def _split_headings(content: str) -> tuple[str, str] | None:
    """Thinking and answer around the heading "Final Response"; None where there is no heading."""
    headings = list(_HEADING.finditer(content))
    if not headings:
        return None
    final = [heading for heading in headings if heading.group(1).lower() == "final response"]
    if not final:
        return _HEADING.sub("", content), ""
    return _HEADING.sub("", content[: final[-1].start()]), content[final[-1].end() :]


def is_refusal(text: str) -> bool:
    """Whether a text opens as a refusal ("I'm sorry, but I can't help with that")."""
    return _REFUSAL.match(text) is not None


def json_objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects in a text, in order: bare, in a code fence, or with words around them.

    Line breaks inside strings are allowed. Where there is no JSON object, one in Python's notation (single quotes) is
    taken. An object that is cut off is none.
    """
    text = text[-_LONGEST:]
    found = _decoded(text)
    return found or [value for body in _bodies(text) if (value := _literal(body)) is not None]


def _decoded(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if at < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return found


def _bodies(text: str) -> list[str]:
    """What stands inside code fences, or the text itself where there is none."""
    return [body.strip() for body in _FENCE.findall(text)[-_MAX_OBJECTS:]] or [text.strip()]


def _literal(body: str) -> dict[str, Any] | None:
    start, end = body.find("{"), body.rfind("}")
    if start < 0 or end < start or end - start > _MAX_LITERAL:
        return None
    try:
        value = ast.literal_eval(body[start : end + 1])
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None
