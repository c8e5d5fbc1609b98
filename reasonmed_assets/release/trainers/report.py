"""The report of what a trainer sees: per set its tokens, the share of them that is learnt, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from reasonmed_assets.release.trainers.judging import LEFT_OUT, Problem, Record, Rendering, Stops, problems


@dataclass
class SetReport:
    """What a trainer makes of a set.

    Attributes:
        name: of the set.
        cutoff: tokens after which the trainer cuts.
        n_records: in the export.
        lengths: tokens of each rendered record before the cut-off.
        n_kept: tokens after it, of all records.
        n_learnt: those of them on which loss falls.
        found: problem -> records that have it.
        first: problem -> the first such record's example_id.
    """

    name: str
    cutoff: int
    n_records: int = 0
    lengths: list[int] = field(default_factory=list)
    n_kept: int = 0
    n_learnt: int = 0
    found: Counter[Problem] = field(default_factory=Counter)
    first: dict[Problem, str] = field(default_factory=dict)

    def add(self, record: Record, rendering: Rendering | None, stops: Stops) -> None:
        """Count one record.

        Args:
            record: as the export has it.
            rendering: as the trainer has it; None where it leaves the record out.
            stops: tokens with a meaning.
        """
        self.n_records += 1
        if rendering is not None:
            self.lengths.append(rendering.tokens)
            self.n_kept += len(rendering.ids)
            self.n_learnt += sum(rendering.loss)
        for problem in problems(record, rendering, stops) if rendering is not None else (LEFT_OUT,):
            self.found[problem] += 1
            self.first.setdefault(problem, record.example_id)

    def figures(self) -> dict[str, float | int]:
        """The figures by name; lengths in tokens, before the cut-off, the 95th percentile as its nearest rank."""
        lengths = sorted(self.lengths)
        return {
            "records": self.n_records,
            "median_tokens": _percentile(lengths, 50),
            "p95_tokens": _percentile(lengths, 95),
            "longest_tokens": _percentile(lengths, 100),
            "over_cutoff": sum(length > self.cutoff for length in lengths),
            "loss_share": round(self.n_learnt / self.n_kept, 4) if self.n_kept else 0.0,
        }

    def line(self) -> str:
        """The figures for people."""
        of = self.figures()
        return (
            f"{self.name}: {of['records']:,} records; tokens: median {of['median_tokens']:,}, 95% "
            f"{of['p95_tokens']:,}, longest {of['longest_tokens']:,}, {of['over_cutoff']:,} over the cut-off of "
            f"{self.cutoff:,}; loss on {of['loss_share']:.1%}"
        )


def refusal(reports: Sequence[SetReport]) -> str | None:
    """What is refused, a line per problem with the sets that have it and what to do; None where all is well."""
    found = dict.fromkeys(problem for report in reports for problem in report.found)
    longest = max((report.figures()["longest_tokens"] for report in reports), default=0)
    lines = (
        f"{problem.what}: {', '.join(_places(problem, reports))}; {problem.remedy.format(longest=longest)}"
        for problem in found
    )
    return "\n".join(lines) or None


def _places(problem: Problem, reports: Iterable[SetReport]) -> Iterator[str]:
    for report in reports:
        if n := report.found[problem]:
            of = report.figures()["records"]
            yield f"{n:,} of {of:,} records of {report.name} (first: {report.first[problem]})"


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """By nearest rank; 0 where there is nothing."""
    return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else 0
