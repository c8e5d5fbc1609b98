"""The trace of one question as a page: it loads nothing and runs no script; parts open by mouse and keyboard."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from reasonmed_assets.config.hints import command
from reasonmed_assets.lineage.trace.nodes import Node
from reasonmed_assets.pages.rendering import templates


def render(story: Node, warehouse: Path, asked: str) -> str:
    """The page.

    Args:
        story: the tree of the trace.
        warehouse: folder of the warehouse, to name it.
        asked: the id, for the command that writes the page anew.
    """
    return (
        templates()
        .get_template("trace.html")
        .render(
            story=story,
            warehouse=warehouse,
            command=command("trace", asked, warehouse=warehouse),
            written_at=dt.datetime.now(dt.UTC),
            outcome=[node for node in story.children if node.is_outcome],
            sections=[node for node in story.children if not node.is_outcome],
        )
    )
