"""Counts and shares of two states by source and by model, and which differences are beyond noise.

A share before and after is compared by Fisher's exact test where a cell of the 2 x 2 table is expected to hold fewer
than five, else by the z-test of two proportions with a pooled variance (A. Agresti, Categorical Data Analysis, 3rd ed.,
2013, sections 3.2 and 3.5), two-sided. All comparisons of a diff are judged together: a difference is beyond noise
where its p-value passes Holm's step-down procedure at 5% over their number (S. Holm, Scand. J. Statist. 6, 1979,
p. 65), so that in 95 of 100 diffs without a true difference nothing is marked. Both tests take the rows of the two
states for independent; where most are the same rows, a true difference is marked less often than the 5% say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared

LEVEL = 0.05
_SMALLEST_EXPECTED = 5.0
_QUERIES = (
    (
        "tier",
        "difficulty_tiers",
        "select 'source' as grouped_by, source as name, tier as what, count(*) as n,"
        " sum(count(*)) over (partition by source) as total from {0}_difficulty_tiers group by source, tier",
    ),
    (
        "label in doubt",
        "difficulty_tiers",
        "select 'source' as grouped_by, source as name, '' as what, count(*) filter (is_label_doubt) as n,"
        " count(*) as total from {0}_difficulty_tiers group by source",
    ),
    (
        "rejected records",
        "rejected_questions",
        "select 'source' as grouped_by, raw.source as name, '' as what, count(rejected.raw_id) as n, count(*) as total"
        " from {0}_raw_questions as raw left join {0}_rejected_questions as rejected on raw.raw_id = rejected.raw_id"
        " group by raw.source",
    ),
    (
        "examples kept",
        "reasonmed",
        "select 'source' as grouped_by, source as name, '' as what, count(*) filter (is_kept) as n, count(*) as total"
        " from (select source, true as is_kept from {0}_reasonmed union all"
        " select source, false from {0}_dropped_examples) group by source",
    ),
    (
        "usable paths",
        "reasoning_paths",
        "select 'model' as grouped_by, model as name, '' as what, count(path_text) as n, count(*) as total"
        " from {0}_reasoning_paths where model is not null group by model",
    ),
    (
        "correct paths",
        "verifications",
        "select 'model' as grouped_by, paths.model as name, '' as what, count(*) filter (judged.is_correct) as n,"
        " count(judged.is_correct) as total from {0}_verifications as judged inner join {0}_reasoning_paths as paths"
        " on judged.path_id = paths.path_id where paths.model is not null group by paths.model",
    ),
    (
        "accepted rewrites",
        "refined_paths",
        "select 'model' as grouped_by, model as name, '' as what, count(*) filter (is_accepted) as n, count(*) as total"
        " from {0}_refined_paths where model is not null group by model",
    ),
    (
        "accepted summaries",
        "answer_summaries",
        "select 'model' as grouped_by, model as name, '' as what, count(*) filter (is_accepted) as n, count(*) as total"
        " from {0}_answer_summaries where model is not null group by model",
    ),
    (
        "validation records",
        "sft_reasonmed",
        "select 'source' as grouped_by, source as name, '' as what, count(*) filter (fold = 'validation') as n,"
        " count(*) as total from {0}_sft_reasonmed group by source",
    ),
)
"""What is counted, the table that it needs, and the query per state: by what, of what, n of total."""


@dataclass(frozen=True)
class Share:
    """A count before and after.

    Attributes:
        figure: what is counted.
        by: "source" or "model".
        name: which one.
        before, before_total: rows that count, of how many.
        after, after_total: the same.
        p: two-sided p-value; None where a state has no rows.
        is_beyond_noise: the difference is marked (see the module).
    """

    figure: str
    by: str
    name: str
    before: int
    before_total: int
    after: int
    after_total: int
    p: float | None = None
    is_beyond_noise: bool = False


def shares(compared: Compared) -> tuple[list[Share], int]:
    """The counts that differ, with what is beyond noise, and over how many comparisons that was judged."""
    found = judged(list(_counted(compared)))
    return [share for share in found if _differs(share)], sum(share.p is not None for share in found)


def judged(found: Sequence[Share]) -> list[Share]:
    """The same, marked by Holm's procedure over all that can be compared."""
    ranked = sorted((share for share in found if share.p is not None), key=lambda share: share.p or 0.0)
    beyond = set[tuple[str, str, str]]()
    for place, share in enumerate(ranked):
        if (share.p or 0.0) > LEVEL / (len(ranked) - place):
            break
        beyond.add((share.figure, share.by, share.name))
    return [replace(share, is_beyond_noise=(share.figure, share.by, share.name) in beyond) for share in found]


def p_value(n: int, total: int, other_n: int, other_total: int) -> float:
    """Two-sided p-value of two shares being one (see the module for the tests)."""
    hits, rows = n + other_n, total + other_total
    expected = [side * part / rows for side in (total, other_total) for part in (hits, rows - hits)]
    if hits in (0, rows):
        return 1.0
    if min(expected) < _SMALLEST_EXPECTED:
        return _fisher(n, total, other_n, other_total)
    pooled = hits / rows
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / total + 1 / other_total))
    return math.erfc(abs(n / total - other_n / other_total) / deviation / math.sqrt(2))


def _fisher(n: int, total: int, other_n: int, other_total: int) -> float:
    """The chance of every table with the same margins that is not likelier than the one found."""
    hits, rows = n + other_n, total + other_total

    def log_chance(k: int) -> float:
        return _log_choose(total, k) + _log_choose(other_total, hits - k) - _log_choose(rows, hits)

    found = log_chance(n)
    possible = range(max(0, hits - other_total), min(total, hits) + 1)
    # Equal chances differ by rounding.
    return min(1.0, sum(math.exp(one) for one in map(log_chance, possible) if one <= found + 1e-7))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _counted(compared: Compared) -> Iterator[Share]:
    tables = set(compared.shown)
    for figure, table, query in _QUERIES:
        if table not in tables:
            continue
        before, after = query.format(BEFORE), query.format(AFTER)
        rows = compared.con.execute(
            f"""
            with b as ({before}), a as ({after}),
            totals as (
                select grouped_by, name, max(b.total) as b_total, max(a.total) as a_total
                from b full join a using (grouped_by, name)
                group by all
            )
            select
                grouped_by, name, what, coalesce(b.n, 0), coalesce(b_total, 0), coalesce(a.n, 0), coalesce(a_total, 0)
            from b full join a using (grouped_by, name, what)
            inner join totals using (grouped_by, name)
            order by all
            """
        ).fetchall()
        for by, name, what, *counts in rows:
            n, total, other_n, other_total = map(int, counts)
            p = p_value(n, total, other_n, other_total) if total and other_total else None
            yield Share(f"{figure} {what}".strip(), by, name, n, total, other_n, other_total, p)


def _differs(share: Share) -> bool:
    return (share.before, share.before_total) != (share.after, share.after_total)
