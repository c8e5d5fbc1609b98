"""Settings from options and the environment: what wins, and what is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from reasonmed_assets.config.settings import BuildSettings, SettingsError, limit_from, set_from, set_overrides


def test_assignments_are_values_of_toml() -> None:
    assert set_from(
        ["seed=7", "rules.audit_share = 0.5", 'name="a = b"', "sources.declared=['mmlu']", 'a."b.c"=true', "seed=8"]
    ) == {"seed": 8, "rules.audit_share": 0.5, "name": "a = b", "sources.declared": ["mmlu"], 'a."b.c"': True}


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("seed", "give KEY=VALUE"),
        ("=7", "give KEY=VALUE"),
        ("checks.model_checks=warn", """a text is in quotes: --set 'checks.model_checks="some text"'"""),
        ("seed=", "--set seed: not valid TOML"),
        ("seed=1\nlimit=2", "give one value"),
        ("seed=" + "9" * 5000, "does not fit into 64 bits"),
        ("seed=" + "[" * 2000, "nested deeper"),
    ],
)
def test_what_is_no_assignment_is_refused(assignment: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        set_from([assignment])
    assert said in str(error.value)
    assert len(str(error.value)) < 300


def test_the_environment_counts_below_what_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    values = {"rules.audit_share": 0.5, 'sources.split_roles."medqa.dev"': "unused", "roles.generator.0.top_p": 0.4}
    for name, value in {"PROFILE": "simulated", "LIMIT": "3", "DATA_DIR": "data", "SET": json.dumps(values)}.items():
        monkeypatch.setenv(f"REASONMED_{name}", value)
    settings = BuildSettings.begin()
    assert (settings.profile, settings.limit, settings.data_dir) == ("simulated", 3, str(tmp_path / "data"))
    assert settings.set == values
    assert settings.loaded_profile.sources.split_roles["medqa.dev"] == "unused"
    given = BuildSettings.begin({"limit": 5, "set": {"rules.audit_share": 0.2}, "warehouse": "other"})
    assert (given.limit, given.set) == (5, values | {"rules.audit_share": 0.2})
    assert given.warehouse_folder == tmp_path / "other"
    for wrong in ("[1]", "{", "[" * 100_000):
        monkeypatch.setenv("REASONMED_SET", wrong)
        with pytest.raises(SettingsError, match="REASONMED_SET: give a JSON object"):
            BuildSettings.begin()


def test_a_process_that_is_given_settings_has_the_profile_as_it_was_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "simulated"\nseed = 7\n', encoding="utf-8")
    settings = BuildSettings.begin({"profile": str(file), "warehouse": str(tmp_path / "w")})
    assert settings.loaded_profile.seed == 7
    file.write_text('extends = "simulated"\nseed = 8\n', encoding="utf-8")
    given = pickle.loads(pickle.dumps(settings))
    assert (given, given.loaded_profile) == (settings, settings.loaded_profile)


@pytest.mark.parametrize(("text", "limit"), [(None, None), ("", None), ("20", 20), ("all", 0)])
def test_a_limit_is_a_number_or_all(text: str | None, limit: int | None) -> None:
    assert limit_from(text, "--limit") == limit


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "some", "²", "9" * 30, " 3"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="give a number of questions per source, or `all`"):
        limit_from(text, "--limit")


def test_a_link_to_itself_is_a_path_as_any_other(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    places = BuildSettings(warehouse=str(link), ledger=str(link), data_dir=str(link))
    assert places.warehouse_folder == places.data_folder == Path(places.ledger_reference) == link
    assert set_overrides(link) == {"sources.overrides": str(link)}
