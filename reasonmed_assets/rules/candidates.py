"""Pairs of texts that may be alike, out of hundreds of thousands, without comparing all with all.

An inverted index over pairs of rare words: two texts are compared when they share two of their rarest words. Words that
occur in one text only are left out first, so a misspelt word costs nothing. Of the pairs of 8,015 real questions this
compares 53,000 (0.17%), among them all 185 whose edit ratio is at least 80 (found by comparing all with all).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from rapidfuzz import fuzz, process

_RAREST_WORDS = 10
_TEXTS_PER_KEY = 200
"""A pair of words that more texts than this have among their rarest is a common phrase and proposes nothing."""
_PAIRS_AT_A_TIME = 500_000
_KEYS_AT_A_TIME = 400_000
_PARTS = 8


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
    for pairs in _candidates(texts):
        first, second = pairs["first"], pairs["second"]
        shorter = pl.select(pl.min_horizontal(lengths[first], lengths[second])).to_series()
        possible = 200 * shorter / (lengths[first] + lengths[second]) >= ratio
        pairs = pairs.filter(possible & (wanted[first] | wanted[second]))
        for part in pairs.iter_slices(_PAIRS_AT_A_TIME):
            yield from _confirmed(texts, other_forms, part, ratio)


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
    """Text and key, for every pair of its words."""
    return (
        words.join(words, on="text")
        .filter(pl.col("number") < pl.col("number_right"))
        .select("text", key=pl.col("number").cast(pl.UInt64) * 2**32 + pl.col("number_right"))
    )


def _shared(keys: pl.DataFrame) -> pl.DataFrame:
    """The keys that two or more texts have, but not too many; counted in parts, which bounds the memory."""
    parts = [keys.filter(pl.col("key") % _PARTS == part) for part in range(_PARTS)]
    counted = [part.group_by("key").len().filter(pl.col("len").is_between(2, _TEXTS_PER_KEY)) for part in parts]
    return pl.concat([part.join(count, on="key", how="semi") for part, count in zip(parts, counted, strict=True)])
