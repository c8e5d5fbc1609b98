"""`reasonmed export`: the training sets as files that trainers read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import WarehouseOption, plain_errors, settings_from


class Allowance(StrEnum):
    """Kinds of rows that an export refuses unless they are allowed."""

    simulated = "simulated"
    demo = "demo"
    stand_in = "stand-in"
    failing = "failing"
    behind = "behind"


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; no file in it is overwritten.")],
    warehouse: WarehouseOption = None,
    allow: Annotated[list[Allowance] | None, typer.Option(help="Allow one kind of row, and mark the export.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier export, if its files are unchanged.")
    ] = False,
) -> None:
    """Write the three training sets as alpaca JSON, ShareGPT messages and Parquet."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.release.export import export_training_sets

    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        allowed = {kind.value for kind in allow or ()}
        for line in export_training_sets(settings.warehouse_folder, folder, allowed, force=force):
            say(line)
