"""Expectations on distributions: one module per table that has them, with its views in `VIEWS`.

A view is a query over `staged`, the published tables and `measured` (see `quality/measures.py`); its first column names
the row. An expectation bounds one of its other columns. Great Expectations runs them (`quality/distributions.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from reasonmed_assets.config.profile import Thresholds


@dataclass(frozen=True)
class Bound:
    """A threshold of the profile, by its name; its complement is what it leaves to 1.

    Raises:
        ValueError: there is no such threshold.
    """

    threshold: str
    is_complement: bool = False

    def __post_init__(self) -> None:
        if self.threshold not in Thresholds.model_fields:
            raise ValueError(f"there is no threshold {self.threshold!r}: declare it in config/profile.py, `Thresholds`")

    def of(self, thresholds: Thresholds) -> float:
        """Its value in a profile."""
        value = getattr(thresholds, self.threshold)
        return 1 - value if self.is_complement else value


@dataclass(frozen=True)
class Rare:
    """The boolean column is true in at most the share `rate` of the rows in which it is not null; None: in no row.

    Whether a rate is exceeded is decided by the macro `exceeds`, as in the assertions.
    """

    column: str
    description: str
    method_check: int | None
    rate: Bound | None = None

    def rate_of(self, thresholds: Thresholds) -> float:
        """The share that a profile allows."""
        return self.rate.of(thresholds) if self.rate else 0.0

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The thresholds that it reads."""
        return (self.rate,) if self.rate else ()


@dataclass(frozen=True)
class Between:
    """Every value of the column lies within the bounds; null is left out."""

    column: str
    description: str
    method_check: int | None
    low: Bound | None = None
    high: Bound | None = None

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The thresholds that it reads."""
        return tuple(bound for bound in (self.low, self.high) if bound)


Expectation = Rare | Between


@dataclass(frozen=True)
class View:
    """Figures of the staged rows, and what is expected of them."""

    name: str
    sql: str
    expectations: tuple[Expectation, ...]


# The profile's generators as rows, one per slot and sample.
GENERATORS = """
    select unnest(from_json(
        getvariable('generators'), '[{"slot": "varchar", "sample": "bigint", "reasoning": "varchar"}]'
    ), max_depth := 2)
"""

ROWS = View(
    "row_counts",
    """
    select
        'rows' as name,
        greatest(now, before) / greatest(least(now, before), 1) as change_factor
    from (
        select
            count(*) as now,
            (getvariable('last_statistics')::json ->> 'rows')::bigint as before
        from staged
    ) as counted
    where greatest(now, before) >= getvariable('threshold_min_rows_for_rates')
    """,
    (
        Between(
            "change_factor",
            "The number of rows is within a factor of the last build's.",
            None,
            high=Bound("length_factor_max"),
        ),
    ),
)
"""What every table is held to."""


def views_of(table: str) -> tuple[View, ...]:
    """The views of a table: the number of its rows, and those of its own module where it has one."""
    module = f"{__name__}.{table}"
    own = import_module(module).VIEWS if find_spec(module) else ()
    return (ROWS, *own)
