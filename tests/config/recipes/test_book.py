"""The versions of a recipe in their file: what is read back, moved with the warehouse, and changed by two at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasonmed_assets.config.recipes.book import change_book, keep, new_book, read_book
from reasonmed_assets.config.recipes.recipe import KeptProfile, Recipe, RecipeError
from reasonmed_assets.config.settings import BuildSettings

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)
RECIPES = st.builds(
    Recipe,
    profile=TEXTS,
    kept=st.builds(KeptProfile, st.dictionaries(TEXTS, VALUES, max_size=3), TEXTS),
    data_dir=st.one_of(st.none(), TEXTS),
    limit=st.one_of(st.none(), st.integers(0, 9)),
    limits=st.dictionaries(TEXTS, st.integers(0, 9), max_size=2),
    set=st.dictionaries(TEXTS, VALUES, max_size=3),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    change_book(folder, lambda book: book or new_book("simulated", "/data"))
    return folder


def kept(folder: Path, recipe: Recipe, base: int | None = None, build: str | None = "b") -> int:
    return keep(folder, recipe, base, set_by="me", build=build)


@settings(deadline=None, max_examples=30)
@given(st.lists(RECIPES, max_size=4))
def test_what_is_kept_is_read_back(tmp_path_factory: pytest.TempPathFactory, recipes: list[Recipe]) -> None:
    folder = tmp_path_factory.mktemp("kept")
    change_book(folder, lambda book: book or new_book("simulated", "/data"))
    for recipe in recipes:
        kept(folder, recipe)
    book = read_book(folder)
    assert book is not None
    once = [one for one, before in zip(recipes, [None, *recipes], strict=False) if one != before]
    assert [version.recipe for version in book.versions] == once
    assert [version.number for version in book.versions] == list(range(1, len(once) + 1))


def test_paths_in_the_warehouse_move_with_it(folder: Path, tmp_path: Path) -> None:
    inside, outside = str(folder / "calls.sqlite"), str(tmp_path / "warehouse-2" / "x.toml")
    values = {"sources": {"overrides": str(folder)}}
    kept(folder, Recipe(ledger=inside, kept=KeptProfile(values, ""), set={"sources.overrides": outside}))
    text = (folder / "recipes.json").read_text()
    assert inside not in text and outside in text
    moved = tmp_path / "elsewhere" / "w"
    shutil.copytree(folder, moved)
    book = read_book(moved)
    assert book is not None and book.latest is not None
    recipe = book.latest.recipe
    assert (recipe.ledger, recipe.set["sources.overrides"]) == (str(moved / "calls.sqlite"), outside)
    assert recipe.kept is not None and recipe.kept.values["sources"]["overrides"] == str(moved)


def test_a_build_that_changes_nothing_is_noted_as_the_first_of_its_version_only(folder: Path) -> None:
    assert [kept(folder, Recipe(limit=1), 0, None), kept(folder, Recipe(limit=1), 1, "first")] == [1, 1]
    assert kept(folder, Recipe(limit=1), 1, "second") == 1
    book = read_book(folder)
    assert book is not None and book.version(1).first_build == "first"


def test_who_started_from_a_version_that_another_one_changed_is_told(folder: Path) -> None:
    kept(folder, Recipe(limit=20), 0)
    kept(folder, Recipe(limit=200), 1)
    with pytest.raises(RecipeError, match=r"changed meanwhile \(me: limit 20 -> 200\): give the command again"):
        kept(folder, Recipe(limit=30), 1)
    # A build of several runs keeps its version once, whatever comes after.
    assert kept(folder, Recipe(limit=200), 1) == 2
    assert kept(folder, Recipe(limit=20), 2) == 3
    assert kept(folder, Recipe(limit=200), 1) == 2


_ADD = """
import sys
from pathlib import Path
from reasonmed_assets.config.recipes.book import change_book
from reasonmed_assets.config.recipes.recipe import Recipe
for n in range(20):
    change_book(Path(sys.argv[1]), lambda book: book.added(Recipe(profile=sys.argv[2], limit=n + 1), "me", None))
"""


def test_two_processes_that_change_it_at_once_lose_nothing(folder: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _ADD, str(folder), name]) for name in ("a", "b")]
    while any(writer.poll() is None for writer in writers):
        assert read_book(folder) is not None, "a reader sees a whole file at any time"
    assert [writer.returncode for writer in writers] == [0, 0]
    book = read_book(folder)
    assert book is not None
    assert [version.number for version in book.versions] == list(range(1, 41))
    for name in ("a", "b"):
        mine = [version.recipe.limit for version in book.versions if version.recipe.profile == name]
        assert mine == list(range(1, 21))


def test_the_file_of_an_earlier_version_is_read_and_replaced_with_the_first_recipe(tmp_path: Path) -> None:
    former = {"provider_kind": "real", "data_dir": "/data", "warehouse_id": "w"}
    (tmp_path / "binding.json").write_text(json.dumps(former))
    book = read_book(tmp_path)
    assert book is not None
    assert (book.provider_kind, book.data_dir, book.warehouse_id, book.is_former) == ("real", "/data", "w", True)
    assert [file.name for file in tmp_path.iterdir()] == ["binding.json"]
    kept(tmp_path, Recipe("simulated"), 0)
    book = read_book(tmp_path)
    assert book is not None
    assert (book.warehouse_id, book.is_former, len(book.versions)) == ("w", False, 1)
    assert not (tmp_path / "binding.json").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 1}', '{"format": 2, "warehouse_id": "w", "provider_kind": "real", "data_dir": null}'],
)
def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "recipes.json").write_text(text)
    with pytest.raises(RecipeError, match=r"recipes\.json (cannot be understood|was written by a newer version)"):
        read_book(tmp_path)


def begun(folder: Path, **how: Any) -> BuildSettings:
    given = {"warehouse": str(folder), **how.pop("given", {})}
    return BuildSettings.begin(given, **how)


def test_an_option_wins_over_the_environment_over_the_recipe_over_the_profile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begun(folder).loaded_profile.limit == 1, "the profile embedded says so"
    kept(folder, begun(folder, given={"profile": "simulated", "limit": 20}).recipe_to_keep)
    assert (begun(folder).profile, begun(folder).loaded_profile.limit) == ("simulated", 20)
    monkeypatch.setenv("REASONMED_LIMIT", "5")
    by_environment = begun(folder)
    assert by_environment.loaded_profile.limit == 5
    assert not by_environment.is_changing_recipe, "the environment counts for one run"
    given = begun(folder, given={"limit": 200})
    assert (given.loaded_profile.limit, given.recipe_to_keep.limit) == (200, 200)
    once = begun(folder, given={"limit": 200}, once=True)
    assert (once.loaded_profile.limit, once.recipe_to_keep.limit, once.is_changing_recipe) == (200, 20, False)


def test_the_first_build_keeps_the_environment_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    monkeypatch.setenv("REASONMED_LIMIT", "3")
    recipe = begun(folder, given={"set": {"rules.audit_share": 0.5}}, once=True).recipe_to_keep
    assert (recipe.profile, recipe.limit, recipe.set) == ("simulated", 3, {"rules.audit_share": 0.5})


def test_a_given_limit_holds_for_the_sources_that_the_profile_limits_too(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "simulated"\n[limits]\nmedqa = 5000\n')
    profile = begun(folder, given={"profile": str(file), "limit": 20}).loaded_profile
    assert (profile.limit, profile.limits) == (20, {})
    profile = begun(folder, given={"profile": str(file), "limit": 20}, sources=["mmlu"]).loaded_profile
    assert profile.limits == {"medqa": 5000, "mmlu": 20}


def test_a_limit_that_an_earlier_version_ran_with_was_typed_by_nobody(folder: Path) -> None:
    assert not begun(folder, earlier=Recipe("simulated", limit=20)).is_limit_given
    assert begun(folder, earlier=Recipe("simulated", limit=20), given={"limit": 5}).is_limit_given
    assert begun(folder, given={"set": {"limits.medqa": 5}}).is_limit_given


def test_the_options_to_run_again_are_what_the_recipe_does_not_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begun(folder, given={"profile": "simulated", "limit": 20, "set": {"limits.medqa": 200}})
    assert first.options == [], "a build keeps what it was given"
    kept(folder, first.recipe_to_keep)
    assert begun(folder).options == []
    monkeypatch.setenv("REASONMED_LIMIT", "5")
    assert begun(folder).options == ["--limit", "5", "--once"]
    monkeypatch.delenv("REASONMED_LIMIT")
    once = begun(folder, given={"set": {"limits.medqa": 9}}, once=True)
    assert once.options == ["--set", "limits.medqa=9", "--once"]


def test_a_profile_as_deep_as_one_may_be_is_read_back(folder: Path) -> None:
    deep: dict[str, Any] = {"x": 1}
    for _ in range(24):
        deep = {"x": deep}
    recipe = Recipe("simulated", set={"models.qwen.extra_body": deep}, kept=KeptProfile(deep, ""))
    kept(folder, recipe)
    book = read_book(folder)
    assert book is not None and book.versions[-1].recipe == recipe
