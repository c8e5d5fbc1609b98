"""A persona tried against the engine; run as a program, all of them, for the table in docs/evidence/endpoints.md."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from served import Meant, Served, calls, profile_for
from small import Build

from reasonmed_assets.assets.asking import _parser
from reasonmed_assets.llm.calls import Reply, Result
from reasonmed_assets.roles import ROLES
from reasonmed_assets.servers.personas import PERSONAS, Entry, Persona

PAGE = Path(__file__).parents[3] / "docs/evidence/endpoints.md"
N_CALLS = 2_000
_TABLE = re.compile(r"(?<=<!-- personas -->\n).*(?=<!-- end -->)", re.DOTALL)
_HEAD = """\
| persona | stands for | events tried | how 2,000 calls ended | untried |
| --- | --- | --- | --- | --- |
"""
_PAUSES = {"_BACKOFF_FIRST_S": 0.01, "_FIRST_PROBE_S": 0.02, "_LONGEST_PROBE_S": 0.05}


@dataclass(frozen=True)
class Trial:
    """What became of `n` calls to a persona.

    Attributes:
        results: of the engine, by row.
        book: of the persona.
    """

    persona: Persona
    n: int
    results: dict[str, Result]
    book: list[Entry]

    @cached_property
    def ends(self) -> dict[str, str]:
        """How the calls for each row end by the persona's book: answered if they ever were, else as the last of them.

        A request that is not answered and whose event passes is tried again, whatever it is.
        """
        found: dict[str, str] = {}
        for entry in self.book:
            row = entry.prompt.partition("Case ")[2].partition(":")[0]
            if found.get(row) != "completed":
                passes = not entry.answers and entry.ends == "completed"
                found[row] = "never answered" if passes else entry.ends
        return found

    @cached_property
    def meant(self) -> dict[str, str]:
        """The letter or verdict that was meant, for the rows that were answered."""
        means = {row: Meant.of(int(row)) for row, end in self.ends.items() if end == "completed"}
        return {row: meant.verdict if meant.role == "verifier" else meant.letter for row, meant in means.items()}

    @cached_property
    def read(self) -> dict[str, str]:
        """The letter or verdict that the engine read, for the rows that it calls completed."""
        values = {row: result.value for row, result in self.results.items() if result.outcome == "completed"}
        return {row: getattr(value, "verdict", None) or value.answer_letter for row, value in values.items()}

    def row(self) -> str:
        """Its line in the table."""
        ended = Counter(str(result.outcome) for result in self.results.values())
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in ended.most_common())
        return f"{declared(self.persona)} {said} | {self.persona.untried or 'nothing'} |"


def declared(persona: Persona) -> str:
    """The first columns of its line."""
    events = [event.name for event in persona.events]
    events += ["a limit of requests a second"] if persona.limit else []
    events += ["an outage"] if persona.outage else []
    return f"| `{persona.name}` | {persona.imitates} | {'; '.join(events)} |"


def trial(persona: Persona, n: int, folder: Path) -> Trial:
    """Make `n` calls with pauses of hundredths of a second."""
    with Served(persona) as served, pytest.MonkeyPatch.context() as patch:
        for name, seconds in _PAUSES.items():
            patch.setattr(f"reasonmed_assets.llm.transports.limits.{name}", seconds)
        made_by = profile_for(persona)
        parsers = {role: _parser(made_by, ROLES[role]) for role in ("generator", "verifier")}

        def parse(reply: Reply, fields: Mapping[str, Any]) -> Any:
            return parsers[Meant.of(int(fields["row_id"])).role](reply, fields)

        with Build(folder, served.base_url, made_by) as build:
            results = build.results(calls(made_by, n), parse)
    return Trial(persona, n, results, served.book)


def main() -> None:
    """Write the table."""
    rows = []
    for persona in PERSONAS.values():
        with tempfile.TemporaryDirectory() as folder:
            rows.append(trial(persona, N_CALLS, Path(folder)).row())
        print(rows[-1], file=sys.stderr)
    table = _HEAD + "\n".join(rows) + "\n"
    PAGE.write_text(_TABLE.sub(lambda _: table, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
