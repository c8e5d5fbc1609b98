"""Texts of the rehearsal: six-step reasoning, thinking aloud, short answers reasons, from a question's own words."""

from __future__ import annotations

import random
from collections.abc import Sequence

from reasonmed_assets.servers.rehearsal import phrases
from reasonmed_assets.servers.rehearsal.stems import Stem
from reasonmed_assets.vocabulary import LETTERS

HEADINGS = (
    ("Restate", "Findings", "Options", "Rule out", "Compare", "Conclude"),
    ("What is asked", "Key details", "Each option", "Ruled out", "What is left", "Conclusion"),
    (
        "Restating the question",
        "Details that matter",
        "Weighing the options",
        "Elimination",
        "Comparison",
        "Conclusion",
    ),
)
_STEP_FORMS = ("Step {n}. {heading}", "{n}. {heading}", "**Step {n}: {heading}**")


class Writer:
    """Writes about one question with one concluded option; every choice of words comes from `rng`.

    Args:
        stem: the question in pieces.
        chosen: index of the option concluded with.
        rng: the draws of this reply.
    """

    def __init__(self, stem: Stem, chosen: int, rng: random.Random) -> None:
        self._stem = stem
        self._chosen = chosen
        self._rng = rng
        others = [i for i, name in enumerate(stem.names) if name != stem.names[chosen]] or [chosen]
        self._rival = rng.choice(others)
        self._others = others

    @property
    def final_line(self) -> str:
        """The line that states the answer, as the prompts ask for it."""
        return f"Final answer: {LETTERS[self._chosen]}. {self._stem.texts[self._chosen]}"

    def reasoning(self) -> str:
        """Six steps that end with the final line, about 200 to 450 words."""
        return "\n\n".join([*self._steps(), self.final_line])

    def undecided(self) -> str:
        """Reasoning that breaks off without choosing one option."""
        return "\n\n".join([*self._steps()[:4], self._rng.choice(phrases.NO_CHOICE)])

    def thinking(self) -> str:
        """Thinking aloud, about 80 to 200 words."""
        rng = self._rng
        middle = phrases.MUSING[2:-2]
        picked = rng.sample(range(len(middle)), rng.randint(4, len(middle)))
        order = [*phrases.MUSING[:2], *(middle[i] for i in sorted(picked)), *phrases.MUSING[-2:]]
        return "\n".join(
            " ".join(self._say(text, about=rng.choice(self._others)) for text in order[at : at + 3])
            for at in range(0, len(order), 3)
        )

    def summary(self) -> str:
        """A short answer of two or three sentences and the final line."""
        sentences = [self._pick(phrases.SUMMARY), self._pick(phrases.SUMMARY_RIVAL)]
        return " ".join(sentences) + "\n\n" + self.final_line

    def remark(self, sentences: Sequence[str], *, answer: int | None = None) -> str:
        """One sentence about a path that concludes with the chosen option; `{answer}` is the option `answer`."""
        return self._say(self._rng.choice(sentences), answer=answer)

    def _steps(self) -> list[str]:
        rng, kind = self._rng, self._stem.kind
        headings = rng.choice(HEADINGS)
        form = rng.choice(_STEP_FORMS)
        bodies = (
            self._pick(phrases.RESTATE[kind]),
            self._details(),
            self._options(),
            self._rule_out(),
            self._pick(phrases.COMPARE),
            self._pick(phrases.CONCLUDE),
        )
        return [
            f"{form.format(n=n, heading=heading)}\n{body}"
            for n, (heading, body) in enumerate(zip(headings, bodies, strict=True), start=1)
        ]

    def _details(self) -> str:
        rng, details = self._rng, self._stem.details
        count = min(len(details), rng.randint(3, 6))
        shown = [details[i] for i in sorted(rng.sample(range(len(details)), count))]
        sentences = phrases.DETAIL[self._stem.kind]
        start = rng.randrange(len(sentences))
        return "\n".join(
            "- " + sentences[(start + i) % len(sentences)].format(detail=detail) for i, detail in enumerate(shown)
        )

    def _options(self) -> str:
        rng, kind = self._rng, self._stem.kind
        fails = rng.sample(phrases.FAILS[kind], len(phrases.FAILS[kind]))
        lines = []
        for i, name in enumerate(self._stem.names):
            fits = i == self._chosen or (i == self._rival and rng.random() < 0.3)
            template = rng.choice(phrases.FITS[kind]) if fits else fails[i % len(fails)]
            lines.append(f"{LETTERS[i]}. {name}: {self._say(template, about=i)}")
        return "\n".join(lines)

    def _rule_out(self) -> str:
        rng = self._rng
        out = [i for i in self._others if i != self._rival] or self._others
        sentences = rng.sample(phrases.RULE_OUT, min(len(out), len(phrases.RULE_OUT)))
        return " ".join(self._say(sentence, about=i) for sentence, i in zip(sentences, out, strict=False))

    def _pick(self, sentences: Sequence[str]) -> str:
        return self._say(self._rng.choice(sentences))

    def _say(self, sentence: str, *, about: int | None = None, answer: int | None = None) -> str:
        """Fill a sentence's slots; `about` is the option that it speaks of, by default the chosen one (or a loser)."""
        rng, stem = self._rng, self._stem
        subject = self._chosen if about is None else about
        conclusion = self._chosen if answer is None else answer
        at = rng.randrange(len(stem.details))
        said = sentence.format(
            asked=stem.asked,
            detail=stem.details[at],
            other=stem.details[at - 1],
            letter=LETTERS[subject],
            option=stem.labels[subject],
            answer=stem.labels[conclusion],
            rival=stem.labels[self._rival],
        )
        return "O" + said[1:] if said.startswith("option ") else said


def concluded_option(path: str, options: Sequence[str]) -> int | None:
    """Index of the option that the last `answer: X` or lone `X. text` of a path names, None where there is none."""
    for line in reversed(path.strip().splitlines()):
        label, colon, value = line.rpartition(":")
        if not colon or "answer" not in label.casefold():
            continue
        stated = value.strip(" *()[]\"'.")
        letter = stated[:1].upper()
        if letter in LETTERS[: len(options)] and not stated[1:2].isalnum() and stated[1:2] != "/":
            return LETTERS.index(letter)
        plain = stated.casefold()
        return next((i for i, option in enumerate(options) if option.casefold().strip(" .") == plain), None)
    return None
