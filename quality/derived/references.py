"""Which columns hold the id of another table's row, and the views that follow: `table_references`, `row_lineage`.

An id is given by the tables whose key it is, unless the key is that of another table: `one_row_per`, what a guard
`follows`, or `id_of` say so. A column with the name of an id that earlier tables give holds such an id; one with
another name says whose, with `id_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reasonmed_assets.quality.schema import EdgeKind, IdOf, TableSpec

from reasonmed_assets.errors import ReasonmedError


class ReferenceDeclarationError(ReasonmedError):
    """A column that holds an id is declared in part, or wrongly; the message names it and says what to do."""


class Reference(NamedTuple):
    """A column that holds ids of rows of other tables.

    Attributes:
        column: the column.
        tables: the tables that give these ids; each id is of a row of one of them.
        id: the key of these tables.
        kind: what the row is to the row that it names.
    """

    column: str
    tables: tuple[str, ...]
    id: str
    kind: EdgeKind


def references_of(spec: TableSpec, tables: Iterable[TableSpec]) -> list[Reference]:
    """The references of one of the tables, in the order of its columns."""
    listed = list(tables)
    found = []
    for column in spec.columns:
        followed = _followed(spec, column, listed)
        declared = spec.ids.get(column) or (IdOf(column, "made_from") if _is_named(spec, column, listed) else None)
        if followed is not None:
            found.append(Reference(column, (followed.name,), column, "made_from"))
        elif declared is not None:
            givers = tuple(one.name for one in listed if one.key == declared.id and _gives_id(one, listed))
            found.append(Reference(column, givers, declared.id, declared.kind))
    return found


def _followed(spec: TableSpec, column: str, tables: Sequence[TableSpec]) -> TableSpec | None:
    """The table whose key a column is, by what else is declared of its table."""
    names = (spec.one_row_per, spec.guard.follows if spec.guard else None)
    return next((one for one in tables if one.name in names and one.key == column), None)


def _is_named(spec: TableSpec, column: str, tables: Sequence[TableSpec]) -> bool:
    """Whether a column has the name of an id that earlier tables have."""
    earlier = tables[: next((at for at, one in enumerate(tables) if one.name == spec.name), len(tables))]
    return column != spec.key and any(one.key == column for one in earlier)


def _gives_id(spec: TableSpec, tables: Sequence[TableSpec]) -> bool:
    return spec.key not in spec.ids and _followed(spec, spec.key, tables) is None


def check_references(tables: Iterable[TableSpec]) -> None:
    """Every column that holds an id says whose, once.

    Raises:
        ReferenceDeclarationError: some do not; every problem has a line that says what to do.
    """
    listed = list(tables)
    ids = dict.fromkeys(one.key for one in listed if _gives_id(one, listed))
    problems = [problem for spec in listed for problem in _problems(spec, listed, list(ids))]
    if problems:
        raise ReferenceDeclarationError("\n".join(problems))


def _problems(spec: TableSpec, tables: Sequence[TableSpec], ids: Sequence[str]) -> Iterator[str]:
    for column in spec.columns:
        where, declared = f"quality/tables/{spec.name}.py: column {column}", spec.ids.get(column)
        if declared is None:
            hidden = [one for one in ids if column.endswith(f"_{one}")]
            if hidden:
                yield f"{where} has the name of an id: give it `id_of={hidden[0]!r}`, or another name"
        elif declared.id not in ids:
            yield f"{where} is `id_of={declared.id!r}`, which no table gives: give one of {', '.join(ids)}"
        elif declared == (column, "made_from") and (
            _followed(spec, column, tables) is not None or _is_named(spec, column, tables)
        ):
            yield f"{where} needs no `id_of`: its name, or what its table follows, says it"


_TABLE_REFERENCES = """\
-- makes: table_references
-- description: Which columns hold ids of rows of other tables, as declared: `parent_column` of `parent_table`; where
--     several tables give such ids, one row for each. `kind` is what the row is to the one that it names,
--     `table_key` the id of the row itself.
select *
from (
    values
{rows}
) as declared (table_name, table_key, column_name, parent_table, parent_column, kind)
"""

_ROW_LINEAGE = """\
-- makes: row_lineage
-- reads: {tables}
-- description: Which row each row is made from, compared with or about, and which calls answered for it, from the
--     training record to the raw record: one row per edge. `publish` is the last one of the child's partition, which
--     made its row; a parent `llm_calls` is named by its call key. Give child_table and child_id, or parent_table and
--     parent_id: all edges of a large warehouse are many.
with

latest as (
    select
        table_name,
        partition,
        max(seq) as publish
    from publishes
    group by all
),

edges as (
{edges}
)

select
    edges.*,
    latest.publish
from edges
left join latest
    on edges.child_table = latest.table_name and (latest.partition = '' or latest.partition = edges.source)
"""

_EDGE = """\
    select
        '{child}' as child_table,
        child.{key} as child_id,
        '{parent}' as parent_table,
        parent.{parent_key} as parent_id,
        '{kind}' as kind,
        {source} as source
    from {child} as child
    inner join {parent} as parent on child.{column} = parent.{parent_key}"""

_CALLS = """\
    select
        used_by as child_table,
        row_id as child_id,
        'llm_calls' as parent_table,
        call_key as parent_id,
        'call' as kind,
        source
    from call_uses"""


def table_references(tables: Iterable[TableSpec]) -> str:
    """The query of the view `table_references`, with its header."""
    listed = list(tables)
    rows = [
        (spec.name, spec.key, one.column, parent, one.id, one.kind)
        for spec in listed
        for one in references_of(spec, listed)
        for parent in one.tables
    ]
    rows += [(spec.name, spec.key, "call_keys", "llm_calls", "call_key", "call") for spec in listed if spec.missing]
    lines = [f"        ({', '.join(repr(value) for value in row)})" for row in rows]
    return _TABLE_REFERENCES.format(rows=",\n".join(lines))


def row_lineage(tables: Iterable[TableSpec]) -> str:
    """The query of the view `row_lineage`, with its header."""
    listed = list(tables)
    edges, read = [], {"publishes", "call_uses"}
    for spec in listed:
        for one in references_of(spec, listed):
            for parent in one.tables:
                read |= {spec.name, parent}
                edges.append(
                    _EDGE.format(
                        child=spec.name,
                        key=spec.key,
                        parent=parent,
                        parent_key=one.id,
                        kind=one.kind,
                        source="child.source" if "source" in spec.columns else "null::varchar",
                        column=one.column,
                    )
                )
    return _ROW_LINEAGE.format(tables=", ".join(sorted(read)), edges="\n    union all by name\n".join([*edges, _CALLS]))
