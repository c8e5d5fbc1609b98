"""How the rehearsal's verifier reads a path: against the words that the rehearsal's writers have for the question.

A path of the rehearsal is made of set sentences and of the question's own words. What is left of it when both are taken
out was inserted or changed by another writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from reasonmed_assets.servers.rehearsal import phrases
from reasonmed_assets.servers.rehearsal.stems import Stem
from reasonmed_assets.servers.rehearsal.texts import HEADINGS
from reasonmed_assets.vocabulary import LETTERS

_SLOT = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[A-Za-z]{2,}|\d+")
_READ = 512
_PIECES_OF_A_PATH = 12
"""Fewer different pieces than any path of six steps has."""


def is_altered(path: str, stem: Stem) -> bool:
    """Whether a path of the rehearsal holds words that neither its sentences nor the question have.

    False for a text that the rehearsal did not write.
    """
    rest, found = path, 0
    for own in _own_words(stem):
        if own in rest:
            rest = rest.replace(own, "\n")
            found += 1
    return found >= _PIECES_OF_A_PATH and _WORD.search(rest) is not None


@lru_cache(_READ)
def _own_words(stem: Stem) -> tuple[str, ...]:
    """What a path about this question is made of, longest first, so that a short piece tears no long one apart."""
    options = {*stem.names, *stem.texts, *stem.labels, *(f"Option {letter}" for letter in LETTERS)}
    return tuple(sorted(_sentence_parts() | {*stem.details, stem.asked} | options, key=lambda own: (-len(own), own)))


@cache
def _sentence_parts() -> frozenset[str]:
    """The text between the slots of the set sentences, the headings, and the numbers of the steps."""
    texts = [*_texts(vars(phrases)), *(heading for form in HEADINGS for heading in form), "Final answer:", "Step "]
    parts = {part.strip() for text in texts for part in _SLOT.split(text)} | set("123456")
    return frozenset(part for part in parts if _WORD.search(part))


def _texts(value: object) -> Iterator[str]:
    """The texts in the constants of a module, whatever they are grouped by."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not str(name).startswith("__"):
                yield from _texts(item)
