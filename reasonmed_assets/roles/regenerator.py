"""The regenerator: writes a path for a Difficult question, or says that its key cannot be supported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from reasonmed_assets.roles.declaration import KEY, QUESTION, Role
from reasonmed_assets.roles.replies import PathReply

if TYPE_CHECKING:
    from reasonmed_assets.servers.rehearsal.replies import Draft

_UNSUPPORTED_SHARE = 0.01
_UNSUPPORTED_SHARE_IF_DOUBTFUL = 0.35


class Regeneration(PathReply):
    """Whether the key can be supported, and the path where it can."""

    supports_key: bool
    path: Annotated[str, BeforeValidator(lambda value: "" if value is None else value)] = ""

    def written_path(self) -> str | None:
        """The path; None where the key is not supported, whatever was written.

        Raises:
            ValueError: the key is supported and the path is empty.
        """
        if not self.supports_key:
            return None
        if not self.path:
            raise ValueError("supports_key is true and path is empty: write the reasoning in path")
        return self.path


def _rehearse(draft: Draft) -> dict[str, Any]:
    share = _UNSUPPORTED_SHARE_IF_DOUBTFUL if draft.is_doubtful else _UNSUPPORTED_SHARE
    if draft.rng.random() < share:
        return {"supports_key": False, "path": ""}
    return {"supports_key": True, "path": draft.with_leak(draft.writer(draft.rewritten_to()).reasoning())}


ROLE = Role(
    name="regenerator",
    fields=(*QUESTION, *KEY, "feedback"),
    optional=("context", "path_text", "verdict", "verdict_reason"),
    reply=Regeneration,
    rehearse=_rehearse,
    serves="example",
)
