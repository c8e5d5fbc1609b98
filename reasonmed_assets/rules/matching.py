"""Which questions are the same, nearly the same, or in a benchmark.

The decisions depend on the rows and on what was kept before, never on the order in which rows arrive. Precedence: rows
kept earlier in this warehouse, then the order of the sources, then split, file and row; of two that match, the one with
precedence stays. So an added row never displaces one that was kept (a question of a benchmark always does).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple, Protocol

import polars as pl
from rapidfuzz import fuzz

from reasonmed_assets.rules.candidates import alike, held
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.rules.text import negations, normalise, numbers

BENCHMARK = "benchmark"
CONTAMINATED, CONFLICTING_GOLD, DUPLICATE, NEAR_DUPLICATE, GROUPED = (
    "contaminated", "conflicting_gold", "duplicate", "near_duplicate", "grouped",
)  # fmt: skip

_SEPARATOR = "\x1f"
_BEGINNING = 100
_MAX_OPTIONS_LEFT_OUT = 2

MATCH_SCHEMA = {
    "match_id": pl.String,
    "raw_id": pl.String,
    "source": pl.String,
    "other_raw_id": pl.String,
    "other_source": pl.String,
    "other_split_role": pl.String,
    "decision": pl.String,
    "is_exact": pl.Boolean,
    "edit_ratio": pl.Float64,
    "is_same_gold": pl.Boolean,
    "is_same_facts": pl.Boolean,
    "evidence": pl.String,
    "group_id": pl.String,
}
"""The columns of `question_matches`, without its row hash."""

PRECEDENCE_COLUMNS = (
    "raw_id", "source", "other_raw_id", "other_source", "other_split_role", "decision", "evidence",
)  # fmt: skip
"""The columns that depend on which of two rows was kept before."""


class _Row(NamedTuple):
    """What of a question is read for its matches; as a tuple, of which there are many at once."""

    raw_id: str
    question_id: str
    source: str
    split: str
    split_role: str
    file: str
    row: int
    native_id: str | None
    question: str
    context: str | None
    options: list[str]
    gold_text: str


MATCHED_COLUMNS = _Row._fields
"""The columns that are read."""


class MatchingRules(Protocol):
    """The profile's switches that matching reads; ratios from 0 to 100."""

    near_duplicate_ratio: float
    group_ratio: float
    contamination_ratio: float
    reject_duplicates: bool
    reject_contaminated: bool


def find_matches(
    questions: pl.DataFrame, benchmarks: pl.DataFrame, kept: set[str], rules: MatchingRules, priority: Sequence[str]
) -> pl.DataFrame:
    """The pairs of questions that match, with the evidence and what follows.

    A row has at most one decision against it, the first of

    - `contaminated`: the text of a benchmark question, its options in any order or one or two of them left out; an edit
      ratio of `contamination_ratio`; a text that holds a benchmark's, or a part of it; or a question about the same
      document of that source;
    - `conflicting_gold`: the text of another row with another key. All of them go, except one that was kept earlier;
    - `duplicate`: the text of a row with precedence, its options in any order, or some left out and the same key;
    - `near_duplicate`: an edit ratio of `near_duplicate_ratio`, and the same key, numbers and negations.

    Questions that stay and reach `group_ratio` are `grouped`, in as many pairs as there are. With a switch of `rules`
    off, its pairs are grouped instead, except that two rows never share a question_id.

    Args:
        questions: rows to build from, with `MATCHED_COLUMNS`.
        benchmarks: the rows of benchmarks, with the same columns.
        kept: question_ids that this warehouse already holds.
        rules: the profile's switches and ratios.
        priority: source names, the preferred one first; other sources follow by name.

    Returns:
        One row per pair, with the columns of `MATCH_SCHEMA`, ordered by raw_id and other_raw_id.
    """
    order = {source: position for position, source in enumerate(priority)}
    rows = _items(questions, kept, order)
    against = _items(benchmarks, set(), order)
    matches = _decide(rows, against, _compare([*rows, *against], rules), rules)
    columns = {name: kind for name, kind in MATCH_SCHEMA.items() if name != "group_id"}
    frame = pl.DataFrame([match.as_row() for match in matches], schema=columns, orient="row")
    pairs = frame.filter(pl.col("other_split_role") != "benchmark").select("raw_id", "other_raw_id")
    return frame.with_columns(group_id=pl.col("raw_id").replace(_groups(pairs.iter_rows()))).sort(
        "raw_id", "other_raw_id"
    )


def _groups(pairs: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """Row -> smallest row among all that the pairs connect it with (union-find with path halving)."""
    parents: dict[str, str] = {}

    def root(row: str) -> str:
        parents.setdefault(row, row)
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    for pair in pairs:
        first, second = sorted(map(root, pair))
        parents[second] = first
    return {row: root(row) for row in parents}


@dataclass(frozen=True)
class _Item:
    """One question, with the forms in which it is compared."""

    row: _Row
    position: int
    """Order of source priority, split, file and row, whatever was kept."""
    is_kept: bool
    stem: str
    options: tuple[str, ...]
    context: str
    gold: str

    @cached_property
    def key(self) -> str:
        """Equal for equal text, the options in any order."""
        return _key(self.context, self.stem, sorted(self.options))

    @property
    def text(self) -> str:
        return " ".join((self.stem, *self.options))

    @property
    def sorted_text(self) -> str:
        return " ".join((self.stem, *sorted(self.options)))

    @cached_property
    def facts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Numbers and negations of stem and options."""
        text = _SEPARATOR.join((self.row.question, *self.row.options))
        return numbers(text), negations(text)

    def shorter_keys(self) -> Iterator[str]:
        """Keys of the forms of this question that lack one or two of its options."""
        ordered = sorted(self.options)
        for size in range(max(2, len(ordered) - _MAX_OPTIONS_LEFT_OUT), len(ordered)):
            for options in combinations(ordered, size):
                yield _key(self.context, self.stem, options)


@dataclass(frozen=True)
class _Match:
    """Two questions and what follows for the first."""

    item: _Item
    other: _Item
    decision: str
    is_exact: bool
    ratio: float
    note: str = ""

    def as_row(self) -> tuple[Any, ...]:
        row, other = self.item.row, self.other.row
        beginning = " ".join(other.question.split())[:_BEGINNING]
        return (
            make_id(row.raw_id, other.raw_id),
            row.raw_id,
            row.source,
            other.raw_id,
            other.source,
            other.split_role,
            self.decision,
            self.is_exact,
            self.ratio,
            self.item.gold == self.other.gold,
            self.item.facts == self.other.facts,
            f"{other.source} {other.split}, {other.file} row {other.row}{self.note}: {beginning}",
        )


class _Likeness:
    """What the comparison of all texts found, by the keys of two different texts, both ways."""

    def __init__(self) -> None:
        self._ratios: dict[str, dict[str, float]] = defaultdict(dict)
        self._subsets: dict[str, set[str]] = defaultdict(set)

    def add(self, a: _Item, b: _Item, ratio: float) -> None:
        """Two texts that are alike."""
        self._ratios[a.key][b.key] = self._ratios[b.key][a.key] = ratio

    def add_subset(self, a: _Item, b: _Item) -> None:
        """Two texts that are the same but for options left out of one of them."""
        self._subsets[a.key].add(b.key)
        self._subsets[b.key].add(a.key)
        self.add(a, b, _ratio(a, b))

    def of(self, item: _Item) -> Iterator[tuple[str, float, bool]]:
        """Key, edit ratio and "is a subset" of every other text that is like this one."""
        subsets = self._subsets.get(item.key, ())
        for key, ratio in self._ratios.get(item.key, {}).items():
            yield key, ratio, key in subsets


def _items(frame: pl.DataFrame, kept: set[str], order: Mapping[str, int]) -> list[_Item]:
    """The rows in order of precedence."""
    last = len(order)

    def published(row: _Row) -> tuple[Any, ...]:
        return order.get(row.source, last), row.source, row.split, row.file, row.row

    items = [
        _Item(
            row=row,
            position=position,
            is_kept=row.question_id in kept,
            stem=normalise(row.question),
            options=tuple(normalise(option) for option in row.options),
            context=normalise(row.context or ""),
            gold=normalise(row.gold_text),
        )
        for position, row in enumerate(
            sorted(map(_Row._make, frame.select(MATCHED_COLUMNS).iter_rows()), key=published)
        )
    ]
    return sorted(items, key=lambda item: not item.is_kept)


def _key(context: str, stem: str, options: Iterable[str]) -> str:
    return _SEPARATOR.join((context, stem, *options))


def _ratio(a: _Item, b: _Item) -> float:
    """Edit ratio of stem plus options, the better of published and sorted order; of the contexts where it is less.

    Two questions with the same title about different documents are different questions.
    """
    ratio = max(fuzz.ratio(a.text, b.text), fuzz.ratio(a.sorted_text, b.sorted_text))
    return min(ratio, fuzz.ratio(a.context, b.context)) if a.context and b.context else ratio


def _compare(items: Sequence[_Item], rules: MatchingRules) -> _Likeness:
    """Every two texts that are alike, apart from two of benchmarks."""
    by_key = _first_by_key(items)
    distinct = list(by_key.values())
    likeness = _Likeness()
    least = min(rules.group_ratio, rules.near_duplicate_ratio, rules.contamination_ratio)
    found = alike(
        [item.text for item in distinct],
        [item.sorted_text for item in distinct],
        least,
        [item.row.split_role != BENCHMARK for item in distinct],
    )
    for i, j, ratio in found:
        a, b = distinct[i], distinct[j]
        if a.context and b.context:
            ratio = min(ratio, fuzz.ratio(a.context, b.context))
        if ratio >= least:
            likeness.add(a, b, ratio)
    stems = Counter((item.context, item.stem) for item in distinct)
    for item in distinct:
        if stems[item.context, item.stem] > 1:
            for key in item.shorter_keys():
                if key in by_key:
                    likeness.add_subset(item, by_key[key])
    return likeness


def _first_by_key(items: Iterable[_Item]) -> dict[str, _Item]:
    found: dict[str, _Item] = {}
    for item in items:
        found.setdefault(item.key, item)
    return found


def _decide(rows: list[_Item], against: list[_Item], likeness: _Likeness, rules: MatchingRules) -> list[_Match]:
    contaminated = list(_contaminated(rows, against, likeness, rules))
    if not rules.reject_contaminated:
        contaminated = [replace(match, decision=GROUPED) for match in contaminated]
    left = _without(rows, contaminated)
    same = list(_same_text(left, rules))
    left = _without(left, same)
    near = list(_near_duplicates(left, likeness, rules)) if rules.reject_duplicates else []
    left = _without(left, near)
    return [*contaminated, *same, *near, *_grouped(left, likeness, rules)]


def _without(rows: list[_Item], matches: Iterable[_Match]) -> list[_Item]:
    """The rows that no match turns away."""
    gone = {match.item.row.raw_id for match in matches if match.decision != GROUPED}
    return [item for item in rows if item.row.raw_id not in gone]


def _contaminated(
    rows: list[_Item], against: list[_Item], likeness: _Likeness, rules: MatchingRules
) -> Iterator[_Match]:
    """For each row that a benchmark holds, its best match there: exact before alike, then by ratio."""
    by_key = _first_by_key(against)
    by_document = {_document(item): item for item in reversed(against) if _document(item)}
    by_holding: dict[str, _Item] = {}
    for i, j in held(rows, against):
        by_holding.setdefault(rows[i].row.raw_id, against[j])
    for item in rows:
        found = []
        if item.key in by_key:
            found.append(_Match(item, by_key[item.key], CONTAMINATED, True, 100.0))
        for key, ratio, is_subset in likeness.of(item):
            if key in by_key and (is_subset or ratio >= rules.contamination_ratio):
                found.append(_Match(item, by_key[key], CONTAMINATED, is_subset, ratio))
        others = [
            (by_holding.get(item.row.raw_id), ", whose text, or a part of it, is in this one"),
            (by_document.get(_document(item)), f", the same document {item.row.native_id}"),
        ]
        for other, note in others if not found else ():
            if other is not None:
                found.append(_Match(item, other, CONTAMINATED, False, _ratio(item, other), note))
                break
        if found:
            yield max(found, key=lambda match: (match.is_exact, match.ratio, match.other.row.raw_id))


def _document(item: _Item) -> tuple[str, str] | None:
    """What a question with a context is about (a pmid). Without a context, ids may be mere counters of a file."""
    row = item.row
    return (row.source, row.native_id) if item.context and row.native_id else None


def _same_text(rows: list[_Item], rules: MatchingRules) -> Iterator[_Match]:
    """Duplicates and contradictions among rows with the same text."""
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item in rows:
        groups[item.key].append(item)
    for group in groups.values():
        yield from _duplicates(group) if rules.reject_duplicates else _repeated_ids(group)


def _duplicates(group: list[_Item]) -> Iterator[_Match]:
    """The first of the rows stays, unless their keys contradict each other; then only one kept earlier does."""
    first, *others = group
    opposite = next((other for other in others if other.gold != first.gold), None)
    if opposite and not first.is_kept:
        for item in group:
            yield _Match(item, opposite if item.gold == first.gold else first, CONFLICTING_GOLD, True, 100.0)
        return
    for other in others:
        yield _Match(other, first, DUPLICATE if other.gold == first.gold else CONFLICTING_GOLD, True, 100.0)


def _repeated_ids(group: list[_Item]) -> Iterator[_Match]:
    """Rows stay and are grouped with the first, apart from those that would have the question_id of an earlier one."""
    by_id: dict[str, _Item] = {}
    for item in group:
        earlier = by_id.setdefault(item.row.question_id, item)
        if earlier is not item:
            yield _Match(item, earlier, DUPLICATE if earlier.gold == item.gold else CONFLICTING_GOLD, True, 100.0)
        elif item is not group[0]:
            yield _Match(item, group[0], GROUPED, True, 100.0)


def _near_duplicates(rows: list[_Item], likeness: _Likeness, rules: MatchingRules) -> Iterator[_Match]:
    """Rows that say the same as a row with precedence that stays: each against the first of those."""
    staying: dict[str, _Item] = {}
    for item in rows:
        found = []
        for key, ratio, is_subset in likeness.of(item):
            other = staying.get(key)
            if other is None or other.gold != item.gold:
                continue
            if is_subset:
                found.append(_Match(item, other, DUPLICATE, True, ratio))
            elif ratio >= rules.near_duplicate_ratio and other.facts == item.facts:
                found.append(_Match(item, other, NEAR_DUPLICATE, False, ratio))
        if found:
            yield min(found, key=lambda match: match.other.position)
        else:
            staying[item.key] = item


def _grouped(rows: list[_Item], likeness: _Likeness, rules: MatchingRules) -> Iterator[_Match]:
    """Every two rows that stay and are alike, the later one first; in the same direction whatever was kept."""
    earlier: dict[str, _Item] = {}
    for item in sorted(rows, key=lambda item: item.position):
        for key, ratio, is_subset in likeness.of(item):
            if key in earlier and (is_subset or ratio >= rules.group_ratio):
                yield _Match(item, earlier[key], GROUPED, is_subset, ratio)
        earlier.setdefault(item.key, item)
