"""A question's own words, taken apart for the rehearsal's texts: what is asked, which details it gives, its options."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reasonmed_assets.vocabulary import LETTERS

_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+(?=[A-Z\"(])")
_CLAUSE_END = re.compile(r"[,;:]\s+|\.\s+")
_PATIENT = re.compile(
    r"\b(?:year|month|week|day|yr)s?[- ]old\b|\bpatient\b|\bpresents?\b|\bman\b|\bwoman\b", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:except|not|least|false|incorrect)\b", re.IGNORECASE)
_POLAR = {"yes", "no", "maybe"}
_JOINT = re.compile(r"^(?:and|but|or|which|who|that|as well as|while|whereas|so|because)\s+", re.IGNORECASE)
_OPEN_BRACKET = re.compile(r"\s*[(\[][^)\]]*$")
_FRAME = re.compile(
    r"\b(?:(?:which|what|who|where|when|how|why)(?: one)?(?: of the following)?|all of the following|the following|is|"
    r"are|was|were|does|do|did|can|be|by|of|in|on|for|to|from|with|at|the|an?|true|false|except|not|statements?|regarding|"
    r"about|choice|answers?|options?|most|likely|best|as)\b|[,;:?]",
    re.IGNORECASE,
)
_MAX_DETAIL_WORDS = 16
_MAX_NAME_WORDS = 14
_MAX_LABEL_WORDS = 5
_MAX_DETAILS = 8


@dataclass(frozen=True)
class Stem:
    """A question in pieces that can be quoted in a sentence.

    Attributes:
        asked: the sentence that asks, without its end mark.
        details: clauses of the stem or of the context, shortened, at least one.
        names: option texts, shortened, without a final stop.
        labels: what an option is called in running text: its text when that is short, else "option B".
        texts: option texts in full, on one line.
        kind: `case` (a patient is described), `study` (yes, no or maybe about a context), `negated` (which does not
            hold), or `fact`.
    """

    asked: str
    details: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    kind: str


def read_stem(question: str, context: str, options: tuple[str, ...]) -> Stem:
    """Take a question apart; works on any text, the empty one too."""
    sentences = [s for s in _SENTENCE_END.split(_one_line(question)) if s]
    asked = (sentences[-1] if sentences else "the question").rstrip("?.:! ")
    texts = tuple(" ".join(option.split()) for option in options)
    names = tuple(_shorten(_one_line(text).strip(" '.") or "(no text)", _MAX_NAME_WORDS) for text in texts)
    is_study = bool(context) and {name.casefold() for name in names} <= _POLAR
    told = _one_line(context) if is_study else " ".join(sentences[:-1])
    return Stem(
        asked=asked,
        details=_clauses(told) or _clauses(asked, least=2) or _terms(asked) or ("the wording of the question",),
        names=names,
        labels=tuple(_label(i, name, is_study) for i, name in enumerate(names)),
        texts=texts,
        kind=_kind(question, asked, is_study),
    )


def _kind(question: str, asked: str, is_study: bool) -> str:
    if is_study:
        return "study"
    if _NEGATED.search(asked):
        return "negated"
    return "case" if _PATIENT.search(question) else "fact"


def _label(index: int, name: str, is_study: bool) -> str:
    if is_study:
        return f'"{name}"'
    return name if len(name.split()) <= _MAX_LABEL_WORDS else f"option {LETTERS[index]}"


def _clauses(text: str, least: int = 1) -> tuple[str, ...]:
    """Clauses that can stand between quotation marks, spread over the whole text; none if fewer than `least`."""
    clauses = [_OPEN_BRACKET.sub("", _JOINT.sub("", clause.strip(" .,;:?"))) for clause in _CLAUSE_END.split(text)]
    clauses = list(dict.fromkeys(_shorten(clause, _MAX_DETAIL_WORDS) for clause in clauses if len(clause.split()) >= 3))
    step = max(1, len(clauses) // _MAX_DETAILS)
    return tuple(clauses[::step][:_MAX_DETAILS]) if len(clauses) >= least else ()


def _terms(asked: str) -> tuple[str, ...]:
    """The terms of a question without the words that frame it ("which of the following is true regarding ...")."""
    terms = (term.strip(" .'()") for term in _FRAME.split(asked))
    return tuple(dict.fromkeys(_shorten(term, _MAX_DETAIL_WORDS) for term in terms if len(term) > 3))[:_MAX_DETAILS]


def _one_line(text: str) -> str:
    """A text on one line, with single quotation marks, so that it can stand between double ones."""
    return " ".join(text.split()).replace('"', "'").replace("\u201c", "'").replace("\u201d", "'")


def _shorten(text: str, words: int) -> str:
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]).rstrip(",;:") + " ..."
