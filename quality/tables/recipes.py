"""Table `recipes`."""

from functools import partial

from reasonmed_assets.quality.schema import Table, column, table

_read = partial(column, origin="file")


@table(
    "recipes",
    group="provenance",
    grain="One row per version of the recipe that the builds of this warehouse are made by.",
    key="version",
    partitioned_by=None,
    shown=("set_by", "changes"),
)
class Recipes(Table):
    """One row per version of the warehouse's recipe: a copy of `recipes.json`, which builds start from."""

    version: int = _read("Number of the version, from 1; publishes have it as `recipe`.", unique=True, ge=1)
    set_at: str = _read("When it was set (UTC, ISO 8601).")
    set_by: str = _read("The user and the command that set it.")
    first_build: str = _read("The first build or run that was made by it; null before that.", nullable=True)
    changes: str = _read("What it changes of the version before, a line each.")
    profile: str = _read("Shipped profile, or path of a file.")
    data_dir: str = _read("Folder of the source files; null: the profile's, else the sample.", nullable=True)
    ledger: str = _read("File of the call ledger; null: the one in the warehouse.", nullable=True)
    question_limit: int = _read("Questions per source; null: the profile's; 0: all.", nullable=True, ge=0)
    question_limits: str = _read("Questions of single sources, as a JSON object.")
    set_values: str = _read("Values that replace those of the profile, by dotted key, as a JSON object.")
    profile_values: str = _read("What the profile stated when it was taken in, as a JSON object.")
