"""Whether the queries of `sql/` are what their headers say, and whether every relation is made by one thing.

A header that is silent about an input would leave rows as they are when that input changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from reasonmed_assets import sql
from reasonmed_assets.lineage.made_by_code import MADE_BY_CODE
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES


def check_queries() -> None:
    """Every header is true, every relation has one maker, and no table is made from itself.

    Raises:
        QueryError: something is not so; every problem has a line with the file and what to do.
    """
    problems = [*_untrue_headers(), *_makers(), *_cycles(_reads_of_queries(), "reads itself")]
    if not problems:
        problems = [*_cycles(_tables_behind(), "is made from itself: name what is read of the build before `previous`")]
        problems = problems or [*_no_descendants()]
    if problems:
        raise sql.QueryError("\n".join(problems))


def _untrue_headers() -> Iterator[str]:
    for query in sql.queries():
        try:
            named = sql.names_in(query.text)
        except sql.QueryError as error:
            yield f"sql/{query.name}.sql: {error}"
            continue
        # A step's calls need not be read.
        declared = set(query.inputs) - ({"calls"} if query.step else set())
        if missing := named - set(query.inputs):
            yield f"sql/{query.name}.sql reads {_listed(missing)}: name it in the header"
        if unread := declared - named:
            yield f"sql/{query.name}.sql does not read {_listed(unread)}: remove it from the header"


def _makers() -> Iterator[str]:
    """Tables without a query and the other way round, and names that several things make."""
    queries = {folder: {query.makes for query in sql.queries(folder)} for folder in ("tables", "views")}
    for name in sorted(queries["tables"] - TABLES.keys()):
        yield f"sql/tables/{name}.sql: no table is declared as {name}: add quality/tables/{name}.py"
    for name in sorted(TABLES.keys() - queries["tables"] - set(UNAUDITED)):
        yield f"quality/tables/{name}.py: no query makes its rows: write sql/tables/{name}.sql"
    published = TABLES.keys() | queries["views"]
    for name in sorted(queries["views"] & TABLES.keys()):
        yield f"sql/views/{name}.sql has the name of a table: rename the view"
    for query in sql.queries("relations"):
        if query.makes in published:
            yield f"sql/{query.name}.sql has the name of a table or view: rename the relation"
        tables = [query.name.split("/")[1]] if query.name.count("/") > 1 else TABLES
        yield from (
            f"sql/{query.name}.sql makes what lineage/made_by_code.py says that code makes for {table}: keep one"
            for table in tables
            if (table, query.makes) in MADE_BY_CODE
        )


def _reads_of_queries() -> dict[str, set[str]]:
    """Query -> the queries that it reads, tables left out; names as below sql/."""
    found = {}
    for query in sql.queries():
        place = Path(query.name).parent.as_posix()
        own = place.removeprefix("relations/") if place.startswith("relations/") else Path(query.name).name
        read = [sql.find(f"views/{name}") or sql.relation(name, own) for name in (*query.reads, *query.relations)]
        found[query.name] = {one.name for one in read if one is not None}
    return found


def _tables_behind() -> dict[str, set[str]]:
    return {name: set(transform_of(name).tables) for name in TABLES if name not in UNAUDITED}


def _cycles(reads: Mapping[str, set[str]], problem: str) -> Iterator[str]:
    """The members of cycles that a graph has."""
    left = dict(reads)
    while ends := [name for name, read in left.items() if not read & left.keys()]:
        for name in ends:
            del left[name]
    # What only reads a cycle is no member of it.
    while ends := [name for name in left if not any(name in read for read in left.values())]:
        for name in ends:
            del left[name]
    if left:
        files = ", ".join(sorted(name if "/" in name else f"tables/{name}" for name in left))
        yield f"sql/: {files}: each of these {problem}"


def _no_descendants() -> Iterator[str]:
    """Tables that are read as the build before left them although they are there in this build."""
    behind = _tables_behind()
    for name, upstream in behind.items():
        for previous in transform_of(name).previous:
            if previous != name and name not in _ancestors(previous, behind):
                yield (
                    f"sql/tables/{name}.sql: it reads {previous} as the build before left it, but {previous} is not "
                    "made from it: move it from `previous` to `reads`"
                )
            elif previous in upstream:
                yield f"sql/tables/{name}.sql: it reads {previous} both as it is and as `previous`: keep one"


def _ancestors(table: str, behind: Mapping[str, set[str]]) -> set[str]:
    found = set[str]()
    todo = [table]
    while todo:
        new = behind.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))
