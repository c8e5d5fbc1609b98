"""Staging: a table's rows as a Parquet file, from its query and the temporary relations that this reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import polars as pl
import pyarrow.parquet as pq

from reasonmed_assets import sql
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.transform import Transform
from reasonmed_assets.quality.parameters import variables as variables_of
from reasonmed_assets.quality.schema import CALL, QUESTION, ROW_HASH, TABLES, TableSpec
from reasonmed_assets.storage import row_hash_sql

if TYPE_CHECKING:
    from reasonmed_assets.config.profile import Rules

Relation = Path | Sequence[Path] | pl.DataFrame
"""A temporary relation for a query to read: one Parquet file, several, or rows."""


class StageError(ReasonmedError):
    """Code that stages a table uses what the table does not declare; the message says what to add."""


@dataclass(frozen=True)
class StepFiles:
    """The rows that a step asked about, and the replies to them, as Parquet files."""

    calls: Path
    replies: Path

    @property
    def relations(self) -> dict[str, Relation]:
        """The files under the names that queries read them by."""
        return {"calls": self.calls, "replies": self.replies}


@dataclass(frozen=True)
class Shard:
    """A part of a partition's questions: those whose ids lie in one of several ranges of the same length.

    Ids are hashes, so each range holds about as many. A range, unlike a remainder, lets DuckDB skip the rows of others:
    what is staged shard after shard lies in the order of its questions.

    Attributes:
        number: which one, from 1.
        of: how many there are.
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"shard {self.number} of {self.of}"

    def condition(self, spec: TableSpec, rows: str) -> str | None:
        """The SQL condition that holds for the rows of its questions, whatever their ids are.

        Args:
            spec: their table.
            rows: the name by which all its rows are read.

        Returns:
            None where the table's rows are of no question.
        """
        if QUESTION not in spec.columns:
            return None
        start, end = self._bound(self.number - 1), self._bound(self.number)
        bounds = [f"{QUESTION} >= {start}"] * (self.number > 1) + [f"{QUESTION} < {end}"] * (self.number < self.of)
        return " and ".join(bounds) or "true"

    condition_of_calls = None
    """It holds for the calls of its rows: whose rows are narrowed already."""

    def _bound(self, number: int) -> str:
        return sql.literal(f"{16**16 * number // self.of:016x}")


@dataclass(frozen=True)
class ChangedUnits:
    """Those of a partition's units whose rows are made from something else than the published ones.

    Attributes:
        unit: the column that names them.
        file: Parquet file of their ids, in a column of that name.
        n: how many they are.
        since: the tables that changed, each with the last change that the published rows are made from.
    """

    unit: str
    file: Path
    n: int
    since: Mapping[str, int]

    def condition(self, spec: TableSpec, rows: str) -> str | None:
        """The SQL condition that holds for their rows, those that name one of them among others included.

        Args and result are those of `Shard.condition`.
        """
        units = spec.units(self.unit)
        if units is None or units == self.unit:
            return units and f"{units} in {self._ids}"
        named = f"select {spec.key}, {units} as unit from {rows}"
        return f"{spec.key} in (select {spec.key} from ({named}) where unit in {self._ids})"

    @property
    def condition_of_calls(self) -> str | None:
        """The condition that holds for their calls among those that rows name; None where they are no calls."""
        return f"{CALL} in {self._ids}" if self.unit == CALL else None

    @property
    def _ids(self) -> str:
        return f"(select {self.unit} from {sql.parquet(self.file)})"

    def ids(self) -> Iterator[str]:
        """Their ids."""
        for batch in pq.ParquetFile(self.file).iter_batches(columns=[self.unit]):
            yield from batch.column(0).to_pylist()


@dataclass
class Answers:
    """What came of the calls of one step of a table, of all its shards and rounds together.

    Attributes:
        n_calls: calls that were asked for.
        n_answered: those that are answered, or never will be.
        unanswered: why one of the others was not; empty where there is none.
    """

    n_calls: int = 0
    n_answered: int = 0
    unanswered: str = ""


@dataclass
class Stage:
    """What makes a table's rows: the published tables to read, the session, and where the rows go.

    Attributes:
        spec: the table.
        transform: what its rows are made from.
        partition: its partition; None for a table without partitions.
        session: the run's profile, warehouse, sources and engine.
        path: Parquet file of the staged rows.
        log: Dagster's logger of the run.
        ask: has the calls of a query in `sql/calls/` answered.
        values: the values of the profile that its code may read, by the name of their SQL variable.
        units: those that are worked now; None: all of the partition.
        frames: extra relations that the audit sees, by name.
        answers: by step; of all shards.
        is_complete: False when calls are missing, so that the next build makes the partition again.
    """

    spec: TableSpec
    transform: Transform
    partition: str | None
    session: BuildSession
    path: Path
    run_id: str
    log: Any
    ask: AskModels
    values: Mapping[str, Any]
    units: Shard | ChangedUnits | None = None
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    answers: dict[str, Answers] = field(default_factory=dict)
    is_complete: bool = True
    _is_kept_open: bool = field(default=False, init=False)
    _held: ExitStack | None = field(default=None, init=False)

    @property
    def source(self) -> str:
        """The source of a table that is partitioned by source.

        Raises:
            StageError: it is not.
        """
        values = self.spec.partition_values(self.partition)
        if "source" not in values:
            raise StageError(f'{self.spec.name} reads one source: declare it with partitioned_by="source"')
        return values["source"]

    @property
    def seed(self) -> int:
        """The profile's seed."""
        return self._value("seed")

    @property
    def rules(self) -> Rules:
        """The profile's rules: those that the fingerprint names, which is every one that the code reads as `rules.x`.

        Raises:
            StageError: another one is read.
        """
        return _Rules(self)  # type: ignore[return-value]

    def scratch(self, name: str) -> Path:
        """Path of a Parquet file beside the staged rows, removed with them."""
        return self.path.with_name(f"{self.path.stem}.{name}.parquet")

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep the warehouse open from one query to the next, except while models are asked.

        To open it takes longer than many a query. Publishes wait meanwhile: no code between the queries may take long.
        """
        self._is_kept_open = True
        try:
            yield
        finally:
            self._is_kept_open = False
            self.release()

    def release(self) -> None:
        """Close the warehouse until the next query, where it is kept open."""
        if self._held is not None:
            self._held.close()
            self._held = None

    @contextmanager
    def read(
        self, relations: Mapping[str, Relation] | None = None, variables: Mapping[str, Any] | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees published tables, views and the relations; of some units, only what is theirs.

        Of the profile's variables it sees those that the table's queries read, and in any case those of the partition.
        """
        of_partition = self.spec.partition_values(self.partition)
        profile = variables_of(self.session.profile, of_partition.get("source"))
        known = {name: profile[name] for name in self.transform.variables & profile.keys()} | of_partition
        if self._is_kept_open and self._held is None:
            self._held = ExitStack()
            self._held.enter_context(self.session.warehouse.read())
        with self.session.warehouse.read(known | dict(variables or {})) as con:
            if self.units is not None:
                narrow(con, self.units)
            for name, relation in (relations or {}).items():
                if isinstance(relation, pl.DataFrame):
                    con.register(name, relation)
                else:
                    files = [relation] if isinstance(relation, Path) else relation
                    con.execute(f"create temp view {name} as from {sql.parquet(*files)}")
            yield con

    def make(
        self,
        relation: str,
        given: Mapping[str, Relation] | None = None,
        *,
        role: str | None = None,
        variables: Mapping[str, Any] | None = None,
        tag: str = "",
    ) -> Path:
        """Make a temporary relation by its query; what this reads, and is not given, is made first.

        Args:
            relation: its name.
            given: relations that are there already.
            role: the role that answers, for a step that several roles answer.
            variables: further variables that the query, or the calls of its step, read.
            tag: tells the files of repeated makings apart.

        Raises:
            StageError: no query of this table makes it.
            EngineError: something that further calls cannot cure; what was received is in the ledger.
        """
        query = self.transform.relations.get(relation)
        if query is None:
            raise StageError(f"nothing makes {relation!r} for {self.spec.name}: give it, or write its query")
        path = self.scratch(f"{relation}{tag}")
        with self.read(self._inputs(query, given or {}, role, variables, tag), variables) as con:
            con.sql(query.text).write_parquet(str(path), row_group_size=sql.ROWS_PER_GROUP)
        return path

    def gather(self, relation: str, frames: Iterable[pl.DataFrame], schema: Mapping[str, Any]) -> Path:
        """Make a temporary relation of frames that are made one after another: one at a time is in memory.

        Args:
            relation: its name.
            frames: its rows.
            schema: the columns and types of every frame.
        """
        path = self.scratch(relation)
        with pq.ParquetWriter(str(path), pl.DataFrame(schema=schema).to_arrow().schema, compression="zstd") as writer:
            for frame in frames:
                writer.write_table(frame.to_arrow())
        return path

    def write(self, given: Mapping[str, Relation] | None = None, path: Path | None = None) -> None:
        """Write the rows of the table's query: declared columns and types, by name, with their row hash.

        Args:
            given: relations that are there already; what else the query reads is made first.
            path: another file than the one of the staged rows.

        Raises:
            duckdb.BinderException: the query lacks a declared column.
        """
        query = self.transform.query
        with self.read(self._inputs(query, given or {}, None, None, "")) as con:
            self._write_rows(con, query.text, path or self.path)

    def write_empty(self, path: Path) -> None:
        """Write no rows, with the declared columns."""
        with self.read() as con:
            columns = ", ".join(f"null as {name}" for name in self.spec.columns if name != ROW_HASH)
            self._write_rows(con, f"select {columns} where false", path)

    def write_all(self, paths: Sequence[Path]) -> None:
        """Write the rows of several files of this table as the staged rows."""
        with self.read({"parts": paths}) as con:
            self._write_rows(con, "from parts", self.path)

    def _inputs(
        self,
        query: sql.Query,
        given: Mapping[str, Relation],
        role: str | None,
        variables: Mapping[str, Any] | None,
        tag: str,
    ) -> dict[str, Relation]:
        """The relations that a query reads, made where they are not given, the calls and replies of its step too."""
        found = {
            name: given[name] if name in given else self.make(name, given, role=role, variables=variables, tag=tag)
            for name in query.relations
        }
        if query.step is not None:
            step = sql.query(query.step)
            relations = self._inputs(step, given, role, variables, tag)
            found |= self.ask(self, step, relations, role=role, variables=variables or {}, tag=tag).relations
        return found

    def _write_rows(self, con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
        types = self.spec.duckdb_types()
        types.pop(ROW_HASH)
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
        typed = f"select {columns} from ({query})"
        con.execute(
            f"copy (select *, {row_hash_sql(list(types))} as row_hash from ({typed})) "
            f"to {sql.literal(path)} {sql.STAGED}"
        )

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise StageError(
                f"the code of {self.spec.name} reads the profile's {name!r}, which its fingerprint does not name: read "
                "it as `stage.seed` or `rules.x` in a function that the stage function reaches"
            )
        return self.values[name]


def narrow(con: duckdb.DuckDBPyConnection, units: Shard | ChangedUnits) -> None:
    """Hide the rows of others in all tables and views: no query has to select its own, so none can forget to."""
    (database,) = con.execute("select current_database()").fetchone() or ("",)
    shadowed = {name for (name,) in con.execute("select view_name from duckdb_views() where temporary").fetchall()}

    def whole(name: str) -> str:
        return f"whole_{name}" if name in shadowed else f"{sql.identifier(database)}.main.{name}"

    conditions = {name: units.condition(spec, whole(name)) for name, spec in TABLES.items()}
    # A row that names several calls is read for one of them.
    conditions["served_rows"] = units.condition_of_calls
    for name, condition in conditions.items():
        if condition is not None:
            if name in shadowed:
                # What other columns were published with is shown through such a view.
                con.execute(f"alter view {name} rename to {whole(name)}")
            con.execute(f"create temp view {name} as from {whole(name)} where {condition}")


class AskModels(Protocol):
    """Has the calls of a query answered (`reasonmed_assets.assets.asking.run_step`)."""

    def __call__(
        self,
        stage: Stage,
        step: sql.Query,
        relations: Mapping[str, Relation],
        *,
        role: str | None,
        variables: Mapping[str, Any],
        tag: str,
    ) -> StepFiles:
        """The files of the calls and of the replies to them."""


StageRows = Callable[[Stage], None]


class _Rules:
    """The rules of a profile that a table declares."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        return self._stage._value(f"rule_{name}")
