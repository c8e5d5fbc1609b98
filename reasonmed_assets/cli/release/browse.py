"""`reasonmed browse`: the questions of the data set as one page, to read, filter and search."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import LedgerOption, WarehouseOption, plain_errors, settings_from

_MEGABYTE = 1_000_000


def browse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The page to write; it replaces only an earlier one.")],
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    max_mb: Annotated[int, typer.Option("--max-mb", metavar="MB", min=1, help="The most that the page takes.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="Another one draws other questions.")] = 1,
    with_names: Annotated[bool, typer.Option("--with-names", help="Also who decided and who reviewed.")] = False,
) -> None:
    """Write a page with a sample of the questions: paths, verdicts, rewrites, short answers, scores, decisions."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.pages.browse.page import refuse_to_replace, write_page
    from reasonmed_assets.storage import open_warehouse
    from reasonmed_assets.storage.querying import protected_paths, written_outside

    settings = settings_from(warehouse=warehouse, ledger=ledger)
    with plain_errors():
        protected = protected_paths(settings.warehouse_folder, Path(settings.ledger_reference))
        refuse_to_replace(file)
        with open_warehouse(settings.warehouse_folder).snapshot() as con, written_outside(file, protected) as aside:
            budget = max_mb * _MEGABYTE
            done = write_page(con, aside, seed=seed, budget_bytes=budget, with_names=with_names)
            refuse_to_replace(file)  # writing takes long enough for somebody to put one there
        shown, n_questions = f"{done.n_shown:,}", f"{done.n_questions:,}"
        say(f"{file.resolve()}: {shown} of {n_questions} questions, {done.n_bytes / _MEGABYTE:,.1f} MB")
