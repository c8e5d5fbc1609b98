"""A plan for people: a sentence, tables of calls and of rows, and all of it as Markdown for the UI."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reasonmed_assets.llm.engine.progress import duration
from reasonmed_assets.orchestration.plan.comparing import Comparison
from reasonmed_assets.orchestration.plan.plan import Interval, Plan, PlannedCall, PlannedCalls, total
from reasonmed_assets.quality.schema import TABLES

CALL_COLUMNS = ("role", "source", "in ledger", "to make", "retries", "tokens in", "tokens out", "USD", "why")
ROW_COLUMNS = ("table", "partitions", "rows new or changed", "rows gone or changed", "why")


def headline(plan: Plan) -> list[str]:
    """What the plan comes to, a sentence each."""
    lines = [
        f"{counted(plan.to_make)} calls to make, {sum(one.stored for one in plan.calls):,} are in the ledger. "
        f"{'Exact' if plan.is_exact else 'Estimated where replies to come decide (≈)'}."
    ]
    if waiting := sum(one.under_way for one in plan.calls):
        lines.append(
            f"{waiting:,} calls are under way, in batches or by another build; they are read and not sent again."
        )
    if plan.to_make.high:
        lines.append(f"{money(plan.usd)}{_unpriced(plan)}; {_time(plan)}.")
    lines += [f"{why}: {n:,.0f}" for why, n in plan.reasons.items()]
    return [*lines, *plan.notes]


def call_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The calls by role and source, in the order in which roles are asked."""
    groups: dict[tuple[str, str], list[PlannedCalls]] = defaultdict(list)
    for one in sorted(plan.calls, key=lambda one: (list(TABLES).index(one.table), one.source)):
        groups[one.role, one.source].append(one)
    for (role, source), some in groups.items():
        priced = [one.usd for one in some if one.usd is not None]
        reasons: dict[str, float] = defaultdict(float)
        for one in some:
            for why, n in one.reasons.items():
                reasons[why] += n
        yield (
            role,
            source or "all",
            f"{sum(one.stored for one in some):,}",
            counted(total(one.to_make for one in some)),
            _rounded(sum(one.retries for one in some)),
            _rounded(sum(one.prompt_tokens for one in some)),
            _rounded(sum(one.completion_tokens for one in some)),
            money(total(priced)) if len(priced) == len(some) else "unknown",
            ", ".join(reasons),
        )


def stale_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The rows that change, by table."""
    for table in TABLES:
        some = [one for one in plan.rows if one.table == table and (one.inserted or one.deleted)]
        if some:
            mark = "" if all(one.is_exact for one in some) else "≈ "
            yield (
                table,
                ", ".join(one.partition or "all" for one in some),
                f"{mark}{sum(one.inserted for one in some):,}",
                f"{mark}{sum(one.deleted for one in some):,}",
                "; ".join(dict.fromkeys(one.why for one in some)),
            )


def markdown(plan: Plan) -> str:
    """The whole plan."""
    parts = ["\n".join(f"- {line}" for line in headline(plan))]
    calls, rows = list(call_rows(plan)), list(stale_rows(plan))
    parts += [_table(CALL_COLUMNS, calls)] if calls else []
    parts += [_table(ROW_COLUMNS, rows)] if rows else []
    return "\n\n".join(parts)


def explained_lines(plan: Plan, wanted: str) -> Iterator[str]:
    """What becomes of the rows that were asked for, and which calls they need."""
    if not plan.explained and not plan.listed:
        yield f"no row and no question has the id {wanted!r}, and no call of the plan serves one: give the id of a row"
        return
    for row in plan.explained:
        mark = "" if row.is_exact else " (by replies to come)"
        columns = f": {', '.join(row.columns)}" if row.columns else ""
        yield f"{row.table} {row.row_id}: {row.change}{columns}{mark}"
    yield f"{len(plan.listed)} calls to make"
    yield from map(_call_line, plan.listed)


def comparison_lines(both: Comparison, name: str) -> Iterator[str]:
    """How the plan by another profile differs.

    Args:
        both: the two plans.
        name: of the other profile.
    """
    yield f"By {name}:"
    yield from (f"  {line}" for line in headline(both.other))
    yield f"{both.n_both:,} calls are in both plans."
    for title, calls in (("Calls of this plan alone", both.only_one), (f"Calls by {name} alone", both.only_other)):
        groups: dict[tuple[str, str, str], list[PlannedCall]] = defaultdict(list)
        for call in calls:
            groups[call.role, call.source, call.model].append(call)
        yield f"{title}: {len(calls):,}"
        for (role, source, model), some in sorted(groups.items()):
            priced = [call.usd for call in some if call.usd is not None]
            usd = f"${sum(priced):,.4f}" if len(priced) == len(some) else "price unknown"
            mark = "" if all(call.is_exact for call in some) else "≈ "
            yield f"  {role} {source} {model}: {mark}{len(some):,}, {usd}"
    yield "Rows that would differ:" if both.rows else "No row would differ."
    for row in both.rows:
        yield f"  {row.table}: {row.changed:,} changed, {row.only_one:,} in this alone, {row.only_other:,} in the other"


def _call_line(call: PlannedCall) -> str:
    usd = "price unknown" if call.usd is None else f"${call.usd:,.4f}"
    mark = "" if call.is_exact else "≈ "
    return f"  {mark}{call.table} {call.row_id}: {call.role} by {call.model}, {call.reason}, {usd}"


def counted(n: Interval) -> str:
    """A number of calls; an estimated one is marked and has its bounds."""
    return f"{n.expected:,.0f}" if n.is_exact else f"≈ {n.expected:,.0f} ({n.low:,.0f} to {n.high:,.0f})"


def money(usd: Interval) -> str:
    """Dollars with their bounds."""
    if usd.is_exact:
        return f"${usd.expected:,.2f}"
    digits = 2 if usd.high >= 1 else 4
    return f"${usd.expected:,.{digits}f} (${usd.low:,.{digits}f} to ${usd.high:,.{digits}f})"


def _unpriced(plan: Plan) -> str:
    return f", and {plan.unpriced:,.0f} calls to models without a price" if plan.unpriced else ""


def _time(plan: Plan) -> str:
    return "how long they take is not known" if plan.seconds is None else f"about {duration(plan.seconds)}"


def _rounded(n: float) -> str:
    return f"{n:,.0f}" if n else ""


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
