"""What a table's rows are made from: its query, and everything that this reads on the way to other tables.

All of it follows from the headers in `sql/`, and from what Python code declares of the relations that it makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from reasonmed_assets import sql
from reasonmed_assets.lineage.made_by_code import MADE_BY_CODE
from reasonmed_assets.quality.schema import TABLES

_VARIABLE = re.compile(r"getvariable\('(\w+)'\)")
_CALLED = re.compile(r"\b\w+(?=\()")


@dataclass(frozen=True)
class Transform:
    """A table's query with all that it reads.

    Attributes:
        table: the table.
        queries: its own query, then the views, temporary relations and call lists behind it.
        tables: the published tables that these read, in the order in which data moves.
        previous: the tables that these read as the build before left them.
        made_by_code: the temporary relations that Python code makes for it.
    """

    table: str
    queries: tuple[sql.Query, ...]
    tables: tuple[str, ...]
    previous: tuple[str, ...]
    made_by_code: tuple[str, ...]

    @property
    def query(self) -> sql.Query:
        """The query that yields the table's rows."""
        return self.queries[0]

    @property
    def relations(self) -> dict[str, sql.Query]:
        """The queries of its temporary relations by the relation's name."""
        return {query.makes: query for query in self.queries if query.folder == "relations"}

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The model roles that answer its calls."""
        return tuple(dict.fromkeys(role for query in self.queries for role in query.roles))

    @cached_property
    def macros(self) -> dict[str, str]:
        """The macros that its SQL uses, directly or through another one, each with its statement."""
        return macros_in(query.text for query in self.queries)

    @cached_property
    def variables(self) -> frozenset[str]:
        """The SQL variables that its queries and macros read."""
        return variables_in([*(query.text for query in self.queries), *self.macros.values()])


def macros_in(texts: Iterable[str]) -> dict[str, str]:
    """The macros that SQL texts use, directly or through another one, each with its statement, by name."""
    known, used, todo = sql.macros(), dict[str, str](), list(texts)
    for text in todo:
        for name in (known.keys() & set(_CALLED.findall(text))) - used.keys():
            used[name] = known[name]
            todo.append(known[name].partition("(")[2])
    return dict(sorted(used.items()))


def variables_in(texts: Iterable[str]) -> frozenset[str]:
    """The SQL variables that SQL texts read."""
    return frozenset(name for text in texts for name in _VARIABLE.findall(text))


@cache
def transform_of(table: str) -> Transform:
    """What the rows of a declared table are made from.

    Raises:
        QueryError: it has no query, or what a query reads is no table, no view, and made by nothing.
    """
    return _Closure(table).transform()


class _Closure:
    """Follows what a table's query reads."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._queries: dict[str, sql.Query] = {}
        self._tables: set[str] = set()
        self._previous: set[str] = set()
        self._made_by_code: dict[str, None] = {}

    def transform(self) -> Transform:
        self._follow(sql.query(f"tables/{self._table}"))
        return Transform(
            self._table,
            tuple(self._queries.values()),
            tuple(name for name in TABLES if name in self._tables),
            tuple(name for name in TABLES if name in self._previous),
            tuple(self._made_by_code),
        )

    def _follow(self, query: sql.Query) -> None:
        if query.name in self._queries:
            return
        self._queries[query.name] = query
        self._previous |= set(query.previous)
        for name in (*query.reads, *query.relations):
            self._read(name, query)
        if query.step is not None:
            self._follow(sql.query(query.step))

    def _read(self, name: str, reader: sql.Query) -> None:
        if name in TABLES:
            self._tables |= {name}
        elif (made := sql.find(f"views/{name}") or sql.relation(name, self._table)) is not None:
            self._follow(made)
        elif (self._table, name) in MADE_BY_CODE:
            self._made_by_code[name] = None
            # The rounds of a table's own rows are no input of it.
            for over in MADE_BY_CODE[self._table, name].over:
                if over != self._table:
                    self._read(over, reader)
        else:
            raise sql.QueryError(
                f"sql/{reader.name}.sql reads {name!r}, which is no table and no view: declare the table, write "
                f"sql/relations/{self._table}/{name}.sql, or declare in lineage/made_by_code.py what code makes it"
            )
