"""The Python code that makes a table's rows, or judges them, and the profile values that it reads: found in the source.

From the functions that stage a table, every function, class and constant of the package is followed that they name,
but for what carries rows and calls (engine, transports, ledger, storage): an edit there changes no row. Docstrings,
comments, type annotations and log lines do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any

_PACKAGE = "reasonmed_assets"
_CARRIES = (
    *("cli", "config", "errors", "lineage", "machine", "materialisation", "orchestration", "pages", "quality"),
    *("release", "servers", "sql", "storage"),
    *("llm.calls", "llm.engine", "llm.ledger", "llm.outcomes", "llm.transports"),
)
"""Parts of the package whose code changes no row: values of a profile, schemas and SQL are parts of their own."""
NO_JUDGE = (
    *("assets", "cli", "config", "errors", "lineage", "llm", "machine", "materialisation", "orchestration", "pages"),
    *("people", "release", "roles", "servers", "sources", "sql", "storage"),
)
"""Parts of the package whose code changes no result of a check."""
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_NOT_OF_ROWS = {"rehearse", "stubborn_share", "stubborn_share_if_hard"}
"""Keyword arguments that change no row: what a rehearsal answers is the model's doing."""


@dataclass(frozen=True)
class Code:
    """The code that makes a table's rows.

    Attributes:
        digest: hash of every definition that was reached; empty where the rows follow from SQL alone.
        names: these definitions, as "module.name".
        variables: the values of a profile that they read, by the name of their SQL variable.
    """

    digest: str
    names: tuple[str, ...]
    variables: frozenset[str]


@cache
def code_of(
    roots: tuple[Callable[..., Any], ...], roles: tuple[str, ...] = (), carriers: tuple[str, ...] = _CARRIES
) -> Code:
    """The code that functions, classes and declarations of roles reach, themselves included.

    Args:
        roots: the functions and classes.
        roles: names of the roles.
        carriers: the parts of the package that are not followed.
    """
    reach = _Reach(carriers)
    for root in roots:
        reach.visit(root.__module__, root.__qualname__.partition(".")[0])
    for role in roles:
        reach.visit(f"{_PACKAGE}.roles.{role}", "ROLE")
    texts = {f"{module}.{name}": _text(module, name) for module, name in reach.found}
    joined = "\x1e".join(f"{name}\x1f{text}" for name, text in sorted(texts.items()))
    digest = hashlib.sha256(joined.encode()).hexdigest()[:16] if texts else ""
    return Code(digest, tuple(sorted(texts)), frozenset(reach.variables))


@dataclass(frozen=True)
class _Module:
    """What a module defines at its top level, and what its imports call."""

    package: str
    definitions: dict[str, list[ast.stmt]]
    imports: dict[str, tuple[str, str | None]]


class _Reach:
    """Definitions that code names, directly or through others."""

    def __init__(self, carriers: tuple[str, ...]) -> None:
        self._carriers = carriers
        self._seen: set[tuple[str, str]] = set()
        self.found: set[tuple[str, str]] = set()
        self.variables: set[str] = set()

    def visit(self, module: str, name: str) -> None:
        todo = [(module, name)]
        while todo:
            place = todo.pop()
            if place in self._seen or not self._counts(place[0]):
                continue
            self._seen.add(place)
            named = _named(*place)
            self.found |= {place} if named.is_definition else set()
            self.variables |= named.variables
            todo += named.places

    def _counts(self, module: str) -> bool:
        below = module.removeprefix(f"{_PACKAGE}.")
        return below != module and not any(below == one or below.startswith(f"{one}.") for one in self._carriers)


@dataclass(frozen=True)
class _Named:
    """What a name of a module leads to: other names, each with its module, and values of a profile."""

    is_definition: bool
    places: frozenset[tuple[str, str]] = frozenset()
    variables: frozenset[str] = frozenset()


@cache
def _named(module: str, name: str) -> _Named:
    known = _module(module)
    if name in known.imports:
        return _Named(False, frozenset(_places_of_import(known.imports[name], None)))
    if name not in known.definitions:
        return _Named(False)
    parts = [part for node in known.definitions[name] for part in ast.walk(node)]
    within = {alias: imported for part in parts for alias, imported in _imported(part, known.package)}
    imports = known.imports | within
    places = {place for imported in within.values() for place in _places_of_import(imported, None)}
    variables = set[str]()
    for part in parts:
        if isinstance(part, ast.Attribute):
            variables |= set(_profile_value(part))
            if isinstance(part.value, ast.Name) and part.value.id in imports:
                places |= set(_places_of_import(imports[part.value.id], part.attr))
        elif isinstance(part, ast.Name):
            places.add((module, part.id))
    return _Named(True, frozenset(places), frozenset(variables))


def _places_of_import(imported: tuple[str, str | None], attribute: str | None) -> Iterator[tuple[str, str]]:
    """What an imported name leads to; modules of other packages, which may take seconds to import, are left out."""
    module, name = imported
    if module.partition(".")[0] != _PACKAGE:
        return
    if name is None or _is_module(f"{module}.{name}"):
        if attribute is not None:
            yield (module if name is None else f"{module}.{name}"), attribute
    else:
        yield module, name


def _profile_value(part: ast.Attribute) -> Iterator[str]:
    """The SQL variable that holds the value of an expression such as `stage.rules.votes` or `stage.seed`."""
    owner = part.value.attr if isinstance(part.value, ast.Attribute) else getattr(part.value, "id", None)
    if owner == "rules":
        yield f"rule_{part.attr}"
    elif owner in ("stage", "profile"):
        yield part.attr


@cache
def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@cache
def _module(name: str) -> _Module:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name}")
    known = _Module(str(spec.parent), {}, {})
    _collect(ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body, known)
    return known


def _collect(body: Iterable[ast.stmt], known: _Module) -> None:
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known.imports.update(_imported(node, known.package))
        elif isinstance(node, ast.If):
            _collect([*node.body, *node.orelse], known)
        elif isinstance(node, ast.Try):
            handled = [one for handler in node.handlers for one in handler.body]
            _collect([*node.body, *handled, *node.orelse, *node.finalbody], known)
        else:
            clean = _Rows().visit(node)
            for name in _defined(node) if clean else ():
                known.definitions.setdefault(name, []).append(clean)


def _imported(node: ast.AST, package: str) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """The names that an import gives -> module and name within it."""
    if isinstance(node, ast.Import):
        yield from ((alias.asname or alias.name, (alias.name, None)) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = resolve_name(f"{'.' * node.level}{node.module or ''}", package)
        yield from ((alias.asname or alias.name, (module, alias.name)) for alias in node.names)


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement defines; one that defines none, as `KINDS.update(...)`, is a part of all it names."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = (
        node.targets if isinstance(node, ast.Assign) else [node.target if isinstance(node, ast.AugAssign) else node]
    )
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


@cache
def _text(module: str, name: str) -> str:
    return "\n".join(ast.unparse(node) for node in _module(module).definitions[name])


class _Rows(ast.NodeTransformer):
    """Takes away what changes no row."""

    def __init__(self) -> None:
        self._is_in_class = False

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_docstring = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_docstring or _is_log_line(node.value) else self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._is_in_class, before = True, self._is_in_class
        self.generic_visit(node)
        self._is_in_class = before
        return _with_body(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._is_in_class, before = False, self._is_in_class
        node.returns = None
        self.generic_visit(node)
        self._is_in_class = before
        return _with_body(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self.visit_FunctionDef(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        # The annotations of a class are its fields: dataclasses and pydantic models act on them.
        if self._is_in_class:
            return self.generic_visit(node)
        if node.value is None:
            return None
        assigned = ast.Assign(targets=[node.target], value=node.value)
        return self.generic_visit(ast.fix_missing_locations(ast.copy_location(assigned, node)))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in _NOT_OF_ROWS]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return _with_body(self.generic_visit(node))

    def visit_For(self, node: ast.For) -> ast.AST:
        return _with_body(self.generic_visit(node))

    def visit_With(self, node: ast.With) -> ast.AST:
        return _with_body(self.generic_visit(node))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        return _with_body(self.generic_visit(node))


def _with_body(node: Any) -> Any:
    node.body = node.body or [ast.Pass()]
    return node


def _is_log_line(value: ast.expr) -> bool:
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
        return False
    owner = value.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return value.func.attr in _LOG_METHODS and name.strip("_") in ("log", "logger")
