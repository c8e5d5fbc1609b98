"""The evaluator: scores the text of a final example on four points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reasonmed_assets.roles.declaration import KEY, QUESTION, Role
from reasonmed_assets.roles.replies import JsonReply, Sentences, ToTen

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft


class Evaluation(JsonReply):
    """The four scores of one text, each 1 to 10."""

    clinical_accuracy: ToTen
    logic: ToTen
    factual_correctness: ToTen
    completeness: ToTen
    justification: Sentences


def _rehearse(draft: Draft) -> dict[str, Any]:
    middle = 8.0 if draft.is_right else 4.0
    names = [name for name in Evaluation.model_fields if name != "justification"]
    scores: dict[str, Any] = {name: min(10, max(1, round(draft.rng.gauss(middle, 0.9)))) for name in names}
    phrases = draft.phrases
    praise = phrases.PRAISE if scores["logic"] >= 8 else phrases.RESERVATION
    return {**scores, "justification": draft.judgement(praise if draft.is_right else phrases.CRITICISM)}


ROLE = Role(
    name="evaluator",
    fields=(*QUESTION, *KEY, "path_text"),
    optional=("context",),
    reply=Evaluation,
    rehearse=_rehearse,
    serves="example",
)
