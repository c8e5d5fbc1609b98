"""The summariser: writes the short answer of a final example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasonmed_assets.roles.declaration import QUESTION, Role
from reasonmed_assets.roles.replies import Text

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft

_MISSES_LETTER = 0.01


def _rehearse(draft: Draft) -> str:
    chosen = draft.question.keyed if draft.stated is None else draft.stated
    if draft.rng.random() < _MISSES_LETTER:
        chosen = draft.question.lure
    writer = draft.writer(chosen)
    return "There is no clear answer." if draft.defect == "answerless" else writer.summary()


ROLE = Role(
    name="summariser",
    fields=(*QUESTION, "path_text"),
    reply=Text(form=("summary",)),
    rehearse=_rehearse,
    serves="example",
)
