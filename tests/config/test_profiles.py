"""Profiles from TOML: what is read, and what every error names."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasonmed_assets.config import ProfileError, load_profile, shipped_profiles

SHIPPED = Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles"


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_are_valid_and_a_path_does_as_well_as_a_name(name: str) -> None:
    assert load_profile(name) == load_profile(str(SHIPPED / f"{name}.toml"))


def test_kinds_of_the_shipped_profiles() -> None:
    kinds = {name: load_profile(name).provider_kind for name in shipped_profiles()}
    assert kinds == {"embedded": "demonstration", "open": "real", "paper": "real", "simulated": "simulated"}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("roles.verifier.temperature", "warm", "roles.verifier.temperature"),
        ("roles.verifier.model", "nobody", "not among the models"),
        ("models.qwen.provider", "nobody", "not among the providers"),
        ("roles.evaluator.model", "qwen", "rules.evaluator_may_generate"),
        ("rules.no_such_rule", 1, "rules.no_such_rule"),
        ("roles.generator.1.slot", "qwen", "different names"),
        ("providers.rehearsal.base_url", "http://127.0.0.1:1/v1", "base_url or server"),
    ],
)
def test_errors_name_file_and_key(key: str, value: object, said: str) -> None:
    with pytest.raises(ProfileError, match=r"simulated\.toml") as raised:
        load_profile("simulated", {key: value})
    assert said in str(raised.value)


def test_roles_of_different_kinds_do_not_mix() -> None:
    with pytest.raises(ProfileError, match="real, simulated"):
        load_profile(
            "simulated",
            {
                "providers.mine": {"kind": "real", "base_url": "http://127.0.0.1:1/v1"},
                "models.mine": {"provider": "mine", "name": "m", "revision": "1"},
                "roles.verifier.model": "mine",
            },
        )


def test_an_unknown_profile_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="embedded, open, paper, simulated"):
        load_profile("simulatd")
    broken = tmp_path / "broken.toml"
    broken.write_text("limit = ")
    with pytest.raises(ProfileError, match=r"broken\.toml: not valid TOML"):
        load_profile(str(broken))
