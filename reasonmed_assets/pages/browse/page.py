"""The page itself: its head, as many questions as fit, its foot.

Template, styles and script are `browse.html`, `browse.css` and `browse.js` in `templates/`; the page holds its data,
loads nothing, and works from disk. A question is at `#row=ID`, a filter at `#tier=easy`.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.pages.browse.sample import as_json, drawn, questions
from reasonmed_assets.pages.rendering import templates

BUDGET_BYTES = 20_000_000
SEED = 1
_GENERATOR = "reasonmed browse"
_HEAD_BYTES = 2_000
"""Within this much of the page is the name of what wrote it."""
_PLACE_OF_DATA = "DATA"


class BrowseError(ReasonmedError):
    """A page that cannot be written; the message says why."""


@dataclass(frozen=True)
class Written:
    """How many questions a page holds, how many there are, and its size in bytes."""

    n_shown: int
    n_questions: int
    n_bytes: int


def write_page(
    con: duckdb.DuckDBPyConnection,
    file: Path,
    *,
    seed: int = SEED,
    budget_bytes: int = BUDGET_BYTES,
    with_names: bool = False,
    among: str | None = None,
    called: Callable[[str], str] = str,
) -> Written:
    """Write the page, the same bytes for the same rows, seed and budget.

    Questions are drawn by a hash of seed and id; one that does not fit any more is passed over. No more of them than a
    batch is in memory at once.

    Args:
        con: a read connection on the published tables.
        file: where to write; replaced if it exists.
        seed: another one draws other questions.
        budget_bytes: the most that the file may take.
        with_names: whether to say who decided and who reviewed.
        among: a relation of the connection with the ids of the examples (`example_id`) that may be shown; of their
            questions nothing else is shown then, and nothing that people said of them. None: every question, with all
            that was made of it.
        called: gives the name by which a model is shown.

    Raises:
        BrowseError: there are no questions, or not one fits.
    """
    ids = drawn(con, seed, among)
    if not ids:
        raise BrowseError("there are no questions to show: build the warehouse first (`reasonmed build`)")
    head, foot = _around(con, seed, len(ids), is_selection=among is not None)
    n_shown, n_bytes = 0, len(head) + len(foot)
    with file.open("wb") as out:
        out.write(head)
        for batch in questions(con, ids, among, with_names=with_names, called=called):
            n_before = n_shown
            for text in map(as_json, batch):
                line = (b",\n" if n_shown else b"\n") + text
                if n_bytes + len(line) <= budget_bytes:
                    out.write(line)
                    n_shown, n_bytes = n_shown + 1, n_bytes + len(line)
            if n_shown == n_before:
                break
        out.write(foot)
    if not n_shown:
        raise BrowseError(f"no question fits into {budget_bytes:,} bytes, of which the page takes {n_bytes:,}")
    return Written(n_shown, len(ids), n_bytes)


def refuse_to_replace(file: Path) -> None:
    """Refuse a file that is there and is no page that was written here.

    Raises:
        BrowseError: it is something else.
    """
    if not os.path.lexists(file):
        return
    if stat.S_ISREG(file.lstat().st_mode):
        with file.open("rb") as opened:
            if f'<meta name="generator" content="{_GENERATOR}">'.encode() in opened.read(_HEAD_BYTES):
                return
    raise BrowseError(f"{file} is there already and is no page of `{_GENERATOR}`: give another file, so that it stays")


def _around(con: duckdb.DuckDBPyConnection, seed: int, n_questions: int, *, is_selection: bool) -> tuple[bytes, bytes]:
    """What comes before the questions and what after."""
    environment = templates()
    script = environment.get_template("browse.js").render()
    publish, at = con.execute("select max(seq), max(published_at) from publishes").fetchone() or (None, None)
    facts = {
        "questions": n_questions,
        "seed": seed,
        "publish": publish,
        "at": at and f"{at:%Y-%m-%d}",
        "is_selection": is_selection,
    }
    page = environment.get_template("browse.html").render(
        generator=_GENERATOR,
        script=script,
        # The digest names the script as it is in the page.
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=_PLACE_OF_DATA,
    )
    before, after = page.encode().split(f">{_PLACE_OF_DATA}<".encode())
    data = b'>{"facts":' + as_json(facts) + b',"questions":['
    return before + data, b"\n]}<" + after
