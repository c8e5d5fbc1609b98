"""The generator: answers a question by reasoning in the open; several models, each at several temperatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, RootModel, model_validator

from reasonmed_assets.roles.declaration import QUESTION, Role, Sampling, Section, Temperature
from reasonmed_assets.roles.replies import Text

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft, Message

_REPEATING_SHARE = 0.02
"""Share of (question, generator) pairs whose samples often have the very same text."""
_LOOPING_SHARE = 0.002
_FOREIGN_SHARE = 0.002


class GeneratorSlot(Section):
    """A generator: one model, one sample per temperature."""

    slot: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    model: str
    temperatures: tuple[Temperature, ...] = Field(min_length=1)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=8192, ge=1)


class GeneratorSlots(RootModel[tuple[GeneratorSlot, ...]]):
    """The generators of a profile, one slot each."""

    model_config = ConfigDict(frozen=True)

    root: tuple[GeneratorSlot, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _slots_are_distinct(self) -> GeneratorSlots:
        slots = [slot.slot for slot in self.root]
        if len(set(slots)) != len(slots):
            raise ValueError(f"generator slots must have different names, not {slots}")
        return self

    def __iter__(self) -> Iterator[GeneratorSlot]:  # type: ignore[override]
        return iter(self.root)

    def models(self) -> dict[tuple[str | int, ...], str]:
        """The keys within the section under which it names models -> the name."""
        return {(place, "model"): slot.model for place, slot in enumerate(self.root)}

    def sampling(self, row: Mapping[str, Any]) -> Sampling:
        """How the call of a row is sampled, by its slot (`generator`) and the number of its sample, from 1."""
        return self._samplings[row["generator"], row["sample"]]

    @cached_property
    def _samplings(self) -> dict[tuple[str, int], Sampling]:
        return {
            (slot.slot, sample): Sampling(
                model=slot.model, temperature=temperature, top_p=slot.top_p, max_tokens=slot.max_tokens
            )
            for slot in self.root
            for sample, temperature in enumerate(slot.temperatures, start=1)
        }


def _rehearse(draft: Draft) -> Message:
    chosen = draft.conclusion()
    if draft.share_of_model("repeats") < _REPEATING_SHARE and draft.rng.random() < 0.5:
        writer = draft.repeating_writer(chosen)
        return draft.thinking_aloud(writer.thinking(), writer.reasoning(), "stop")
    writer = draft.writer(chosen)
    text = writer.undecided() if draft.defect == "answerless" else _with_tics(draft, writer.reasoning())
    return draft.thinking_aloud(writer.thinking(), text, "length" if draft.defect == "truncated" else "stop")


def _with_tics(draft: Draft, text: str) -> str:
    draw = draft.rng.random()
    head, _, final = text.rpartition("\n\n")
    if draw < _LOOPING_SHARE:
        loop = " ".join(["Let me go over this once more to be sure that nothing has been missed."] * 14)
        return f"{head}\n{loop}\n\n{final}"
    if draw < _LOOPING_SHARE + _FOREIGN_SHARE:
        return f"{head}{draft.rng.choice(draft.phrases.FOREIGN)}\n\n{final}"
    return text


ROLE = Role(
    name="generator",
    fields=QUESTION,
    optional=("context",),
    reply=Text(may_hold_reasoning=True),
    rehearse=_rehearse,
    serves="question",
    section=GeneratorSlots,
    stubborn_share=0.003,
    stubborn_share_if_hard=0.02,
)
