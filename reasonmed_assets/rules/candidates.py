"""Pairs of texts that may be alike, or of which one holds the other, without comparing all with all.

For likeness, an inverted index over pairs of rare words: two texts are compared when they share two of their rarest
words. Words that occur in one text only are left out first, so a misspelt word costs nothing. Of the pairs of 8,015
real questions this compares 53,000 (0.17%), among them all 185 whose edit ratio is at least 80 (found by comparing all
with all).
In scripts without blanks, runs of three characters take the place of words.

For containment, an index of runs of five words: see `held`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

import polars as pl
from rapidfuzz import fuzz, process

_RAREST_WORDS = 10
_TEXTS_PER_KEY = 200
"""A pair of words that more texts than this have among their rarest is a common phrase and proposes nothing."""
_PAIRS_AT_A_TIME = 500_000
_KEYS_AT_A_TIME = 400_000
_PARTS = 8

_WITHOUT_BLANKS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Characters of scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, kana and Han."""
_RUN_WITHOUT_BLANKS = re.compile(f"[{_WITHOUT_BLANKS}]+")
_CHARACTERS = 3

_WORDS = 5
"""Words of a run, by which it is found that a text is held in another."""
_RUNS_PER_TEXT = 12
_TEXTS_PER_RUN = 20
"""A run that more texts than this have is a common phrase and proposes nothing."""
_HELD_SHARE = 0.85
"""Share of the runs of a text that another must have to hold it: of 100 words, three may be changed."""
_LONG_STEM, _LONG_CONTEXT, _SHORT_STEM = 20, 25, 4
"""Words: of a stem or a context that nobody else writes, and of a stem that says something beside its options."""


def alike(
    texts: Sequence[str], other_forms: Sequence[str], ratio: float, is_wanted: Sequence[bool]
) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts with their edit ratio (0 to 100), of those that reach `ratio`.

    Args:
        texts: normalised texts, words separated by single spaces, all different.
        other_forms: each text in another order of its parts; the better ratio of the two forms counts.
        ratio: the least edit ratio.
        is_wanted: pairs of two unwanted texts are left out (benchmark against benchmark).

    Yields:
        (i, j, ratio) with i < j, each pair once, in no particular order.
    """
    lengths = pl.Series([len(text) for text in texts], dtype=pl.Int64)
    wanted = pl.Series(list(is_wanted), dtype=pl.Boolean)
    for pairs in _candidates([_with_blanks(text) for text in texts]):
        first, second = pairs["first"], pairs["second"]
        shorter = pl.select(pl.min_horizontal(lengths[first], lengths[second])).to_series()
        possible = 200 * shorter / (lengths[first] + lengths[second]) >= ratio
        pairs = pairs.filter(possible & (wanted[first] | wanted[second]))
        for part in pairs.iter_slices(_PAIRS_AT_A_TIME):
            yield from _confirmed(texts, other_forms, part, ratio)


class Asked(Protocol):
    """The parts of a question, normalised."""

    @property
    def context(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def options(self) -> tuple[str, ...]: ...


def held(questions: Sequence[Asked], benchmarks: Sequence[Asked]) -> Iterator[tuple[int, int]]:
    """The questions that hold a benchmark's text among words of their own, or a part of it, each with the benchmark.

    A text is held where nearly all of its runs of words are: its stem or its context, if it is long; a short stem only
    beside the same options, and not where both have contexts of which neither is a part of the other. Of a benchmark's
    long context, or of its stem with the same options, the question may have a part alone.
    """
    texts = [_runs(text) for benchmark in benchmarks for text in (benchmark.stem, benchmark.context)]
    n_texts = Counter(run for runs in texts for run in runs)
    index: dict[str, list[int]] = defaultdict(list)
    n_indexed = []
    for number, runs in enumerate(texts):
        rare = [run for run in runs if n_texts[run] <= _TEXTS_PER_RUN]
        chosen = rare[:: max(1, len(rare) // _RUNS_PER_TEXT)]
        n_indexed.append(len(chosen))
        for run in chosen:
            index[run].append(number)
    for i, question in enumerate(questions):
        whole = _runs(f"{question.context} {question.stem}")
        hits = Counter(number for run in whole if run in index for number in index[run])
        for j in sorted({number // 2 for number, n in hits.items() if 4 * n >= n_indexed[number]}):
            if _is_held(question, whole, benchmarks[j], texts[2 * j], texts[2 * j + 1]):
                yield i, j


_Runs = dict[str, None]


def _is_held(question: Asked, whole: _Runs, benchmark: Asked, stem: _Runs, context: _Runs) -> bool:
    if _is_long(stem, _LONG_STEM) and _share(stem, whole) >= _HELD_SHARE:
        return True
    if _is_long(context, _LONG_CONTEXT) and _share(context, whole) >= _HELD_SHARE:
        return True
    own_context, own_stem = _runs(question.context), _runs(question.stem)
    if _is_long(own_context, _LONG_CONTEXT) and _share(own_context, context | stem) >= _HELD_SHARE:
        return True
    common = max(_share(own_context, context), _share(context, own_context))
    if (own_context and context and common < _HELD_SHARE) or not _have_same_options(question, benchmark):
        return False
    is_part = _is_long(own_stem, _LONG_STEM) and _share(own_stem, stem) >= _HELD_SHARE
    return is_part or (_is_long(stem, _SHORT_STEM) and _share(stem, own_stem) == 1)


def _is_long(runs: _Runs, words: int) -> bool:
    return len(runs) > max(0, words - _WORDS)


def _share(runs: _Runs, whole: _Runs) -> float:
    """Share of runs that are in a whole."""
    return sum(run in whole for run in runs) / len(runs) if runs else 0.0


def _have_same_options(a: Asked, b: Asked) -> bool:
    first, second = set(a.options), set(b.options)
    return len(first & second) >= 2 and (first <= second or second <= first)


def _runs(text: str) -> _Runs:
    """The runs of words of a text, in order; the whole text where it is shorter than one."""
    words = _RUN_WITHOUT_BLANKS.sub(lambda run: f" {' '.join(run[0])} ", text).split()
    if not words:
        return {}
    return dict.fromkeys(" ".join(words[at : at + _WORDS]) for at in range(max(1, len(words) - _WORDS + 1)))


def _with_blanks(text: str) -> str:
    """The text with runs of characters in place of words that no blanks divide."""
    return _RUN_WITHOUT_BLANKS.sub(_in_characters, text)


def _in_characters(run: re.Match[str]) -> str:
    text = run[0]
    return " ".join(["", *(text[at : at + _CHARACTERS] for at in range(max(1, len(text) - _CHARACTERS + 1))), ""])


def _confirmed(
    texts: Sequence[str], other_forms: Sequence[str], pairs: pl.DataFrame, ratio: float
) -> Iterator[tuple[int, int, float]]:
    first, second = pairs["first"].to_list(), pairs["second"].to_list()
    best = [
        process.cpdist(
            [form[i] for i in first], [form[j] for j in second], scorer=fuzz.ratio, score_cutoff=ratio, workers=2
        )
        for form in (texts, other_forms)
    ]
    for i, j, found in zip(first, second, (best[0] > 0) | (best[1] > 0), strict=True):
        if found:
            yield i, j, max(fuzz.ratio(texts[i], texts[j]), fuzz.ratio(other_forms[i], other_forms[j]))


def _candidates(texts: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Frames of pairs (first < second) that share two of their rarest words; no pair twice."""
    keys = _shared(_keys(_rarest_words(texts)))
    step = max(1, len(texts) * _KEYS_AT_A_TIME // max(1, keys.height))
    for start in range(0, len(texts), step):
        left = keys.filter(pl.col("text").is_between(start, start + step - 1))
        yield (
            left.rename({"text": "first"})
            .join(keys.rename({"text": "second"}), on="key")
            .filter(pl.col("first") < pl.col("second"))
            .select("first", "second")
            .unique()
        )


def _rarest_words(texts: Sequence[str]) -> pl.DataFrame:
    """Text and word numbers, for the rarest words of each text; a smaller number is a rarer word."""
    words = (
        pl.DataFrame({"word": pl.Series(list(texts), dtype=pl.String)})
        .with_row_index("text")
        .with_columns(pl.col("word").str.split(" ").list.unique().cast(pl.List(pl.Categorical)))
        .explode("word")
    )
    numbers = (
        words.group_by("word")
        .len()
        .filter(pl.col("len") > 1)
        .sort("len", pl.col("word").cast(pl.String))
        .select("word", number=pl.int_range(pl.len(), dtype=pl.UInt32))
    )
    return (
        words.join(numbers, on="word")
        .select("text", "number")
        .sort("text", "number")
        .filter(pl.int_range(pl.len()).over("text") < _RAREST_WORDS)
    )


def _keys(words: pl.DataFrame) -> pl.DataFrame:
    """Text and key, for every pair of its words; in parts, which bounds the memory."""
    parts = (words.filter(pl.col("text") % _PARTS == part) for part in range(_PARTS))
    return pl.concat(
        part.join(part, on="text")
        .filter(pl.col("number") < pl.col("number_right"))
        .select("text", key=pl.col("number").cast(pl.UInt64) * 2**32 + pl.col("number_right"))
        for part in parts
    )


def _shared(keys: pl.DataFrame) -> pl.DataFrame:
    """The keys that two or more texts have, but not too many; counted in parts, which bounds the memory."""
    parts = (keys.filter(pl.col("key") % _PARTS == part) for part in range(_PARTS))
    return pl.concat(part.filter(pl.len().over("key").is_between(2, _TEXTS_PER_KEY)) for part in parts)
