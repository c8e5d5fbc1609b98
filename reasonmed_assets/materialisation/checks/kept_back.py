"""What is said of a check that keeps rows back: what it found, and what lets them pass."""

from __future__ import annotations

import duckdb

from reasonmed_assets.config.hints import command
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.vocabulary import GIVEN_UP

_SHOWN_EXAMPLES = 5
_SHOWN_CHARACTERS = 100


def found_by(outcome: CheckOutcome) -> str:
    """The first things that a check found, in short."""
    if outcome.error is not None:
        return outcome.error
    shown = outcome.examples[:_SHOWN_EXAMPLES]
    cells = [
        ", ".join(f"{name} {value}"[:_SHOWN_CHARACTERS] for name, value in row.items() if value is not None)
        for row in shown
    ]
    return "Found:\n" + "\n".join(f"  {cell}" for cell in cells)


def ways_out(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, settings: BuildSettings, check: str
) -> str:
    """What lets rows pass that fail a check, a line each: to ask again about them, to let others go, another bound.

    Args:
        con: the connection of the audit.
        spec: the table.
        partition: its partition; None for a table without partitions.
        settings: of the build.
        check: name of the check.
    """
    lines = []
    if check == "missing":
        found = con.execute("select distinct outcome from unanswered order by all").fetchall()
        outcomes = [str(outcome).removeprefix("verifier: ") for (outcome,) in found]
        only = [word for outcome in outcomes if outcome in GIVEN_UP for word in ("--outcome", outcome)]
        if only:
            where = ["--table", spec.name, *only, *(["--source", partition] if partition else [])]
            again = command("retry", *settings.options, *where, warehouse=settings.warehouse_folder)
            lines.append(f"  To ask again about them: {again}\n")
    if check == "shrink":
        where = [*(["--source", partition] if partition else []), "--allow-shrink", spec.name]
        again = command("build", *settings.options, *where, warehouse=settings.warehouse_folder)
        lines.append(f"  To let them go in one run: {again}\n")
    thresholds = settings.loaded_profile.checks.thresholds
    lines += [
        f"  To let them pass: another checks.thresholds.{name} than {getattr(thresholds, name):g}, "
        "in the profile or with --set\n"
        for declared in check_names(spec.name)
        if declared.name == check
        for name in declared.thresholds
    ]
    return "".join(lines)
