"""`reasonmed review`: exports examples to reviewers, imports their reviews, and drafts decisions from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import ProfileOption, WarehouseOption, plain_errors, settings_from

review_app = typer.Typer(no_args_is_help=True, help="Have people judge a sample of the examples.")


@review_app.command("export")
def export_review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for reviews.csv and reviews.html.")],
    profile: ProfileOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write a seeded sample of the examples to fill in: a CSV, and a page that needs no network."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.pages.review_sheets import export_sheets
    from reasonmed_assets.storage import open_warehouse

    settings = settings_from(profile=profile, warehouse=warehouse)
    with plain_errors():
        for line in export_sheets(open_warehouse(settings.warehouse_folder), settings.loaded_profile, folder):
            say(line)


@review_app.command("import")
def import_review(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What reviewers sent back, CSV or JSON.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Keep what reviewers filled in; bad rows are kept too, with the reason."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.config.hints import command
    from reasonmed_assets.people.reviews import import_reviews
    from reasonmed_assets.storage import open_warehouse

    settings = settings_from(warehouse=warehouse)
    with plain_errors():
        folder = open_warehouse(settings.warehouse_folder).companion("reviews")
        for file in files:
            done = import_reviews(folder, file)
            bad = [review for review in done.reviews if review.problem]
            known = "" if done.is_new else ", there already"
            say(
                f"{file}: {len(done.reviews) - len(bad)} reviews, {len(bad)} rows with a problem, "
                f"{done.n_empty} not filled in; kept as {done.path}{known}"
            )
            for review in bad:
                say(f"  row {review.row}: {review.problem}")
    build = command("build", "--select", "key:reviews", warehouse=settings.warehouse_folder)
    say(f"They are in table reviews after the next build, or now with: {build}")


@review_app.command("overrides")
def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="New file for the drafted entries.")],
    reviewers: Annotated[int, typer.Option(min=1, help="How many must have found the key wrong.")] = 2,
    warehouse: WarehouseOption = None,
) -> None:
    """Draft overrides of questions whose key reviewers agree is wrong, in their words, for a person to decide on."""
    from datetime import date

    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.people.drafting import draft_overrides
    from reasonmed_assets.people.reviews import ReviewError
    from reasonmed_assets.storage import open_warehouse

    settings = settings_from(warehouse=warehouse)
    with plain_errors(), open_warehouse(settings.warehouse_folder).snapshot() as con:
        drafted = draft_overrides(con, date.today(), reviewers=reviewers)
        if not drafted:
            say(f"No key was found wrong by {reviewers} reviewers and right by none: nothing was written.")
            return
        try:
            with file.open("x", encoding="utf-8") as new:
                new.write("\n".join(drafted))
        except FileExistsError as error:
            raise ReviewError(f"{file} exists already and may hold decisions: give another file") from error
    say(f"{file}: {len(drafted) - 1} entries; read them, then build with --overrides {file}")
