"""The files of `sql/` as queries: what each makes and reads, as its header declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reasonmed_assets.sql.headers import QueryError, read_header

FOLDER = Path(__file__).parent
_KEYS = ("makes", "reads", "previous", "relations", "step", "role", "description")
_DERIVED: dict[str, str] = {}
_DERIVED_MACROS: dict[str, str] = {}
_FIGURES = ("browse", "pictures", "release", "report")
_MACRO = re.compile(r"(?m)^create macro ")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Query:
    """One file of `sql/`.

    Attributes:
        name: its name below sql/, without the ending ("tables/questions").
        text: the SQL, header included.
        description: what it yields.
        makes: the table, view or temporary relation that it makes; empty for what is only shown or released, in
            `browse/`, `pictures/`, `release/` and `report/`.
        reads: the published tables and the views that it reads.
        previous: the tables that it reads as the build before left them.
        relations: the temporary relations that it reads: made by another query, or by Python code.
        step: the query of `calls/` whose calls and replies it reads, as `calls` and `replies`.
        roles: the model roles that answer the calls that it yields.
    """

    name: str
    text: str
    description: str
    makes: str = ""
    reads: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    step: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of `sql/` that it lies in."""
        return self.name.partition("/")[0]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every table, view and temporary relation that the SQL names."""
        return (*self.reads, *self.previous, *self.relations, *(("calls", "replies") if self.step else ()))


def query(name: str) -> Query:
    """The query of a file by its name below sql/, without the ending.

    Raises:
        QueryError: there is no such file, or its header is wrong.
    """
    return _read(FOLDER, name)


def queries(folder: str = "") -> list[Query]:
    """The queries of a folder of sql/, by name; without one, all.

    Raises:
        QueryError: a header is wrong.
    """
    files = [str(file.relative_to(FOLDER).with_suffix("")) for file in (FOLDER / folder).rglob("*.sql")]
    derived = [name for name in _DERIVED if name.startswith(folder)]
    return [query(name) for name in sorted([*files, *derived]) if name != "macros"]


def find(name: str) -> Query | None:
    """The query of that name; None where there is no such file.

    Raises:
        QueryError: its header is wrong.
    """
    return query(name) if name in _DERIVED or (FOLDER / f"{name}.sql").is_file() else None


def derive(name: str, text: str) -> None:
    """Add a query that follows from declarations in Python; it is found as those of the files are.

    Args:
        name: as of a file ("views/served_rows").
        text: the SQL with its header.
    """
    _DERIVED[name] = text
    _read.cache_clear()


def derive_macro(signature: str, body: str) -> None:
    """Add a macro that follows from declarations in Python.

    Args:
        signature: its name with its parameters ("option_key(option)").
        body: the SQL expression.
    """
    _DERIVED_MACROS[signature] = body


def relation(name: str, table: str) -> Query | None:
    """The query that makes a temporary relation for a table: the table's own one, else one for all tables.

    Raises:
        QueryError: its header is wrong.
    """
    return find(f"relations/{table}/{name}") or find(f"relations/{name}")


def macros() -> dict[str, str]:
    """The statement of every macro by its name."""
    statements = _MACRO.split(macros_text())[1:]
    return {statement.partition("(")[0]: f"create macro {statement}".strip() for statement in statements}


def macros_text() -> str:
    """The macros that all queries may use; each statement starts a line with "create macro"."""
    derived = (f"\ncreate macro {signature} as {body};\n" for signature, body in sorted(_DERIVED_MACROS.items()))
    return (FOLDER / "macros.sql").read_text(encoding="utf-8") + "".join(derived)


def parse(name: str, text: str, file: Path) -> Query:
    """The query that a text with a header declares.

    Raises:
        QueryError: the header is incomplete or wrong; the message names file and line or key.
    """
    found = read_header(text, file, _KEYS)
    values = {key: _names(file, key, found[key]) for key in ("reads", "previous", "relations", "role") if key in found}
    parsed = Query(
        name,
        text,
        found.get("description", ""),
        found.get("makes", ""),
        values.get("reads", ()),
        values.get("previous", ()),
        values.get("relations", ()),
        found.get("step"),
        values.get("role", ()),
    )
    _refuse_incomplete(parsed, file)
    return parsed


@cache
def _read(folder: Path, name: str) -> Query:
    file = folder / f"{name}.sql"
    try:
        return parse(name, _DERIVED.get(name) or file.read_text(encoding="utf-8"), file)
    except FileNotFoundError as error:
        raise QueryError(f"there is no query {name}: write {file}, or correct the name") from error


def _names(file: Path, key: str, value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(","))
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong or len(set(names)) < len(names):
        raise QueryError(f"{file}: {key} is {value!r}: give names in lower case, each once, separated by commas")
    return names


def _refuse_incomplete(query: Query, file: Path) -> None:
    if not query.description.endswith("."):
        raise QueryError(f"{file}: the header needs a description, a sentence that ends with a full stop")
    if query.folder in _FIGURES and query.makes:
        raise QueryError(f"{file}: a figure makes nothing: remove 'makes' from its header")
    expected = "calls" if query.folder == "calls" else Path(query.name).name
    if query.folder not in _FIGURES and query.makes != expected:
        raise QueryError(f"{file}: its place says that it makes {expected!r}, its header says {query.makes!r}")
    if (query.folder == "calls") != bool(query.roles):
        raise QueryError(f"{file}: queries of calls/ name the role that answers, and only they")
    if query.step is not None and not query.step.startswith("calls/"):
        raise QueryError(f"{file}: the step is {query.step!r}, but the queries of steps are in calls/")
