"""`reasonmed release`: the data set as its publisher owes it, and the verification of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import ProfileOption, WarehouseOption, plain_errors, settings_from
from reasonmed_assets.cli.release.export import Allowance


def release(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write, or to verify.")],
    profile: ProfileOption = None,
    warehouse: WarehouseOption = None,
    allow: Annotated[list[Allowance] | None, typer.Option(help="Allow one kind of row, and mark the release.")] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", metavar="TERMS", help="Only examples under these terms; may be repeated."),
    ] = None,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="Release people's names, addresses and absolute paths too.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier release, if its files are unchanged.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Write nothing: find what is wrong with a release.")] = False,
) -> None:
    """Write the data set as others load it: Parquet, trainers' forms, card, Croissant, lineage, checksums."""
    from reasonmed_assets.cli.terminal import say

    if verify:
        from reasonmed_assets.release.dataset.verifying import verified

        with plain_errors():
            for line in verified(folder):
                say(line)
        return
    from reasonmed_assets.release.dataset.writing import write_release

    settings = settings_from(profile=profile, warehouse=warehouse)
    with plain_errors():
        allowed = {kind.value for kind in allow or ()}
        lines = write_release(
            settings, folder, allowed=allowed, licences=licence or (), force=force, with_names=with_names
        )
        for line in lines:
            say(line)
