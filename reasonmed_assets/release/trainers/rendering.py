"""An export as a trainer sees it: every record of its sets rendered, reported, and refused where it comes out wrong."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from reasonmed_assets.machine import temporary_folder
from reasonmed_assets.release.files import ExportError
from reasonmed_assets.release.set_forms import prompts_file
from reasonmed_assets.release.trainers.judging import Record, Rendering, Stops
from reasonmed_assets.release.trainers.process import running
from reasonmed_assets.release.trainers.report import SetReport, refusal

REPORT = "trainer.json"
"""The report in the folder of the export."""
DEFAULT_CUTOFF = 4_096
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json", "chat_template.jinja")


@dataclass(frozen=True)
class TrainerOptions:
    """Which trainer is to render an export, and how.

    Attributes:
        trainer: trl or llamafactory.
        tokenizer: folder of the tokenizer, or of the model that is to be trained.
        cutoff: tokens after which the trainer cuts: `max_length` in TRL, `cutoff_len` in LLaMA-Factory.
        template: LLaMA-Factory's name of a template; None: what it makes of the tokenizer's own.
        python: the Python that has the trainer; None: this one.
        sets: the sets to render, by table; none: all.
    """

    trainer: str
    tokenizer: Path
    cutoff: int = DEFAULT_CUTOFF
    template: str | None = None
    python: str | None = None
    sets: Sequence[str] = ()

    def check(self, known: Sequence[str]) -> None:
        """Raises an ExportError where the options do not fit together, before anything is written.

        Args:
            known: the sets that an export has.
        """
        if unknown := set(self.sets).difference(known):
            raise ExportError(f"there is no set {', '.join(sorted(unknown))}: the sets are {', '.join(known)}")
        if not any((self.tokenizer / name).is_file() for name in _TOKENIZER_FILES[:3]):
            files = ", ".join(_TOKENIZER_FILES[:3])
            raise ExportError(f"{self.tokenizer} holds no tokenizer (none of {files}): give its folder or the model's")
        if self.trainer == "trl" and self.template is not None:
            raise ExportError("TRL has the template of the tokenizer: leave --template out, or edit its chat template")
        if self.trainer == "llamafactory" and self.python is None:
            raise ExportError(
                "LLaMA-Factory needs an environment of its own: give its Python with --trainer-python "
                "(docs/guides/training.md says how to make one)"
            )


def render_export(folder: Path, sets: Sequence[str], options: TrainerOptions) -> Iterator[str]:
    """Render the sets of an export with a trainer's own code, and write the report beside them.

    Args:
        folder: of the export.
        sets: names of the sets in it, folds included.
        options: the trainer.

    Yields:
        What the trainer is, then a line per set.

    Raises:
        ExportError: the trainer cannot be run or fails, or a record does not come out as it should.
    """
    reports = [SetReport(name, options.cutoff) for name in sets]
    with temporary_folder("trainer", folder) as scratch, temporary_folder("trainer") as place:
        # Trainers read a name as a pattern: this one is none, whatever the folder's is.
        (place / "export").symlink_to(folder.resolve())
        request = {
            "folder": str(place / "export"),
            "sets": list(sets),
            "tokenizer": str(options.tokenizer.resolve()),
            "cutoff": options.cutoff,
            "template": options.template,
            "scratch": str(scratch.resolve()),
        }
        with running(options.trainer, options.python or sys.executable, request) as trainer:
            told = next(trainer.lines)
            stops = Stops(frozenset(told["end_ids"]), told["unknown_id"])
            lines = _Lines(trainer.lines)
            for report in reports:
                _judge(report, _records(folder, report.name), lines, stops)
            title = trainer.title
            versions = dict(trainer.versions)
    yield f"{title}, tokenizer {options.tokenizer.resolve().name}, template {options.template or 'its own'}"
    for report in reports:
        yield report.line()
    if refused := refusal(reports):
        raise ExportError(f"{title} does not see what the sets hold:\n{refused}\nNothing was exported.")
    _write(folder / REPORT, options, versions, reports)


class _Lines:
    """What the tool says of records, with a look at the next one."""

    def __init__(self, lines: Iterator[dict[str, Any]]) -> None:
        self._lines = lines
        self.next: dict[str, Any] | None = next(lines, None)

    def take(self) -> Rendering:
        told, self.next = self.next, next(self._lines, None)
        assert told is not None
        return Rendering(**{name: told[name] for name in ("tokens", "ids", "loss", "asked", "taught", "alone")})


def _judge(report: SetReport, records: Iterator[Record], lines: _Lines, stops: Stops) -> None:
    for record in records:
        told = lines.next
        is_there = told is not None and told["set"] == report.name and told["id"] in (record.example_id, None)
        report.add(record, lines.take() if is_there else None, stops)


def _records(folder: Path, name: str) -> Iterator[Record]:
    with pq.ParquetFile(folder / prompts_file(name)) as file:
        for batch in file.iter_batches():
            for row in batch.to_pylist():
                yield Record(row["example_id"], row["prompt"][0]["content"], row["completion"][0]["content"])


def _write(file: Path, options: TrainerOptions, versions: dict[str, str], reports: Sequence[SetReport]) -> None:
    digest = hashlib.sha256()
    for name in _TOKENIZER_FILES:
        if (options.tokenizer / name).is_file():
            digest.update((options.tokenizer / name).read_bytes())
    told = {
        "trainer": versions,
        "tokenizer": {"name": options.tokenizer.resolve().name, "sha256": digest.hexdigest()},
        "template": options.template,
        "cutoff_tokens": options.cutoff,
        "sets": {report.name: report.figures() for report in reports},
    }
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
