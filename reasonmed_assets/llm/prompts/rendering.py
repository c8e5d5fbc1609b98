"""Prompts: one file per model role in `prompts/`, rendered to chat messages.

A prompt file is a Jinja2 template with a block `system` and a block `user`. The blocks that several roles share
(question, key, reasoning, remarks) are files of their own whose names start with an underscore. What a reply must look
like is in `replies.py`.

The user message holds tagged blocks, each tag on a line of its own: `<context>`, `<question>`, `<options>`,
`<answer_key>`, `<reasoning>`, `<verdict>`, `<feedback>`. The first line of the system message is `Role: <role>`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reasonmed_assets.config.profile import ROLES
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.vocabulary import LETTERS

_FOLDER = Path(__file__).parent
_TAG = re.compile(r"<(/?(?:context|question|options|answer_key|reasoning|verdict|feedback))>", re.IGNORECASE)

_QUESTION = ("context", "question", "options")
_KEY = ("gold_letter", "gold_text")
_REMARKS = ("verdict", "verdict_reason", "feedback")
FIELDS: dict[str, tuple[str, ...]] = {
    "generator": _QUESTION,
    "verifier": (*_QUESTION, *_KEY, "path_text"),
    "ranker": (*_QUESTION, *_KEY, "path_text"),
    "refiner": (*_QUESTION, *_KEY, "path_text", *_REMARKS),
    "regenerator": (*_QUESTION, *_KEY, "path_text", *_REMARKS),
    "summariser": ("question", "options", "path_text"),
    "evaluator": (*_QUESTION, *_KEY, "path_text"),
}
"""The fields that each role's prompt reads; none may be absent. `context`, `verdict`, `verdict_reason` and the
regenerator's `path_text` may be None, `feedback` may be empty; an item of it reads "(concludes C) reason"."""


class PromptError(ReasonmedError):
    """A prompt that cannot be rendered; the message names the role and the field."""


def render(role: str, fields: Mapping[str, Any]) -> list[dict[str, str]]:
    """Chat messages of one call: the system message, then the user message.

    Args:
        role: one of the seven model roles.
        fields: the input row; at least the role's `FIELDS`, others are ignored.

    Raises:
        PromptError: unknown role; a field is absent, blank or of the wrong type; more options than letters.
    """
    _known(role)
    values = {name: _value(role, name, fields) for name in FIELDS[role]}
    user = "".join(_template(role).blocks["user"](_template(role).new_context(values)))
    return [{"role": "system", "content": _system(role)}, {"role": "user", "content": user.strip()}]


@cache
def prompt_hash(role: str) -> str:
    """Hash of a role's template with the shared blocks that it includes: 16 hex digits.

    Raises:
        PromptError: unknown role.
    """
    _known(role)
    digest = hashlib.sha256()
    for name in _files_of(f"{role}.md"):
        digest.update(f"{name}\x1f{_source(name)}\x1e".encode())
    return digest.hexdigest()[:16]


def _known(role: str) -> None:
    if role not in FIELDS:
        raise PromptError(f"there is no prompt for role {role!r}: the roles are {', '.join(ROLES)}")


def _value(role: str, name: str, fields: Mapping[str, Any]) -> Any:
    if name not in fields:
        raise PromptError(f"prompt of role {role}: the field {name!r} is absent; give None where there is nothing")
    value = fields[name]
    if name in ("options", "feedback"):
        return _texts(role, name, value)
    may_be_none = name in ("context", "verdict", "verdict_reason") or (role, name) == ("regenerator", "path_text")
    if value is None and may_be_none:
        return None
    if not isinstance(value, str) or not (value.strip() or may_be_none):
        raise PromptError(f"prompt of role {role}: the field {name!r} must be a text that is not blank, not {value!r}")
    return _without_tags(value.strip())


def _texts(role: str, name: str, value: Any) -> list[str]:
    items = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else None
    if items is None or not all(isinstance(item, str) for item in items):
        raise PromptError(f"prompt of role {role}: the field {name!r} must be a list of texts, not {value!r}")
    if name == "options" and not 2 <= len(items) <= len(LETTERS):
        raise PromptError(f"prompt of role {role}: {len(items)} options, where 2 to {len(LETTERS)} are possible")
    return [_without_tags(item) for item in items]


def _without_tags(text: str) -> str:
    """The text with this module's own tags disarmed, so that a reply cannot close or open a block."""
    return _TAG.sub(r"[\1]", text) if "<" in text else text


def _one_line(text: str) -> str:
    """The text on one line: options, keys and remarks are read by line."""
    return " ".join(text.split())


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        # Prompts are plain text: escaping would change what the model reads.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["one_line"] = _one_line
    environment.globals["letters"] = LETTERS
    return environment


@cache
def _template(role: str) -> Template:
    return _environment().get_template(f"{role}.md")


@cache
def _system(role: str) -> str:
    template = _template(role)
    return "".join(template.blocks["system"](template.new_context())).strip()


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _files_of(name: str) -> list[str]:
    """A template and those that it includes, each once, in order of first use."""
    found = [name]
    for file in found:
        for included in meta.find_referenced_templates(_environment().parse(_source(file))):
            if included is not None and included not in found:
                found.append(included)
    return found
