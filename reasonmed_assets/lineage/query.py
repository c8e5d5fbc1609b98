"""The columns that each column of one query is computed from, by sqlglot.

A query is read on its own: of the relations that it reads only the names of their columns are known. What these
columns come from is put together in `edges.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from reasonmed_assets.errors import ReasonmedError

Schema = tuple[tuple[str, tuple[str, ...]], ...]
"""The relations that a query may read, each with the names of its columns in order."""


class LineageError(ReasonmedError):
    """Column lineage that cannot be determined; the message names the query or the table, and what is missing."""


class Ref(NamedTuple):
    """A column of a relation that a query reads."""

    relation: str
    column: str


COUNTED = Ref("", "*")
"""Of a column that counts rows, whatever they hold."""


@cache
def sources_of(name: str, query: str, schema: Schema) -> Mapping[str, frozenset[Ref]]:
    """Output column of a query -> the columns that it is computed from: those named in its select expression, followed
    through CTEs, subqueries and unions to the relations in `schema`.

    What only chooses, pairs or orders rows is no source, as in Dagster's column lineage: `where`, `join`, `group by`,
    `having`, `qualify`, `order by`, the second argument of `arg_min` and `arg_max`. What a count or a rank is computed
    over is one: `filter (where ...)`, `over (...)`. What only counts rows has `COUNTED`. A macro's call is computed
    from its arguments: macros read no relation.

    Args:
        name: the query's name, for messages.
        query: its text.
        schema: the relations that it reads.

    Raises:
        LineageError: the query cannot be parsed, a relation that it reads is not in `schema`, or a column cannot be
            resolved (a whole row, a name that no relation has).
    """
    try:
        parsed = sqlglot.parse_one(query, dialect="duckdb")
        unknown = _relations(_root(name, parsed)) - {relation for relation, _ in schema}
        if unknown:
            raise LineageError(f"{name} reads {', '.join(sorted(unknown))}, whose columns are not declared.")
        columns: dict[str, object] = {relation: dict.fromkeys(names, "unknown") for relation, names in schema}
        qualified = qualify(parsed, dialect="duckdb", schema=columns, identify=False, validate_qualify_columns=False)
    except SqlglotError as error:
        raise LineageError(f"{name}: {error}") from error
    found = _Reader(name, dict(schema)).columns(_root(name, qualified))
    return {column: refs - {COUNTED} or refs for column, refs in found.items()}


class _Reader:
    """Follows the output columns of a query's scopes to the relations outside of it."""

    def __init__(self, name: str, relations: Mapping[str, tuple[str, ...]]) -> None:
        self._name, self._relations = name, relations
        self._known: dict[int, dict[str, frozenset[Ref]]] = {}

    def columns(self, scope: Scope) -> dict[str, frozenset[Ref]]:
        """Output column of a scope -> columns of outside relations."""
        if id(scope) not in self._known:
            self._known[id(scope)] = self._union(scope) if scope.set_operation_scopes else self._select(scope)
        return self._known[id(scope)]

    def _union(self, scope: Scope) -> dict[str, frozenset[Ref]]:
        first, *others = (self.columns(part) for part in scope.set_operation_scopes)
        united = dict(first)
        for other in others:
            names = other if scope.expression.args.get("by_name") else first
            for name, refs in zip(names, other.values(), strict=True):
                united[name] = united.get(name, frozenset()) | refs
        return united

    def _select(self, scope: Scope) -> dict[str, frozenset[Ref]]:
        query = scope.expression
        if isinstance(query, exp.Values):
            return dict.fromkeys(query.alias_column_names, frozenset())
        if not isinstance(query, exp.Query):
            raise self._unresolved(query)
        return {one.alias_or_name: frozenset(self._refs(one, scope)) for one in query.selects}

    def _refs(self, node: exp.Expr, scope: Scope) -> Iterator[Ref]:
        """The outside columns that an expression of a scope is computed from."""
        if isinstance(node, exp.Column):
            yield from self._column(node, scope)
        elif isinstance(node, exp.Count | exp.RowNumber) and not node.find(exp.Column):
            yield COUNTED
        elif isinstance(node, exp.TableColumn) or (
            isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count)
        ):
            raise self._unresolved(node)
        elif isinstance(node, exp.Query):
            (inner,) = (one for one in scope.subquery_scopes if one.expression is node.unnest())
            yield from (ref for refs in self.columns(inner).values() for ref in refs)
        elif isinstance(node, exp.ArgMin | exp.ArgMax) or (
            isinstance(node, exp.Order) and not isinstance(node.parent, exp.Window)
        ):
            yield from self._refs(node.this, scope)
        else:
            for child in node.iter_expressions():
                yield from self._refs(child, scope)

    def _column(self, node: exp.Column, scope: Scope) -> Iterator[Ref]:
        source = scope.sources.get(node.table)
        if isinstance(source, Scope) and node.name in self.columns(source):
            yield from self.columns(source)[node.name]
        elif isinstance(source, exp.Table) and node.name in self._relations.get(source.name, ()):
            yield Ref(source.name, node.name)
        # A table function such as range(1, 3) has no name; its rows come from its arguments, which are no columns.
        elif not (isinstance(source, exp.Table) and not source.name):
            raise self._unresolved(node)

    def _unresolved(self, node: exp.Expr) -> LineageError:
        return LineageError(
            f"{self._name}: cannot resolve {node.sql('duckdb')!r} to a column. Name each column with its relation; "
            "a whole row, or a column of an outer query, has no lineage."
        )


def _root(name: str, query: exp.Expr) -> Scope:
    scope = build_scope(query)
    if scope is None:
        raise LineageError(f"{name} is no query.")
    return scope


def _relations(root: Scope) -> set[str]:
    """Names of the relations that a query reads, without those that it defines itself."""
    sources = (source for scope in root.traverse() for source in scope.sources.values())
    return {source.name for source in sources if isinstance(source, exp.Table) and source.name}
