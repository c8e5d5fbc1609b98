"""How a table is declared: once, as a pandera model with a description per column.

DDL, Dagster column metadata, the data dictionary and the release's feature list derive from these declarations.
The tables themselves are in `quality/tables/`, one module each; the rules over rows are in `quality/assertions/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar, get_args

import pandera.polars as pa
import polars as pl
from reasonmed_assets.sql import ROW_HASH, literal

Origin = Literal["file", "profile", "constant", "call", "publish"]
"""Where a column is from that is made from no column of the warehouse: a file that was read (of a source, of people), a
value of the profile, a constant of the query; or measured: of a model call, of the publish."""


EdgeKind = Literal["made_from", "similar_to", "about", "call"]
"""What a row is to a row that it names: made from it, compared with it, a person's word about it, or answered by it (a
call)."""


class IdOf(NamedTuple):
    """What a column says of the ids that it holds: the key of the tables that give them, and the kind of the edge."""

    id: str
    kind: EdgeKind


class Table(pa.DataFrameModel):
    """Base of every table: the row hash by which a publish finds what changed."""

    row_hash: str = pa.Field(
        description="Hash of the other columns; a publish rewrites only rows whose hash changed.",
        metadata={"origin": "publish"},
    )

    class Config:
        strict = True
        coerce = False
        # Column order in the table: the order of declaration, row_hash last.
        ordered = False


@dataclass(frozen=True)
class Missing:
    """When a row of a table that models fill lacks its reply, as SQL over the row's columns.

    Attributes:
        when: true for a row that lacks it.
        outcome: how the call ended that it lacks the reply of.
        detail: what went wrong, in words.
    """

    when: str
    outcome: str = "outcome"
    detail: str = "outcome_detail"


@dataclass(frozen=True)
class Guard:
    """That the rows of a table do not vanish in silence (`shrinking.py`), and what explains that one goes.

    Attributes:
        follows: the table without whose row there is none; its key is a column of this table.
        named_by: kinds of overrides by which a row of their question goes.
        is_limited: a limit on questions decides which rows there are.
        identity: the column by which a row is the same as before; None: the key.
        decided: true for a row that people decided on, as SQL over its columns, as `gone.question_id`.
    """

    follows: str | None = None
    named_by: tuple[str, ...] = ()
    is_limited: bool = False
    identity: str | None = None
    decided: str = "false"


@dataclass(frozen=True)
class TableSpec:
    """One declared table.

    Attributes:
        name: table name in the warehouse, and asset key.
        group: asset group; a module of `reasonmed_assets/assets/` has its name where Python code takes part.
        grain: one sentence that starts with "One row per".
        key: id column, unique over the whole table.
        partitioned_by: the column by which it is partitioned, which is the kind of its partitions as well; None: it has
            no partitions.
        model: the pandera model.
        missing: when a row lacks its reply; None for a table that no model fills.
        example: the final example that a row's calls serve, as SQL over its columns; None: its `example_id`, if any.
        shown: the columns that a sample of its rows has after the key: what a person tells a row by, and its text.
        one_row_per: the table that it has one row for each row of, in the same partition; None: no such table.
        guard: that its rows do not vanish in silence; None: they may.
        unit: the column of what a row belongs to, where it follows from rows of its own unit alone: `question_id` or
            `call_key`. Units that changed are worked without the others, and the questions of a long partition that
            models fill one shard after another (`materialisation/shards.py`); None: it follows from rows of several.
    """

    name: str
    group: str
    grain: str
    key: str
    partitioned_by: str | None
    model: type[Table]
    shown: tuple[str, ...] = ()
    missing: Missing | None = None
    example: str | None = None
    one_row_per: str | None = None
    guard: Guard | None = None
    unit: str | None = None

    @property
    def is_partitioned(self) -> bool:
        """Whether it has partitions, of whatever kind."""
        return self.partitioned_by is not None

    def partition_values(self, partition: str | None) -> dict[str, str]:
        """A partition as the value of its column, which queries read as a variable of that name; empty without one."""
        return {} if self.partitioned_by is None or partition is None else {self.partitioned_by: partition}

    @cached_property
    def columns(self) -> Mapping[str, Any]:
        """Name -> pandera column, in table order: the table's own, then inherited ones, row_hash last."""
        columns = self.model.to_schema().columns
        own = [name for name in self.model.__annotations__ if name in columns]
        order = dict.fromkeys([*own, *columns])
        order.pop(ROW_HASH)
        return {name: columns[name] for name in [*order, ROW_HASH]}

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """Column name -> its origin, for the columns that declare one."""
        declared = {name: (column.metadata or {}).get("origin") for name, column in self.columns.items()}
        return {name: origin for name, origin in declared.items() if origin is not None}

    @cached_property
    def ids(self) -> dict[str, IdOf]:
        """Column name -> whose ids it holds, for the columns that say so (`derived.references` adds the others)."""
        declared = {name: (column.metadata or {}).get("id_of") for name, column in self.columns.items()}
        return {name: one for name, one in declared.items() if one is not None}

    def units(self, unit: str) -> str | None:
        """SQL for the units that a row belongs to: its column, or the members of the column that lists several."""
        if unit in self.columns:
            return unit
        return f"unnest({unit}s)" if f"{unit}s" in self.columns else None

    def duckdb_types(self) -> dict[str, str]:
        """Column name -> DuckDB type, in table order."""
        return {name: _duckdb_type(column.dtype.type) for name, column in self.columns.items()}

    def ddl(self) -> str:
        """CREATE TABLE statement with comments, types and NOT NULL as declared."""
        columns = self.columns
        types = self.duckdb_types()
        lines = [
            f"    {name} {types[name]}{'' if column.nullable else ' not null'}" for name, column in columns.items()
        ]
        return f"create table {self.name} (\n" + ",\n".join(lines) + "\n)"

    def comments(self) -> list[str]:
        """COMMENT statements for the table and its columns."""
        statements = [f"comment on table {self.name} is {literal(self.grain)}"]
        statements += [
            f"comment on column {self.name}.{name} is {literal(column.description)}"
            for name, column in self.columns.items()
        ]
        return statements


QUESTION = "question_id"
"""The column that says which question a row is of."""
CALL = "call_key"
"""The column that says which call a row is of; `call_keys` names all calls behind a row."""

TABLES: dict[str, TableSpec] = {}
"""Every declared table by name, in the order in which data moves (filled by `quality.tables`)."""

_Model = TypeVar("_Model", bound=type[Table])


def table(
    name: str,
    *,
    group: str,
    grain: str,
    key: str,
    partitioned_by: str | None,
    shown: tuple[str, ...] = (),
    missing: Missing | None = None,
    example: str | None = None,
    one_row_per: str | None = None,
    guard: Guard | None = None,
    unit: str | None = None,
) -> Callable[[_Model], _Model]:
    """Class decorator that declares a table (see `TableSpec` for the arguments).

    Raises:
        ValueError: the grain does not start with "One row per", a column lacks a description, what is named is no
            column, or the name is taken, or `missing` is not given for rows that name calls, or there is no row to have
            one row per or to follow.
    """

    def declare(model: _Model) -> _Model:
        spec = TableSpec(
            name, group, grain, key, partitioned_by, model, shown, missing, example, one_row_per, guard, unit
        )
        if not grain.startswith("One row per"):
            raise ValueError(f"table {name}: the grain must start with 'One row per'")
        if name in TABLES:
            raise ValueError(f"table {name} is declared twice")
        bare = [column for column, declared in spec.columns.items() if not declared.description]
        if bare:
            raise ValueError(f"table {name}: columns without a description: {', '.join(bare)}")
        if not {key, partitioned_by or key, *shown} <= spec.columns.keys():
            raise ValueError(
                f"table {name}: key={key!r}, partitioned_by={partitioned_by!r} and {shown=} must be columns"
            )
        if ("call_keys" in spec.columns) != (missing is not None):
            raise ValueError(f"table {name}: say when a row that models fill lacks its reply (missing), and only then")
        if one_row_per is not None and (one_row_per not in TABLES or TABLES[one_row_per].key not in spec.columns):
            raise ValueError(f"table {name}: one_row_per={one_row_per!r} must be an earlier table whose key it has")
        follows = guard.follows if guard else None
        if follows is not None and (follows not in TABLES or TABLES[follows].key not in spec.columns):
            raise ValueError(f"table {name}: its guard follows {follows!r}, no earlier table whose key it has")
        if (unit is not None and unit not in (QUESTION, CALL)) or not {unit or key} <= spec.columns.keys():
            raise ValueError(f"table {name}: {unit=} must be {QUESTION} or {CALL}, and a column")
        TABLES[name] = spec
        return model

    return declare


def column(
    description: str,
    *,
    nullable: bool = False,
    origin: Origin | None = None,
    id_of: str | None = None,
    kind: EdgeKind | None = None,
    **checks: Any,
) -> Any:
    """One column of a table.

    Args:
        description: what it is, with its unit; ends up in DDL comments, the UI and the data dictionary.
        nullable: whether null is allowed.
        origin: where it is from, when it is made from no column of the warehouse; the columns of all others come from
            the SQL (see `reasonmed_assets.lineage`).
        id_of: the key of the tables whose ids it holds, where its name does not say it (`derived.references`).
        kind: what its row is to the row with that id; None: made from it.
        checks: pandera's field checks (ge, le, isin, str_matches, unique, ...).

    Raises:
        ValueError: there is no such origin or kind, or a kind of no id.
    """
    if kind is not None and (id_of is None or kind not in get_args(EdgeKind)):
        raise ValueError(f"kind {kind!r} of {description!r}: give `id_of`, and one of {', '.join(get_args(EdgeKind))}")
    if origin is not None and origin not in get_args(Origin):
        raise ValueError(f"origin {origin!r} of {description!r}: give one of {', '.join(get_args(Origin))}")
    metadata = {"origin": origin, "id_of": IdOf(id_of, kind or "made_from") if id_of else None}
    return pa.Field(description=description, nullable=nullable, metadata=metadata, **checks)


def list_of(inner: type[pl.DataType], description: str, **options: Any) -> Any:
    """A list column (annotate it `pl.List`); `inner` is the polars type of its items."""
    return column(description, dtype_kwargs={"inner": inner}, **options)


def _duckdb_type(dtype: Any) -> str:
    if isinstance(dtype, pl.List):
        return f"{_duckdb_type(dtype.inner)}[]"
    scalar: Any = dtype if isinstance(dtype, type) else type(dtype)
    return {
        pl.String: "varchar",
        pl.Int64: "bigint",
        pl.Float64: "double",
        pl.Boolean: "boolean",
        pl.Datetime: "timestamp",
    }[scalar]
