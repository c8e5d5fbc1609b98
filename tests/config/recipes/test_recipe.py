"""What a recipe says, how options change it, what is never kept, and how a profile is compared with the kept one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.config.reading import ProfileError, read_profile
from reasonmed_assets.config.recipes.recipe import ALL, KeptProfile, Recipe, RecipeError, as_kept, changes
from reasonmed_assets.config.settings import BuildSettings

LIMITS = st.one_of(st.none(), st.integers(0, 500))
SOURCES = st.lists(st.sampled_from(["medqa", "mmlu"]), unique=True)


@given(st.lists(st.tuples(LIMITS, SOURCES)))
def test_a_limit_holds_for_the_sources_named_else_for_all(steps: list[tuple[int | None, list[str]]]) -> None:
    recipe, expected = Recipe(), dict.fromkeys(["medqa", "mmlu", "others"])
    for limit, sources in steps:
        recipe = recipe.changed({"limit": limit}, sources)
        if limit is not None:
            expected |= dict.fromkeys(sources or expected, limit)
    assert {name: recipe.limits.get(name, recipe.limit) for name in expected} == expected


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        ({"rules.label_doubt": "keep"}, {"rules.label_doubt": "exclude"}, {"rules.label_doubt": "exclude"}),
        ({"rules.label_doubt": "keep"}, {"rules": {"audit_share": 0.1}}, {"rules": {"audit_share": 0.1}}),
        ({"rules": {"a": 1}}, {"rules.b": 2}, {"rules": {"a": 1}, "rules.b": 2}),
        ({"rules.a": 1}, {"budget.usd": 5.0, "budget": {"calls": 3}}, {"rules.a": 1}),
        ({}, {"providers.x.vllm_environment.KEY": "secret"}, {}),
        ({}, {"providers.x": {"vllm_environment": {"KEY": "secret"}}}, {}),
        ({}, {"limits.medqa": 3, "limit": 7}, {}),
    ],
)
def test_what_is_set_is_kept_but_for_budgets_and_environments(
    first: dict[str, Any], then: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert Recipe().changed({"set": first}).changed({"set": then}).keepable.set == kept


def test_limits_that_are_set_by_key_are_limits() -> None:
    recipe = Recipe(limit=5).changed({"set": {"limit": 7, "limits.medqa": 3}})
    assert (recipe.limit, recipe.limits) == (7, {"medqa": 3})
    assert recipe.changed({"set": {"limit": None}}).limit == ALL
    # What is no number is refused where the profile is resolved.
    assert recipe.changed({"set": {"limit": "x"}}).set == {"limit": "x"}


def test_changes_are_said_as_before_and_after() -> None:
    old = Recipe("simulated", limit=20, set={"rules.audit_share": 0.5})
    new = old.changed({"limit": 200, "data_dir": "/data", "set": {"sources.overrides": "/o.toml"}})
    assert sorted(changes(old, new)) == ["data directory none -> /data", "limit 20 -> 200", "overrides none -> /o.toml"]
    assert changes(old, old) == []
    assert changes(Recipe(limit=ALL), Recipe(limit=2)) == ["limit all -> 2"]


def test_what_is_set_can_be_unset_by_the_name_that_is_shown() -> None:
    recipe = Recipe(
        "simulated",
        data_dir="/d",
        limit=2,
        limits={"medqa": 3},
        set={"sources.overrides": "/o", "rules.audit_share": 0.5},
    )
    names = [name for name in recipe.shown() if name != "profile"]
    assert names == ["data directory", "overrides", "limit", "limit of medqa", "rules.audit_share"]
    assert recipe.without(names) == Recipe("simulated")
    for wrong in ("profile", "limit of mmlu", "sources.overrides", "x"):
        with pytest.raises(RecipeError, match="what can be unset is 'data directory'"):
            recipe.without([wrong])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "simulated"\n[rules]\nrewrite_rounds = 2\n[providers.gpu]\nkind = "real"\ntransport = "vllm"\n'
        'vllm = { model = "some/model" }\nvllm_environment = { HF_TOKEN = "hf_secret" }\n'
    )
    return file


def test_a_file_that_differs_from_the_kept_profile_stops_with_the_difference(file: Path) -> None:
    kept = KeptProfile.of(read_profile(str(file)))
    file.write_text("# a comment changes nothing\n" + file.read_text())
    assert as_kept(read_profile(str(file)), kept)[1] == []
    file.write_text(file.read_text().replace("rewrite_rounds = 2", "rewrite_rounds = 3"))
    with pytest.raises(ProfileError) as stopped:
        as_kept(read_profile(str(file)), kept)
    assert "rules.rewrite_rounds 2 -> 3" in str(stopped.value)
    assert f"--profile {file}" in str(stopped.value)


def test_a_shipped_profile_that_an_upgrade_changed_is_reported_and_not_taken(file: Path) -> None:
    for reference in ("simulated", str(file)):
        now = read_profile(reference)
        kept = KeptProfile.of(now)
        kept.values["models"]["qwen"]["name"] = "an earlier name"
        kept.values["seed"] = 7
        stated, lines = as_kept(now, kept)
        assert stated.statements.values["models"]["qwen"]["name"] == "an earlier name"
        assert lines[0].startswith("models.qwen.name an earlier name -> ")
        assert lines[1:] == ["seed 7 -> none"]


def test_values_of_environment_variables_are_not_kept_and_come_from_the_file(file: Path) -> None:
    settings = BuildSettings(profile=str(file))
    kept = settings.recipe_to_keep.kept
    assert kept is not None and "hf_secret" not in str(kept)
    file.write_text(file.read_text().replace("hf_secret", "hf_other"))
    again = BuildSettings(profile=str(file), kept=kept)
    assert again.loaded_profile.providers["gpu"].vllm_environment == {"HF_TOKEN": "hf_other"}
    assert again.loaded_profile.rules.rewrite_rounds == 2


def test_a_kept_profile_is_the_one_of_its_files(file: Path) -> None:
    for reference in ("embedded", "simulated", "open", "paper", str(file)):
        settings = BuildSettings(profile=reference, limit=3, limits={"medqa": 5, "mmlu": 0})
        again = BuildSettings.of_recipe(settings.recipe_to_keep, BuildSettings())
        assert again.kept is not None
        assert again.loaded_profile == settings.loaded_profile
        assert (again.loaded_profile.limit, again.loaded_profile.limits) == (3, {"medqa": 5, "mmlu": None})


def test_a_profile_that_is_gone_is_named_with_the_warehouse(file: Path, tmp_path: Path) -> None:
    settings = BuildSettings(profile=str(file), warehouse=str(tmp_path / "w"))
    again = BuildSettings.of_recipe(settings.recipe_to_keep, settings)
    file.unlink()
    with pytest.raises(ProfileError, match=r"The recipe of warehouse .*/w names it: put it back, or take in another"):
        _ = again.loaded_profile
