"""The words and signs by which texts label their answer, in English and other languages, as regular expressions.

What a label's value means is decided in `extraction.py`.
"""

from __future__ import annotations

import re

from reasonmed_assets import sql

_IS = r"(?:is|was|would be|should be|must be|will be|appears to be|seems to be)"
_BEST = (
    r"(?:most |single )?(?:correct|best|right|appropriate|likely|accurate|suitable|probable|plausible|proper|final|"
    r"fitting|reasonable|better)"
)
_PART = r"(?: (?:choice|option|letter))?"
_SIGN = r"(?:[^\S\n]*+(?:[:=]>?|-++>|→|⇒)|[^\S\n]++-(?=\s)|[^\S\n]*+\|[-:\s|]*+)"
_COLON = rf"(?:{_SIGN}|[^\S\n]*+(?=\n)|[^\S\n]++(?=\((?-i:[A-J])\)))"
"""What ends a label: a sign, the end of its cell in a table or of its line, or a letter in brackets."""
_TAG = r"(?:(?:final|correct|best)[_ -]?)?(?:answer|choice|option)"

_OTHER_LANGUAGES = {
    "Arabic": r"ال(?:إجابة|جواب)(?: ال(?:نهائية|نهائي|صحيحة|صحيح))?(?: هي| هو)?",
    "Danish, Norwegian, Swedish": r"(?:(?:endelige?|rette|riktige|slutgiltiga|rätt) )?svar(?:et)?(?: (?:er|är))?",
    "Dutch": r"(?:het )?(?:(?:definitieve|juiste|correcte|uiteindelijke) )?antwoord(?: is)?",
    "French": r"(?:la )?(?:bonne )?réponse(?: (?:finale|correcte|exacte))?(?: est)?",
    "German": r"(?:die )?(?:(?:endgültige|richtige|korrekte|finale|beste) )?(?:antwort|lösung)(?: ist|(?=\s*:))",
    "Hindi": r"(?:(?:अंतिम|सही) )?उत्तर",
    "Indonesian": r"jawaban(?: (?:akhir|yang benar))?(?:nya)?(?: adalah)?",
    "Italian": r"(?:la )?risposta(?: (?:finale|corretta|esatta|giusta))?(?: è)?",
    "Japanese": r"(?:最終)?(?:回答|解答|答え)(?:は)?|正解(?:は)?",
    "Korean": r"(?:최종 ?|정)답(?:변)?(?:은)?",
    "Polish": r"(?:(?:ostateczna|prawidłowa|poprawna) )?odpowiedź(?: (?:końcowa|to))?",
    "Portuguese": r"(?:a )?(?:resposta|alternativa)(?: (?:final|correta|certa))?(?: é)?",
    "Russian": r"(?:(?:окончательный|правильный|итоговый) )?ответ",
    "Spanish": r"(?:la )?(?:respuesta|opción)(?: (?:final|correcta))?(?: es)?",
    "Turkish": r"(?:(?:son|doğru|nihai) )?(?:cevap|yan\u0131t)",
    "Vietnamese": r"đáp án(?: (?:cuối cùng|đúng))?(?: là)?",
}
"""How a reply in the language of its source labels its answer; no word of them means that in English."""

_FOREIGN_SIGNS = (
    "إجابة", "جواب", "svar", "antwo", "réponse", "lösung", "उत्तर", "jawaban", "sposta", "回答", "解答", "答え", "正解",
    "답", "odpow", "resposta", "alternat", "ответ", "respuesta", "opc", "cevap", "yan", "đáp",
)  # fmt: skip
"""Each of these labels holds one of them in lower case."""

_ARTICLES = r"(?:la|le|el|die|de|il|a|opción|opzione|opção|letra|lettre|lettera|buchstabe|вариант)[^\S\n]++"

_LABELS = {
    "boxed": r"\\f?box(?:ed)?\s*+\{(?P<boxed>(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+)\}",
    "answer_tag": rf"[<\[]{_TAG}[>\]]\s*+(?P<tagged>(?:(?![<\[]/)[\s\S]){{1,300}})[<\[]/{_TAG}[>\]]",
    "final_answer": rf"(?:\bfinal (?:answer|choice|decision|selection){_PART}(?:[^\S\n]++{_IS}\b\s*+:?|{_COLON})"
    rf"|^(?:[^\w\n]|\d)*+(?:(?:the|my|our) )?(?:(?:{_BEST} )?(?:answer|choice)|ans\.?|(?:{_BEST}|chosen|selected) "
    rf"(?:answer|choice|option)){_PART}{_COLON}"
    rf"|^ans\.[^\S\n]++(?=\(?(?-i:[A-J])\b))\s*+(?=[^\n])",
    "stated_answer": rf"\b(?<!incorrect )(?<!wrong )(?<!other )(?:{_BEST} (?:\w+ )?(?:answer|option|choice|response|"
    rf"statement|one)|answer|exception|(?:incorrect|false|untrue|odd) (?:statement|one|option))"
    rf"{_PART}(?:,? (?:to|for|in|among|here|based|from|of|given|that|which)\b[^.:\n]{{0,160}}?)?"
    rf",?\s{{1,10}}+{_IS}(?: (?:therefore|thus|hence|then|most likely|likely|probably|indeed|clearly))?\s*+[:,]?\s*+"
    rf"(?=[^\n])",
    "chosen_option": r"\b(?:choose|select|pick|chose|selected|opt for|go with|going with|settle on|answer with)"
    r"(?: (?:the )?(?:answer|option|choice|letter))?:?\s++(?=\(?(?-i:[A-J])\b)",
    "named_answer": rf",?[^\S\n]{{1,10}}+{_IS} (?:(?:therefore|thus|hence|indeed|clearly) )?(?:the|our|my) {_BEST}"
    r"(?=\s*+(?:[.!,;]?\s|[.!]?\Z|,)| (?:final |single )?(?:answer|option|choice|response)\b)",
    "cjk_label": r"(?:答案|选项|選項|[故应應][选選][择擇]?)\s*+(?:应该|应|應該|應)?\s*+(?:是|为|為)?\s*+:?\s*+"
    r"(?=[^\n。])",
    "foreign_label": rf"(?<!\w)(?:{'|'.join(_OTHER_LANGUAGES.values())})"
    rf"(?:{_SIGN}|[^\S\n]*+(?=\n)|[^\S\n]*+(?=(?:{_ARTICLES})*\(?(?-i:[A-J])(?![a-z])))\s*+"
    rf"(?:{_ARTICLES})*(?=[^\n])",
}
LABELS = {name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in _LABELS.items()}
"""Rule -> the label; its value is a group of the rule's own, what comes before it (`named_answer`), or what follows."""


def may_be_foreign(text: str) -> bool:
    """Whether it is worth looking for labels in other languages: that takes long, and few texts hold one."""
    folded = text.casefold()
    return any(sign in folded for sign in _FOREIGN_SIGNS)


FORMAL = frozenset({"boxed", "answer_tag", "final_answer", "cjk_label"})
"""Labels after which anything is an answer; after the others only an option (or its denial) is."""

_STATED = (
    r"(?i)^\W*(?:the )?(?:(?:correct|right) )?(?:ans(?:wer)?|(?:correct|right) (?:option|choice))\.?"
    r"\s*(?:is|:|-|=)*\s*[(\['" + '"\u2018' + r"]*([a-j])\b[)\].'" + '"\u2019' + r":,;]?(?:\s|$|i\.e)"
)
"""How an explanation begins that states the letter of the key."""
MACROS = {"stated_letter(explanation)": f"upper(regexp_extract(explanation, {sql.literal(_STATED)}, 1))"}


def stated_letter(explanation: str | None) -> str:
    """The letter of the key that an explanation states; empty where it states none."""
    found = re.match(_STATED, explanation or "")
    return found[1].upper() if found else ""
