"""What a plan says, as data: calls per source and role, rows per table, and the totals of both."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interval:
    """A number with the bounds between which it is expected to be; all three are the same where it is exact."""

    low: float
    expected: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """A number that is known."""
        return cls(value, value, value)

    @property
    def is_exact(self) -> bool:
        """The bounds are the number itself."""
        return self.low == self.high

    def __add__(self, other: Interval) -> Interval:
        """The sum of two numbers that may both be at the same end of their intervals."""
        return Interval(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def times(self, low: float, high: float) -> Interval:
        """The interval with each bound taken by a factor."""
        return Interval(self.low * low, self.expected, self.high * high)


NONE = Interval.exactly(0)


@dataclass(frozen=True)
class PlannedCalls:
    """The calls of a table of a source that one model answers in one role.

    Attributes:
        source: the source; empty for a table over all sources.
        table: whose rows they serve.
        role: the role that answers.
        model: its name in the profile.
        stored: calls whose reply the ledger has.
        under_way: calls in a batch that was submitted and not read yet, or that another build is making; they are not
            sent again.
        to_make: calls to be sent, the first for each row and repairs that earlier builds did not come to.
        reasons: why they are to be made -> how many.
        retries: further calls after replies that will be unusable, as often as in earlier builds.
        prompt_tokens, completion_tokens: of the calls to be made, retries included.
        usd: US dollars of the calls to be made without the retries; None where the model has no price.
        retries_usd: of the retries.
    """

    source: str
    table: str
    role: str
    model: str
    stored: int
    under_way: int
    to_make: Interval
    reasons: Mapping[str, float]
    retries: float
    prompt_tokens: float
    completion_tokens: float
    usd: Interval | None
    retries_usd: float | None


@dataclass(frozen=True)
class StaleRows:
    """The rows of a partition that the build would change.

    Attributes:
        table: the table.
        partition: its partition; empty for a table without partitions.
        why: what its rows are made from and what of it has changed, as a build says it.
        inserted: rows that are new or change.
        deleted: rows that go or change.
        is_exact: no reply that is to come decides what they are.
    """

    table: str
    partition: str
    why: str
    inserted: int
    deleted: int
    is_exact: bool


@dataclass(frozen=True)
class PlannedCall:
    """One call to be made.

    Attributes:
        table, source, role, model: as in `PlannedCalls`.
        row_id: the row that it serves; a vote has its number behind it.
        question_id: the row's question.
        call_key: its key in the ledger; of a call whose prompt rests on a reply to come, a key that it will not have.
        reason: why it is to be made.
        is_exact: no reply that is to come decides about it.
        usd: what it is expected to cost in US dollars; None without a price.
    """

    table: str
    source: str
    role: str
    model: str
    row_id: str
    question_id: str
    call_key: str
    reason: str
    is_exact: bool
    usd: float | None


@dataclass(frozen=True)
class ChangedRow:
    """What the build would do to one row.

    Attributes:
        table: its table.
        row_id: its id.
        change: `new`, `gone`, `changed` or `unchanged`.
        columns: those that change.
        is_exact: no reply that is to come decides about it.
    """

    table: str
    row_id: str
    change: str
    columns: tuple[str, ...]
    is_exact: bool


@dataclass(frozen=True)
class Plan:
    """What a build would do.

    Attributes:
        calls: its calls by source, table, role and model.
        rows: the partitions that it would make anew.
        seconds: how long its calls take at the limits of the profile; None where nothing tells how long one takes.
        first_usd: US dollars of the calls to be made whose model has a price.
        usd: the same with the retries.
        unpriced: calls to be made whose model has no price.
        draws: how often missing replies were stood in for; 0: the plan is exact.
        listed: the single calls to be made, where they were asked for.
        explained: the rows that were asked for, and the rows of the question that was.
        notes: what of the estimate rests on little, a line each.
    """

    calls: Sequence[PlannedCalls]
    rows: Sequence[StaleRows]
    seconds: float | None
    first_usd: Interval
    usd: Interval
    unpriced: float
    draws: int
    listed: Sequence[PlannedCall] = ()
    explained: Sequence[ChangedRow] = ()
    notes: Sequence[str] = field(default_factory=list)

    @property
    def to_make(self) -> Interval:
        """All calls to be made, without retries."""
        return total(one.to_make for one in self.calls)

    @property
    def is_exact(self) -> bool:
        """No reply that is to come decides about further calls."""
        return self.draws == 0

    @property
    def is_paid(self) -> bool:
        """Calls must be paid, or their price is not known."""
        return self.usd.high > 0 or self.unpriced > 0

    @property
    def reasons(self) -> dict[str, float]:
        """Why calls are to be made -> how many, the most frequent first."""
        found: Counter[str] = Counter()
        for one in self.calls:
            found.update(dict(one.reasons))
        return dict(found.most_common())

    @property
    def for_record(self) -> dict[str, float]:
        """What the record of the build shows of it, by column of `builds`."""
        calls = self.to_make.expected
        return {"planned_calls": calls, "planned_usd": self.usd.expected, "planned_usd_max": self.usd.high}

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values, with the totals."""
        return {
            "is_exact": self.is_exact,
            "to_make": asdict(self.to_make),
            "stored": sum(one.stored for one in self.calls),
            "under_way": sum(one.under_way for one in self.calls),
            "retries": sum(one.retries for one in self.calls),
            "reasons": self.reasons,
            "usd": asdict(self.usd),
            "first_usd": asdict(self.first_usd),
            "calls_without_price": self.unpriced,
            "seconds": self.seconds,
            "calls": [asdict(one) for one in self.calls],
            "rows": [asdict(one) for one in self.rows],
            "listed": [asdict(one) for one in self.listed],
            "explained": [asdict(one) for one in self.explained],
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        """For notebooks."""
        usd, to_make = self.usd, self.to_make
        rows = "".join(
            f"<tr><td>{one.role}</td><td>{one.source}</td><td>{one.stored:,}</td><td>{one.to_make.expected:,.0f}</td>"
            f"<td>{'unknown' if one.usd is None else f'${one.usd.expected:,.4f}'}</td>"
            f"<td>{html.escape(', '.join(one.reasons))}</td></tr>"
            for one in self.calls
        )
        head = "".join(f"<th>{name}</th>" for name in ("role", "source", "in ledger", "to make", "USD", "why"))
        said = f"{to_make.expected:,.0f} calls to make ({to_make.low:,.0f} to {to_make.high:,.0f})"
        dollars = f"${usd.expected:,.4f} (${usd.low:,.4f} to ${usd.high:,.4f})"
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return f"<p>{said}, {dollars}</p><table><tr>{head}</tr>{rows}</table><ul>{notes}</ul>"


def total(intervals: Iterable[Interval]) -> Interval:
    """The sum of intervals."""
    found = NONE
    for one in intervals:
        found = found + one
    return found
