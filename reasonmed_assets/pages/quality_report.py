"""The quality report: one HTML page on a warehouse, failing checks first, then what a reader of the data wants to see.

The numbers come from the published tables (`sql/report/`, views), checks from the records of the last audits. The page
is `templates/report.html`; it loads nothing and runs no script.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.config.hints import command
from reasonmed_assets.pages import column_page
from reasonmed_assets.pages.data_docs import SITE, result_page
from reasonmed_assets.pages.figures import judgements
from reasonmed_assets.pages.figures.charts import Chart, Part, Row, columns_and_rows, nothing, number, spread, stacked
from reasonmed_assets.pages.rendering import templates
from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import quarantine_file
from reasonmed_assets.storage.freshness import stale
from reasonmed_assets.vocabulary import LETTERS, REJECTION_REASONS, TIERS

GENERATOR = "reasonmed quality"
"""The page names it as its generator."""

_TOP_SCORE = 10
_MANY_LETTERS = 5
_MAX_EXAMPLES = 5


@dataclass(frozen=True)
class Failure:
    """A check of a partition that did not pass."""

    record: AuditRecord
    outcome: CheckOutcome

    @property
    def is_blocking(self) -> bool:
        return self.outcome.is_blocking_failure

    @property
    def method_check(self) -> int | None:
        """Number of the check in the method's list."""
        declared = {check.name: check.method_check for check in check_names(self.record.table)}
        return declared.get(self.outcome.name)

    @property
    def columns(self) -> list[str]:
        """Columns of the examples."""
        return list(dict.fromkeys(name for example in self.examples for name in example))

    @property
    def examples(self) -> list[dict[str, Any]]:
        """A few of the rows that break the rule."""
        return self.outcome.examples[:_MAX_EXAMPLES]


def render(con: duckdb.DuckDBPyConnection, records: Sequence[AuditRecord], warehouse: Path) -> str:
    """The page.

    Args:
        con: a read connection on the published tables and views; tables may be empty.
        records: the last audit of every partition of the declared tables.
        warehouse: folder of the warehouse, to name it.
    """
    failures = [Failure(record, outcome) for record in _ordered(records) for outcome in record.failures]
    environment = templates()
    environment.filters |= {"number": _shown, "when": _when}
    return environment.get_template("report.html").render(
        generator=GENERATOR,
        warehouse=warehouse,
        build=command("build", warehouse=warehouse),
        written_at=dt.datetime.now(dt.UTC),
        published=_published(con),
        kinds=con.execute(sql.query("report/provider_kinds").text).fetchone(),
        unknown_usage=con.execute(sql.query("report/unknown_usage").text).fetchone(),
        stale=stale(con),
        failures=sorted(failures, key=lambda failure: not failure.is_blocking),
        n_checks=sum(len(record.outcomes) for record in records),
        matrix=_matrix(records),
        site=SITE,
        columns=column_page.FOLDER,
        result_page=result_page,
        kept_rows=partial(_kept_rows, warehouse),
        parts=parts_of(con),
    )


def parts_of(con: duckdb.DuckDBPyConnection) -> list[Part]:
    """The parts with pictures, in the order of the page."""
    return [part(con) for part in _PARTS]


def _kept_rows(warehouse: Path, record: AuditRecord) -> str:
    """The command that shows the rows of an audit that were not published."""
    file = quarantine_file(warehouse, record.table, record.partition, record.run_id)
    return command("sql", f"from {sql.parquet(file)}", warehouse=warehouse)


def _ordered(records: Sequence[AuditRecord]) -> list[AuditRecord]:
    """In the order in which data moves."""
    places = list(TABLES)
    return sorted(records, key=lambda record: (places.index(record.table), record.partition or ""))


def _published(con: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """The last publish that the numbers include, its time and its profiles; None when there is none."""
    rows = _rows(con, sql.query("report/publishes").text)
    if not rows:
        return None
    return {
        "seq": max(row["seq"] for row in rows),
        "at": max(row["published_at"] for row in rows),
        "profiles": sorted({row["profile"] for row in rows}),
    }


def _matrix(records: Sequence[AuditRecord]) -> dict[str, Any]:
    """Tables by partitions, each with the record of its last audit."""
    partitions = sorted({record.partition for record in records if record.partition is not None})
    by_place = {(record.table, record.partition): record for record in records}
    lines = [
        (name, [by_place.get((name, partition)) for partition in [*partitions, None]])
        for name in TABLES
        if name not in UNAUDITED
    ]
    return {"partitions": partitions, "lines": lines}


def _funnel(con: duckdb.DuckDBPyConnection) -> Part:
    columns, rows = columns_and_rows(con, "select * from funnel")
    if not rows:
        return nothing("funnel", "From published records to training records", "raw_questions")
    sources = [str(row[0]) for row in rows]
    charts = []
    for name, title, stages, caption in (
        (
            "funnel-questions",
            "Questions and examples",
            ("published_records", "questions", "examples", "training_records"),
            "How many records the sources publish, how many questions are kept, and how many examples and training "
            "records come of them. A question gives two examples, or one when it is difficult. Look for a source that "
            "shrinks more than the others.",
        ),
        (
            "funnel-paths",
            "Reasoning paths",
            ("paths", "usable_paths", "correct_paths"),
            "How many reasoning paths were requested, came back with a text, and were found correct. Look for a step "
            "that loses most of a source.",
        ),
    ):
        counts = {
            stage: {s: row[columns.index(stage)] for s, row in zip(sources, rows, strict=True)} for stage in stages
        }
        top = max(sum(values.values()) for values in counts.values())
        lines = [
            _with_total(stacked(stage.replace("_", " "), values, sources, top), sum(values.values()))
            for stage, values in counts.items()
        ]
        wanted = ["source", *stages]
        table = [[row[columns.index(column)] for column in wanted] for row in rows]
        charts.append(Chart(name, title, caption, sources, lines, wanted, table))
    return Part("funnel", "From published records to training records", charts)


def _verdicts(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Verdicts by model and source"
    columns, rows = columns_and_rows(
        con, "select generator, source, paths, correct, error, missing, correct_share from model_agreement"
    )
    if not rows:
        return nothing("verdicts", title, "verifications")
    series = ("correct", "error", "missing")
    lines = []
    for generator, source, paths, *counts, share in rows:
        shares = "no verdict" if share is None else f"{share:.0%} correct"
        drawn = stacked(f"{generator}, {source}", dict(zip(series, counts, strict=True)), series)
        lines.append(Row(drawn.label, f"{shares} of {number(paths)}", drawn.bars))
    caption = (
        "The share of each model's paths that reach the key and were found free of error. Missing means that no "
        "verdict was given. Look for a model that differs from the others on the same source: its prompt, "
        "its server or the verifier may be at fault. Nearly all correct, or nearly all wrong, means a judge that "
        "does not judge."
    )
    chart = Chart("verdicts-models", "Paths by verdict", caption, series, lines, columns, rows, ("s0", "s1", "s5"))
    return Part("verdicts", title, [chart])


def _tiers(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Tiers against the last build"
    _, rows = columns_and_rows(con, sql.query("report/tiers").text)
    if not rows:
        return nothing("tiers", title, "difficulty_tiers")
    lines, table = [], []
    for source, build, published_at, *counts in rows:
        which = "this build" if build == 1 else "the one before"
        drawn = stacked(f"{source}, {which}", dict(zip(TIERS, counts, strict=True)), TIERS)
        n = sum(counts)
        shares = ", ".join(f"{tier} {count / n:.0%}" for tier, count in zip(TIERS, counts, strict=True) if count)
        lines.append(Row(drawn.label, f"{number(n)}: {shares}" if n else "none", drawn.bars))
        table.append([source, which, published_at, *counts])
    caption = (
        "How hard the questions were for the models: easy, nearly all paths correct; medium, some; difficult, few "
        "or none; unresolved, verdicts are missing that could change the tier. Below each source is its previous "
        "build, if any. Look for a shift: other models, another verifier or other questions."
    )
    columns = ("source", "build", "published at", *TIERS)
    colours = ("s2", "s1", "s4", "s5")
    chart = Chart("tiers-builds", "Questions by tier", caption, TIERS, lines, columns, table, colours)
    return Part("tiers", title, [chart])


def _scores(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Scores before and after rewriting"
    columns, rows = columns_and_rows(con, sql.query("report/scores").text)
    if not rows:
        return nothing("scores", title, "quality_scores", "or no rewritten text was in the scored sample")
    means, changes = ("before", "final"), ("better", "same", "worse")
    mean_lines, change_lines = [], []
    for tier, examples, before, final, *counts in rows:
        for name, mean in zip(means, (before, final), strict=True):
            mean_lines.append(stacked(f"{tier}, {name}", {name: mean}, means, _TOP_SCORE))
        label = f"{tier}, {number(examples)} texts"
        change_lines.append(stacked(label, dict(zip(changes, counts, strict=True)), changes))
    return Part(
        "scores",
        title,
        [
            Chart(
                "scores-means",
                "Mean score, 1 to 10",
                "The evaluator's mean score of the same examples before and after their text was rewritten. Look for a "
                "final bar that is not longer: rewriting then did not help. With few texts a mean is uncertain.",
                means,
                mean_lines,
                columns,
                rows,
            ),
            Chart(
                "scores-changes",
                "Texts that became better or worse",
                "How many of these examples scored higher, the same or lower after rewriting. Many that are worse mean "
                "a rewriter that harms what was sound.",
                changes,
                change_lines,
                columns,
                rows,
                ("s0", "s5", "s4"),
            ),
        ],
    )


def _lengths(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Lengths"
    columns, rows = columns_and_rows(con, sql.query("report/lengths").text)
    if not rows:
        return nothing("lengths", title, "reasoning_paths")
    top = max(row[-1] for row in rows) or 1
    lines = [
        spread(
            kind,
            f"median {number(quantiles[2])}, from {number(quantiles[0])} to {number(quantiles[4])}",
            quantiles,
            top,
        )
        for kind, _, *quantiles in rows
    ]
    caption = (
        "How many characters the texts have: the box holds the middle half, the line 80% of them, the mark is the "
        "median. Look for a model that is much shorter or longer than its peers, or a line that ends abruptly "
        "where the box does: texts that are cut off end alike."
    )
    series = ("middle half (box), 80% (line)", "median")
    chart = Chart("lengths-texts", "Characters per text", caption, series, lines, columns, rows, ("s0", "mark"))
    return Part("lengths", title, [chart])


def _letters(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Letters"
    columns, rows = columns_and_rows(con, sql.query("report/letters").text)
    if not rows:
        return nothing("letters", title, "questions")
    counts: dict[tuple[str, str], dict[str, float]] = {}
    for source, what, letter, n in rows:
        name = letter if LETTERS.index(letter) < _MANY_LETTERS else "later letters"
        found = counts.setdefault((source, what), {})
        found[name] = found.get(name, 0) + n
    drawn = {name for values in counts.values() for name in values}
    series = [name for name in (*LETTERS[:_MANY_LETTERS], "later letters") if name in drawn]
    lines = []
    for (source, what), values in counts.items():
        total = sum(values.values())
        shares = ", ".join(f"{name} {values[name] / total:.0%}" for name in series if name in values)
        lines.append(Row(f"{source}, {what}", shares, stacked("", values, series).bars))
    caption = (
        "Which letter is the key, by source: of the questions, of what the paths conclude with, and of the "
        "training records. The three lines of a source should look alike. Paths that favour a letter more than "
        "the questions do come from models that guess by place; training records that differ teach such a habit."
    )
    return Part(
        "letters", title, [Chart("letters-shares", "Share of each letter", caption, series, lines, columns, rows)]
    )


def _rejected(con: duckdb.DuckDBPyConnection) -> Part:
    title = "Rejected by reason"
    columns, rows = columns_and_rows(con, sql.query("report/rejected").text)
    if not rows:
        return nothing("rejected", title, "rejected_questions", "or no record was rejected")
    counts: dict[str, dict[str, float]] = {}
    for source, reason, n in rows:
        counts.setdefault(source, {})[reason] = n
    top = max(sum(values.values()) for values in counts.values())
    series = [reason for reason in REJECTION_REASONS if any(reason in values for values in counts.values())]
    lines = [stacked(source, values, series, top) for source, values in counts.items()]
    caption = (
        "Records that were rejected before any model call. Contaminated: they match a benchmark. "
        "Duplicate, near duplicate: another record asks the same. Conflicting gold: the same question with two "
        "keys. Malformed: no question could be read. Many malformed ones mean a file of another format than "
        "declared."
    )
    return Part("rejected", title, [Chart("rejected-reasons", "Records", caption, series, lines, columns, rows)])


_PARTS: tuple[Callable[[duckdb.DuckDBPyConnection], Part], ...] = (
    _funnel,
    _verdicts,
    _tiers,
    _scores,
    _lengths,
    _letters,
    _rejected,
    judgements.dropped,
    judgements.trust,
    judgements.people,
    judgements.cost,
)


def _with_total(row: Row, total: float) -> Row:
    return Row(row.label, f"{number(total)} in all: {row.text}", row.bars)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    columns, rows = columns_and_rows(con, query)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _shown(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return _when(value) if isinstance(value, dt.datetime) else str(value)


def _when(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
