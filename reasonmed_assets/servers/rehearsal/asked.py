"""What a prompt of this project asks for, read back from its chat messages by the rehearsal endpoint.

The prompts (`reasonmed_assets/llm/prompts/`) name the role in the first line of the system message and put each piece
of material between tags that stand on lines of their own. Real models read them as text; the rehearsal reads them here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reasonmed_assets.roles import ROLES
from reasonmed_assets.vocabulary import LETTERS

_BLOCK = re.compile(r"^<([a-z_]+)>[ \t]*\n(.*?)\n?^</\1>[ \t]*$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^([A-J])\. ?", re.MULTILINE)
_ROLE = re.compile(r"Role: *([a-z_]+)")


@dataclass(frozen=True)
class Asked:
    """A prompt, taken apart.

    Attributes:
        role: one of `roles.ROLES`; None for a prompt that is not of this project.
        question: stem; empty when there is none.
        context: text that belongs to the question; empty when there is none.
        options: option texts by letter order.
        key_letter: letter of the given key, None when no key is given.
        path: the path to be judged, rewritten or summarised; empty when there is none.
        blocks: every block of the user message by its tag, those above included.
    """

    role: str | None
    question: str
    context: str
    options: tuple[str, ...]
    key_letter: str | None
    path: str
    blocks: Mapping[str, str]


def read_prompt(messages: Sequence[Mapping[str, Any]]) -> Asked:
    """Take the first system and the first user message apart; later messages (repairs) do not change what is asked."""
    system = _first(messages, "system")
    user = _first(messages, "user")
    found = _ROLE.match(system)
    blocks = {tag: text.strip() for tag, text in _BLOCK.findall(user)}
    key = _OPTION.match(blocks.get("answer_key", ""))
    return Asked(
        role=found[1] if found and found[1] in ROLES else None,
        question=blocks.get("question", ""),
        context=blocks.get("context", ""),
        options=read_options(blocks.get("options", "")),
        key_letter=key[1] if key else None,
        path=blocks.get("reasoning", ""),
        blocks=blocks,
    )


def read_options(block: str) -> tuple[str, ...]:
    """Option texts of lines `A. text`; an option may run over several lines, so only the next letter starts one."""
    starts: list[tuple[int, int]] = []
    for match in _OPTION.finditer(block):
        if match[1] == LETTERS[len(starts) : len(starts) + 1]:
            starts.append((match.start(), match.end()))
    ends = [*(start for start, _ in starts[1:]), len(block)]
    return tuple(block[text:end].strip() for (_, text), end in zip(starts, ends, strict=False))


def _first(messages: Sequence[Mapping[str, Any]], role: str) -> str:
    for message in messages:
        if message.get("role") == role:
            content = message.get("content")
            return content if isinstance(content, str) else ""
    return ""
