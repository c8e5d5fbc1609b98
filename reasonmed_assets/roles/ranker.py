"""The ranker: scores how well a correct path teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reasonmed_assets.roles.declaration import KEY, QUESTION, Role
from reasonmed_assets.roles.replies import JsonReply, Sentences, ToFive

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft


class Score(JsonReply):
    """The score of one path, 0 to 5."""

    score: ToFive
    justification: Sentences


def _rehearse(draft: Draft) -> dict[str, Any]:
    score = draft.rng.choices((5, 4, 3, 2, 1), (28, 44, 20, 6, 2))[0]
    phrases = draft.phrases
    sentences = phrases.PRAISE if score >= 4 else phrases.RESERVATION if score >= 2 else phrases.CRITICISM
    return {"score": score, "justification": draft.judgement(sentences)}


ROLE = Role(
    name="ranker",
    fields=(*QUESTION, *KEY, "path_text"),
    optional=("context",),
    reply=Score,
    rehearse=_rehearse,
    serves="question",
)
