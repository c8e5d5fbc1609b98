"""Reading a reply's text: where it thinks and where it answers, JSON in untidy wrapping, refusals in words.

Pure functions of text. What a role's reply must hold is in `replies.py`; which letter a text concludes with is in
`reasonmed_assets.rules.extraction`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from reasonmed_assets.rules.thinking_marks import THINKING_MARKS

_MARK = re.compile(
    r"(?=[<\[\u25c1]|(?m:^h)|(?-i:assistant))(?:({1})|{0})".format(
        *("|".join(marks) for marks in zip(*THINKING_MARKS.values(), strict=True))
    ),
    re.IGNORECASE,
)
"""What opens thinking, or what closes it (a group)."""
_BEGINNINGS = ("<", "[", "\u25c1", "assistant", "\nh", "\nH")
"""How marks begin, but for one that begins a text."""
_BEGINNINGS_OF_HEADINGS = ("\n#", "\n*", "\n ", "\n\t")
"""How headings begin, but for one that begins a text."""
_CHANNEL = re.compile(r"\s*+(?:assistant)?analysis(?=[A-Z])")
_STRIPPED_CHANNEL = "assistantfinal"
_CHANNEL_NAME = re.compile(r"\A\s*+(?:assistant)?analysis")
_END = re.compile(r"<\|(?:return|end|im_end|eot_id|endoftext|END_RESPONSE|end_of_solution)\|>\Z|</s>\Z|<end_of_turn>\Z")
_LONGEST_END, _MOST_ENDS = 24, 5
"""Tokens that end a turn, which a server that keeps special tokens leaves at the end of a reply."""
_WRAPPED = re.compile(
    r"\A\s*+(?:<(?P<tag>answer|response|output)>(?P<inner>.*)</(?P=tag)>\Z|<\|(?:START_RESPONSE|begin_of_solution)\|>)",
    re.IGNORECASE | re.DOTALL,
)
"""Marks around an answer, once thinking was split off."""
_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*|\*\*[ \t]*)(thinking|final response|final answer)\b[ \t:*]*",
    re.IGNORECASE | re.MULTILINE,
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
    own_marks: tuple[str, str] | None = None,
    *,
    is_cut_off: bool = False,
) -> Parts:
    """Where a reply thinks and where it answers.

    A server that splits the reply itself fills `reasoning`, and known marks divide a reply, whatever the model's form.
    Thinking whose opening mark is missing begins where the reply begins, since chat templates often write the mark
    before the model's turn. For the same reason a reply without any mark is all thinking when it was cut off, and all
    answer when it came to its end.

    Args:
        content: the message's content.
        reasoning: the message's `reasoning_content` or `reasoning`.
        form: where the profile says that the model thinks.
        own_marks: what opens and closes its thinking beside the known marks.
        is_cut_off: the reply ended because it reached its bound on tokens.
    """
    content = _without_end(content or "")
    for own, known in zip(own_marks or (), ("<think>", "</think>"), strict=False):
        content = content.replace(own, known)
    marked = _split_at_marks(content) or _split_at_headings(content, is_declared=form == "headings")
    if marked is not None:
        thought, answer = marked
        return _parts("\n\n".join(part.strip() for part in (reasoning, thought) if part and part.strip()), answer)
    if is_cut_off and not (reasoning or "").strip() and form in ("think", "headings"):
        return _parts(content, None)
    return _parts(reasoning, content)


def _without_end(content: str) -> str:
    text = content.rstrip()
    for _ in range(_MOST_ENDS):
        found = _END.search(text, max(0, len(text) - _LONGEST_END))
        if found is None:
            break
        text = text[: found.start()].rstrip()
    return text


def forms_in(content: str) -> Iterator[Literal["think", "headings"]]:
    """The forms in which a reply thinks in its content."""
    if _split_at_marks(content) is not None:
        yield "think"
    if _split_at_headings(content, is_declared=True) is not None:
        yield "headings"


def _parts(reasoning: str | None, answer: str | None) -> Parts:
    return Parts((reasoning or "").strip() or None, (answer or "").strip() or None)


def _split_at_marks(content: str) -> tuple[str, str] | None:
    """Thinking and answer around a closing mark; None where there is no mark."""
    marks = list(_marks(content))
    channel = _CHANNEL.match(content)
    if not marks and channel is None:
        return None
    closing = [mark for mark in marks if mark.group(1)]
    if not closing:
        opening = channel or marks[0]
        return _unmarked(content[opening.end() :]), content[: opening.start()]
    # A model may close its thinking again after the answer: the last mark with an answer behind it divides.
    ends = [*(mark.start() for mark in marks[1:]), len(content)]
    last_text = next((mark.end() for mark, end in zip(reversed(marks), reversed(ends), strict=True)
                      if not content[mark.end() : end].isspace() and mark.end() < end), 0)  # fmt: skip
    divider = next((mark for mark in reversed(closing) if mark.end() <= last_text), closing[-1])
    thought = content[: divider.start()]
    if divider.group(1) == _STRIPPED_CHANNEL:
        thought = _CHANNEL_NAME.sub("", thought)
    return _unmarked(thought), _unwrapped(_unmarked(content[divider.end() :]))


def _marks(text: str) -> Iterator[re.Match[str]]:
    return _matches(_MARK, _BEGINNINGS, text)


def _matches(pattern: re.Pattern[str], beginnings: Sequence[str], text: str) -> Iterator[re.Match[str]]:
    """What a pattern finds that can match only where a text or one of these begins: to try at every character takes
    long."""
    end = 0
    for place in sorted({0, *(place for beginning in beginnings for place in _places(beginning, text))}):
        match = pattern.match(text, place) if place >= end else None
        if match is not None:
            end = match.end()
            yield match


def _places(beginning: str, text: str) -> Iterator[int]:
    at = text.find(beginning)
    while at >= 0:
        yield at + beginning.startswith("\n")
        at = text.find(beginning, at + 1)


def _unmarked(text: str) -> str:
    return (_MARK.sub("", text) if any(_marks(text)) else text).strip()


def _unwrapped(answer: str) -> str:
    """An answer without marks around it."""
    wrapped = _WRAPPED.match(answer)
    return answer if wrapped is None else (wrapped["inner"] or answer[wrapped.end() :]).strip()


def _split_at_headings(content: str, *, is_declared: bool) -> tuple[str, str] | None:
    """Thinking and answer around the heading "Final Response"; None where there is no such heading.

    "Final Answer" is one only behind the heading "Thinking": answers end with a line of these words. Where headings
    are not the model's form, the reply must begin with the heading "Thinking".
    """
    headings = list(_matches(_HEADING, _BEGINNINGS_OF_HEADINGS, content))
    names = [heading.group(1).lower() for heading in headings]
    if not is_declared and (names[:1] != ["thinking"] or content[: headings[0].start()].strip()):
        return None
    final = [heading for heading, name in zip(headings, names, strict=True) if name == "final response"]
    if not final and names[:1] == ["thinking"]:
        final = [heading for heading, name in zip(headings, names, strict=True) if name == "final answer"]
    if final:
        before = headings[: headings.index(final[-1])]
        return _without(before, content[: final[-1].start()]), content[final[-1].end() :]
    return (_without(headings, content), "") if is_declared and "thinking" in names else None


def _without(found: Sequence[re.Match[str]], text: str) -> str:
    starts, ends = [*(match.start() for match in found), len(text)], [0, *(match.end() for match in found)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


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
