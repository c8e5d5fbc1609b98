"""Time and memory of `find_matches` on synthetic questions: python benchmarks/matching.py [number of questions].

The questions have the published build's sizes and the word frequencies of real text; 3% are near copies of another one
(one or two words of each exchanged), so that the share found is known. Prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import polars as pl
from question_files import Writer

from reasonmed_assets.config.profile import Rules
from reasonmed_assets.rules.ids import question_id, raw_id
from reasonmed_assets.rules.matching import find_matches

LENGTHS = {"medqa": (115, 4), "pubmedqa": (14, 1), "mmlu": (25, 6), "medmcqa": (12, 2)}
"""Words of a stem, and of an option, by source."""
SHARES = {"medqa": 0.06, "pubmedqa": 0.003, "mmlu": 0.001}
COPY_SHARE = 0.03


class Records(Writer):
    """Writes records of questions."""

    def questions(self, n: int) -> list[dict[str, object]]:
        """`n` questions, the near copies at the end."""
        sources = [*list(SHARES), "medmcqa"]
        weights = [*SHARES.values(), 1 - sum(SHARES.values())]
        chosen = self.random.choices(sources, weights, k=n)
        n_copies = int(n * COPY_SHARE)
        texts = [(source, *self._question(source)) for source in chosen[: n - n_copies]]
        texts += [self._copy(*self.random.choice(texts)) for _ in range(n_copies)]
        return [self._record(source, row, stem, options) for row, (source, stem, options) in enumerate(texts, 1)]

    def _question(self, source: str) -> tuple[str, list[str]]:
        stem, option = LENGTHS[source]
        if source == "pubmedqa":
            return self.text(stem), ["yes", "no", "maybe"]
        length = max(4, round(self.random.gauss(stem, stem / 3)))
        return self.text(length), [self.text(self.random.randint(1, 2 * option - 1)) for _ in range(4)]

    def _copy(self, source: str, stem: str, options: list[str]) -> tuple[str, str, list[str]]:
        words = stem.split(" ")
        for _ in range(max(1, len(words) // 12)):
            words[self.random.randrange(len(words))] = self.text(1)
        return source, " ".join(words), self.random.sample(options, len(options))

    def _record(self, source: str, row: int, stem: str, options: list[str]) -> dict[str, object]:
        return {
            "raw_id": raw_id(source, "file", row),
            "question_id": question_id(source, None, stem, options),
            "source": source,
            "split": "train",
            "split_role": "train",
            "file": "file",
            "row": row,
            "native_id": None,
            "question": stem,
            "context": None,
            "options": options,
            "gold_text": min(options),
        }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(n: int = 195_000) -> None:
    """Build the questions, match them, print what it took."""
    records = Records(seed=1).questions(n + 7_000)
    schema = {"native_id": pl.String, "context": pl.String}
    frame = pl.DataFrame(records, schema_overrides=schema)
    benchmarks = frame.head(7_000).with_columns(split_role=pl.lit("benchmark"))
    questions = frame.tail(n)
    del records, frame
    before = _peak_mb()
    started = time.perf_counter()
    matches = find_matches(questions, benchmarks, set(), Rules(), ("medqa", "medmcqa", "pubmedqa", "mmlu"))
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "questions": n,
                "copies": int(n * COPY_SHARE),
                "seconds": round(seconds, 1),
                "peak_mb": _peak_mb(),
                "peak_mb_before": before,
                "decisions": dict(sorted(matches.group_by("decision").len().iter_rows())),
            }
        )
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
