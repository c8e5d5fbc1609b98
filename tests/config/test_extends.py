"""What a profile extends: what is merged, replaced and removed, where paths lead, and what each error names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reasonmed_assets.config import ProfileError, load_profile, shipped_profiles

SHIPPED = json.loads((Path(__file__).parent / "shipped_profiles.json").read_text(encoding="utf-8"))


def written(folder: Path, text: str, name: str = "mine.toml") -> str:
    """The path of a profile with this text."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return str(file)


def refused(file: str, set: dict[str, Any] | None = None) -> str:
    with pytest.raises(ProfileError) as error:
        load_profile(file, set)
    return str(error.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sources.data_dir", "a\0b"),
        ("sources.declared", ["\0"]),
        ("sources", {"overrides": "\ud83d"}),
        ("name", "\ud83d"),
        ("seed", 2**70),
        ("seed", float("nan")),
        ("seed", json.loads("[" * 40 + "]" * 40)),
        ("roles.generator.9.slot", "q"),
        ("roles.generator.-1.slot", "q"),
        ("roles.generator.first", "q"),
        ("roles.generator.99999999999999999999", "q"),
        ("roles.generator.\u00b2", "q"),
        ("seed.x", 1),
        ("a..b", 1),
        ("", 1),
    ],
)
def test_whatever_is_set_for_a_run_is_a_value_or_an_error_of_the_profile(key: str, value: Any) -> None:
    """The launchpad and REASONMED_SET bring what TOML cannot hold."""
    assert "simulated.toml" in refused("simulated", {key: value})


@pytest.mark.parametrize("name", shipped_profiles())
def test_the_values_of_shipped_profiles_are_those_on_record(name: str) -> None:
    """A change of one is a change of what a build makes: it belongs on record and into the changelog."""
    assert json.loads(load_profile(name).model_dump_json()) == SHIPPED[name]


def test_a_profile_holds_only_what_differs(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'extends = "simulated"\nseed = 7\n[rules]\nrewrite_rounds = 1\n[providers.rehearsal]\ntimeout_s = 5\n',
    )
    changed = {"seed": 7, "rules.rewrite_rounds": 1, "providers.rehearsal.timeout_s": 5, "name": "mine"}
    assert load_profile(file) == load_profile("simulated", changed)


def test_arrays_are_replaced(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'extends = "simulated"\n[[roles.generator]]\nslot = "one"\nmodel = "qwen"\ntemperatures = [0.5]\n',
    )
    assert [slot.slot for slot in load_profile(file).roles.generator] == ["one"]


def test_a_chain_of_files_is_found_from_each_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'extends = "open"\nseed = 1\nlimit = 3\nname = "theirs"\n', "team/base.toml")
    written(tmp_path, 'extends = "base.toml"\nseed = 2\n', "team/site.toml")
    file = written(tmp_path, 'extends = "../team/site.toml"\n', "mine/mine.toml")
    monkeypatch.chdir(tmp_path / "team")
    profile = load_profile(file)
    assert (profile.seed, profile.limit, profile.name) == (2, 3, "mine")


def test_unset_removes_before_the_file_states_its_own(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'extends = "simulated"\nunset = ["sources.split_roles", "roles.verifier.top_p", "models.small"]\n'
        '[models.small]\nprovider = "rehearsal"\nname = "other"\nrevision = "2"\n',
    )
    profile = load_profile(file)
    assert (profile.sources.split_roles, profile.roles.verifier.top_p) == ({}, None)
    assert profile.models["small"].name == "other"
    one = written(tmp_path, 'extends = "simulated"\nunset = [\'sources.split_roles."medqa.x"\']', "one.toml")
    assert 'sources.split_roles."medqa.x" is not stated' in refused(one)
    kept = written(tmp_path, 'extends = "simulated"\nunset = [\'sources.split_roles."medmcqa.dev"\']', "kept.toml")
    assert load_profile(kept).sources.split_roles == {"medmcqa.train": "unused"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "simulatd"', "extends: there is no file {folder}/simulatd, and the shipped profiles are embedded"),
        ("extends = 3", "extends: give one name or path in quotes (it is 3)"),
        ('extends = ["open", "paper"]', "extends: give one name or path"),
        ('extends = "simulated"\nunset = ["rules.no_such"]', "unset: rules.no_such is not stated by what this file"),
        ('extends = "simulated"\nunset = ["limit.x"]', "unset: limit.x is not stated"),
        ('extends = "simulated"\nunset = ["a b"]', "unset: Expected '='"),
        ('extends = "simulated"\nunset = "limit"', "unset: give an array of keys"),
        ('extends = "simulated"\nunset = ["roles.verifier"]', "{file}: roles.verifier: this key is missing"),
        ('extends = "simulated"\nunset = ["models.small.name"]', "{file}: models.small.name: this key is missing"),
        ('extends = "simulated"\n[budget.roles.nobody]\nusd = 2', "budget.roles.nobody: there is no role 'nobody'"),
        ('unset = ["limit"]', "unset: limit is not stated by what this file extends"),
        ('extends = "simulated"\nrules = 3', "rules: a table is expected here (it is 3)"),
        ('extends = "simulated"\nproviders = "x"', "providers: a table is expected here (it is 'x')"),
        ('extends = "simulated"\n[limit]\nx = 1', "limit: Input should be a valid integer"),
        ('extends = "simulated"\n[models.mine]\nprovider = "rehearsal"', "models.mine.name: this key is missing"),
        ('extends = "simulated"\n[roles.verifier]\nmodel = "x"', "roles.verifier.model: it is 'x', which is not among"),
        ('extends = "simulated"\n[budget]\nusd = nan', "budget.usd: Input should be a finite number"),
        ('extends = "mine.toml"', "extends: profiles extend one another in a circle: {file} -> {file}"),
        ('extends = "."', "it is a folder"),
    ],
)
def test_errors_name_file_and_key(text: str, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, text)
    told = refused(file)
    assert said.format(folder=tmp_path, file=file) in told
    assert str(tmp_path) in told.partition(": ")[0]


def test_a_circle_names_its_chain(tmp_path: Path) -> None:
    files = [
        written(tmp_path, f'extends = "{following}.toml"', f"{name}.toml") for name, following in ("ab", "bc", "ca")
    ]
    assert " -> ".join([*files, files[0]]) in refused(files[0])
    (tmp_path / "link.toml").symlink_to("a.toml")
    assert "in a circle" in refused(str(tmp_path / "link.toml"))


def test_an_error_names_the_file_that_states_the_value(tmp_path: Path) -> None:
    base = written(
        tmp_path, 'extends = "simulated"\n[rules]\nrewrite_rounds = 99\n[roles.ranker]\nmodel = "x"\n', "b.toml"
    )
    top = written(tmp_path, 'extends = "b.toml"\n[rules]\nfallback_paths = -1\n')
    told = refused(top).splitlines()
    assert any(line.startswith(f"{base}: rules.rewrite_rounds: ") for line in told)
    assert any(line.startswith(f"{top}: rules.fallback_paths: ") for line in told)
    mended = {"rules.rewrite_rounds": 1, "rules.fallback_paths": 1}
    assert refused(top, mended).startswith(f"{base}: roles.ranker.model: it is 'x'")
    there = {"roles.ranker.model": "y"}
    assert refused(top, mended | there).startswith(f"{top}, as set for this run: roles.ranker.model: it is 'y'")


PATHS = """
extends = "simulated"
[sources]
data_dir = "data"
declared = ["medqa", "extra/mine.toml", "./other"]
overrides = "../decided.toml"
"""


def test_paths_are_relative_to_the_file_that_states_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, PATHS, "base/base.toml")
    file = written(tmp_path, 'extends = "../base/base.toml"', "mine/mine.toml")
    monkeypatch.chdir(tmp_path / "mine")
    sources = load_profile("mine.toml").sources
    assert sources == load_profile(file).sources
    assert sources.data_dir == str(tmp_path / "base/data")
    assert sources.declared == ("medqa", str(tmp_path / "base/extra/mine.toml"), str(tmp_path / "base/other"))
    assert sources.overrides == str(tmp_path / "decided.toml")
    changed = {"sources.declared": ["./one.toml", "mmlu"]}
    assert load_profile(file, changed).sources.declared == (str(tmp_path / "mine/one.toml"), "mmlu")
    assert changed == {"sources.declared": ["./one.toml", "mmlu"]}
    assert load_profile(file, {"sources.data_dir": "here"}).sources.data_dir == str(tmp_path / "mine/here")


@pytest.mark.parametrize(
    ("stated", "is_path"),
    [("./weights", True), ("../weights", True), ("/weights", True), ("Qwen/Qwen2.5-7B", False), ("weights", False)],
)
def test_a_model_of_vllm_is_a_path_only_where_it_looks_like_one(stated: str, is_path: bool, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'extends = "simulated"\nunset = ["providers.rehearsal.server"]\n[providers.rehearsal]\ntransport = "vllm"\n'
        f'vllm = {{ model = "{stated}" }}\n',
    )
    model = load_profile(file).providers["rehearsal"].vllm["model"]
    assert model == (str((tmp_path / stated).resolve()) if is_path else stated)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[sources]\ndata_dir = "old"', "sources.data_dir"),
        ('[sources]\noverrides = "old"', "sources.overrides"),
        ('[sources]\ndeclared = ["mmlu", "./old"]', "sources.declared"),
        ('[providers.rehearsal]\nvllm = { model = "./old" }', "providers.rehearsal.vllm.model"),
        ('extends = "old"', "extends"),
    ],
)
def test_a_path_that_only_the_working_directory_has_is_an_error_with_both_places(
    text: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").write_text("")
    monkeypatch.chdir(tmp_path)
    text = text if text.startswith("extends") else f'extends = "simulated"\n{text}'
    file = written(tmp_path, text, "profiles/mine.toml")
    told = refused(file)
    assert told.startswith(f"{file}: {key}: there is no {tmp_path}/profiles/old")
    assert f"if {tmp_path}/old is meant" in told
    (tmp_path / "profiles" / "old").symlink_to("../old")
    if key.startswith("sources"):
        load_profile(file)


def test_a_misplaced_path_that_another_file_replaces_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").mkdir()
    monkeypatch.chdir(tmp_path)
    written(tmp_path, 'extends = "simulated"\n[sources]\ndata_dir = "old"', "team/base.toml")
    file = written(tmp_path, 'extends = "base.toml"\n[sources]\ndata_dir = "data"', "team/mine.toml")
    assert load_profile(file).sources.data_dir == str(tmp_path / "team/data")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("roles.generator.7.slot", "'7' is no position in an array of 3"),
        ("roles.generator.first.slot", "'first' is no position in an array of 3"),
        ("roles.verifier.model.x", "roles.verifier.model is a value, not a table"),
        ("a b", "a b: Expected '='"),
        (".".join("a" * 100), "too many parts"),
    ],
)
def test_a_key_that_cannot_be_set_is_named(key: str, said: str) -> None:
    told = refused("simulated", {key: 1})
    assert "simulated.toml, as set for this run: " in told
    assert said in told
