"""Which of a question's options a piece of text names: by letter, by text, or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from reasonmed_assets import sql
from reasonmed_assets.rules.text import normalise
from reasonmed_assets.vocabulary import LETTERS

_LETTER = r"\(?[a-j]\)?"
_JOINED = r"(?:\s*[,;&+/]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|nor|plus|but not)\s+)"
_REFERENCES = (
    # all of the above, none of these, any two of the options
    r"\b(?:all|none|any|both|either|neither|each|some|one|two|three|four|most|combination|not?) (?:\w+ )?(?:of )?"
    r"(?:the )?(?:above|below|preceding|foregoing|following|aforementioned|(?:other )?(?:options|choices|answers|"
    r"statements)|these|those|them|others)\b",
    r"\b(?:as|than|options?|choices?|answers?|listed|mentioned|given|stated|same) above\b|\babove[- ]?mentioned\b",
    # a line: All, Both are true, None
    r"^\W*(?:all|both|none|neither|either|any)(?: (?:are|is))?(?: (?:correct|true|right|possible|false|wrong|equal))?"
    r"\W*$",
    # a line: a and b; A, C & D; B + C only; only A; all except D
    rf"^\W*(?:(?:both|only|either|neither|options?|choices?) )*{_LETTER}(?:{_JOINED}(?:options? )?{_LETTER})+"
    r"(?:\W+.*)?$",
    rf"^\W*(?:(?:only|all except|all but|except|not|same as) )+{_LETTER}\W*$|^\W*{_LETTER} (?:only|alone)\W*$",
    rf"^\W*{_LETTER} (?:is|are) (?:correct|true|right|false|incorrect|wrong)\b",
    rf"\b(?:options?|choices?|answers?|statements?) {_LETTER}(?:\W|$)|\bboth {_LETTER} (?:and|&) {_LETTER}(?:\W|$)",
    # Both AB, option 1 and 2, both are
    r"\b(?:both|either) (?:(?-i:[A-J]{2})|(?:options? )?\d (?:and|or|&) \d)\b|\boptions? \d\b",
    r"^\W*both (?:equally|are|can|may|have|require\w*)\b",
    # the same in other languages
    r"\b(?:ambas|todas las|ninguna de las|anteriores|todas as|nenhuma das|ci-dessus|toutes ces|aucune de ces|"
    r"alle (?:genannten|antworten)|keine der|tutte le precedenti|nessuna delle)\b|以上|上述",
)
MACROS = {
    "speaks_of_options(options)": "regexp_matches(array_to_string(options, chr(10)), "
    f"{sql.literal('(?im)' + '|'.join(_REFERENCES))})"
}
"""Whether an option speaks of others: of letters, of "the above", of all of them. Then their order has a meaning."""

NO_OPTION = "no option"
SEVERAL = "several options"
"""What `Choices.read` and `Choices.named_in` return where there is not exactly one option."""

_WRAPPING = " \t\r\n\"'{}[]()<>.,;:\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011"
_ARTICLE = re.compile(r"^(?:an?|the) (?=\S)")
_PLAIN_WORDS = frozenset({"yes", "no", "maybe", "true", "false", "none", "both", "all", "never", "always", "unknown"})
"""Option texts that a sentence contains for other reasons too."""

_ARROW = r"[-=]+>|→|⇒|\\(?:[Rr]ightarrow|to)\b"
_CORRECTION = r"(?i:\b(?:no|rather|actually|wait|sorry|instead|i mean|better)\b)"
_CONNECTIVE = re.compile(
    r"\s+(?:because|as|since|is|which|with|and|or|due|for|given|based|would|was|here|that|it|this|the)\b"
)


class _Patterns(NamedTuple):
    """Where letters occur in a text."""

    bare: re.Pattern[str]
    """A letter and nothing else, in either case."""
    leading: re.Pattern[str]
    """A value that begins with a letter, and its rest."""
    trailing: re.Pattern[str]
    """A text with a letter in brackets behind it."""
    further: re.Pattern[str]
    """A rest that begins with one more letter: "/B", " and B"."""
    listed: re.Pattern[str]
    """One more lettered option later in a rest: "or B. text"."""
    revised: re.Pattern[str]
    """Another letter behind an arrow."""
    lettered: re.Pattern[str]
    """A letter within a sentence: "option B", "(B)", "B. text"."""


@cache
def _patterns(letters: str) -> _Patterns:
    letter = f"[{letters}]"
    return _Patterns(
        bare=re.compile(f"[{letters}{letters.lower()}]"),
        leading=re.compile(
            rf"(?:(?:option|choice|answer|letter)\s+)?[(\[{{\"']*(?P<letter>{letter})(?![\w+'^]|-\w)(?P<rest>.*)",
            re.DOTALL | re.IGNORECASE,
        ),
        trailing=re.compile(rf"(?P<text>.*\S)\s*\((?P<letter>{letter})", re.DOTALL),
        further=re.compile(
            rf"[)\]}}\"'.]*\s*(?:/|,|&|\+|;|{_ARROW}|and/or|and|or|to|\.\s*(?={_CORRECTION}))\s*(?:(?:and|or)\s+)?"
            rf"(?:{_CORRECTION}[\s,:;.-]*){{0,2}}(?:option\s+|choice\s+)?[(\[]?{letter}"
            rf"(?:[)\].,:;/]|\s*$|\s+(?:and|or|are|both)\b|\s*[,&])"
        ),
        listed=re.compile(rf"(?:/|,|&|\band|\bor|\bthen)\s*\(?({letter})\)?[.:)]\s*(?=\S)"),
        revised=re.compile(rf"(?:{_ARROW})\s*\(?(?:option )?({letter})\b"),
        lettered=re.compile(
            rf"\b(?:option|choice|answer|letter)s?\s+[(\[\"']?({letter})(?![\w'+-])|\(({letter})\)|"
            rf"(?:(?<=\s)|^)({letter})[.):](?=\s)"
        ),
    )


class Choices:
    """The options of one question, ready to be looked for.

    Args:
        options: two to ten texts, in the order in which they are lettered.

    Raises:
        ValueError: fewer than two or more than ten options.
    """

    def __init__(self, options: Sequence[str]) -> None:
        if not 2 <= len(options) <= len(LETTERS):
            raise ValueError(f"two to {len(LETTERS)} options can be lettered, not {len(options)}")
        self._letters = LETTERS[: len(options)]
        self._texts = [_ARTICLE.sub("", normalise(option)) for option in options]
        self._patterns = _patterns(self._letters)

    def read(self, value: str) -> str:
        """The letter that an answer field means, `NO_OPTION` or `SEVERAL`.

        The whole value or its beginning must be the letter or the text of an option; a letter followed by the text of
        another option contradicts itself and counts as several.
        """
        bare = value.strip(_WRAPPING)
        if len(bare) == 1 and self._patterns.bare.fullmatch(bare):
            return bare.upper()
        whole = self.whole_text(bare)
        if whole:
            return whole
        match = self._patterns.leading.match(value.strip())
        if match and self._is_a_letter(match):
            return self._checked(match["letter"].upper(), match["rest"])
        return self._by_beginning(normalise(bare))

    def whole_text(self, text: str) -> str | None:
        """The letter of the option whose text this is, apart from case, punctuation and an article."""
        text = _ARTICLE.sub("", normalise(text))
        return next((letter for letter, own in zip(self._letters, self._texts, strict=True) if text == own), None)

    def is_bare(self, line: str) -> bool:
        """Whether a line is a letter with nothing but its option's text."""
        return self._bare_letter(line) is not None

    def named_alone(self, text: str) -> str:
        """The letter of a text that is an option's letter, its text or both; `NO_OPTION` else."""
        return self._bare_letter(text) or self.whole_text(text) or NO_OPTION

    def _bare_letter(self, text: str) -> str | None:
        bare = text.strip(_WRAPPING)
        if len(bare) == 1 and self._patterns.bare.fullmatch(bare):
            return bare.upper()
        match = self._patterns.trailing.fullmatch(bare)
        if match:
            return match["letter"] if self.whole_text(match["text"]) == match["letter"] else None
        match = self._patterns.leading.match(text.strip())
        if match is None:
            return None
        letter, rest = match["letter"].upper(), match["rest"].strip(_WRAPPING)
        is_named = not rest and not match["letter"].islower() and bare != letter
        return letter if is_named or (rest and self.whole_text(rest) == letter) else None

    def named_in(self, sentence: str) -> str:
        """The one option that a sentence names, by letter or text; `NO_OPTION` or `SEVERAL`.

        Words such as yes and no, and texts of one or two characters, are no names.
        """
        letters = {next(filter(None, match.groups())) for match in self._patterns.lettered.finditer(sentence)}
        letters |= {letter for letter, _, _ in self._occurrences(normalise(sentence))}
        if len(letters) > 1:
            return SEVERAL
        return letters.pop() if letters else NO_OPTION

    def ends_with_a_name(self, sentence: str) -> bool:
        """Whether a sentence ends with the name of an option, apart from a reason or a circumstance after it.

        A text that goes on ("the lateral wall | and the septum") is the name of something else.
        """
        lettered = [match.end() for match in self._patterns.lettered.finditer(sentence)]
        if lettered and not self._occurrences(normalise(sentence[lettered[-1] :])):
            return True
        text = normalise(sentence)
        rest = text[max((end for _, _, end in self._occurrences(text)), default=len(text)) :]
        return not rest.strip(" -") or bool(_CONNECTIVE.match(rest))

    def without_texts(self, sentence: str) -> str:
        """The sentence, normalised, with the texts of the options blanked out."""
        text = normalise(sentence)
        for _, start, end in self._occurrences(text):
            text = text[:start] + "_" * (end - start) + text[end:]
        return text

    def _is_a_letter(self, match: re.Match[str]) -> bool:
        """Whether a leading letter is no word or name: "A deletion" and "B cells" are letters if that is their text."""
        rest = match["rest"]
        if match["letter"].islower():
            return rest.startswith((")", ".", ":", "]"))
        if not re.match(r"\s+[a-z]", rest) or _CONNECTIVE.match(rest):
            return True
        own = self._texts[self._letters.index(match["letter"])]
        return _begins(_ARTICLE.sub("", normalise(rest)), own)

    def _checked(self, letter: str, rest: str) -> str:
        """The letter, unless what follows it names another option."""
        text = _ARTICLE.sub("", normalise(rest))
        own = self._texts[self._letters.index(letter)]
        if text == own:
            return letter
        revised = self._patterns.revised.search(rest)
        is_revised = revised and revised[1] != letter and not own.endswith(normalise(rest[revised.start() :]))
        if is_revised or self._patterns.further.match(rest):
            return SEVERAL
        if own and _begins(text, own):
            text = text[len(own) :].strip()
        elif any(text == other for other in self._texts):
            return SEVERAL
        for match in self._patterns.listed.finditer(rest):
            if match[1] != letter and _begins(
                _ARTICLE.sub("", normalise(rest[match.end() :])), self._texts[self._letters.index(match[1])]
            ):
                return SEVERAL
        return letter

    def _by_beginning(self, text: str) -> str:
        """By the longest option text with which the value begins, when no other one is joined to it."""
        text = _ARTICLE.sub("", text)
        found = [(len(own), -n) for n, own in enumerate(self._texts) if own and _begins(text, own)]
        if not found:
            return NO_OPTION
        length, position = max(found)
        rest = text[length:].strip()
        if re.match(r"[/*+=<>^%-]|x \d", rest):
            return NO_OPTION  # a calculation, or a longer name
        return SEVERAL if re.match(r"(?:and|or|plus)\b", rest) else self._letters[-position]

    def _occurrences(self, text: str) -> list[tuple[str, int, int]]:
        """Letter, start and end of the option texts in a normalised text, longer ones first, none inside another."""
        found: list[tuple[str, int, int]] = []
        order = sorted(range(len(self._texts)), key=lambda n: (-len(self._texts[n]), n))
        for n in order:
            own = self._texts[n]
            if len(own) < 3 or own in _PLAIN_WORDS:
                continue
            for start in _positions(own, text):
                end = start + len(own)
                if not any(other_start < end and start < other_end for _, other_start, other_end in found):
                    found.append((self._letters[n], start, end))
        return found


def _begins(text: str, beginning: str) -> bool:
    """Whether `text` begins with `beginning` at a word boundary."""
    return text.startswith(beginning) and (len(text) == len(beginning) or not text[len(beginning)].isalnum())


def _positions(word: str, text: str) -> Iterator[int]:
    """Where `word` occurs in `text` with no word character on either side."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield start
        start = text.find(word, start + 1)
