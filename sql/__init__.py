"""Every transform and view as SQL, one file each, with a header that says what it makes and reads.

`tables/` holds the query that makes a table's rows, `calls/` the query that yields one row per model call of a step,
`relations/` the temporary relations in between (those of one table in a folder of its name), `views/` what users query,
`pictures/` and `report/` the figures that are drawn of a table and in the quality report, `browse/` the rows of the
page of questions, `release/` what a release holds and how it is verified; `macros.sql` the macros that all of them may
use. Queries read the profile through `getvariable('...')` (see `reasonmed_assets.quality.variables`).

What does not belong here: running a query, and anything that needs the rest of the project.
"""

from reasonmed_assets.sql.files import (
    Query,
    derive,
    derive_macro,
    find,
    macros,
    macros_text,
    parse,
    queries,
    query,
    relation,
)
from reasonmed_assets.sql.headers import QueryError, read_header
from reasonmed_assets.sql.names import names_in
from reasonmed_assets.sql.naming import (
    ROW_HASH,
    ROWS_PER_GROUP,
    STAGED,
    Files,
    each_of,
    identifier,
    literal,
    parquet,
    pattern,
)

__all__ = [
    "ROWS_PER_GROUP",
    "ROW_HASH",
    "STAGED",
    "Files",
    "Query",
    "QueryError",
    "derive",
    "derive_macro",
    "each_of",
    "find",
    "identifier",
    "literal",
    "macros",
    "macros_text",
    "names_in",
    "parquet",
    "parse",
    "pattern",
    "queries",
    "query",
    "read_header",
    "relation",
]
