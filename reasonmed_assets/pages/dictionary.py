"""The data dictionary, docs/reference/tables.md, from the declared tables, checks and views.

`python -m reasonmed_assets.pages.dictionary` writes it, and fills in the tables of docs/reference/checks.md
(`check_list.py`); a test keeps the committed files equal.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.lineage.edges import Edge, edges_of
from reasonmed_assets.pages.check_list import fill_in
from reasonmed_assets.quality.declarations import CheckDeclaration, check_names
from reasonmed_assets.quality.expectations import views_of
from reasonmed_assets.quality.schema import TABLES, TableSpec

_HEAD = """# Tables

Every table of the warehouse, in the order in which data moves: its grain, its columns, and the checks that its rows
must pass before they are published; then the [views](#views). Written from the declarations in `quality/` by
`python -m reasonmed_assets.pages.dictionary`; do not edit it by hand.

A check that blocks keeps the rows from being published; one that warns is only shown. A number in brackets is the
check's in the method's list. Checks marked *model* judge a model's work: a profile can have them warn only.

*From* names the columns that a column is made from, which follow from the SQL: first those that it is computed from,
then those that a model's prompt shows, with its role; *(before)*: as the build before, or an earlier round, left it. In
italics is the origin of a column that is made from none: a *file*, a value of the *profile*, a *constant* of the query,
or measured of the model *call* or of the *publish*.
"""


def render() -> str:
    """The data dictionary as Markdown."""
    contents = "\n".join(f"- [{name}](#{name}): {_sentence(spec.grain)}" for name, spec in TABLES.items())
    return "\n".join([_HEAD, contents, "", *(_section(spec) for spec in TABLES.values()), _views()])


def _views() -> str:
    """The views with their columns, as DuckDB derives them."""
    import duckdb

    from reasonmed_assets.storage.views import create_views, description, shipped_views

    views = shipped_views()
    lines = ["## Views", "", "| view | what it shows | columns |", "|---|---|---|"]
    with duckdb.connect() as con:
        con.execute(sql.macros_text())
        for spec in TABLES.values():
            con.execute(spec.ddl())
        create_views(con, views, kind="view")
        for name, query in views.items():
            columns = [f"`{row[0]}`" for row in con.execute(f"describe {name}").fetchall()]
            lines.append(f"| `{name}` | {_escaped(description(name, query))} | {', '.join(columns)} |")
    return "\n".join([*lines, ""])


def _section(spec: TableSpec) -> str:
    partitions = f"by {spec.partitioned_by}" if spec.is_partitioned else "none"
    lines = [
        f"## {spec.name}",
        "",
        f"{spec.grain} Group `{spec.group}`, key `{spec.key}`, partitions: {partitions}.",
        "",
        "| column | type | null | what it is | from |",
        "|---|---|---|---|---|",
        *_columns(spec),
        "",
    ]
    checks = check_names(spec.name)
    if not checks:
        return "\n".join([*lines, "Written within each publish, so there is nothing to check before it.", ""])
    lines += [
        "| check | when it fails | what must hold |",
        "|---|---|---|",
        *map(_check, checks),
        "",
        "Distributions:",
        "",
    ]
    lines += [f"- {expectation.description}" for view in views_of(spec.name) for expectation in view.expectations]
    return "\n".join([*lines, ""])


def _columns(spec: TableSpec) -> list[str]:
    types, origins, edges = spec.duckdb_types(), spec.origins, edges_of(spec.name)
    rows = []
    for name, column in spec.columns.items():
        cells = [
            f"`{name}`",
            types[name],
            "yes" if column.nullable else "",
            _escaped(column.description + _allowed(column)),
            "; ".join([*([f"*{origins[name]}*"] if name in origins else []), *_upstream(edges[name])]),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _upstream(edges: Sequence[Edge]) -> list[str]:
    """The upstream columns, those that a value is computed from first, then those that a model made it from."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for edge in sorted(edges, key=lambda edge: edge.roles):
        before = " *(before)*" if edge.is_previous else ""
        groups.setdefault(edge.roles, []).append(f"`{edge.table}.{edge.column}`{before}")
    return [(f"by {', '.join(roles)}: " if roles else "") + ", ".join(columns) for roles, columns in groups.items()]


def _allowed(column: Any) -> str:
    """The values that a column of a fixed vocabulary may hold."""
    values = next((check.statistics["allowed_values"] for check in column.checks if check.name == "isin"), ())
    return f" One of {', '.join(f'`{value}`' for value in values)}." if values else ""


def _check(declared: CheckDeclaration) -> str:
    effect = "blocks" if declared.is_blocking else "warns"
    if declared.judges_model and declared.is_blocking:
        effect += ", *model*"
    number = "" if declared.method_check is None else f" ({declared.method_check})"
    return f"| `{declared.name}`{number} | {effect} | {_escaped(declared.description)} |"


def _escaped(text: str) -> str:
    """The text as a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def main() -> None:
    """Write tables.md into docs/reference/ (or the folder given), and fill in checks.md where it is there."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/reference")
    (folder / "tables.md").write_text(render(), encoding="utf-8")
    checks = folder / "checks.md"
    if checks.exists():
        checks.write_text(fill_in(checks.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
