"""The refiner: writes the path of a Medium question anew, by what the verifier said of it and of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasonmed_assets.roles.declaration import KEY, QUESTION, Role
from reasonmed_assets.roles.replies import Text

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft

_COPYING_SHARE = 0.02


def _rehearse(draft: Draft) -> str:
    if draft.asked.path and draft.rng.random() < _COPYING_SHARE:
        return draft.asked.path
    writer = draft.writer(draft.rewritten_to())
    return writer.undecided() if draft.defect == "answerless" else draft.with_leak(writer.reasoning())


ROLE = Role(
    name="refiner",
    fields=(*QUESTION, *KEY, "path_text", "feedback"),
    optional=("context", "verdict", "verdict_reason"),
    reply=Text(),
    rehearse=_rehearse,
    serves="example",
)
