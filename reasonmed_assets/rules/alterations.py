"""Errors planted into correct paths, to see whether a verifier finds them: each kind changes one place of a text.

An alteration changes that place and nothing else. A text without such a place, or whose conclusion would not be what
the kind says, is left alone (None). Which place is taken follows from the seed alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.vocabulary import LETTERS

_VERB = r"(?:is|are|was|were|does|do|did|has|have|had|can|could|should|would|will|may|might|must)"
_REMOVED = (
    (re.compile(rf"\b({_VERB}) not\b"), r"\1"),
    (re.compile(r"\bcan(?:not|'t)\b"), "can"),
    (re.compile(r"\b((?!ca|wo|sha)[a-z]+)n['\u2019]t\b"), r"\1"),
    (re.compile(r"\bwithout\b"), "with"),
)
_INSERTED = re.compile(r"\b(is|are|was|were|can|could|should|would|will|must)(?= (?!not\b|no\b|n[eo]\w+\b)[a-z])")

_UNIT = (
    r"%|(?:m|mc|\u00b5|\u03bc|n|k)?g(?:/\w+)?|(?:m|d|\u00b5|\u03bc)?[lL](?:/\w+)?|(?:m|\u00b5|\u03bc|n)?mol(?:/\w+)?|"
    r"mEq(?:/\w+)?|mm ?Hg|[mck]?m|I?U(?:/\w+)?|(?:beats|breaths)(?: per minute|/min)|bpm|/min|\u00b0 ?[CF]|kcal|"
    r"(?:year|month|week|day|hour|minute|second|yr)s?|times|fold|(?:of )?(?:patients|cases|women|men|children|persons)"
)
_NUMBER = re.compile(rf"(?<![\w.,/-])(\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?=[ -]?(?:{_UNIT})(?!\w))")
_MOST_PLACES = 20


@dataclass(frozen=True)
class Alteration:
    """A text with one place changed.

    Attributes:
        text: the whole text after the change.
        start: where the changed line begins, in characters; before it and after the line the text is as it was.
        before: the line as it was.
        after: the line as it is now.
    """

    text: str
    start: int
    before: str
    after: str


Alter = Callable[[str, Sequence[str], str, int], Alteration | None]
"""An alteration of (path, options in prompt order, letter that the path concludes with, seed)."""


def swap_answer(path: str, options: Sequence[str], letter: str, seed: int) -> Alteration | None:
    """The line that states the answer names another option, by letter and text."""
    own = options[LETTERS.index(letter)]
    others = [i for i, option in enumerate(options) if normalise(option) != normalise(own)]
    for start, line in _lines_from_the_end(path):
        if extract_answer(line, options).letter == letter:
            for i in _shuffled(others, seed, path):
                altered = _named_anew(line, letter, own, LETTERS[i], options[i])
                found = _replaced(path, start, line, altered)
                if found is not None and extract_answer(found.text, options).letter == LETTERS[i]:
                    return found
            return None
    return None


def change_negation(path: str, options: Sequence[str], letter: str, seed: int) -> Alteration | None:
    """One statement says the opposite: a negation is removed from it, or put into it."""
    places = [(match, match.expand(without)) for pattern, without in _REMOVED for match in pattern.finditer(path)]
    places += [(match, f"{match[1]} not") for match in _INSERTED.finditer(path)]
    return _first_that_concludes_as_before(path, options, letter, seed, places)


def change_number(path: str, options: Sequence[str], letter: str, seed: int) -> Alteration | None:
    """One figure with a unit (a dose, an age, a laboratory value, a share of patients) is doubled or halved."""
    places = [(match, _other_number(match[1], make_id(seed, match.start(), path))) for match in _NUMBER.finditer(path)]
    return _first_that_concludes_as_before(path, options, letter, seed, places)


ALTERATIONS: dict[str, Alter] = {
    "answer_swapped": swap_answer,
    "negation_changed": change_negation,
    "number_changed": change_number,
}
"""The kinds of planted errors."""

_ALTERED = ("path_text", "options", "answer_letter")
AUDITED_COLUMNS = {
    "audit_id": ("audit_id",),
    "kind": ("kind",),
    "path_id": ("path_id",),
    "judged_text": _ALTERED,
    "text_before": _ALTERED,
    "text_after": _ALTERED,
}
"""The columns of `audited_texts`, each with the columns of the sample that it is computed from (column lineage)."""


def audited_texts(sample: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The texts to judge: every repetition, and of each kind of error the first ones that can be planted.

    Args:
        sample: rows of sql/relations/verifier_audit/audit_sample.sql.
        seed: of the choice of the place that is altered.

    Returns:
        `audit_id`, `kind`, `path_id`, `judged_text`, and what was changed: `text_before`, `text_after`.
    """
    rows, planted = [], Counter[str]()
    for row in sample.sort("kind", "draw").iter_rows(named=True):
        kind, text, before, after = row["kind"], row["path_text"], None, None
        if kind in ALTERATIONS:
            if planted[kind] == row["wanted"]:
                continue
            altered = ALTERATIONS[kind](text, row["options"], row["answer_letter"], seed)
            if altered is None:
                continue
            planted[kind] += 1
            text, before, after = altered.text, altered.before, altered.after
        rows.append((row["audit_id"], kind, row["path_id"], text, before, after))
    return pl.DataFrame(rows, schema=dict.fromkeys(AUDITED_COLUMNS, pl.String), orient="row")


def _lines_from_the_end(text: str) -> Iterator[tuple[int, str]]:
    end = len(text)
    for line in reversed(text.split("\n")):
        yield end - len(line), line
        end -= len(line) + 1


def _named_anew(line: str, letter: str, text: str, other_letter: str, other_text: str) -> str:
    """The line with every mention of an option, by its letter or its text, as one of another option."""
    names = re.compile(rf"(?P<text>(?<!\w){re.escape(text)}(?!\w))|(?<![\w']){letter}(?![\w'])", re.IGNORECASE)

    def other(match: re.Match[str]) -> str:
        if match["text"]:
            return other_text
        # "a" and "i" in lower case are words.
        return other_letter if match[0].isupper() else match[0]

    return names.sub(other, line)


def _first_that_concludes_as_before(
    path: str, options: Sequence[str], letter: str, seed: int, places: Sequence[tuple[re.Match[str], str]]
) -> Alteration | None:
    for match, after in _shuffled(places, seed, path)[:_MOST_PLACES]:
        found = _replaced(path, match.start(), match[0], after)
        if found is not None and extract_answer(found.text, options).letter == letter:
            return found
    return None


def _replaced(path: str, start: int, before: str, after: str) -> Alteration | None:
    if before == after:
        return None
    end = start + len(before)
    text = path[:start] + after + path[end:]
    line_start = path.rfind("\n", 0, start) + 1
    line_end = path.find("\n", end)
    rest = len(path) - (line_end if line_end >= 0 else len(path))
    return Alteration(text, line_start, path[line_start : len(path) - rest], text[line_start : len(text) - rest])


def _other_number(number: str, draw: str) -> str:
    """Twice or half the number, in its own form; zero stays."""
    plain = number.replace(",", "")
    decimals = len(plain.partition(".")[2])
    value = float(plain)
    halved = round(value / 2, decimals)
    changed = halved if int(draw, 16) % 2 and 0 < halved < value else value * 2
    return f"{changed:{',' if ',' in number else ''}.{decimals}f}"


def _shuffled(items: Sequence, seed: int, text: str) -> list:
    """The items in an order that follows from seed and text."""
    order = sorted(range(len(items)), key=lambda i: make_id(seed, i, text))
    return [items[i] for i in order]
