"""What a role declares, how the modules of roles are found, and what is wrong with a half-declared one."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.roles.replies import JsonReply, PathReply, Text

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft, Message

Serves = Literal["example", "question", "none"]
Temperature = Annotated[float, Field(ge=0, le=2)]

QUESTION = ("question", "options")
KEY = ("gold_letter", "gold_text")

_NO_ROLES = ("declaration", "replies")
"""The modules of this folder that are no roles."""
_UNDECLARED: Any = None
_NEEDED = {
    "fields": "the fields that its prompt reads",
    "reply": "Text(), or the pydantic model of its JSON object",
    "rehearse": "the function by which the rehearsal endpoint answers it",
    "serves": "'example', 'question' or 'none'",
}


class RoleError(ReasonmedError):
    """A role that is not declared, or not wholly; the message says which and what to add."""


class Section(BaseModel):
    """A part of a profile: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Sampling(Section):
    """The section of most roles: the model and its sampling parameters."""

    model: str
    temperature: Temperature = 0.7
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=1024, ge=1)

    def models(self) -> dict[tuple[str | int, ...], str]:
        """The keys within the section under which it names models -> the name."""
        return {("model",): self.model}

    def sampling(self, row: Mapping[str, Any]) -> Sampling:
        """How the call of a row is sampled."""
        return self


@dataclass(frozen=True, kw_only=True)
class Role:
    """One model role.

    Attributes:
        name: the name of its module, of its prompt and of its section in a profile.
        fields: fields of a call's row that the prompt reads and that must hold a text, or a list of texts.
        optional: further fields, which may be None.
        reply: a text, or the pydantic model that is both the schema of the reply and its parsed value.
        rehearse: answers a request in the rehearsal: a text or a whole message, for a model the fields of its object.
        serves: what a call is made for: one final example, a whole question, or neither.
        section: the pydantic model of its section in a profile; has the methods of `Sampling`.
        sampled_as: the role whose section it has where a profile gives it none; None: every profile must give one.
        stubborn_share: share of the rehearsal's prompts that fail whatever the seed.
        stubborn_share_if_hard: the same for hard questions; None: no difference.
    """

    name: str
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reply: Text | type[JsonReply] = _UNDECLARED
    rehearse: Callable[[Draft], str | Message | dict[str, Any]] = _UNDECLARED
    serves: Serves = _UNDECLARED
    section: Any = Sampling
    sampled_as: str | None = None
    stubborn_share: float = 0.001
    stubborn_share_if_hard: float | None = None

    @property
    def is_text(self) -> bool:
        """The whole reply is a text."""
        return isinstance(self.reply, Text)

    @property
    def form(self) -> tuple[str, ...] | None:
        """Fields of the form that a small model fills in instead of writing a text; None for roles without a text."""
        return self.reply.form if isinstance(self.reply, Text) or issubclass(self.reply, PathReply) else None

    @property
    def has_form(self) -> bool:
        """A small model may be made to fill in a form; not where the text has no answer to end the form with."""
        return not isinstance(self.reply, Text) or self.reply.has_answer

    @property
    def may_leak(self) -> bool:
        """It writes a text with the key in view, which the text must not betray."""
        return self.form is not None and set(KEY) <= set(self.fields)

    def problems(self) -> list[str]:
        """What the declaration lacks."""
        found = [f"{name} is missing: give {what}" for name, what in _NEEDED.items() if not getattr(self, name)]
        if re.fullmatch("[a-z][a-z_]*", self.name) is None:
            found.append(f"the name {self.name!r} must consist of small letters and underscores")
        found += [f"{name} is not {what}: correct it" for name, what in _NEEDED.items() if not self._is_valid(name)]
        if not isinstance(self.section, type) or not issubclass(self.section, BaseModel):
            found.append(f"section is {self.section!r}: give a pydantic model with the methods of `Sampling`")
        if not isinstance(self.reply, type) or not issubclass(self.reply, PathReply):
            return found
        if "path" not in self.reply.model_fields:
            found.append(f"{self.reply.__name__} is a PathReply: give it a field `path`")
        if self.reply.written_path is PathReply.written_path:
            found.append(f"{self.reply.__name__} is a PathReply: give it a method `written_path`")
        return found

    def _is_valid(self, name: str) -> bool:
        """A value that is given is one of those that the attribute may have."""
        value = getattr(self, name)
        if not value:
            return True
        if name == "fields":
            return not isinstance(value, str)
        if name == "reply":
            return isinstance(value, Text) or (isinstance(value, type) and issubclass(value, JsonReply))
        return callable(value) if name == "rehearse" else value in get_args(Serves)


def find_roles(package: str, path: Iterable[str]) -> tuple[dict[str, Role], list[str]]:
    """The roles of a package's modules by name, and what is wrong with their declarations."""
    roles: dict[str, Role] = {}
    problems: list[str] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(path) if module.name not in _NO_ROLES):
        try:
            declared = getattr(import_module(f"{package}.{name}"), "ROLE", None)
        except Exception as error:
            problems.append(f"roles/{name}.py cannot be imported: {type(error).__name__}: {error}")
            continue
        if not isinstance(declared, Role):
            problems.append(f"roles/{name}.py: there is no role in it: declare `ROLE = Role(name={name!r}, ...)`")
            continue
        found = declared.problems()
        if declared.name != name:
            found.append(f"the name {declared.name!r} is taken or wrong: name the role {name!r}")
        problems += [f"roles/{name}.py: {problem}" for problem in found]
        if not found:
            roles[name] = declared
    problems += [
        f"roles/{name}.py: sampled_as is {role.sampled_as!r}, which is no role: name one of {', '.join(roles)}"
        for name, role in roles.items()
        if role.sampled_as is not None and role.sampled_as not in roles
    ]
    return roles, problems
