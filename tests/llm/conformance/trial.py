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

import duckdb
import polars as pl
import pytest
from served import PRICES, Meant, Served, calls, profile_for
from small import Build

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import _parser
from reasonmed_assets.assets.provenance import prices
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Reply, Result
from reasonmed_assets.roles import ROLES
from reasonmed_assets.servers.personas import PERSONAS, Entry, Persona

PAGE = Path(__file__).parents[3] / "docs/evidence/endpoints.md"
N_CALLS = 2_000
_TABLE = re.compile(r"(?<=<!-- personas -->\n).*(?=<!-- end -->)", re.DOTALL)
_HEAD = """\
| persona | stands for | events tried | how 2,000 calls ended | dollars | requests without a count | untried |
| --- | --- | --- | --- | --- | --- | --- |
"""
_PAUSES = {"_BACKOFF_FIRST_S": 0.01, "_FIRST_PROBE_S": 0.02, "_LONGEST_PROBE_S": 0.05}


@dataclass(frozen=True)
class Trial:
    """What became of `n` calls to a persona.

    Attributes:
        results: of the engine, by row.
        book: of the persona.
        costs_usd: of each attempt, as table llm_calls says; None where that is unknown.
    """

    persona: Persona
    n: int
    results: dict[str, Result]
    book: list[Entry]
    costs_usd: list[float | None]

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

    @cached_property
    def bill_usd(self) -> float:
        """What was generated and counted, by plain arithmetic."""
        usd = 0.0
        for entry in self.book:
            if entry.tokens is not None and entry.is_counted:
                cached, written = entry.tokens.cached, entry.tokens.completion
                usd += (entry.tokens.prompt - cached) * PRICES["input"]
                usd += cached * PRICES["cached_input"] + written * PRICES["output"]
        return usd * self.persona.provider.get("batch_price_factor", 1) / 1e6

    @property
    def n_uncounted(self) -> int:
        """Requests for which something was generated and no count was told."""
        return sum(entry.tokens is not None and not entry.is_counted for entry in self.book)

    @property
    def n_in_doubt(self) -> int:
        """Requests of which only the persona knows that nothing was generated: errors under 200, of a gateway, 408."""
        doubtful = (entry.status < 300 or entry.status >= 500 or entry.status == 408 for entry in self.book)
        return sum(entry.tokens is None and is_doubtful for entry, is_doubtful in zip(self.book, doubtful, strict=True))

    def row(self) -> str:
        """Its line in the table."""
        ended = Counter(str(result.outcome) for result in self.results.values())
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in ended.most_common())
        unknown = sum(cost is None for cost in self.costs_usd)
        known = sum(cost for cost in self.costs_usd if cost is not None)
        return f"{declared(self.persona)} {said} | {known:.2f} | {unknown:,} | {self.persona.untried or 'nothing'} |"


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
            build.ledger.flush()
            keys = [key for result in results.values() for key in result.call_keys]
            attempts = build.ledger.attempts_of(keys)
    return Trial(persona, n, results, served.book, _costs_usd(made_by, attempts))


def _costs_usd(made_by: Profile, attempts: pl.DataFrame) -> list[float | None]:
    with duckdb.connect() as con:
        con.execute(sql.macros_text())
        con.register("attempts", attempts)
        con.register("prices", prices(made_by))
        return [cost for (cost,) in con.sql(f"select cost_usd from ({sql.query('tables/llm_calls').text})").fetchall()]


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
