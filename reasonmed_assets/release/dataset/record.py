"""The record of a release, `release.json`: everything that its card, pictures and Croissant description say.

They are rendered from it alone, so that a release can be rendered again where the warehouse is not. What of it the rows
tell too is counted again when the release is verified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import load_profile
from reasonmed_assets.pages.figures.charts import Chart
from reasonmed_assets.pages.quality_report import parts_of
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.release.dataset.leaving_out import Scrubber
from reasonmed_assets.sources.declaration import SourceError, load_declaration

RECORD = "release.json"
FORMAT = 1
"""Version of the layout of a release."""
KEYS = (
    "format project publish published_at build profile template sources raw_files models rules seed limits funnel "
    "checks costs charts marks licences with_names shards counts content bytes attached"
)
"""What a record says, with spaces between."""
UNKNOWN = "unknown"
"""The terms of what declares none."""
_DIGITS = 6
"""Decimals that are kept: the last ones of a sum depend on the order in which it is added."""


def gathered(
    con: duckdb.DuckDBPyConnection, profile: Profile, audits: Sequence[AuditRecord], scrub: Scrubber
) -> dict[str, Any]:
    """What the warehouse says of its build: sources, models, method, checks, costs, pictures.

    Args:
        con: the snapshot, with the relations `facts` and `named_models`.
        profile: of the warehouse's recipe.
        audits: the last audit of every partition.
        scrub: leaves out addresses, paths and names.
    """
    made_by = _profile_of_rows(con, profile)
    last = _rows(con, "select seq, published_at, build from publishes order by seq desc limit 1")[0]
    charts = [chart for part in parts_of(con) for chart in part.charts]
    return {
        "format": FORMAT,
        "project": version("reasonmed-assets"),
        "publish": last["seq"],
        "published_at": last["published_at"].isoformat(timespec="seconds"),
        "build": _last_build(con),
        **declared(made_by | {name: scrub.text(made_by[name]) for name in ("name", "description")}),
        "template": _template(con, made_by),
        "sources": [_source(row, profile) for row in _rows(con, sql.query("release/sources").text)],
        "raw_files": _raw_files(con, scrub),
        "models": _models(con),
        "funnel": _rows(con, "from funnel order by source"),
        "checks": [_checked(audit) for audit in audits],
        "costs": _rows(con, sql.query("report/spent").text),
        "charts": [_plain_chart(chart) for chart in charts],
    }


def declared(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the values of a profile say of how rows are made."""
    return {
        "profile": {name: values[name] for name in ("name", "description")},
        "rules": _rules(values),
        "seed": values["seed"],
        "limits": {"": values["limit"], **values["limits"]},
    }


def counted(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the rows themselves say; `con` has them as `rows`, those of one set (`sql/release/counts/`)."""
    return {
        query.name.rpartition("/")[2]: [plain(row) for row in _rows(con, query.text)]
        for query in sql.queries("release/counts")
    }


def as_text(record: Mapping[str, Any]) -> str:
    """The file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def plain(value: Any) -> Any:
    """A value as JSON holds it and gives it back."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float | Decimal):
        return int(value) if isinstance(value, Decimal) and value == int(value) else round(float(value), _DIGITS)
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value


def declared_terms(con: duckdb.DuckDBPyConnection, profile: Profile) -> dict[tuple[str, str], str]:
    """Name and revision of a model -> its terms, as the profile declares them now, else as that of a build did."""
    found: dict[tuple[str, str], str] = {}
    recorded = con.execute("select profile_values from builds order by number").fetchall()
    stated = [json.loads(values).get("models", {}).values() for (values,) in recorded]
    for model in [*(one for models in stated for one in models), *_declared(profile)]:
        if model.get("terms"):
            found[model["name"], model["revision"]] = model["terms"]
    return found


def _declared(profile: Profile) -> list[dict[str, Any]]:
    return [model.model_dump(mode="json", include={"name", "revision", "terms"}) for model in profile.models.values()]


def _last_build(con: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """The build that left the rows; None where a version that kept no record of builds did."""
    rows = _rows(con, "select number, project, revision, is_modified from builds order by number desc limit 1")
    return rows[0] if rows else None


def _profile_of_rows(con: duckdb.DuckDBPyConnection, profile: Profile) -> dict[str, Any]:
    """The values of the profile that the last build went by; of one without a record, those of the recipe."""
    recorded = _value(con, "select profile_values from builds order by number desc limit 1")
    values = profile.model_dump(mode="json")
    return {**values, **json.loads(recorded or "{}")}


def _template(con: duckdb.DuckDBPyConnection, made_by: Mapping[str, Any]) -> str:
    """The template that the training records were written with."""
    query = "select parts from publishes where table_name = 'sft_reasonmed' order by seq desc limit 1"
    parts = json.loads(_value(con, query) or "{}")
    return json.loads(parts["rules.template"]) if "rules.template" in parts else made_by["rules"]["template"]


def _source(row: dict[str, Any], profile: Profile) -> dict[str, Any]:
    title, published_as = row["name"], None
    for declared in profile.sources.declared:
        try:
            found = load_declaration(declared)
        except SourceError:
            continue  # its declaration is no longer where it was; the rows say what they need
        if found.name == row["name"]:
            title = found.title
            published_as = f"{found.hub.repo}@{found.hub.revision or 'main'}" if found.hub else None
    return row | {"title": title, "hub": published_as}


def _raw_files(con: duckdb.DuckDBPyConnection, scrub: Scrubber) -> dict[str, str]:
    """SHA-256 of the source files as builds read them, the last word on each."""
    found: dict[str, str] = {}
    for (files,) in con.execute("select source_files from builds order by number").fetchall():
        found |= json.loads(files or "{}")
    return {scrub.name(name): digest for name, digest in sorted(found.items())}


def _models(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return _rows(con, sql.query("release/models").text)


def _rules(made_by: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every rule with the published value and this build's."""
    published = load_profile("paper").rules.model_dump(mode="json")
    ours = made_by["rules"]
    return [{"rule": name, "published": value, "here": ours.get(name, value)} for name, value in published.items()]


def _checked(audit: AuditRecord) -> dict[str, Any]:
    failed = [
        {"name": one.name, "severity": one.severity, "violations": one.n_failing, "description": one.description}
        for one in audit.failures
    ]
    passed = [one.name for one in audit.outcomes if one.passed]
    return {"table": audit.table, "partition": audit.partition or "", "passed": passed, "failed": failed}


def _plain_chart(chart: Chart) -> dict[str, Any]:
    return plain(asdict(chart))


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return con.sql(query).pl().to_dicts()


def _value(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    return row[0] if row else None
