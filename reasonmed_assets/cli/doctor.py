"""`reasonmed doctor`: whether a build could start, before it does."""

from __future__ import annotations

import typer

from reasonmed_assets.cli.options import (
    DataOption,
    LedgerOption,
    OverridesOption,
    ProfileOption,
    SetOption,
    WarehouseOption,
    settings_from,
)


def doctor(
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    overrides: OverridesOption = None,
    assignments: SetOption = None,
) -> None:
    """Check profile, overrides, source files, endpoints, keys, disk and versions, and report problems."""
    from rich.text import Text

    from reasonmed_assets.cli.terminal import new_console
    from reasonmed_assets.orchestration.doctor import diagnose

    settings = settings_from(
        profile=profile,
        data_dir=data_dir,
        warehouse=warehouse,
        ledger=ledger,
        overrides=overrides,
        assignments=assignments,
    )
    findings = diagnose(settings)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        mark = ("ok   ", "green") if finding.is_fine else ("wrong", "red")
        detail = finding.detail.replace("\n", "\n" + " " * (width + 9))
        line = Text.assemble(mark, f"  {finding.subject:<{width}}  {detail}")
        new_console().print(line, soft_wrap=True)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)
