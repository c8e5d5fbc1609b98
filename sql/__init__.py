"""Every transform and view as SQL text, one file each.

`tables/` holds the query that makes a table's rows, `calls/` the query that yields one row per model call of a step,
`views/` what users query, `pictures/` and `report/` the figures that are drawn of a table and in the quality report;
`macros.sql` the macros that all of them may use. Queries read the profile through
`getvariable('...')` (see `reasonmed_assets.quality.variables`).
"""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> str:
    """Text of a query by its name below sql/, without the ending ("tables/questions").

    Raises:
        FileNotFoundError: there is no such file.
    """
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
