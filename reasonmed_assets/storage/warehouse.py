"""What a warehouse promises, whatever holds its tables; `tests/storage/contract_warehouse.py` tests it.

An implementation says how rows are published and read. What all of them keep as files is in `local_files.py`.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.recipes import book as recipes
from reasonmed_assets.config.recipes.book import RecipeBook
from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.storage import builds, publishing
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.history import Kept
from reasonmed_assets.storage.local_files import LocalFiles
from reasonmed_assets.storage.publishing import Published, PublishRecord, Replaced, Standing

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec


class Warehouse(LocalFiles, ABC):
    """The published tables of one build, and the only way to read and change them.

    Reading and publishing work from several threads and processes at once: a reader sees each partition as it was
    before a publish or after it, never in between.

    Args:
        folder: folder on this machine for what is no table: see `LocalFiles`.
    """

    # Tables

    @abstractmethod
    def read(self, variables: Mapping[str, Any] | None = None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A read-only connection to what is published; keep it short, a publish may wait for it.

        Every declared table is there with its declared columns, empty before its first publish; so are the macros and
        the views. Temporary tables and views can be made. Rows come in no particular order unless ordered.

        Args:
            variables: SQL variables to set (`getvariable('name')`).

        Raises:
            WarehouseError: another process published for too long, or a newer version of this program wrote it.
        """

    @abstractmethod
    def publish(
        self,
        spec: TableSpec,
        partition: str | None,
        staged: sql.Files,
        *,
        run_id: str,
        fingerprint: str,
        profile: str,
        statistics: Mapping[str, Any],
        parts: Mapping[str, str] | None = None,
        recipe: int | None = None,
        build: int | None = None,
        replaced: Replaced | None = None,
    ) -> Published:
        """Make the staged rows the content of a partition, or of a part of it: in one transaction, as a difference.

        Publishes of a warehouse happen one after another, and each that is recorded has a number above all before it.

        Args:
            spec: the table.
            partition: its partition; None for a table without partitions.
            staged: Parquet files with exactly the declared columns, `row_hash` included; they stay where they are.
            run_id: Dagster run.
            fingerprint: hash of what the rows were made from; empty where calls are missing.
            profile: name of the profile.
            statistics: figures of the partition that the next build compares itself with; must fit into JSON.
            parts: the parts of the fingerprint by name; None where they are not known.
            recipe: version of the recipe; None where it is not known.
            build: number of the build (`begin_build`); None where there is none.
            replaced: the published rows in whose place the staged ones come, while the others stay; None: all.

        Raises:
            OvertakenError: the rows that are to stay have been published anew meanwhile; nothing was published.
            WarehouseError: nothing was published; the message says why.
        """

    @abstractmethod
    def record_failure(self, spec: TableSpec, partition: str | None, run_id: str, reason: str) -> None:
        """Keep in table `failures` that the last run of a partition failed, until the next publish of it.

        Nothing is kept where nothing was ever published: there is nothing that could be out of date.

        Args:
            spec: the table.
            partition: its partition; None for a table without partitions.
            run_id: Dagster run.
            reason: why, for people.

        Raises:
            WarehouseError: it could not be written.
        """

    @abstractmethod
    def begin_build(self, facts: Mapping[str, Any], *, is_publishing: bool) -> int | None:
        """Keep in table `builds` that a build begins to make rows; returns its number.

        One of this `build_id` that has a row already goes on in it: another run of its backfill began before.

        Args:
            facts: the columns of its row that are known by then, `build_id` among them.
            is_publishing: it is about to publish; until then None is returned where nothing was ever published.

        Raises:
            WarehouseError: it could not be written.
        """

    @abstractmethod
    def end_build(self, number: int, facts: Mapping[str, Any]) -> None:
        """Complete the row of a build; it has an outcome when each of its runs that began has ended.

        Args:
            number: of the build.
            facts: the columns that are known at the end of its `run_ids`.

        Raises:
            WarehouseError: it has no row, or it could not be written.
        """

    @final
    def publish_named(self, name: str) -> int:
        """The number of the publish that a person names: itself, as `41`, or the last one of a build, as `b7`.

        Raises:
            WarehouseError: it is no such name, or there is no such publish or build.
        """
        with self.snapshot() as con:
            return builds.publish_named(con, name)

    @final
    def publish_before(self, build: int) -> int:
        """The number of the last publish before the first one of a build; 0: none.

        Raises:
            WarehouseError: there is no such build.
        """
        with self.read() as con:
            return builds.publish_before(con, build)

    @final
    def last_publish(self, table: str, partition: str | None) -> PublishRecord | None:
        """The latest publish of a partition, or None."""
        with self.read() as con:
            return publishing.last_publish(con, table, partition)

    def standing(self) -> Standing:
        """How all partitions stand: what was published of them last, and whose last run failed."""
        with self.read() as con:
            return publishing.standing(con)

    @final
    def export(self, spec: TableSpec, partition: str | None, file: Path, *, where: str = "true") -> int:
        """Write the published rows of a partition as Parquet, as they were staged; returns their number.

        Args:
            spec: the table.
            partition: its partition; None for a table without partitions.
            file: where to.
            where: SQL condition for the rows.
        """
        where = f"{publishing.in_partition(spec, partition)} and ({where})"
        with self.read() as con:
            row = con.execute(
                f"copy (select {', '.join(spec.columns)} from {spec.name} where {where}) "
                f"to {sql.literal(file)} {sql.STAGED}"
            ).fetchone()
        assert row is not None
        return int(row[0])

    @abstractmethod
    def freeze_in(self, folder: Path) -> None:
        """Make a warehouse in another folder, with what is published here now, what it is bound to and its companions.

        It is to be read, and has no history; what is published here later is not there. Changes nothing here.

        Args:
            folder: on this machine; empty, or not there.

        Raises:
            WarehouseError: another process published for too long.
        """

    # What users open

    @property
    @abstractmethod
    def address(self) -> str:
        """Where users open what is published; no secret is in it."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """What users open, read-only. However long it is open, no publish waits for it.

        It is brought up to date first, as `catch_up` does.

        Raises:
            WarehouseError: nothing was published yet.
        """

    @abstractmethod
    def as_of(self, seq: int) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The tables as they were after a publish, with the macros and the views of now; in `now`, what users open.

        However long it is open, no publish waits for it. Columns that were declared later are null, those that were
        dropped since are left out.

        Args:
            seq: number of the publish; 0: before the first.

        Raises:
            WarehouseError: there is no such publish, history begins later, or a file of it is gone.
        """

    @final
    def shown(self, as_of: int | str | None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """What users open, or what it held after a publish or build that a person names; see `publish_named`.

        Raises:
            WarehouseError: as `snapshot` and `as_of`.
        """
        return self.snapshot() if as_of is None else self.as_of(self.publish_named(str(as_of)))

    @abstractmethod
    def rows_as_of(self, con: duckdb.DuckDBPyConnection, spec: TableSpec, seq: int) -> str:
        """The query of a table's rows as of a publish, so that several states can be joined in one connection.

        Args:
            con: of `read` or `snapshot`; the query is for it, while it is open.
            spec: the table.
            seq: number of the publish; 0: before the first.

        Raises:
            WarehouseError: as `as_of`.
        """

    @abstractmethod
    def values_since(
        self, con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, values: str, seq: int
    ) -> str:
        """The query of values in those rows that came or went after a publish.

        Args:
            con: of `read`; the query is for it, while it is open.
            spec: the table.
            partition: the partition whose rows are meant; None: all rows.
            values: what is selected of a row: a column, or an expression with its name.
            seq: number of the publish; 0: before the first.

        Raises:
            WarehouseError: as `as_of`.
        """

    @abstractmethod
    def history(self) -> Kept:
        """As of which publishes tables can be read, and what that takes on disk.

        Raises:
            WarehouseError: nothing was published yet, or what is kept cannot be understood.
        """

    @abstractmethod
    def drop_history(self, before: int) -> None:
        """Remove what is needed only to read as of publishes before this one, for good.

        Raises:
            WarehouseError: others read the history, or nothing was published yet.
        """

    @property
    @abstractmethod
    def has_snapshot(self) -> bool:
        """Whether there is something for users to open."""

    @abstractmethod
    def is_snapshot_behind(self) -> bool:
        """Whether users still see an earlier publish, or tables and views of earlier declarations."""

    @abstractmethod
    def refresh_snapshot(self) -> bool:
        """Show users what is published now; True when they saw something else.

        Raises:
            WarehouseError: it could not be replaced; users see what they saw.
        """

    @abstractmethod
    def catch_up(self) -> None:
        """For a command that reads what users open: `refresh_snapshot`, unless a run is at work.

        Then `ReasonmedWarning` says as of when it is, where something was published since.

        Raises:
            WarehouseError: as `refresh_snapshot`.
        """

    @property
    @abstractmethod
    def snapshot_age_s(self) -> float:
        """How long ago what users see was put there; infinite where they see nothing yet."""

    @final
    def end_run(self, every_s: float, *, is_followed: bool = False) -> bool:
        """At the end of a run: `refresh_snapshot`, unless another run will do so and users saw something new lately.

        Args:
            every_s: how long users see the same while other runs are at work or wait.
            is_followed: another run waits to begin.

        Raises:
            WarehouseError: as `refresh_snapshot`.
        """
        is_left = (is_followed or self.is_at_work) and self.snapshot_age_s < every_s
        return not is_left and self.refresh_snapshot()

    @contextmanager
    def half_made(self) -> Iterator[list[Path]]:
        """What killed processes were making beside the tables or spilled; nobody reads or writes these meanwhile.

        Raises:
            WarehouseError: others are at it for too long.
        """
        yield []

    # What it is bound to, and which version wrote it

    @abstractmethod
    def describe_version(self) -> str:
        """Which version of its layout it has, and what the next build brings forward. Changes nothing.

        Raises:
            WarehouseError: a newer version of this program wrote it, or another program.
        """

    @final
    @property
    def recipes(self) -> RecipeBook | None:
        """What its builds are made by, and what its rows are of; None before its first build.

        Raises:
            RecipeError: it cannot be understood.
        """
        return recipes.read_book(self._folder)

    @final
    def bind(self, provider_kind: str, data_dir: str) -> None:
        """Bind the warehouse to a kind of provider and a data directory at its first build; hold later ones to it.

        Raises:
            WarehouseError: it is bound to another kind or directory, or has rows and nothing says what made them.
            RecipeError: what it is bound to cannot be understood.
        """
        for folder in (self._folder, self._staging, *self._attachments()):
            if folder.is_dir() and not os.access(folder, os.W_OK):
                said = "may only be read: give another folder with --warehouse to build in, or change its mode"
                raise WarehouseError(f"{folder} {said}")
        self.refuse_other_build(provider_kind, data_dir)
        if self.recipes is None:
            recipes.change_book(self._folder, lambda book: book or recipes.new_book(provider_kind, data_dir))
            self.refuse_other_build(provider_kind, data_dir)

    @final
    def keep_recipe(self, recipe: Recipe, base: int | None, *, set_by: str, build: str | None) -> int:
        """Keep a recipe as the latest version, unless it is that already; returns its number. Bind the warehouse first.

        See `config.recipe.keep`.
        """
        return recipes.keep(self._folder, recipe, base, set_by=set_by, build=build)

    @final
    def move_sources(self, data_dir: str) -> None:
        """Bind the warehouse to another data directory: the next build reads that one. Bind the warehouse first."""

        def moved(book: RecipeBook | None) -> RecipeBook:
            assert book is not None, "the warehouse is bound before"
            return replace(book, data_dir=recipes.place_of(data_dir))

        recipes.change_book(self._folder, moved)

    @property
    @abstractmethod
    def _has_rows(self) -> bool:
        """Whether something was ever published."""

    @abstractmethod
    def replace(self, provider_kind: str, ledger_holds_real_calls: bool) -> str | None:
        """Set the build aside, its companions, audits and quarantine included, so that another kind can start.

        The ledger, Dagster's history and staged rows stay. Nothing is deleted.

        Args:
            provider_kind: kind of the build that wants the place.
            ledger_holds_real_calls: whether the ledger in use holds calls of a real model.

        Returns:
            Where it is now, or None when there was none.

        Raises:
            WarehouseError: a simulated or demonstration build would push aside what real calls paid for.
        """

    @final
    def refuse_other_build(self, provider_kind: str, data_dir: str) -> None:
        """Stop when a build wants another kind of model or data directory than the warehouse is bound to.

        Raises:
            WarehouseError: names every difference and `--replace`; or there are rows and nothing says what made them.
            RecipeError: what it is bound to cannot be understood.
        """
        book = self.recipes
        if book is None and self._has_rows:
            raise WarehouseError(
                f"warehouse {self._folder} has rows but no {recipes.FILE}, so what made them is unknown; restore that "
                "file, or set the warehouse aside with --replace"
            )
        if book is None:
            return
        found, wanted = book.data_dir, recipes.place_of(data_dir)
        differences, moved = [], ""
        if book.provider_kind != provider_kind:
            differences.append(f"its models are of kind {book.provider_kind}, this build's are {provider_kind}")
        if found != wanted:
            differences.append(f"it was built from {found or 'the sample'}, this build reads {data_dir}")
            moved = "; where the folder itself was moved, `reasonmed recipe set --data-dir DIR` says so"
        if differences:
            raise WarehouseError(
                f"warehouse {self._folder} keeps another kind of build: {'; '.join(differences)}. Build elsewhere with "
                f"--warehouse DIR, or set the old files aside with --replace{moved}"
            )

    @final
    @property
    def warehouse_id(self) -> str:
        """What tells this warehouse from others that share its ledger.

        Raises:
            WarehouseError: it has had no build yet.
        """
        book = self.recipes
        if book is None:
            raise WarehouseError(f"warehouse {self._folder} has had no build yet; bind it first")
        return book.warehouse_id

    @property
    def was_cut_off(self) -> bool:
        """Whether this process cannot open the warehouse any more because a query was cut off by Ctrl-C or SIGTERM."""
        return False
