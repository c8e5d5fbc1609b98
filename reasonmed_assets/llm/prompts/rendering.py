"""Prompts: one file per model role in `prompts/`, rendered to chat messages.

A prompt file is a Jinja2 template with a block `system` and a block `user`. The blocks that several roles share
(question, key, reasoning, remarks) are files of their own whose names start with an underscore. What a reply must look
like is in `replies.py`.

The user message holds tagged blocks, each tag on a line of its own: `<context>`, `<question>`, `<options>`,
`<answer_key>`, `<reasoning>`, `<verdict>`, `<feedback>`. The first line of the system message is `Role: <role>`.
No text of a row can close or open a block, or a turn of the conversation: see `disarming.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.prompts.disarming import disarm
from reasonmed_assets.roles import PROBLEMS, ROLES, Role, RoleError, role_named
from reasonmed_assets.vocabulary import LETTERS

_FOLDER = Path(__file__).parent
_LISTS = ("options", "feedback")
"""The fields that hold a list of texts; feedback may be empty, an item of it reads "(concludes C) reason"."""
_INCLUDE = re.compile(r'^[ \t]*\{% include "([^"]+)" %\}\n', re.MULTILINE)
_TAG_LINE = re.compile(r"^<([a-z_]+)>$", re.MULTILINE)


class PromptError(ReasonmedError):
    """A prompt that cannot be rendered; the message names the role and the field."""


def render(role: str, fields: Mapping[str, Any]) -> list[dict[str, str]]:
    """Chat messages of one call: the system message, then the user message.

    Args:
        role: one of `roles.ROLES`.
        fields: the input row; at least the role's fields, others are ignored.

    Raises:
        RoleError: there is no such role.
        PromptError: a field is absent, blank or of the wrong type; more options than letters.
    """
    declared = role_named(role)
    values = {name: _value(declared, name, fields) for name in (*declared.fields, *declared.optional)}
    return [{"role": "system", "content": _system(role)}, {"role": "user", "content": _user(role, values)}]


@cache
def prompt_hash(role: str) -> str:
    """Hash of a role's template with the shared blocks that it includes: 16 hex digits.

    Raises:
        RoleError: there is no such role.
    """
    digest = hashlib.sha256()
    for name in _files_of(f"{role_named(role).name}.md"):
        digest.update(f"{name}\x1f{_source(name)}\x1e".encode())
    return digest.hexdigest()[:16]


def template_of(role: str) -> str:
    """A role's template, then each shared block that it includes, with the name of its file above it.

    Raises:
        RoleError: there is no such role.
    """
    return "\n".join(f"{{# {name} #}}\n{_source(name)}" for name in _files_of(f"{role_named(role).name}.md"))


def check_roles() -> None:
    """Every role is declared wholly, and its prompt reads what it declares.

    Raises:
        RoleError: some role is not; every problem has a line that says what to add.
    """
    problems = [*PROBLEMS, *(f"roles/{role.name}.py: {found}" for role in ROLES.values() for found in _problems(role))]
    files = {file.stem for file in _FOLDER.glob("[!_]*.md")}
    problems += [
        f"llm/prompts/{name}.md: no role has this prompt: add roles/{name}.py" for name in sorted(files - ROLES.keys())
    ]
    if problems:
        raise RoleError("\n".join(problems))


def _problems(role: Role) -> Iterator[str]:
    file = f"llm/prompts/{role.name}.md"
    if not (_FOLDER / f"{role.name}.md").is_file():
        yield f"there is no prompt: add {file} with the blocks `system` and `user`"
        return
    if {"system", "user"} - _template(role.name).blocks.keys():
        yield f"{file} must have the blocks `system` and `user`"
        return
    if _system(role.name).partition("\n")[0] != f"Role: {role.name}":
        yield f"the first line of the block `system` in {file} must be `Role: {role.name}`"
    declared = (*role.fields, *role.optional)
    given = {name: ["text", "text"] if name in _LISTS else "text" for name in declared}
    absent: dict[str, Any] = {name: [] if name in _LISTS else None for name in (*role.optional, "feedback")}
    try:
        for values in (given, given | {name: absent[name] for name in declared if name in absent}):
            _user(role.name, values)
    except UndefinedError as error:
        yield f"{file} reads a field that is not declared: add it to `fields` or `optional` ({error})"
    read = {
        name
        for included in _files_of(f"{role.name}.md")
        for name in meta.find_undeclared_variables(_environment().parse(_source(included)))
    }
    if unread := [name for name in declared if name not in read]:
        yield f"{file} does not read {', '.join(unread)}: take them out of the declaration"


def _value(role: Role, name: str, fields: Mapping[str, Any]) -> Any:
    if name not in fields:
        raise PromptError(f"prompt of role {role.name}: the field {name!r} is absent; give None where there is nothing")
    value = fields[name]
    if name in _LISTS:
        return _texts(role, name, value)
    may_be_none = name in role.optional
    if value is None and may_be_none:
        return None
    if not isinstance(value, str) or not (value.strip() or may_be_none):
        raise PromptError(
            f"prompt of role {role.name}: the field {name!r} must be a text that is not blank, not {value!r}"
        )
    return disarm(value.strip(), _tags(role.name))


def _texts(role: Role, name: str, value: Any) -> list[str]:
    items = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else None
    if items is None or not all(isinstance(item, str) for item in items):
        raise PromptError(f"prompt of role {role.name}: the field {name!r} must be a list of texts, not {value!r}")
    if name == "options" and not 2 <= len(items) <= len(LETTERS):
        raise PromptError(f"prompt of role {role.name}: {len(items)} options, where 2 to {len(LETTERS)} are possible")
    return [disarm(item, _tags(role.name)) for item in items]


@cache
def _tags(role: str) -> frozenset[str]:
    """The names of the blocks that roles share, and of those in the role's own prompt."""
    files = {*(file.name for file in _FOLDER.glob("_*.md")), f"{role}.md"}
    return frozenset(tag for name in files for tag in _TAG_LINE.findall(_source(name)))


def _one_line(text: str) -> str:
    """The text on one line: options, keys and remarks are read by line."""
    return " ".join(text.split())


class _Inlining(FileSystemLoader):
    """Gives a template with the source of each included one in its place: each would be rendered by itself, which takes
    as long as the rest."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """See the base."""
        source, file, is_current = super().get_source(environment, template)
        return _INCLUDE.sub(lambda found: self.get_source(environment, found[1])[0], source), file, is_current


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=_Inlining(_FOLDER),
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


def _user(role: str, values: Mapping[str, Any]) -> str:
    return _written(role, tuple((name, tuple(value) if name in _LISTS else value) for name, value in values.items()))


@lru_cache(maxsize=16)
def _written(role: str, values: tuple[tuple[str, Any], ...]) -> str:
    """The message; the last ones are kept, as every sample of a generator is asked the same."""
    return "".join(_template(role).blocks["user"](_template(role).new_context(dict(values)))).strip()


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
