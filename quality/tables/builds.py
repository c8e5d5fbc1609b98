"""Table `builds`."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import Table, column, list_of, table

from reasonmed_assets.vocabulary import BUILD_OUTCOMES

_measured = partial(column, origin="publish")
_at_end = partial(_measured, nullable=True)


@table(
    "builds",
    group="provenance",
    grain="One row per build that made something: a `reasonmed build`, a backfill, or another run of the UI.",
    key="number",
    partitioned_by=None,
    shown=("started_by", "outcome", "profile"),
)
class Builds(Table):
    """One row per build. Written by the storage layer when a build begins to make rows, and completed at its end."""

    number: int = _measured("Number of the build, from 1; written b7. Publishes have it as `build`.", unique=True, ge=1)
    build_id: str = _measured("What Dagster or the command calls it: id of a backfill, of a run, or a random one.")
    started_at: pl.Datetime = _measured("When it began to make rows (UTC).")
    ended_at: pl.Datetime = _at_end(
        "When it ended (UTC), the last run of a backfill; null: a run of it is alive, or was killed."
    )
    started_by: str = _measured("The user, and the command, `Dagster` for its own commands.")
    process: str = _measured("The process that began it, as a JSON object.")
    outcome: str = _at_end(
        "How it ended, the worst of its runs; null: a run of it is alive, or was killed.", isin=BUILD_OUTCOMES
    )
    problems: str = _at_end("What was not made, and why, a line each; null where all was made.")
    project: str = _measured("Version of the project.")
    revision: str = _measured(
        "Revision in git; null where the project neither runs from a checkout nor was installed from git.",
        nullable=True,
    )
    is_modified: bool = _measured("Whether files of the checkout differed from that revision.", nullable=True)
    profile: str = _measured("Name of the profile.")
    profile_values: str = _measured(
        "The profile as resolved, as a JSON object, without the values of environment variables."
    )
    recipe: int = _at_end("Version of the warehouse's recipe (table `recipes`).", ge=1)
    models: str = _measured("Provider, name and revision of the model that answers, by role, as a JSON object.")
    prompts: str = _measured("Hash of the prompt of each role, as a JSON object.")
    packages: str = _measured("Versions of Python and of the packages that the project uses, as a JSON object.")
    source_files: str = _at_end(
        "SHA-256 of each file as it was read, as a JSON object; names are relative to the data directory."
    )
    planned_calls: float = _at_end("Calls that its plan expected, retries left out; null: it was not planned.", ge=0)
    planned_usd: float = _at_end("US dollars that its plan expected.", ge=0)
    planned_usd_max: float = _at_end("The upper end of the plan's interval.", ge=0)
    run_ids: pl.List = list_of(pl.String, "Its Dagster runs that began to make rows.", origin="publish")
    run_outcomes: str = _at_end("How each of these that ended did, as a JSON object.")
