"""Whether a question points at a picture: sources publish the text alone, so such a question lacks a part.

The rule was measured on the files of MedQA, MedMCQA and MMLU: pictures are announced by a few set phrases, while
"shown below" often announces laboratory values, which are in the text.
"""

from __future__ import annotations

import re

_PICTURE = (
    r"(?:figures?|fig\b\.?|images?|photo(?:graph|micrograph)?s?|pictures?|exhibits?|diagrams?|illustrations?"
    r"|colou?r plate)(?!\w)"
)
_STUDY = (
    r"(?:x ?- ?rays?|cxr|radiographs?|ct|cect|(?:tomography|mri|pet|bone) scans?|scan|mri|ultraso\w+|sonogram"
    r"|echocardiogra\w+|ecgs?|ekgs?|electrocardiogra\w+|eeg|cardiotocogra\w+|angiogra\w+|smears?|\w*micrographs?"
    r"|histolog\w+|histopatholog\w+|slides?|fundoscop\w+|audiograms?|graphs?|curves?|loops?|karyotypes?|pedigrees?"
    r"|colonoscop\w+|endoscop\w+|flow ?cha(?:rt)?s?)(?!\w)"
)
_SHOWN = r"(?:shown|seen|displayed|depicted|given|presented|demonstrated|illustrated|provided)"
_PHRASES = (
    # shown in the figure, labelled in this diagram, the findings in the photograph
    rf"\b(?:{_SHOWN}|labell?ed|marked|findings?|labels?|structures?|process|circle|cells?)\b[^.?!:;]{{0,60}}?"
    rf"\b(?:in|on|by) (?:the |this |these |a |an )? ?(?:\w+ ){{0,2}}?{_PICTURE}",
    # (see image), refer to the figure, the following diagram
    rf"\b(?:see|refer to|view|(?<!of the )following|accompanying|attached|given) (?:the |this )?(?:\w+ )?{_PICTURE}",
    r"(?<!of )\bthe following (?:graph|tracing|strip|curve|ecg|ekg|x-ray|pedigree)\b",
    # figure A, Image B, Fig. 2
    r"\b(?:figures?|fig\.?|images?|exhibit|photograph|panel) ?(?:[A-F]|\d)(?:-[A-F])?\b(?! ?%)",
    # a photograph of the lesion is shown, the image below
    rf"\b{_PICTURE}[^.?!:;]{{0,120}}?\b(?:(?:is|are|as) {_SHOWN}|shown|below)\b",
    # the diagram shows, the fig shows
    r"\bthe (?:picture|diagram|figure|fig|photograph) (?:shows|illustrates|depicts)\b",
    # the abnormality shown on the ultrasound, the slides shown, the CT scan given below
    rf"\bshown (?:on|in) the {_STUDY}",
    rf"\b{_STUDY}[^.?!:;]{{0,60}}?\bshown below(?=[,.?])",
    rf"\b(?:{_STUDY}|case|condition|instrument|process|device|deformity) (?:being )?(?:shown|given|depicted)"
    r"(?: (?:here|below|above))?\s*(?:[?.,:]|is\b|in\b|$)",
    # marked by the arrow, the yellow circle
    r"\b(?:marked|indicated|labell?ed|pointed|highlighted|designated|shown|identified)\b[^.?!:;]{0,30}?"
    r"\b(?:arrows?|arrowheads?|asterisks?|(?:red|yellow|white|black|blue|green) (?:circle|arrow|box|star))\b",
    r"\bmarked (?:structure|area|arrow|region)\b",
)
_POINTS_AT_PICTURE = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE)
# An x-ray of the chest is shown. But not: Laboratory values are shown below.
_IS_SHOWN = re.compile(
    r"\b(?:is|are|was|were|and|as) (?:shown|displayed|depicted|pictured|given below)(?: (?:here|below|above))?"
    r"\s*[.?!:]?\s*$",
    re.IGNORECASE,
)
_STANDS_IN_TEXT = re.compile(
    r"\b(?:laborator\w+|labs?|results?|values?|data|vitals?|panel|count|tables?|blood ?work|tests?|gas|urinalysis"
    r"|electrolytes|studies)\b",
    re.IGNORECASE,
)
_HAS_STUDY = re.compile(rf"\b{_STUDY}", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(])")
_MARK = re.compile(
    r"<(?:image|img|video|audio|figure)\b[^<>]{0,200}>|<\|?(?:image|vision|video|audio)[\w-]*\|?>|\[(?:IMG|IMAGE|FIGURE)\]"
    r"|!\[[^\]\n]{0,200}\]\([^)\n]{1,500}\)",
    re.IGNORECASE,
)
"""Where a picture stood in the text: a tag, a token of a model that sees, a picture in Markdown."""
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013", "-"))
_HINTS = (
    *("show", "figure", "image", "photo", "picture", "exhibit", "diagram", "illustrat", "depict", "display", "arrow"),
    *("marked", "label", "plate", "below", "panel"),
    *(f"following {what}" for what in ("graph", "tracing", "strip", "curve", "ecg", "ekg", "x", "pedigree")),
)
"""A question with none of these, nor "fig", points at no picture: to look for words is faster than for the phrases."""
_FIG = re.compile(r"\bfig\b")


def needs_figure(question: str) -> bool:
    """True when the text points at a picture (or a recording), which no source's files contain."""
    if ("<" in question or "[" in question) and _MARK.search(question):
        return True
    if not _has_hint(question):
        return False
    return any(_points_at_picture(sentence) for sentence in _SENTENCE_END.split(question.translate(_HYPHENS)))


def _has_hint(text: str) -> bool:
    folded = text.casefold()
    return any(hint in folded for hint in _HINTS) or ("fig" in folded and _FIG.search(folded) is not None)


def _points_at_picture(sentence: str) -> bool:
    if _POINTS_AT_PICTURE.search(sentence):
        return True
    if not _IS_SHOWN.search(sentence):
        return False
    return bool(_HAS_STUDY.search(sentence)) or not _STANDS_IN_TEXT.search(sentence)
