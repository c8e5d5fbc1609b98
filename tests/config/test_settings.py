"""Settings from options and the environment: what wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasonmed_assets.config.settings import BuildSettings, SettingsError, set_from, set_overrides


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


def test_what_is_set_reaches_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"rules.audit_share": 0.5, 'sources.split_roles."medqa.dev"': "unused", "roles.generator.0.top_p": 0.4}
    settings = BuildSettings(profile="simulated", set=values, limit=3)
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    again = BuildSettings.from_environment()
    assert again.loaded_profile == settings.loaded_profile
    assert again.loaded_profile.sources.split_roles["medqa.dev"] == "unused"
    assert BuildSettings.from_environment(set={"rules.audit_share": 0.2}).set == values | {"rules.audit_share": 0.2}
    for wrong in ("[1]", "{", "[" * 100_000):
        monkeypatch.setenv("REASONMED_SET", wrong)
        with pytest.raises(SettingsError, match="REASONMED_SET: give a JSON object"):
            BuildSettings.from_environment()


def test_a_link_to_itself_is_a_path_as_any_other(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    places = BuildSettings(warehouse=str(link), ledger=str(link), data_dir=str(link))
    assert places.warehouse_folder == places.data_folder == Path(places.ledger_reference) == link
    assert set_overrides(link) == {"sources.overrides": str(link)}
