"""The upstream columns of every column of a table or view, put together over its queries.

A table's query is followed through views, temporary relations and model calls to the columns of other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.lineage.made_by_code import MADE_BY_CODE
from reasonmed_assets.lineage.query import COUNTED, LineageError, sources_of
from reasonmed_assets.llm.replies.relation import REPLIES, WRITTEN
from reasonmed_assets.quality.schema import ROW_HASH, TABLES
from reasonmed_assets.roles import role_named


class Edge(NamedTuple):
    """A column of another table that a column is made from.

    Attributes:
        table: the table.
        column: its column.
        is_previous: True when it is read as the build before, or an earlier round of this one, left it: no dependency
            of the graph.
        roles: the model roles whose prompts show it, where a model makes the value of it; empty where it is computed.
    """

    table: str
    column: str
    is_previous: bool = False
    roles: tuple[str, ...] = ()


Columns = Mapping[str, tuple[Edge, ...]]
"""The columns of a relation, in their order, each with its edges."""


_COUNTED = Edge(*COUNTED)


@cache
def edges_of(name: str) -> Columns:
    """The edges of every column of a declared table or of a view.

    A table that storage writes within a publish (`publishes`) has none.

    Raises:
        LineageError: a query cannot be resolved, or the columns of a relation are not declared.
        QueryError: there is no query of that name, or a header is wrong.
    """
    return Lineage().edges(name)


@cache
def origins_of(name: str) -> Mapping[str, str]:
    """Where each column that is made from none is from: of a table as declared, of a view `count` or `constant`.

    Raises: see `edges_of`.
    """
    if name in TABLES:
        return TABLES[name].origins
    lineage = Lineage()
    counts = lineage.counts(name)
    return {
        column: "count" if column in counts else "constant"
        for column, edges in lineage.edges(name).items()
        if not edges
    }


class Lineage:
    """The edges of tables and views, from the queries that `find` yields.

    Args:
        find: the query of a name below sql/; None where there is none.
    """

    def __init__(self, find: Callable[[str], sql.Query | None] = sql.find) -> None:
        self._find = find
        self._known: dict[tuple[str, ...], Columns] = {}

    def edges(self, name: str) -> Columns:
        """The edges of every column of a declared table or of a view.

        Raises:
            LineageError: a query cannot be resolved, a relation is made by nothing, or a declared column is missing.
        """
        if name not in TABLES:
            return {column: _of_columns(edges) for column, edges in self._once(f"views/{name}").items()}
        declared = dict.fromkeys(TABLES[name].columns, ())
        if self._find(f"tables/{name}") is None:
            # Written by storage within a publish.
            return declared
        made = self._once(f"tables/{name}", table=name)
        missing = declared.keys() - made.keys() - {ROW_HASH}
        if missing:
            raise LineageError(f"tables/{name} yields no {', '.join(sorted(missing))}, which {name} declares.")
        return declared | {column: _of_columns(made[column]) for column in declared if column != ROW_HASH}

    def counts(self, view: str) -> set[str]:
        """The columns of a view that count rows. Raises: see `edges`."""
        return {column for column, edges in self._once(f"views/{view}").items() if _COUNTED in edges}

    def _once(self, query: str, table: str = "") -> Columns:
        """The edges of a query's columns, with the temporary relations that it reads as `table` has them."""
        if (query, table) not in self._known:
            found = self._find(query)
            if found is None:
                raise LineageError(f"There is no query {query}: write it, or correct the name where it is read.")
            self._known[query, table] = self._columns(found, table)
        return self._known[query, table]

    def _columns(self, query: sql.Query, table: str) -> Columns:
        names = (*query.reads, *query.previous, *query.relations)
        relations = {name: self._relation(name, table, name in query.previous) for name in names}
        if query.step is not None:
            relations |= self._step(query.step, table)
        schema = tuple((name, tuple(columns)) for name, columns in relations.items())
        relations[COUNTED.relation] = {COUNTED.column: (_COUNTED,)}
        return {
            column: _merged(edge for ref in refs for edge in relations[ref.relation][ref.column])
            for column, refs in sources_of(query.name, query.text, schema).items()
        }

    def _relation(self, name: str, table: str, is_previous: bool = False) -> Columns:
        if name in TABLES:
            return {column: (Edge(name, column, is_previous or name == table),) for column in TABLES[name].columns}
        for query in (f"views/{name}", f"relations/{table}/{name}", f"relations/{name}"):
            if self._find(query) is not None:
                return self._once(query, table)
        return self._made_by_code(name, table)

    def _made_by_code(self, name: str, table: str) -> Columns:
        made = MADE_BY_CODE.get((table, name))
        if made is None:
            raise LineageError(
                f"{table}: nothing makes the relation {name}. Write sql/relations/{table}/{name}.sql, or declare its "
                "columns beside the code that makes it and name them in lineage/made_by_code.py."
            )
        over = [self._relation(one, table) for one in made.over]
        return {
            column: _merged(edge for source in sources for columns in over for edge in columns[source])
            for column, sources in made.columns.items()
        }

    def _step(self, step: str, table: str) -> dict[str, Columns]:
        """The calls of a step and the replies to them: what a model writes comes from all fields of its prompt."""
        calls = self._once(step, table)
        query = self._find(step)
        roles = query.roles if query else ()
        declared = [role_named(role) for role in roles]
        fields = dict.fromkeys(field for role in declared for field in (*role.fields, *role.optional))
        absent = [field for field in fields if field not in calls]
        if absent:
            raise LineageError(
                f"sql/{step}.sql yields no {', '.join(absent)}, which a prompt of {' and '.join(roles)} reads: add it"
            )
        shown = _merged(edge._replace(roles=(*edge.roles, *roles)) for field in fields for edge in calls[field])
        replies = {column: shown if column in WRITTEN else () for column in REPLIES.names}
        return {"calls": calls, "replies": replies | {"row_id": calls["row_id"]}}


def _of_columns(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(edge for edge in edges if edge.table != COUNTED.relation)


def _merged(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """One edge for each upstream column, sorted; its roles are those of all ways that lead there."""
    roles: dict[Edge, set[str]] = {}
    for edge in edges:
        roles.setdefault(edge._replace(roles=()), set()).update(edge.roles)
    return tuple(edge._replace(roles=tuple(sorted(found))) for edge, found in sorted(roles.items()))
