"""The option that a model's text concludes with. No rule needs to know the key.

Two strengths of evidence, in this order:

1. *Labelled* answers (`answer_labels.py`), of which the last in the text counts, so a letter that is named and then
   revised is the revised one. A JSON field takes precedence over its own object and what precedes it. A labelled answer
   that is not an option ("None of the above") or several ("A/B", "A → B") ends the search: the text did answer, with
   no usable letter.
2. *Conclusions*, where nothing is labelled: a last line that is only a letter; a text that is only an option's text;
   then the last concluding sentence that names exactly one option, by letter or by its text, without negating it.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from reasonmed_assets.rules.answer_labels import FORMAL, LABELS, may_be_foreign
from reasonmed_assets.rules.choices import NO_OPTION, SEVERAL, Choices
from reasonmed_assets.rules.text import plain_characters


class Extraction(NamedTuple):
    """The letter that was found, and the name of the rule that found it.

    A rule without a letter: the text answers, but with no option or with several. Neither: it does not answer.
    """

    letter: str | None
    rule: str | None


NOTHING = Extraction(None, None)

_EMPHASIS = re.compile(
    r"(?=[*_~#<\\$])(?:\*+|__+|~~[^~\n]{1,80}~~|^#{1,6}\s*|</?(?:b|strong|em|i|u|mark)>|\\(?:text|math)(?:bf|rm|it)?\b|\\[()\[\]]|\$)",
    re.MULTILINE,
)
"""Signs that only show a text in another way, and what is struck out; first a look at what they begin with."""

_SHOWN_OTHERWISE = frozenset("*_~#<\\$")
"""What those signs begin with."""
_FORM = "Final answer: "

_LONGEST = 64_000
"""Characters at the end of a text in which its answer is looked for; nothing before them is read."""

_JSON_FIELD = re.compile(
    r"""(?<!\s)(?:(?:\A|(?<=[{,]))\s*+|[^\S\n]*+\n\s*+)"""
    r"""["'](?:(?:final|correct|chosen|selected|best)[_ -]?)?(?:answer|choice|option)"""
    r"""(?:[_ ]?(?:choice|letter|option|idx|index))?["']\s*+:\s*+"""
    r"""(?:"(?P<double>(?:[^"\\\s,}\]]++|\\.|\s++|[,}\]])*)"?|'(?P<single>(?:[^'\\\s,}\]]++|\\.|\s++|[,}\]])*)'?|"""
    r"""\[(?P<several>[^\]]*+)\]?|(?P<bare>[^\s,{}"'\[]+))"""
    r"""(?=\s*+(?:,\s*+["']|[}\]]|\Z))""",
    re.IGNORECASE,
)
"""A key where JSON has one and a value that ends as one does: words in quotes before a colon are no field.

White space is matched from its beginning only, without backtracking, so that reading stays linear.
"""
_END_OF_A_KEY = re.compile(r"""["'](?<=(?i:er|on|ce|ex|dx)["'])\s*+:""")
"""What every JSON field holds: that there is none is seen at once."""
_BETWEEN_STRINGS = re.compile(r"""["']\s*,\s*["']""")

_SUPPOSED = re.compile(r"\b(?:if|had|unless|suppose|were)\b", re.IGNORECASE)
_INTRODUCTION = re.compile(
    r"\A\W*(?:(?:therefore|thus|hence|so|consequently|accordingly|overall|ultimately|clearly|finally|in conclusion|"
    r"in summary|as a result|given (?:this|that|these)|based on (?:this|that|these|the above))\b[\s,:]*)?",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\A\W*(?:(?:therefore|thus|so|hence|definitely|clearly|probably|likely|i (?:think|believe)(?: that)?)\b,?\s+)?"
    r"(?:it|this|that|which)(?:(?: most likely| probably| clearly)? (?:is|was|would be|should be|must be|has to be)|'s)"
    r"(?: (?:definitely|clearly|probably|likely|therefore))?:?\s+(?=\S)",
    re.IGNORECASE,
)
"""What may stand before the option in a value ("it is B"), and before it in a sentence that it is the subject of."""
_CJK_ENDINGS = frozenset({"cjk_label", "foreign_label"})
_CJK_ENDING = re.compile(r"(?<=\A[A-J])(?:选项|選項|项|です|である|だ|입니다|이다|번)")
_DENIAL = re.compile(r"(?:none\b|not (?:listed|provided|given|among|one of|in the)|neither\b|all of\b)", re.IGNORECASE)

_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\b[A-J]\.)(?<!\bvs\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bDr\.)\s+|\n+|(?<=。)")
_CUE = re.compile(
    r"\b(?:therefore|thus|hence|consequently|in (?:conclusion|summary)|to (?:conclude|summari[sz]e)|"
    r"based on (?:the|this|these|all) (?:\w+ )?(?:analysis|considerations?|findings|information|reasoning)|"
    r"(?:most|more) (?:likely|probable|appropriate|suitable|accurate)|best (?:answer|option|choice|explanation|fit)|"
    r"correct (?:answer|option|choice))\b|所以|因此",
    re.IGNORECASE,
)
_TURN = re.compile(r"\W*(?:however|but|although|on the other hand|wait|alternatively)\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:not|no|nor|none|neither|never|cannot|[a-z]+n't|incorrect|wrong|false|except|unlikely|least|less|exclud\w+|without|"
    r"rule[sd]? out|ruling out|eliminat\w+|rather than|instead of|unless|if|although|however|but|while|whereas|"
    r"or|either|both|also)\b",
    re.IGNORECASE,
)
_LAST_SENTENCES = 4
_NEAR_THE_END = 300
_MOST_LABELS = 100
_VALUE_LENGTH = 2000
_SUBJECT_LENGTH = 300
_CONCLUSION_LENGTH = 2000
"""Characters; longer texts cost no more."""


def extract_answer(text: str, options: Sequence[str]) -> Extraction:
    """The letter that `text` concludes with, among `options` in the order in which they were lettered.

    Returns `Extraction(None, rule)` where the text answers with no option or with several, and `NOTHING` where it does
    not answer.

    Raises:
        ValueError: fewer than two or more than ten options.
    """
    choices = _choices(tuple(options))
    plain = plain_characters(text[-_LONGEST:])[-_LONGEST:]
    if found := _json_field(plain, choices) or _last_line(plain, choices):
        return found
    bare = _EMPHASIS.sub("", plain).strip()
    return _labelled(bare, choices) or _only_an_option(bare, choices) or _conclusion(bare, choices)


_choices = lru_cache(maxsize=64)(Choices)
"""The texts that answer a question come one after another."""


def _json_field(text: str, choices: Choices) -> Extraction | None:
    """The last JSON field, unless a labelled answer follows its object."""
    fields = list(_JSON_FIELD.finditer(text)) if _END_OF_A_KEY.search(text) else []
    if not fields:
        return None
    _, _, behind = text[fields[-1].end() :].partition("}")
    value = next(value for value in fields[-1].groups() if value is not None)
    if fields[-1]["several"] is not None:
        value = _BETWEEN_STRINGS.sub(", ", value).strip("\"' \n")
    return _labelled(_EMPHASIS.sub("", behind).strip(), choices) or _as_extraction(
        choices.read(_EMPHASIS.sub("", value)), "json_field"
    )


def _last_line(text: str, choices: Choices) -> Extraction | None:
    """The answer of a text whose last line states it in the form that prompts ask for, and is all that counts then."""
    line = text.rstrip().rpartition("\n")[-1]
    return _stated(line, choices) if line.startswith(_FORM) else None


@lru_cache(maxsize=64)
def _stated(line: str, choices: Choices) -> Extraction | None:
    """The answer of a line that labels one and shows nothing in another way."""
    labels = list(_labels(line, 0)) if _SHOWN_OTHERWISE.isdisjoint(line) else []
    return _first_answer(labels, line, choices) if len(labels) == 1 else None


def _labelled(text: str, choices: Choices) -> Extraction | None:
    """The last labelled answer with a value; most are near the end, so that is searched first."""
    for start in sorted({max(0, len(text) - _NEAR_THE_END), 0}, reverse=True):
        found = _first_answer(_labels(text, start), text, choices)
        if found:
            return found
    return None


def _first_answer(labels: Iterable[tuple[str, str, int]], text: str, choices: Choices) -> Extraction | None:
    for rule, value, at in labels:
        if rule not in FORMAL and _SUPPOSED.search(_sentence_before(at, text)):
            continue
        if rule == "named_answer":
            read = choices.named_alone(_INTRODUCTION.sub("", value))
        else:
            read = choices.read(_POINTER.sub("", value))
        if read == NO_OPTION and rule in FORMAL:
            read = _affirmed(value, choices)
        if read != NO_OPTION or rule in FORMAL or _DENIAL.match(value):
            return _as_extraction(read, rule)
    return None


def _labels(text: str, start: int) -> Iterator[tuple[str, str, int]]:
    """Rule, value, and place, of every label from `start`; the last one first."""
    matches = [
        (match.start(match.lastgroup) if match.lastgroup else match.end(), rule, match)
        for rule, pattern in LABELS.items()
        if rule != "foreign_label" or may_be_foreign(text[start:])
        for match in pattern.finditer(text, start)
    ]
    for at, rule, match in heapq.nlargest(_MOST_LABELS, matches, key=itemgetter(0)):
        if rule == "named_answer":
            yield rule, _SENTENCE_END.split(text[max(0, match.start() - _SUBJECT_LENGTH) : match.start()])[-1], at
            continue
        value = match[match.lastgroup] if match.lastgroup else text[at : at + _VALUE_LENGTH].partition("\n")[0]
        if rule in _CJK_ENDINGS:
            value = _CJK_ENDING.sub("", value.partition("。")[0])
        elif match[0].rstrip(" -:").endswith("|"):
            value = value.partition("|")[0]  # a cell of a table
        yield rule, _SENTENCE_END.split(value[:_VALUE_LENGTH].strip(), maxsplit=1)[0], match.start()


def _sentence_before(at: int, text: str) -> str:
    """What the sentence says before a place in it."""
    some = text[max(0, at - _VALUE_LENGTH) : at].removesuffix("\n")
    return some[max(some.rfind("."), some.rfind("\n")) + 1 :]


def _only_an_option(text: str, choices: Choices) -> Extraction | None:
    """A last line that is a letter with nothing but its option's text, or a whole text that is an option's text."""
    line = text.rsplit("\n", 1)[-1].strip()
    if choices.is_bare(line):
        return Extraction(choices.read(line), "letter_only")
    letter = choices.whole_text(text)
    return Extraction(letter, "text_only") if letter else None


def _conclusion(text: str, choices: Choices) -> Extraction:
    """The last concluding sentence, when what follows its cue names exactly one option."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text[-_CONCLUSION_LENGTH:]) if sentence.strip()]
    for sentence in reversed(sentences[-_LAST_SENTENCES:]):
        cue = _CUE.search(sentence)
        if cue:
            claim = sentence[cue.start() :]
            read = _affirmed(claim, choices)
            if read in (NO_OPTION, SEVERAL) or not choices.ends_with_a_name(claim):
                return NOTHING
            return Extraction(read, "conclusion")
        if _TURN.match(sentence):
            return NOTHING
    return NOTHING


def _affirmed(sentence: str, choices: Choices) -> str:
    """The one option that a sentence names without negating anything; else `NO_OPTION` or `SEVERAL`."""
    return NO_OPTION if _NEGATED.search(choices.without_texts(sentence)) else choices.named_in(sentence)


def _as_extraction(read: str, rule: str) -> Extraction:
    return Extraction(None if read in (NO_OPTION, SEVERAL) else read, rule)
