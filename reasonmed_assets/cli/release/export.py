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


class Trainer(StrEnum):
    """Trainers that can render an export."""

    trl = "trl"
    llamafactory = "llamafactory"


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; no file in it is overwritten.")],
    warehouse: WarehouseOption = None,
    allow: Annotated[list[Allowance] | None, typer.Option(help="Allow one kind of row, and mark the export.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier export, if its files are unchanged.")
    ] = False,
    trainer: Annotated[
        Trainer | None, typer.Option("--for", help="Render each record with this trainer's code, and report it.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The tokenizer to render with, or its model's folder.")
    ] = None,
    cutoff: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Tokens after which the trainer cuts. Default: 4,096.")
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="LLaMA-Factory's template. Default: the tokenizer's.")
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME", help="Render this set. Default: all.")
    ] = None,
    trainer_python: Annotated[
        str | None, typer.Option(metavar="PATH", help="The Python that has the trainer. Default for TRL: this one.")
    ] = None,
) -> None:
    """Write the three training sets as alpaca JSON, ShareGPT messages, prompts with completions, and Parquet."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.release.export import export_training_sets
    from reasonmed_assets.release.trainers.rendering import DEFAULT_CUTOFF, TrainerOptions

    options = None
    if trainer is not None and tokenizer is not None:
        cutoff = cutoff or DEFAULT_CUTOFF
        options = TrainerOptions(trainer.value, tokenizer, cutoff, template, trainer_python, sets or ())
    elif any((trainer, tokenizer, cutoff, template, sets, trainer_python)):
        raise typer.BadParameter("how records are rendered needs both --for and --tokenizer")
    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        allowed = {kind.value for kind in allow or ()}
        for line in export_training_sets(settings.warehouse_folder, folder, allowed, force=force, trainer=options):
            say(line)
