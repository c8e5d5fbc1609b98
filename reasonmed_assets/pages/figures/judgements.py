"""Parts of the quality report on what the data cost and how far it can be trusted: money, the verifier, people."""

from __future__ import annotations

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.pages.figures.charts import Chart, Part, Row, columns_and_rows, nothing, number, stacked
from reasonmed_assets.vocabulary import DROP_REASONS

_SPENT_ON = ("examples", "dropped", "pending", "unused", "other")


def cost(con: duckdb.DuckDBPyConnection) -> Part:
    """What model calls were spent on, by source."""
    title = "Cost"
    columns, rows = columns_and_rows(con, sql.query("report/spent").text)
    if not rows:
        return nothing("cost", title, "llm_calls")
    by_source: dict[str, list[tuple[str, float, float, int]]] = {}
    for source, spent_on, calls, _, usd, unknown in rows:
        by_source.setdefault(source, []).append((spent_on, calls, usd or 0.0, int(unknown or 0)))
    lines = []
    for source, parts in by_source.items():
        unknown = sum(part[3] for part in parts)
        total = f"${sum(part[2] for part in parts):,.2f}" + (f" and {unknown:,} of unknown cost" if unknown else "")
        drawn = stacked(source, {spent_on: calls for spent_on, calls, *_ in parts}, _SPENT_ON)
        lines.append(Row(source, f"{total}: {drawn.text}", drawn.bars))
    caption = (
        "What came of the rows that the calls of a source served: examples, examples that were dropped, questions that "
        "are not decided yet, or no row. Look for a source much of whose cost gave no example."
    )
    colours = ("s2", "s4", "s5", "s1", "s3")
    return Part("cost", title, [Chart("cost-calls", "Calls", caption, _SPENT_ON, lines, columns, rows, colours)])


def dropped(con: duckdb.DuckDBPyConnection) -> Part:
    """Why examples were dropped."""
    title = "Dropped examples"
    columns, rows = columns_and_rows(con, sql.query("report/dropped").text)
    if not rows:
        return nothing("dropped", title, "dropped_examples", "or no example was dropped")
    counts: dict[str, dict[str, float]] = {}
    for source, reason, n in rows:
        counts.setdefault(source, {})[reason] = n
    top = max(sum(values.values()) for values in counts.values())
    lines = [stacked(source, values, DROP_REASONS, top) for source, values in counts.items()]
    caption = (
        "Examples that a question of its tier should have given and did not. What the reason was in words is in "
        "`detail` of dropped_examples. Many missing calls mean a provider at fault: `reasonmed retry` asks again."
    )
    return Part("dropped", title, [Chart("dropped-reasons", "Examples", caption, DROP_REASONS, lines, columns, rows)])


def trust(con: duckdb.DuckDBPyConnection) -> Part:
    """How far the verifier can be trusted."""
    title = "Trust in the verifier"
    columns, rows = columns_and_rows(con, sql.query("report/trust").text)
    if not rows:
        return nothing("trust", title, "verifier_audit", "or the profile has no audit")
    lines = [_share(f"{measure.replace('_', ' ')}, {kind}", n, hits, rest) for measure, kind, n, hits, *rest in rows]
    caption = (
        "Agreement is how often a second verdict on the same text is the first one; false accept how often an error "
        "that was planted is called correct; false reject how often a path with the right letter is called an error. "
        "Look for few false accepts: each is an error that reaches the training sets. The intervals are 95%."
    )
    return Part("trust", title, [Chart("trust-shares", "Shares", caption, _YES_NO, lines, columns, rows, ("s0", "s5"))])


def people(con: duckdb.DuckDBPyConnection) -> Part:
    """What reviewers said."""
    title = "What people said"
    columns, rows = columns_and_rows(con, sql.query("report/people").text)
    if not rows:
        return nothing("people", title, "reviews", "or none of a text as it is now")
    lines = [_share(f"{source}, {asked}", n, right, rest) for source, asked, _, n, right, *rest in rows]
    caption = (
        "How often reviewers find the key, the reasoning and the short answer right; who was not sure does not count. "
        "Look for keys found wrong: `reasonmed review overrides` drafts the decisions. The intervals are 95%."
    )
    return Part(
        "people", title, [Chart("people-shares", "Right", caption, _YES_NO, lines, columns, rows, ("s2", "s4"))]
    )


_YES_NO = ("yes", "no")


def _share(label: str, n: int, hits: int, interval: list[float | None]) -> Row:
    share, low, high = interval
    drawn = stacked(label, {"yes": hits, "no": n - hits}, _YES_NO)
    said = "none" if share is None else f"{share:.0%} of {number(n)}"
    return Row(
        label, said + (f" ({low:.0%} to {high:.0%})" if low is not None and high is not None else ""), drawn.bars
    )
