"""What a warehouse declares: its tables and views, and a digest by which a file tells whether it holds them.

What this version ships is told by the files that declare it: to read them takes milliseconds, to import them a second,
which a query has no need of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reasonmed_assets import quality, sql, vocabulary
from reasonmed_assets.rules import control_tokens
from reasonmed_assets.storage.builds import BUILDS
from reasonmed_assets.storage.publishing import FAILURES, PUBLISHES
from reasonmed_assets.storage.views import shipped_views

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

OWN = (PUBLISHES, FAILURES, BUILDS)
"""The tables that storage writes by itself."""


class Declared:
    """The declared tables and views.

    Args:
        tables: by name; None: those of `quality/tables/`.
        views: name -> query; None: those of `sql/views/`.
    """

    def __init__(self, tables: Mapping[str, TableSpec] | None, views: Mapping[str, str] | None) -> None:
        self._given = tables, views

    @cached_property
    def tables(self) -> Mapping[str, TableSpec]:
        """The tables by name, with those that storage writes by itself."""
        from reasonmed_assets.quality.tables import TABLES

        given, _ = self._given
        return TABLES if given is None else {**given, **{name: TABLES[name] for name in OWN}}

    @cached_property
    def views(self) -> Mapping[str, str]:
        """The queries of the views by name."""
        from reasonmed_assets.quality import tables as _derived  # noqa: F401 - one view follows from the tables

        return shipped_views() if self._given[1] is None else self._given[1]

    @cached_property
    def digest(self) -> str:
        """Hash of everything in a file that is no row: tables, descriptions, macros, views."""
        parts = list(_texts()) if self._given == (None, None) else list(self._statements())
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:32]

    def _statements(self) -> Iterator[str]:
        yield sql.macros_text()
        for spec in self.tables.values():
            yield from (spec.ddl(), *spec.comments())
        yield from (f"{name}\x1f{query}" for name, query in sorted(self.views.items()))


def _texts() -> Iterator[str]:
    """The files from which the shipped declarations follow."""
    declared, queries = Path(str(quality.__file__)).parent, Path(str(sql.__file__)).parent
    files = [*sorted(declared.rglob("*.py")), queries / "macros.sql", *sorted((queries / "views").glob("*.sql"))]
    for file in (*files, Path(str(control_tokens.__file__)), Path(str(vocabulary.__file__))):
        yield f"{file.name}\x1f{file.read_text(encoding='utf-8')}"
