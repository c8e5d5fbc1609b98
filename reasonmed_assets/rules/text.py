"""Text as the rules compare it: normal forms, numbers and negations of questions.

Nothing here decides anything; `matching.py` does.
"""

from __future__ import annotations

import re
import unicodedata

# Hyphens, dashes and minus; single quotes, accents that stand for one, primes; double quotes.
_SAME_CHARACTER = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u00b4\u0060\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u2033"), '"'),
    0x2044: "/",
}
_EXPONENT = re.compile("(?<=[0-9])[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_RAISED = re.compile(r"<sup>\s*([^<]{1,20}?)\s*</sup>|\^\{\s*([^{}]{1,20}?)\s*\}", re.IGNORECASE)
_LOWERED = re.compile(r"<sub>\s*([^<]{1,20}?)\s*</sub>", re.IGNORECASE)
_MIXED_FRACTION = re.compile("(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HYPHEN_IN_WORD = re.compile(r"(?<=[^\W_])-+(?=[^\W\d_])")
# Punctuation goes; signs that change the meaning of a medical text stay: 0.5, Na+, A-, <3, 50%, 3/6, arrows, degrees.
_NO_MEANING = re.compile(
    r"(?<!\d)\.|\.(?!\d)|[!\"#$&'()*,:;?@\[\\\]_{|}~\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u2000-\u202f\u2032-\u206f\u2e00-\u2e7f"
    r"\u3000-\u303f\ufe30-\ufe4f]"
)
_SPACE = re.compile(r"\s+")

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20",
}  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_NEGATION = re.compile(
    r"\b(?:not|no|non|never|none|neither|nor|cannot|without|except|excepting|excluding|least|false|incorrect|untrue|"
    r"wrong|unlikely|absent|absence|lack|lacks|lacking|contraindicated|all but|[a-z]+n't)\b"
)


def plain_characters(text: str) -> str:
    """The text in Unicode's compatibility form, with one kind of hyphen, of quotes and of exponents (10^5)."""
    if "<su" in text or "^{" in text:
        text = _LOWERED.sub(r"\1", _RAISED.sub(lambda raised: f"^{raised[1] or raised[2]}", text))
    if text.isascii():
        return text.replace("`", "'")
    text = _MIXED_FRACTION.sub(" ", _EXPONENT.sub(lambda raised: f"^{raised[0]}", text))
    return unicodedata.normalize("NFKC", text.translate(_SAME_CHARACTER)).translate(_SAME_CHARACTER)


def normalise(text: str) -> str:
    """The text in the form in which two texts count as equal.

    Compatibility forms, case, kinds of dashes and quotes, thousands separators, punctuation without meaning and white
    space do not count; signs that carry meaning in medicine (`+ - < > = % /`, arrows, degrees, decimal points) do.
    """
    text = _THOUSANDS.sub("", plain_characters(text).casefold())
    text = _HYPHEN_IN_WORD.sub(" ", text)
    return _SPACE.sub(" ", _NO_MEANING.sub(" ", text)).strip()


def numbers(text: str) -> tuple[str, ...]:
    """Every number of the text, sorted, repeats kept; `0.50` is `0.5`, `seven` is `7`, `one` is a pronoun."""
    text = normalise(text)
    found = [_canonical(number) for number in _NUMBER.findall(text)]
    found += [_NUMBER_WORDS[word] for word in _NUMBER_WORD.findall(text)]
    return tuple(sorted(found))


def negations(text: str) -> tuple[str, ...]:
    """Every word of the text that turns a statement round (except, least, false, ...), sorted, repeats kept.

    `cannot` and `doesn't` are `not`.
    """
    found = _NEGATION.findall(plain_characters(text).casefold().replace("-", " "))
    return tuple(sorted("not" if word == "cannot" or word.endswith("n't") else word for word in found))


def _canonical(number: str) -> str:
    whole, _, decimals = number.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole
