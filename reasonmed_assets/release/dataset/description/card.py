"""The data set card: what a reader must know before using a release, with the head by which the hub loads it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.columns import ROW
from reasonmed_assets.release.dataset.folder import CHECKSUMS
from reasonmed_assets.release.dataset.leaving_out import LEFT_OUT
from reasonmed_assets.release.dataset.lineage import FILES
from reasonmed_assets.release.dataset.record import UNKNOWN
from reasonmed_assets.release.set_forms import set_name
from reasonmed_assets.release.terms import on_the_hub
from reasonmed_assets.vocabulary import FOLDS

TITLE = "Medical reasoning, rebuilt in the way of ReasonMed"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_WHAT = {
    "sft_cot": "the reasoning path",
    "sft_response": "the short answer",
    "sft_reasonmed": "the path, then the short answer",
    "edges": "which row each released one is made from, and which calls answered",
    "builds": "the builds of the warehouse",
    "build_contents": "what the last build left, with hashes",
}
_PROMPTS = "prompt and completion: the loss falls on the completion alone"
_MESSAGES: list[dict[str, Any]] = [{"name": "role", "dtype": "string"}, {"name": "content", "dtype": "string"}]
_ASKED: list[dict[str, Any]] = [
    {"name": "example_id", "dtype": "string"},
    {"name": "prompt", "list": _MESSAGES},
    {"name": "completion", "list": _MESSAGES},
]
_VERDICT_RULES = {
    "verifier_and_answer": "a path is correct when the verifier says so and the letter is the key's",
    "verifier": "a path is correct when the verifier says so",
    "answer": "a path is correct when its letter is the key's",
}
KINDS = {
    "simulated": "no model wrote these texts, a rehearsal did",
    "demo": "a small demonstration model wrote these texts, which knows no medicine",
    "stand-in": "questions come from a benchmark split in place of training data",
    "failing": "some tables failed their last build or its checks",
    "behind": "some rows were made from earlier ones than are published now",
}
"""What each mark of a release says."""


def card(record: Mapping[str, Any]) -> str:
    """The card, rendered from the record of a release."""
    counts = record["counts"]
    folds = {row["fold"]: row for row in counts["sets"]}
    terms = sorted({row["licence"] for row in counts["terms"]})
    everybody = sorted({*terms, *(term for row in counts["terms"] for term in row["model_terms"])})
    n_examples = sum(row["examples"] for row in counts["sets"])
    rules = {one["rule"]: one["here"] for one in record["rules"]}
    failed = [one for table in record["checks"] for one in table["failed"]]
    n_passed = sum(len(table["passed"]) for table in record["checks"])
    (lengths,) = counts["lengths"]
    return (
        templates()
        .get_template("card.md")
        .render(
            record=record,
            title=TITLE,
            licence={"id": on_the_hub(everybody), "name": " and ".join(everybody)},
            languages=[row["language"] for row in counts["languages"]],
            size_category=next((name for below, name in _SIZES if n_examples < below), "1M<n<10M"),
            configs=list(_configs(record, {fold: row["examples"] for fold, row in folds.items()})),
            marks=record["marks"],
            kinds=KINDS,
            n_examples=n_examples,
            n_questions=sum(row["questions"] for row in counts["sets"]),
            folds=[fold for fold in FOLDS if fold in folds],
            lengths=lengths,
            checksums=CHECKSUMS,
            columns=ROW,
            n_other_files=len(set(record["raw_files"]) - {row["file"] for row in counts["files"]}),
            has_unknown_terms=UNKNOWN in everybody,
            verdict_rule=_VERDICT_RULES[rules["verdict_rule"]],
            rules=rules,
            departures=[one for one in record["rules"] if one["here"] != one["published"]],
            funnel_columns=list(record["funnel"][0]) if record["funnel"] else [],
            n_passed=n_passed,
            n_checks=n_passed + len(failed),
            n_blocking=sum(one["severity"] == "block" for one in failed),
            n_warnings=sum(one["severity"] != "block" for one in failed),
            pictures=layout.PICTURES,
            page=layout.PAGE,
            totals={name: _sum(counts["sets"], name) for name in ("calls", "cost_usd", "unknown_cost_calls")},
            profile=_profile(record["profile"]["name"]),
            limits="".join(_limits(record["limits"])),
            options="".join(_options(record)),
        )
    )


@cache
def templates() -> jinja2.Environment:
    """The environment of the templates: an unknown name is an error; what is put into a picture is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("svg",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "json": _json, "number": _number, "dollars": _dollars}
    return environment


def _configs(record: Mapping[str, Any], rows: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """What `datasets` can load: the sets, their prompts, the lineage."""
    sets = layout.shards(record["shards"])
    features = [column.feature for column in ROW]
    for table, folds in sets.items():
        yield _config(record, table, _WHAT.get(table, table), folds, rows, features)
    for table, folds in sets.items():
        whole = {fold: [f"{set_name(table, fold)}_prompts.parquet"] for fold in folds}
        yield _config(record, f"{table}_prompts", f"{_WHAT.get(table, table)}, as {_PROMPTS}", whole, rows, _ASKED)
    for name, columns in FILES.items():
        files = {"train": [f"{layout.LINEAGE}/{name}.parquet"]}
        n_rows = {"train": record["content"][name]["rows"]}
        yield _config(record, name, _WHAT[name], files, n_rows, [column.feature for column in columns])


def _config(
    record: Mapping[str, Any],
    name: str,
    what: str,
    splits: Mapping[str, list[str]],
    rows: Mapping[str, int],
    features: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "name": name,
        "is_default": name == layout.DEFAULT_SET,
        "what": what,
        "splits": splits,
        "rows": {split: rows[split] for split in splits},
        "bytes": {split: sum(record["bytes"][file] for file in files) for split, files in splits.items()},
        "features": features,
    }


def _profile(name: str) -> str:
    return "PROFILE" if name == LEFT_OUT else shlex.quote(name)


def _options(record: Mapping[str, Any]) -> Iterator[str]:
    """The options with which such a release is written."""
    yield from (f" --allow {mark}" for mark in record["marks"])
    yield from (f" --licence {shlex.quote(terms)}" for terms in record["licences"])
    if record["with_names"]:
        yield " --with-names"


def _limits(limits: Mapping[str, int | None]) -> Iterator[str]:
    for source, limit in limits.items():
        if limit is not None:
            yield f" --limit {limit}" if not source else f" --set limits.{source}={limit}"


def _sum(rows: list[Mapping[str, Any]], name: str) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known) if known else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    """A text as a cell of a table holds it."""
    return " ".join(text.replace("|", "\\|").split())


def _number(value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _dollars(value: float | None) -> str:
    return "unknown" if value is None else f"${value:,.2f}"
