"""What the record of a build says of the project and the profile."""

from __future__ import annotations

import json
from pathlib import Path

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.builds.facts import facts_at_start
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.storage import make_or_open_warehouse

_SECRET = """
extends = "simulated"
[providers.mine]
kind = "real"
transport = "vllm"
vllm = {model = "some/model"}
vllm_environment = {HF_TOKEN = "hf_secret", CUDA_VISIBLE_DEVICES = "3"}
"""


def test_values_of_environment_variables_are_not_recorded(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(_SECRET)
    facts = facts_at_start(BuildSettings(profile=str(profile), warehouse=str(tmp_path)))
    values = json.loads(facts["profile_values"])
    assert values["providers"]["mine"]["vllm"] == {"model": "some/model"}
    assert "hf_secret" not in str(facts) and "CUDA_VISIBLE_DEVICES" not in str(facts)


def test_the_project_its_packages_and_the_models_are_named(tmp_path: Path) -> None:
    facts = facts_at_start(BuildSettings(profile="simulated", warehouse=str(tmp_path)))
    packages = json.loads(facts["packages"])
    assert {"python", "duckdb", "dagster"} <= packages.keys() and "vllm" not in packages
    assert facts["revision"] is None or len(facts["revision"]) == 40
    answering = json.loads(facts["models"])
    assert answering.keys() == json.loads(facts["prompts"]).keys() and len(answering["generator"]) == 3
    assert all(one.keys() == {"provider", "name", "revision"} for models in answering.values() for one in models)


def test_a_build_that_is_killed_has_the_files_that_it_read_and_its_recipe(tmp_path: Path) -> None:
    settings = BuildSettings(profile="simulated", warehouse=str(tmp_path / "w"))
    warehouse, build = make_or_open_warehouse(tmp_path / "w"), RunningBuild("x")
    assert build.begin(warehouse, settings, is_publishing=False) is None
    build.files.digest(settings.data_folder / "pubmedqa" / "ori_pqal.json")
    assert build.begin(warehouse, settings, is_publishing=True) == 1
    build.recipe = 3
    build.files.digest(settings.data_folder / "medmcqa" / "train.json")
    assert build.begin(warehouse, settings, is_publishing=True) == 1
    with warehouse.read() as con:
        ((files, recipe, outcome),) = con.execute("select source_files, recipe, outcome from builds").fetchall()
    assert (sorted(json.loads(files)), recipe, outcome) == (["medmcqa/train.json", "pubmedqa/ori_pqal.json"], 3, None)
