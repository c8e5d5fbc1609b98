"""The verifier: judges whether a path is correct, once or by a majority of several votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from reasonmed_assets.roles.declaration import KEY, QUESTION, Role, Sampling
from reasonmed_assets.roles.replies import JsonReply, Sentences

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft

_CORRECT_IF_RIGHT = 0.975
_CORRECT_IF_WRONG = 0.015
"""Shares of `Correct` among the verdicts on right and wrong conclusions."""
_ALTERATION_NOTICED = 0.9
"""Share of the paths with a changed statement or figure, and a right conclusion, in which the verifier sees it."""


def _canonical(value: Any) -> Any:
    """Either verdict in any case, and "Incorrect", which leaves no doubt."""
    if not isinstance(value, str):
        return value
    return {"correct": "Correct", "error": "Error", "incorrect": "Error"}.get(value.strip(" .*").lower(), value)


class Verdict(JsonReply):
    """The judgement of one path; once read, `verdict` is one of `vocabulary.VERDICTS`."""

    verdict: Annotated[Literal["Correct", "Error"], BeforeValidator(_canonical), AfterValidator(str.lower)]
    reason: Sentences


class VotedSampling(Sampling):
    """Sampling with `votes` judgements per path, majority wins."""

    votes: int = Field(default=1, ge=1)


def _rehearse(draft: Draft) -> dict[str, Any]:
    stated = draft.stated
    if stated is None:
        return {"verdict": "Error", "reason": "The reasoning ends without choosing one of the options."}
    is_correct = draft.rng.random() < (_CORRECT_IF_RIGHT if draft.is_right else _CORRECT_IF_WRONG)
    if is_correct and draft.is_right and draft.is_altered:
        is_correct = draft.rng.random() >= _ALTERATION_NOTICED
    if is_correct:
        sentences = draft.phrases.CORRECT_REASON if draft.is_right else draft.phrases.DEFENDED_REASON
    else:
        sentences = draft.phrases.FLAWED_REASON if draft.is_right else draft.phrases.WRONG_LETTER_REASON
    reason = draft.writer(stated).remark(sentences, answer=draft.key)
    return {"verdict": "Correct" if is_correct else "Error", "reason": reason}


ROLE = Role(
    name="verifier",
    fields=(*QUESTION, *KEY, "path_text"),
    optional=("context",),
    reply=Verdict,
    rehearse=_rehearse,
    serves="question",
    section=VotedSampling,
    stubborn_share=0.0015,
)
