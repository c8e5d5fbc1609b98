"""The tables of docs/reference/checks.md: where each of the method's checks is implemented, and the test that fails it.

The page is written by hand around blocks `<!-- check N -->` ... `<!-- end -->`, which are filled in here.
`python -m reasonmed_assets.pages.dictionary` does so; a test keeps the committed page equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.config.profile import Thresholds
from reasonmed_assets.quality import declarations, expectations
from reasonmed_assets.quality.declarations import CheckDeclaration, assertion_folders, check_names, thresholds_in
from reasonmed_assets.quality.expectations import Expectation, View, views_of
from reasonmed_assets.quality.schema import TABLES, TableSpec

CHECKS = range(1, 16)
"""The numbers of the method's checks."""

_FOLDER = Path(str(declarations.__file__)).parent
_BLOCK = re.compile(r"(?<=<!-- check )(\d+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_EVERY_RATE = "min_rows_for_rates"


@dataclass(frozen=True)
class Part:
    """One part of a check: an assertion, or an expectation on a distribution.

    Attributes:
        file: below quality/.
        name: of the assertion, or `view.column` of the expectation.
        effect: blocks, blocks (model) or warns.
        demand: what must hold.
        thresholds: names of the thresholds that it reads.
    """

    file: str
    name: str
    effect: str
    demand: str
    thresholds: tuple[str, ...]


def fault_id(table: str, name: str) -> str:
    """Id of the tests that plant a fault which a part must find (`pytest tests/quality -k ID`)."""
    return f"{table}-{name}"


def parts_of(number: int) -> dict[Part, list[str]]:
    """The parts of one of the method's checks, each with the tables that have it."""
    found: dict[Part, list[str]] = {}
    for spec in TABLES.values():
        for part in _parts(spec, number):
            found.setdefault(part, []).append(spec.name)
    return found


def fill_in(page: str) -> str:
    """The page with the content of every block renewed."""
    return _BLOCK.sub(lambda block: f"{block[1]}{block[2]}{_table(int(block[1]))}", page)


def _table(number: int) -> str:
    bounds = Thresholds()
    lines = [
        "| table | check | when it fails | what must hold | thresholds | planted fault |",
        "|---|---|---|---|---|---|",
    ]
    for part, tables in parts_of(number).items():
        name = part.file.rpartition("/")[2]
        cells = [
            ", ".join(f"`{table}`" for table in tables),
            f"[{name}](../../quality/{part.file})",
            part.effect,
            part.demand,
            ", ".join(f"`{threshold}` {getattr(bounds, threshold):g}" for threshold in part.thresholds),
            ", ".join(f"`{fault_id(table, part.name)}`" for table in tables),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _parts(spec: TableSpec, number: int) -> Iterator[Part]:
    declared = check_names(spec.name)
    for check in declared:
        if check.method_check == number and check.sql is not None:
            file, thresholds = _assertion_file(spec, check), check.thresholds
            yield Part(file, check.name, _effect(check), check.description, thresholds)
    if not declared:
        return
    for view in views_of(spec.name):
        for expectation in view.expectations:
            if expectation.method_check == number:
                file, name = _view_file(spec, view), f"{view.name}.{expectation.column}"
                yield Part(file, name, "warns", expectation.description, _bounds(view, expectation))


def _effect(check: CheckDeclaration) -> str:
    if not check.is_blocking:
        return "warns"
    return "blocks (model)" if check.judges_model else "blocks"


def _assertion_file(spec: TableSpec, check: CheckDeclaration) -> str:
    places = (f"assertions/{folder}/{check.name}.sql" for folder in assertion_folders(spec))
    return next(place for place in places if (_FOLDER / place).is_file())


def _view_file(spec: TableSpec, view: View) -> str:
    """The module that declares a view: one that several tables share, or the table's own."""
    shared = sorted({file.stem for file in (_FOLDER / "expectations").glob("*.py")} - {"__init__", *TABLES})
    modules = (import_module(f"{expectations.__name__}.{name}") for name in shared)
    declaring = (module.__name__.rpartition(".")[2] for module in modules if view in module.VIEWS)
    return f"expectations/{next(declaring, spec.name)}.py"


def _bounds(view: View, expectation: Expectation) -> tuple[str, ...]:
    named = [bound.threshold for bound in expectation.bounds]
    # A view has the thresholds of all its expectations: those of this one are where its column is made.
    made = re.search(rf"^.*\s+as {expectation.column}\b", view.sql, re.MULTILINE)
    return tuple(dict.fromkeys([*named, *_read_in(made[0] if made else "")]))


def _read_in(sql: str) -> tuple[str, ...]:
    return tuple(name for name in thresholds_in(sql) if name != _EVERY_RATE)
