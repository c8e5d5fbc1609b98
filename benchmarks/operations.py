"""What is done with a large warehouse once it is built, each with the limit that it has at the published size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from traces import KINDS, timed

_OVERRIDE = '[[drop]]\nquestion_id = "{}"\nreason = "x"\ndecided_by = "y"\ndecided_on = 2026-11-20\n'
_ALLOWED = [word for kind in ("simulated", "stand-in", "failing", "behind") for word in ("--allow", kind)]


@dataclass(frozen=True)
class Operation:
    """A command, and what it may take.

    Attributes:
        name: what is done.
        words: the command line, `{folder}` for a folder to write into, without the warehouse and a build's options.
        most_s: seconds on the clock.
        most_mb: peak memory.
    """

    name: str
    words: tuple[str, ...] = ()
    most_s: float | None = None
    most_mb: int | None = None

    def arguments(self, folder: Path, options: list[str], warehouse: Path) -> list[str]:
        """The command line for a warehouse that was built with options."""
        own = options if self.words[0] in ("build", "plan") else ["--warehouse", str(warehouse)]
        return [*(word.format(folder=folder) for word in self.words), *own]


OPERATIONS = {
    "plan": Operation("plan, nothing changed", ("plan",), 60),
    "plan_one": Operation("plan, one role changed", ("plan", "--set", "roles.summariser.temperature=0.31"), 60),
    "plan_all": Operation("plan, every call changed", ("plan", "--set", "seed=7"), 240),
    "release": Operation("release", ("release", "{folder}/release", *_ALLOWED), most_mb=2_048),
    "change": Operation("one question dropped", ("build", "--set", 'sources.overrides="{folder}/overrides.toml"'), 120),
    "diff": Operation("what that changed", ("diff", "b2"), 120),
    "history": Operation("history", ("history",)),
}
"""By step, in their order: the last ones see what those before have changed."""

TRACE_S = 1.0
"""What a trace may take."""


def trace_times(snapshot: Path) -> dict[str, float]:
    """Seconds of a trace by each kind of id, the longest of three."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        ids = {
            kind: con.execute(f"from ({query}) using sample 3 rows (reservoir, 1)").fetchall()
            for kind, query in KINDS.items()
        }
    return {kind: max(timed(snapshot, one)[0] for (one,) in some) for kind, some in ids.items() if some}


def write_override(file: Path, snapshot: Path) -> None:
    """Write an override that drops a question."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        row = con.execute("select min(question_id) from questions where source = 'medmcqa'").fetchone()
    file.write_text(_OVERRIDE.format(*(row or ())), encoding="utf-8")
