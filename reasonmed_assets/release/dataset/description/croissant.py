"""The description of a release in Croissant 1.1: files, records, responsible AI, and derivation from the raw files.

Specification: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, with its vocabulary for responsible AI
(RAI 1.0) and W3C PROV-O, as it recommends for provenance.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.columns import ROW, Column
from reasonmed_assets.release.dataset.description.card import KINDS, TITLE
from reasonmed_assets.release.dataset.lineage import FILES
from reasonmed_assets.release.terms import SPDX

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_METHOD = "arXiv:2506.09513, ReasonMed, EMNLP 2025"
_ADDRESS = "https://spdx.org/licenses/"


def croissant(record: Mapping[str, Any], digests: Mapping[str, tuple[int, str]]) -> str:
    """The description.

    Args:
        record: of the release.
        digests: size in bytes and SHA-256 of each data file, by name.
    """
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": TITLE,
        "description": _description(record),
        "version": f"{record['project']}+publish.{record['publish']}",
        "datePublished": record["published_at"][:10],
        "license": sorted({_licence(one) for row in record["counts"]["terms"] for one in _terms(row)}),
        "inLanguage": [row["language"] for row in record["counts"]["languages"]],
        "citeAs": _METHOD,
        "isLiveDataset": False,
        "keywords": ["medicine", "reasoning", "multiple-choice questions"],
        **_responsible(record),
        "prov:wasDerivedFrom": [_raw_file(record, row) for row in record["counts"]["files"]],
        "prov:wasGeneratedBy": _activity(record),
        "distribution": [*_files(digests), *_file_sets(record)],
        "recordSet": list(_record_sets(record)),
    }
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _description(record: Mapping[str, Any]) -> str:
    n = sum(row["examples"] for row in record["counts"]["sets"])
    said = f"{n:,} examples of medical multiple-choice questions with reasoning that language models wrote and judged."
    return " ".join([said, *(f"Not for training a model that others use: {KINDS[mark]}." for mark in record["marks"])])


def _responsible(record: Mapping[str, Any]) -> dict[str, Any]:
    """The RAI fields, from what the record says."""
    roles = "; ".join(f"{', '.join(model['roles'])}: {model['model']}" for model in record["models"])
    passed = sum(len(table["passed"]) for table in record["checks"])
    failed = sum(len(table["failed"]) for table in record["checks"])
    sources = ", ".join(f"{one['title']} ({one['licence']})" for one in record["sources"])
    doubts = "Some keys are wrong; is_label_doubt marks those on whose other option the paths agree."
    return {
        "rai:dataCollection": f"Questions of published sets: {sources}. Models wrote several paths for each question.",
        "rai:dataCollectionType": ["Secondary Data Analysis", "Software Collection"],
        "rai:dataCollectionRawData": "The records of the source files, named with their SHA-256 under wasDerivedFrom.",
        "rai:dataCollectionMissingData": "A call that failed is asked again, then its row is left out and counted.",
        "rai:dataPreprocessingProtocol": [
            "Records that match a benchmark, repeat another or cannot be read are turned away.",
            "Questions that are alike share a group, and a group is in one fold.",
        ],
        "rai:dataManipulationProtocol": "Paths of medium questions are refined, difficult ones are written anew.",
        "rai:dataAnnotationProtocol": "A verifier judges each path given the key, a ranker scores correct ones.",
        "rai:dataAnnotationPlatform": ["reasonmed-assets"],
        "rai:dataAnnotationAnalysis": [f"{passed} of {passed + failed} checks of the last audits passed."],
        "rai:machineAnnotationTools": [roles],
        "rai:dataBiases": ["Questions are as their sources chose them.", "Models judge texts of models.", doubts],
        "rai:dataLimitations": [
            "A path that reaches the key may hold wrong sentences.",
            "Paraphrases of benchmark items are not found.",
            *(f"{KINDS[mark]}." for mark in record["marks"]),
        ],
        "rai:dataUseCases": ["Training and study of models that reason about medical multiple-choice questions."],
        "rai:dataSocialImpact": "Not medical advice, and not to be used for the care of patients.",
        "rai:personalSensitiveInformation": [
            "Questions are as their sources have them; no text was searched here for what tells of a person."
        ],
        "rai:dataReleaseMaintenancePlan": "A release is not changed; another publish gives another version.",
    }


def _activity(record: Mapping[str, Any]) -> dict[str, Any]:
    build = record["build"] or {}
    return {
        "@type": "prov:Activity",
        "prov:label": f"reasonmed build, profile {record['profile']['name']}, publish {record['publish']}",
        "prov:endedAtTime": record["published_at"],
        "prov:used": [f"urn:model:{model['model']}@{model['revision']}" for model in record["models"]],
        "prov:wasAssociatedWith": {
            "@type": "prov:SoftwareAgent",
            "prov:label": f"reasonmed-assets {record['project']}, revision {build.get('revision') or 'unknown'}",
        },
    }


def _raw_file(record: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    source = {one["name"]: one for one in record["sources"]}[row["source"]]
    found = {
        "@type": "prov:Entity",
        "@id": f"urn:raw:{row['source']}/{row['file']}",
        "prov:label": f"{source['title']}, {row['split']}: {row['file']} ({row['records']:,} records used)",
        "sc:license": _licence(source["licence"]),
    }
    if digest := record["raw_files"].get(row["file"]):
        found["sc:sha256"] = digest
    return found


def _files(digests: Mapping[str, tuple[int, str]]) -> Iterator[dict[str, Any]]:
    for name, (size, digest) in sorted(digests.items()):
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "contentUrl": name,
            "contentSize": f"{size} B",
            "encodingFormat": "application/x-parquet" if name.endswith(".parquet") else "application/json",
            "sha256": digest,
        }


def _file_sets(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table, folds in layout.shards(record["shards"]).items():
        for fold in folds:
            yield {
                "@type": "cr:FileSet",
                "@id": f"{table}-{fold}",
                "name": f"{table}-{fold}",
                "description": f"{table}, {fold}",
                "encodingFormat": "application/x-parquet",
                "includes": f"data/{table}/{fold}-*.parquet",
            }


def _record_sets(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table, folds in layout.shards(record["shards"]).items():
        for fold in folds:
            name = f"{table}_{fold}"
            yield _record_set(name, f"Examples of {table}, {fold}.", "example_id", ROW, {"fileSet": f"{table}-{fold}"})
    for name, columns in FILES.items():
        key = {"builds": "number"}.get(name)
        yield _record_set(name, f"Lineage: {name}.", key, columns, {"fileObject": f"{layout.LINEAGE}/{name}.parquet"})


def _record_set(
    name: str, description: str, key: str | None, columns: tuple[Column, ...], at: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "cr:RecordSet", "@id": name, "name": name, "description": description}
    if key:
        found["key"] = {"@id": f"{name}/{key}"}
    source = {kind: {"@id": one} for kind, one in at.items()}
    found["field"] = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{column.name}",
            "name": column.name,
            "description": column.description,
            "dataType": column.croissant_type,
            **({"isArray": True, "arrayShape": "-1"} if column.is_list else {}),
            "source": {**source, "extract": {"column": column.name}},
        }
        for column in columns
    ]
    return found


def _terms(row: Mapping[str, Any]) -> list[str]:
    """The terms of the question and of the models that wrote the texts."""
    return [row["licence"], *row["model_terms"]]


def _licence(name: str) -> str:
    """SPDX identifiers have an address; what is none is named as it is."""
    return f"{_ADDRESS}{name}.html" if name in SPDX else name
