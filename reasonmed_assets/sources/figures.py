"""Whether a question points at a picture: sources publish the text alone, so such a question lacks a part.

The rule was measured on the files of MedQA, MedMCQA and MMLU: pictures are announced by a few set phrases, while
"shown below" alone announces laboratory values that do stand in the text.
"""

from __future__ import annotations

import re

_PICTURE = (
    r"(?:figures?|fig\b\.?|images?|photo(?:graph|micrograph)?s?|pictures?|exhibits?|diagrams?|illustrations?"
    r"|(?:color|colour) plate|flow ?cha(?:rt)?s?)"
)
_STUDY = (
    r"(?:x ?- ?rays?|cxr|radiographs?|roentgenogram|ct|cect|(?:tomography|mri|pet|bone) scans?|scan|mri|ultraso\w+"
    r"|sonogram|echocardiogra\w+|ecgs?|ekgs?|electrocardiogra\w+|electroencephalogra\w+|eeg|cardiotocogra\w+|tracings?"
    r"|angiogra\w+|smears?|\w*micrographs?|microscopy|biopsy|histolog\w+|histopatholog\w+|stain|mount|slides?"
    r"|fundoscop\w+|ophthalmoscop\w+|audiograms?|loops?|graphs?|curves?|karyotypes?|pedigrees?|sections? of"
    r"|colonoscop\w+|endoscop\w+|instrument|lesions?|rash(?:es)?|specimens?|polarized light|imaging)"
)
_GAP = r"[^.?!:;]{0,120}?"
_PHRASES = (
    # shown in the figure, displayed in Figure 1, in the following diagram, the enzyme in the picture
    rf"\b(?:shown|seen|displayed|depicted|given|demonstrated|illustrated|labell?ed|marked|provided|reveals?|shows?"
    rf"|findings?|labels?|structures?|points?|letters?|arrows?)\b[^.?!:;]{{0,60}}?\b(?:in|on|by) "
    rf"(?:the |this |these |a |an )?(?:\w+ ){{0,2}}?{_PICTURE}(?!\w)",
    # (see image), see the exhibit, refer to the figure
    rf"\b(?:see|refer to|view|given|following|accompanying|attached) (?:the |this )?(?:\w+ )?{_PICTURE}(?!\w)",
    # in figure A, Image B, fig. 2
    r"\b(?:figures?|fig\.?|images?|exhibit|photograph|panel) ?(?:[A-F]|\d)(?:-[A-F])?\b(?! ?%)",
    # a photograph of the lesion is shown, the image below
    rf"\b{_PICTURE}\b{_GAP}\b(?:(?:is|are|as) (?:shown|provided|given|displayed|depicted|attached)|shown|below)\b",
    # an x-ray of the chest is shown
    rf"\b{_STUDY}\b{_GAP}(?:\b(?:is|are|was|were|as) (?:shown|displayed|depicted|given below|provided below|pictured)"
    rf"|\b(?:shown|given) below)(?=\s*[.?!:;,]|\s*$| (?:in|below|here))",
    # what is the condition shown?
    r"\b(?:case|condition|instrument|process|device|structure|lesion|appearance|deformity|sign) (?:being )?"
    r"(?:shown|depicted)(?: (?:here|below|above))?\s*(?:[?.]|is\b|$)",
    # marked by the arrow, at the yellow circle
    r"\b(?:marked|indicated|labell?ed|pointed|highlighted|designated|shown|identified)\b[^.?!:;]{0,30}?"
    r"\b(?:arrows?|arrowheads?|asterisks?|(?:red|yellow|white|black|blue|green) (?:circle|arrow|box|star))\b",
    r"\bmarked (?:structure|area|arrow|region)\b",
    # the following graph is displayed
    r"\bthe following (?:graph|image|picture|tracing|strip|curve|ecg|ekg|x-ray|pedigree)\b",
)
_POINTS_AT_PICTURE = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE)
# "Laboratory studies are shown below:" and "the image shows ..." describe in words what they announce.
_DESCRIBED = re.compile(r"\b(?:laborator\w+|lab|labs|results?|values?|data|vitals|panel|count|table)\b", re.IGNORECASE)


def needs_figure(question: str) -> bool:
    """True when the text points at a picture, which no source's files contain."""
    for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z(])", question):
        found = _POINTS_AT_PICTURE.search(sentence)
        if found and not (_DESCRIBED.search(found.group()) and not re.search(_PICTURE, found.group(), re.IGNORECASE)):
            return True
    return False
