"""What a rewritten text must not show: that its writer was given a key or feedback, and invented sources.

Both functions return what they found, so that a check can show it; an empty list means clean.
"""

from __future__ import annotations

import re

_TEXT = r"(?:reasoning|answers?|response|analysis|explanation|solution|attempt|path|rationale|conclusion|draft|version)"
_GIVER = r"(?:provided|given|supplied|stated|listed|indicated|specified|designated|marked)"

# Words with other meanings in medicine (a previous attempt at intubation, negative feedback, a keyhole) need a
# neighbour that ties them to the task.
_LEAKS = re.compile(
    "|".join(
        (
            r"\banswer[ -]key\b",
            r"\bkeyed (?:answer|option|choice)\b",
            r"\b(?:as|according|given|stated|indicated|marked)\b[^.\n]{0,20}\b(?:in|to|by) the key\b",
            r"\bthe key (?:says|states|gives|indicates|lists|is [A-J]\b)",
            rf"\b{_GIVER} (?:correct |right |final |gold |reference )?answer\b"
            r"(?! ?(?:choices?|options?|(?:is|does) not)\b)",
            rf"\b(?:correct|right|final) answer (?:(?:that )?(?:was|is|has been|as) )?{_GIVER}\b"
            r"(?! (?:the|this|that|these|those|his|her|their|its|an?|all|in|among|by)\b)",
            r"\b(?:gold|reference|ground[ -]truth|official|expected) (?:standard )?(?:answer|label|option|key)\b",
            r"\bground[ -]truth\b",
            rf"\b(?:the|my|this|that|an?|your) (?:previous|prior|earlier|original) "
            rf"(?!analysis of|response to|attempts? (?:at|to|of|with)|explanation of|solution (?:of|to)){_TEXT}\b"
            r"(?! (?:at|to|with|rate|of)\b)",
            r"\b(?:the|my|this|your) (?:initial|first) (?:reasoning|answer|rationale|draft|path)\b",
            rf"\b(?:revised|corrected|improved|refined|rewritten) {_TEXT}\b",
            r"\bverifiers?\b",
            r"\bthe (?:reviewer|verdict)\b",
            r"\bstudents (?:who )?(?:chose|picked|selected|concluded|answered) (?:option |answer |the |that |[A-J]\b)",
            r"\bstudents (?:who )?made (?:this|the|these|a) mistakes?",
            r"\b(?:reviewer|evaluator|grader|examiner)'?s? (?:feedback|comments?|verdict|remarks?|reasons?|notes?)\b",
            r"\b(?:the|this|your|given|provided|above) feedback (?:above|below|provided|given|points?|notes?|states?|"
            r"indicates?|says|suggests?|received|that)\b",
            r"\b(?:based on|according to|in line with|incorporat\w+|address\w+|per|as noted in|as pointed out in|"
            r"taking into account|in response to) (?:the |this |your |all )?(?:\w+ )?feedback\b"
            r"(?! (?:loops?|mechanisms?|inhibition|control|from the))",
            r"\b(?:as|which was|was) (?:flagged|marked|judged) (?:as )?(?:an error|incorrect|wrong)\b",
            r"\b(?:other|previous|earlier|prior) (?:reasoning )?(?:paths|attempts)\b(?! (?:at|to|of|with)\b)"
            r"(?= (?:conclud|chose|select|fail|were|was|have|had|ma[dk]e|miss|overlook|state|argu))",
            r"\bas an ai\b",
        )
    ),
    re.IGNORECASE,
)

_CITATIONS = re.compile(
    "|".join(
        (
            r"\bPMID:?\s*\d+",
            r"\bPMC\d{4,}\b",
            r"\bdoi:?\s*10\.\d{4,}\S*",
            r"\b10\.\d{4,}/\S+",
            r"\bhttps?://\S+",
            r"\b[A-Z][\w'-]+(?: and [A-Z][\w'-]+)? et al\b\.?(?:,? \(?(?:19|20)\d\d\)?)?",
            r"\((?:[A-Z][\w'.-]+(?:,| and| &)? ?){1,4},? (?:19|20)\d\d[a-z]?\)",
            r"\b(?:N Engl J Med|New England Journal of Medicine|JAMA|The Lancet|Lancet|BMJ|Ann Intern Med|"
            r"Annals of Internal Medicine|Cochrane)\b[^.\n]{0,20}?\b(?:19|20)\d\d\b",
            r"\bNNTs?\b[^.\n]{0,20}?\d+",
            r"\bnumber needed to (?:treat|harm)\b[^.\n]{0,20}?\d+",
            r"(?<=[\w.,;)])\s?\[\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})*\](?![\w-])",
        )
    )
)
_SPACE = re.compile(r"\s+")


def leak_phrases(text: str) -> list[str]:
    """Phrases that show that the writer was given a key, an earlier text or a judgement of it, in order, no repeats."""
    return _found(_LEAKS, text)


def invented_citations(text: str, question: str) -> list[str]:
    """Citations, PMIDs, DOIs, links and numbers needed to treat in `text` that `question` does not contain.

    `question` is all that the writer was given: context, stem and options.
    """
    given = _plain(question)
    return [citation for citation in _found(_CITATIONS, text) if _plain(citation) not in given]


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(_SPACE.sub(" ", match.group()).strip() for match in pattern.finditer(text)))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()
