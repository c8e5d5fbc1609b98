"""The view `column_lineage`: the edges of every column as rows, so that SQL can ask for them.

`python -m reasonmed_assets.lineage.view` writes it to `sql/views/column_lineage.sql`; a test keeps the file current. It
is a file because whoever opens a warehouse needs it, and following all queries takes sqlglot half a second. Its rows
are lines of one text: as `values` they would double the time that DuckDB takes to open a small warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.lineage.edges import edges_of, origins_of
from reasonmed_assets.quality.schema import TABLES

NAME = "column_lineage"
_FILE = sql.files.FOLDER / "views" / f"{NAME}.sql"
_TEXT = """\
-- makes: column_lineage
-- description: What every column of every table and view is made from, one row per upstream column. `kind` is how:
--     `computed` by the SQL or by code, `prompt` (a model wrote it, and the prompts of `roles` show the upstream
--     column), `previous` (as the build before, or an earlier round, left it); of a column that is made from none where
--     it is from: `file`, `profile`, `constant`, `count` (of rows), `call`, `publish`. Written from
--     the queries by `python -m reasonmed_assets.lineage.view`.
select
    edge[1] as table_name,
    edge[2] as column_name,
    nullif(edge[3], '') as from_table,
    nullif(edge[4], '') as from_column,
    edge[5] as kind,
    string_split(nullif(edge[6], ''), ', ') as roles
from (
    select string_split(unnest(string_split(trim('
{rows}
', chr(10)), chr(10))), '|') as edge
) as edges
"""


def text() -> str:
    """The file's text, from the declarations and queries.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from.
    """
    views = [query.makes for query in sql.queries("views") if query.makes != NAME]
    return _TEXT.format(rows="\n".join("|".join(row) for name in (*TABLES, *views) for row in _rows(name)))


def _rows(name: str) -> Iterator[tuple[str, ...]]:
    origins = origins_of(name)
    for column, edges in edges_of(name).items():
        for edge in edges:
            kind = "previous" if edge.is_previous else "prompt" if edge.roles else "computed"
            yield name, column, edge.table, edge.column, kind, ", ".join(edge.roles)
        if not edges:
            yield name, column, "", "", origins.get(column, "constant"), ""


def main() -> None:
    """Write the file."""
    _FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
