"""What card and Croissant say follows from the record, and holds for any source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.description.card import card
from reasonmed_assets.release.dataset.description.croissant import croissant
from reasonmed_assets.release.terms import on_the_hub


@pytest.fixture
def record(released: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((released / layout.RECORD).read_text())
    return found


def recipe(record: dict[str, Any]) -> list[str]:
    return card(record).split("```sh\n")[-1].split("\n```")[0].splitlines()[1:]


def test_the_recipe_names_the_options_of_the_release(record: dict[str, Any]) -> None:
    data = "--data-dir FOLDER_OF_THE_SOURCE_FILES"
    assert recipe(record)[1] == "reasonmed release FOLDER --allow simulated --allow stand-in"
    record |= {"marks": [], "licences": ["MIT", "Qwen LICENSE"], "with_names": True, "limits": {"": 4, "medqa": 2}}
    record["profile"]["name"] = "(left out)"
    assert recipe(record) == [
        f"reasonmed build --profile PROFILE {data} --limit 4 --set limits.medqa=2",
        "reasonmed release FOLDER --licence MIT --licence 'Qwen LICENSE' --with-names",
    ]
    record["profile"]["name"] = "/home/Ann Smith/x.toml"
    assert "--profile '/home/Ann Smith/x.toml' " in recipe(record)[0]


def test_a_cost_that_is_unknown_is_no_zero(record: dict[str, Any]) -> None:
    for row in record["counts"]["sets"]:
        row["cost_usd"] = None
    assert "of unknown cost." in card(record)
    record["counts"]["sets"][0]["cost_usd"] = 1.5
    assert "$1.50 as far as it is known." in card(record)


def test_the_licences_are_those_of_questions_and_models(record: dict[str, Any]) -> None:
    (row, *_) = record["counts"]["terms"]
    record["counts"]["terms"] = [row | {"licence": "MedQA2024", "model_terms": ["MIT", "Qwen LICENSE", "unknown"]}]
    found = json.loads(croissant(record, {}))["license"]
    assert found == ["MedQA2024", "Qwen LICENSE", "https://spdx.org/licenses/MIT.html", "unknown"]
    assert [on_the_hub(one) for one in (["MIT"], ["MedQA2024"], ["MIT", "CC0-1.0"], [])] == ["mit", *["other"] * 3]


def test_nothing_is_said_of_the_sources_that_is_not_known(record: dict[str, Any]) -> None:
    """PubMedQA has abstracts, and a source of one's own has what it has."""
    for source in record["sources"]:
        source["title"] = source["name"]
    for said in (card(record), croissant(record, {})):
        assert "examination" not in said
        assert "vignette" not in said.lower()
