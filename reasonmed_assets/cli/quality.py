"""`reasonmed quality`: the quality report and the Data Docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import WarehouseOption, plain_errors, settings_from


def quality(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write. Default: quality/ in the warehouse.")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write the quality report and Great Expectations' Data Docs as HTML, also while a build runs."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.pages.site import write_quality_pages

    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        for line in write_quality_pages(settings.warehouse_folder, folder):
            say(line)
