"""The package from Python and notebooks: a warehouse to plan, to build, to query, and to ask where rows come from.

Everything else in the package is private. What an option means, the command line says: `reasonmed build --help`.
"""

from __future__ import annotations

import html
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.lineage.calls import ShownCall
    from reasonmed_assets.lineage.diff.comparison import Diff
    from reasonmed_assets.lineage.trace.tracing import Trace
    from reasonmed_assets.orchestration.build import BuildSummary
    from reasonmed_assets.orchestration.plan.plan import Plan


class Warehouse:
    """A warehouse, which need not be there before it is built.

    Queries read the snapshot of the last run that ended, also while a build runs. Errors that a person can mend are
    `reasonmed_assets.ReasonmedError`.

    Args:
        folder: where it is.
        ledger: file of the call ledger; None: the one that the recipe says, else the one in the warehouse.
    """

    def __init__(self, folder: str | os.PathLike[str] = "warehouse", *, ledger: str | None = None) -> None:
        self._given = {"warehouse": os.fspath(folder), "ledger": ledger}

    @overload
    def sql(self, query: str, *, as_of: int | str | None = ...) -> pl.DataFrame: ...
    @overload
    def sql(self, query: str, rows: Literal["polars"], *, as_of: int | str | None = ...) -> pl.DataFrame: ...
    @overload
    def sql(self, query: str, rows: Literal["arrow"], *, as_of: int | str | None = ...) -> pa.Table: ...
    def sql(
        self, query: str, rows: Literal["polars", "arrow"] = "polars", *, as_of: int | str | None = None
    ) -> pl.DataFrame | pa.Table:
        """The rows of a query on the published tables and views, with the rights that `reasonmed sql` has.

        Args:
            query: statements, of which the last one's rows are given.
            rows: as a polars DataFrame, or as an Arrow table.
            as_of: number of the publish (41; 0: before the first), or the build ("b7"), whose rows the tables have;
                None: the last one. What is published now is in the database `now` then (`from now.questions`).

        Raises:
            WarehouseError: there is no warehouse, or nothing in it, or no such state of it.
            QueryError: DuckDB does not accept the query, it would write where it must not, or polars has no such rows.
        """
        import pyarrow as pa

        from reasonmed_assets.config.settings import BuildSettings
        from reasonmed_assets.storage import open_warehouse
        from reasonmed_assets.storage.querying import QueryError, answer, protected_paths, restrict

        settings = BuildSettings.begin(self._given)
        folder = settings.warehouse_folder
        with open_warehouse(folder).shown(as_of) as con:
            restrict(con, locked=False)
            found = answer(con, query, protected_paths(folder, Path(settings.ledger_reference)))
            table = found.to_arrow_table() if found is not None else pa.table({})
        if rows == "arrow":
            return table
        import polars as pl

        try:
            return pl.DataFrame(table)
        except pl.exceptions.PolarsError as error:
            raise QueryError(
                f'{error}: give each column a name of its own, cast it, or ask for rows="arrow"'
            ) from error

    @overload
    def table(self, name: str, *, as_of: int | str | None = ...) -> pl.DataFrame: ...
    @overload
    def table(self, name: str, rows: Literal["polars"], *, as_of: int | str | None = ...) -> pl.DataFrame: ...
    @overload
    def table(self, name: str, rows: Literal["arrow"], *, as_of: int | str | None = ...) -> pa.Table: ...
    def table(
        self, name: str, rows: Literal["polars", "arrow"] = "polars", *, as_of: int | str | None = None
    ) -> pl.DataFrame | pa.Table:
        """All rows of a table or view (docs/reference/tables.md), as `sql` gives them.

        Raises:
            WarehouseError: there is no warehouse, or nothing in it.
            QueryError: there is no such table.
        """
        from reasonmed_assets.sql import identifier

        return self.sql(f"from {identifier(name)}", rows, as_of=as_of)

    def show(self, row_id: str) -> ShownCalls:
        """What models were asked and said for a row: a path, an example, a score; or by the key of a call.

        Raises:
            UnknownIdError: nothing has that id.
            LedgerError: the ledger is not there, or cannot be read.
            WarehouseError: there is no warehouse, or nothing in it.
        """
        from reasonmed_assets.config.settings import BuildSettings
        from reasonmed_assets.lineage.calls import calls_of
        from reasonmed_assets.llm.ledger.opening import open_store, store_exists
        from reasonmed_assets.llm.ledger.records import LedgerError
        from reasonmed_assets.storage import open_warehouse

        settings = BuildSettings.begin(self._given)
        if not store_exists(settings.ledger_reference):
            raise LedgerError(f"there is no ledger {settings.ledger_reference}: give its file as `ledger`")
        with (
            open_warehouse(settings.warehouse_folder).snapshot() as con,
            open_store(settings.ledger_reference) as store,
        ):
            return ShownCalls(calls_of(con, store, row_id))

    def trace(self, wanted: str, *, full: bool = False) -> Trace:
        """What became of a question and why, from any id: a tree in a notebook, `to_json()` the rows behind it.

        Args:
            wanted: id of a record, question, path, example or call, the first characters of one, or words of a
                question.
            full: with the prompt and the reply of each call from the ledger.

        Raises:
            TraceError: nothing, or more than one thing, is meant.
            WarehouseError: there is no warehouse, or nothing in it.
            LedgerError: the ledger is not there, or cannot be read.
        """
        from reasonmed_assets.config.settings import BuildSettings
        from reasonmed_assets.lineage.trace.tracing import trace

        settings = BuildSettings.begin(self._given)
        return trace(settings.warehouse_folder, wanted, settings.ledger_reference if full else None)

    def diff(self, before: str | os.PathLike[str], after: str | os.PathLike[str] | None = None) -> Diff:
        """What differs between two states, and why: rows, tiers, shares, and a cause for each row.

        Args:
            before: a build (`b7`), a publish (`41`), or the folder of a warehouse or an export.
            after: the same; None: what the build `before` changed.

        Raises:
            DiffError: one of them is none of these.
            WarehouseError: there is no such build or publish, or its history was dropped.
        """
        from reasonmed_assets.config.settings import BuildSettings
        from reasonmed_assets.lineage.diff.comparison import diff

        folder = BuildSettings.begin(self._given).warehouse_folder
        return diff(folder, os.fspath(before), None if after is None else os.fspath(after))

    def build(
        self,
        *,
        profile: str | None = None,
        data_dir: str | None = None,
        limit: int | Literal["all"] | None = None,
        overrides: str | None = None,
        set: Mapping[str, Any] | None = None,
        source: str | Sequence[str] | None = None,
        select: str | None = None,
        once: bool = False,
        replace: bool = False,
        allow_shrink: str | Sequence[str] | None = None,
        budget_usd: float | None = None,
        budget_calls: int | None = None,
        parallel: int = 1,
    ) -> BuildSummary:
        """Build as `reasonmed build` does with the options of these names, and print the same; None: not given.

        Returns:
            How it ended: `is_complete`, `problems`, `published`, `seconds`.

        Raises:
            ReasonmedError: the build could not start, or could not go on.
            KeyboardInterrupt: it was stopped; what was paid for is kept.
        """
        from reasonmed_assets.cli.build import run_build, set_aside
        from reasonmed_assets.config.hints import command

        given = {"profile": profile, "data_dir": data_dir, "limit": limit, "overrides": overrides, "set": set}
        settings = self._begin(
            "build", given, source, once, replace, allow_shrink=allow_shrink, budget=(budget_usd, budget_calls)
        )
        settings = set_aside(settings) if replace else settings
        again = command("build", warehouse=settings.warehouse_folder)
        return run_build(settings, _listed(source), select, again, parallel=parallel)

    def plan(
        self,
        *,
        profile: str | None = None,
        data_dir: str | None = None,
        limit: int | Literal["all"] | None = None,
        overrides: str | None = None,
        set: Mapping[str, Any] | None = None,
        source: str | Sequence[str] | None = None,
        select: str | None = None,
        once: bool = False,
        replace: bool = False,
        explain: str | None = None,
    ) -> Plan:
        """What `build` with these options would do and cost, as `reasonmed plan` says it; nothing is changed.

        Args:
            explain: id of a row, question or call: `explained` and `listed` tell what becomes of it; the others are
                those of `build`.

        Raises:
            ReasonmedError: the build could not start.
        """
        from reasonmed_assets.cli.build import tables_of
        from reasonmed_assets.orchestration.plan.planning import plan

        given = {"profile": profile, "data_dir": data_dir, "limit": limit, "overrides": overrides, "set": set}
        settings = self._begin("plan", given, source, once, replace)
        tables = tables_of(settings, select)
        return plan(settings, sources=_listed(source) or (), tables=tables, replace=replace, wanted=explain)

    def _begin(
        self,
        what: str,
        given: Mapping[str, Any],
        source: str | Sequence[str] | None,
        once: bool,
        replace: bool,
        allow_shrink: str | Sequence[str] | None = None,
        budget: tuple[float | None, int | None] = (None, None),
    ) -> BuildSettings:
        """What a build with these options starts with."""
        from reasonmed_assets.cli.build import begin_build
        from reasonmed_assets.config.settings import limit_from, set_overrides

        limit, overrides = given["limit"], given["overrides"]
        values = dict(given["set"] or {}) | set_overrides(Path(overrides) if overrides else None)
        return begin_build(
            self._given
            | {"profile": given["profile"], "data_dir": given["data_dir"], "set": values}
            | {"limit": limit_from(None if limit is None else str(limit), "limit")},
            source=_listed(source),
            once=once,
            replace=replace,
            allow_shrink=_listed(allow_shrink),
            budget_usd=budget[0],
            budget_calls=budget[1],
            started_by=f"reasonmed_assets.Warehouse.{what}",
        )

    def __repr__(self) -> str:
        return f"Warehouse({self._given['warehouse']!r})"


class ShownCalls(Sequence["ShownCall"]):
    """The calls behind a row, in the order in which they were made; a notebook shows prompt and reply of each."""

    def __init__(self, calls: Sequence[ShownCall]) -> None:
        self._calls = calls

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, place: Any) -> Any:
        return self._calls[place]

    def __repr__(self) -> str:
        return "\n".join(line for call in self._calls for line in call.lines())

    def _repr_html_(self) -> str:
        shown = []
        for call in self._calls:
            head, *texts = map(html.escape, call.lines())
            shown.append(f"<details open><summary>{head}</summary>" + "".join(map(_block, texts)) + "</details>")
        return "".join(shown)


def _listed(names: str | Sequence[str] | None) -> Sequence[str] | None:
    return [names] if isinstance(names, str) else names


def _block(text: str) -> str:
    return f'<pre style="white-space: pre-wrap">{text}</pre>'
