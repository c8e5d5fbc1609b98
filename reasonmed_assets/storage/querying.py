"""Queries of users on the snapshot: what they may do besides reading it, and how the rest is refused.

A query may read files and write new ones with `copy ... to`, outside the folders of the warehouse. DuckDB has no such
setting, so statements are judged before they run, by DuckDB's own parser and lexer. What `copy` writes goes into a
fresh folder first and is renamed into a folder that is held open: a link that is swapped meanwhile leads nowhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import temporary_folder
from reasonmed_assets.sql import literal

_ALLOWED = ("SELECT", "EXPLAIN", "COPY", "CREATE", "ATTACH", "DETACH", "SET")
"""Types of statements. The snapshot is open for reading, so what is created is temporary; settings are locked."""
_REFUSED_NAMES = ("enable_logging", "query", "query_table", "json_execute_serialized_sql")
"""Functions that write a log file, or run a statement that is in a text."""
_LOCKED = ("autoinstall_known_extensions", "autoload_known_extensions", "allow_persistent_secrets")


_LEXEME = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[\w$]+|.""", re.DOTALL)
_DEVICE = re.compile(r"/dev/(?:stdout|stderr|null|fd/\d+)")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class QueryError(ReasonmedError):
    """A query that cannot be answered or is not allowed; the message says why."""


@dataclass(frozen=True)
class _Token:
    """A lexeme without what follows it; `word` is a name or keyword in lower case and without quotes."""

    kind: str
    text: str
    start: int
    """Where its first byte is in the statement."""

    @property
    def word(self) -> str:
        return self.text.strip('"').lower()


def restrict(con: duckdb.DuckDBPyConnection, *, locked: bool) -> None:
    """Lock the settings of a connection, with no extension, no stored secret, and, if locked, no file at all."""
    for name in (*_LOCKED, *(["enable_external_access"] if locked else [])):
        con.execute(f"set {name} = false")
    con.execute("set lock_configuration = true")


def answer(con: duckdb.DuckDBPyConnection, query: str, protected: Sequence[Path]) -> duckdb.DuckDBPyRelation | None:
    """The rows of the last statement of a query, computed; None where it yields none.

    Args:
        con: the snapshot, after `restrict`.
        query: statements, the last of which is answered.
        protected: folders and files that nothing may be written to or attached from.

    Raises:
        QueryError: DuckDB does not accept the query, or a statement is not allowed.
    """
    try:
        if found := next((token.word for token in _tokens(query) if token.word in _REFUSED_NAMES), None):
            raise QueryError(f"{found} is not possible here: it can write files or run other statements")
        statements = con.extract_statements(query)
        for statement in statements:
            _judge(con, statement, protected)
        for statement in statements[:-1]:
            _run(con, statement, protected)
        return _run(con, statements[-1], protected) if statements else None
    except UnicodeError as error:
        raise QueryError("the query is not UTF-8") from error
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def protected_paths(warehouse: Path, ledger: Path | None) -> list[Path]:
    """What no query may write to or attach: the folder of the warehouse, what links in it lead to, and the ledger."""
    ledgers = [ledger.with_name(f"{ledger.name}{end}") for end in ("", "-wal", "-shm", "-journal")] if ledger else []
    return [warehouse, *(path for path in warehouse.iterdir() if path.is_symlink()), *ledgers]


def refuse_protected(path: Path, protected: Iterable[Path]) -> None:
    """Refuse a path that is one of the protected or lies in one, by whatever links and spellings.

    Raises:
        QueryError: it is, or it cannot be looked at.
    """
    try:
        real = path.resolve()
        is_linked = real.is_file() and real.stat().st_nlink > 1
        for place in map(Path.resolve, protected):
            if any(_is_same(folder, place) for folder in (real, *real.parents)) or (
                is_linked and any(_is_same(real, file) for file in place.rglob("*"))
            ):
                raise _protected(path)
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"{path} cannot be looked at: {error}") from error


def _run(
    con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, protected: Sequence[Path]
) -> duckdb.DuckDBPyRelation | None:
    """Run a statement that was judged; its rows, where it has any."""
    if statement.type.name != "COPY":
        relation = con.sql(statement)
        return relation if relation is None else relation.execute()
    token, text = _target_token(_tokens(statement.query)), statement.query.encode()
    with _written_aside(_path([token]), protected) as aside:
        rest = text[token.start + len(token.text.encode()) :]
        con.execute((text[: token.start] + literal(aside).encode() + rest).decode())
    return None


def write_outside(target: Path, text: str, protected: Sequence[Path]) -> None:
    """Write a user's file, as a whole or not at all.

    Raises:
        QueryError: it cannot be written, or is one of the protected files or in one of their folders.
    """
    with written_outside(target, protected) as aside:
        aside.write_text(text, encoding="utf-8")


@contextmanager
def written_outside(target: Path, protected: Sequence[Path]) -> Iterator[Path]:
    """Where to write a user's file that is moved to `target` at the end, or dropped if it does not come to that.

    Raises:
        QueryError: it cannot be written, or is one of the protected files or in one of their folders.
    """
    refuse_protected(target, protected)
    with _written_aside(target, protected) as aside:
        yield aside


@contextmanager
def _written_aside(target: Path, protected: Sequence[Path]) -> Iterator[Path]:
    """Where to write a file or folder that is renamed to `target` at the end.

    Raises:
        QueryError: the target's folder cannot be used or is protected.
    """
    if _DEVICE.fullmatch(str(target)):
        yield target
        return
    try:
        with _opened(target.parent) as folder:
            _refuse_place(folder, target, protected)
            # By descriptors: in a path, somebody else may swap a link for another meanwhile.
            with (
                temporary_folder("copy", Path(f"/proc/self/fd/{folder}")) as aside,
                _opened(aside.name, within=folder) as inside,
            ):
                yield Path(f"/proc/self/fd/{inside}") / target.name
                # `copy` may be told to write nothing where there is no row.
                if target.name in os.listdir(inside):  # noqa: PTH208 - an open folder
                    os.replace(target.name, target.name, src_dir_fd=inside, dst_dir_fd=folder)
    except OSError as error:
        raise QueryError(f"{target} cannot be written: {error.strerror}") from error


@contextmanager
def _opened(folder: Path | str, within: int | None = None) -> Iterator[int]:
    """A folder held open; one within another is no link."""
    no_link = 0 if within is None else os.O_NOFOLLOW
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | no_link, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_place(folder: int, target: Path, protected: Iterable[Path]) -> None:
    """Refuse an open folder that is a protected one or lies in one, and the name of a protected file in it."""
    above = [_identity(os.stat(".", dir_fd=folder))]
    while (up := _identity(os.stat("/".join([".."] * len(above)), dir_fd=folder))) != above[-1]:
        above.append(up)
    for place in map(Path.resolve, protected):
        with suppress(FileNotFoundError):
            is_in_folder = _identity(place.parent.stat()) == above[0] and place.name == target.name
            if is_in_folder or _identity(place.stat()) in above:
                raise _protected(target)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _protected(path: Path) -> QueryError:
    return QueryError(f"{path} belongs to the warehouse or its ledger: choose a file elsewhere")


def _judge(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, protected: Sequence[Path]) -> None:
    tokens = _tokens(statement.query)
    kind = statement.type.name
    if kind not in _ALLOWED:
        raise QueryError(f"{kind.lower().replace('_', ' ')} is not possible here: the warehouse is open for reading")
    if kind == "EXPLAIN" and any(token.word in ("copy", "attach", "export") for token in tokens):
        raise QueryError("explain shows the plan of a query only")
    if kind == "COPY":
        _judge_copy(tokens, protected)
    if kind == "ATTACH":
        _judge_attach(tokens, protected)


def _judge_copy(tokens: Sequence[_Token], protected: Sequence[Path]) -> None:
    target = _path([_target_token(tokens)])
    # Of a folder of files, options give the names of the files in it.
    if any(".." in token.text for token in tokens if token.kind == "string_const" and _path([token]) != target):
        raise QueryError("an option of copy may not hold '..'")
    try:
        is_full = target.is_dir() and any(target.iterdir())
    except OSError as error:
        raise QueryError(f"{target} cannot be looked at: {error}") from error
    if is_full:
        raise QueryError(f"{target} is a folder with files in it: copy into a new one")
    if target.exists() and not (target.is_file() or target.is_dir() or _DEVICE.fullmatch(str(target))):
        raise QueryError(f"{target} is neither a file nor a folder")
    refuse_protected(target, protected)


def _target_token(tokens: Sequence[_Token]) -> _Token:
    """What follows the keyword `to` of a copy."""
    outside = _outside_parentheses(tokens)
    at = next((i for i, token in enumerate(outside) if token.kind == "keyword" and token.word == "to"), None)
    if at is None:
        raise QueryError("copy ... from is not possible here: the warehouse is open for reading; `from 'FILE'` reads")
    if at + 1 == len(outside):
        raise QueryError("write the path of a file as one text in single quotes")
    return outside[at + 1]


def _judge_attach(tokens: Sequence[_Token], protected: Sequence[Path]) -> None:
    if [token.word for token in tokens if token.text != ";"][-3:] != ["(", "read_only", ")"]:
        raise QueryError("a database can be attached for reading only: attach 'FILE' as NAME (read_only)")
    path = _path([token for token in tokens if token.kind == "string_const"])
    refuse_protected(path, protected)


def _path(tokens: Sequence[_Token]) -> Path:
    """The path that is written as a plain text."""
    if len(tokens) != 1 or tokens[0].kind != "string_const" or not re.fullmatch(r"'[^\0]+'", tokens[0].text):
        raise QueryError("write the path of a file as one text in single quotes")
    text = tokens[0].text[1:-1].replace("''", "'")
    if re.match(r"[a-z0-9+.]+:", text, re.IGNORECASE):
        raise QueryError(f"{text} is no plain path of a file")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise QueryError(f"{text} is no path of a file: {error}") from error


def _is_same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _outside_parentheses(tokens: Iterable[_Token]) -> list[_Token]:
    depth, found = 0, []
    for token in tokens:
        depth -= token.text == ")"
        if not depth and token.text not in ("(", ")"):
            found.append(token)
        depth += token.text == "("
    return found


def _tokens(query: str) -> list[_Token]:
    """What DuckDB's lexer makes of a statement, without comments."""
    text = query.encode()
    found = duckdb.tokenize(query)
    # A statement that DuckDB makes of another one, of a pivot for one, has no text.
    ends = [*(start for start, _ in found[1:]), len(text)] if found else []
    tokens = []
    for (start, kind), end in zip(found, ends, strict=True):
        part = text[start:end].decode()
        lexeme = _LEXEME.match(part)
        assert lexeme is not None
        # Two texts with only blanks between are one text to DuckDB.
        is_joined = "'" in _COMMENT.sub("", part[lexeme.end() :])
        tokens.append(_Token("joined" if is_joined else kind.name, lexeme.group(), start))
    return tokens
