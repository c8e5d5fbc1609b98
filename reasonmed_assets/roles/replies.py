"""What a role may reply: a text, or one JSON object declared as a pydantic model.

A text that answers the question ends in a line "Final answer: <letter>. <text>". A model too small to keep to that may
be made to fill in a form of steps and an answer instead, which is made into such a text. How a reply is read is in
`llm/replies/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

SENTENCES_MAX = 400
"""Bound on a reason or justification in characters: one or two sentences."""
PATH_STEPS = ("restate", "findings", "options", "rule_out", "compare", "conclude")
"""The six steps of a path as fields of a form."""

_OF = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:(?:/|out of)\s*(\d+))?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """The reply is a text.

    Attributes:
        has_answer: it ends with an answer to the question; a reply that names no option is then asked for again.
        form: fields of the form that a small model fills in, besides `answer`, where the text has one.
        may_hold_reasoning: the part in which the model thinks belongs to the text where the profile says so.
    """

    has_answer: bool = True
    form: tuple[str, ...] = PATH_STEPS
    may_hold_reasoning: bool = False


class JsonReply(BaseModel):
    """A reply that is one JSON object; fields that were not asked for are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class PathReply(JsonReply):
    """A JSON object with a text in its field `path`, which is read on as the replies are that are a text."""

    form: ClassVar[tuple[str, ...]] = PATH_STEPS

    @model_validator(mode="before")
    @classmethod
    def _take_a_form(cls, reply: Any) -> Any:
        """A filled-in form stands for a path."""
        path = text_of_form(reply, cls.form) if isinstance(reply, dict) and "path" not in reply else None
        return reply if path is None else {**reply, "path": path}

    def written_path(self) -> str | None:
        """The text; None where the reply says that there is none.

        Raises:
            ValueError: it should have one and does not; the message is sent back to the model.
        """
        raise NotImplementedError


def text_of_form(form: Mapping[str, Any], fields: Sequence[str]) -> str | None:
    """The text that a filled-in form makes, its fields as numbered steps where there are several; None if it is none.

    Args:
        form: the JSON object.
        fields: the fields of the form besides `answer`.
    """
    texts, answer = [form.get(field) for field in fields], form.get("answer")
    if not isinstance(answer, str) or not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    steps = [f"Step {number}. {' '.join(str(text).split())}" for number, text in enumerate(texts, start=1)]
    body = "\n".join(steps) if len(texts) > 1 else str(texts[0]).strip()
    return f"{body}\n\nFinal answer: {answer}"


def _points(maximum: int) -> BeforeValidator:
    """Takes a number, or one in words of its scale: 4, "4", "4/5", "4 out of 5"."""

    def read(value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError(f"a number is expected, not {value}")
        if isinstance(value, str):
            found = _OF.fullmatch(value)
            if found is None or found.group(2) not in (None, str(maximum)):
                raise ValueError(f"a number is expected, not {value[:40]!r}")
            return float(found.group(1))
        return value

    return BeforeValidator(read)


Sentences = Annotated[
    str,
    Field(min_length=1),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": SENTENCES_MAX}),
]
"""One or two sentences."""
ToFive = Annotated[
    float,
    Field(ge=0, le=5, allow_inf_nan=False),
    _points(5),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 5}),
]
"""A score from 0 to 5."""
ToTen = Annotated[
    float,
    Field(ge=1, le=10, allow_inf_nan=False),
    _points(10),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 10}),
]
"""A score from 1 to 10."""
