"""What one run's configuration may change: not where keys go, nor which files are used, however it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reasonmed_assets.config.launching import LaunchError, settings_of_run
from reasonmed_assets.config.settings import BuildSettings

PROFILE = """\
extends = "simulated"

[providers.hosted]
kind = "simulated"
base_url = "https://models.example/v1"
api_key_env = "HOSTED_KEY"

[models.hosted]
provider = "hosted"
name = "judge"
revision = "1"
prompt_usd_per_million = 1.0
completion_usd_per_million = 2.0

[budget]
usd = 10.0
roles = { verifier = { calls = 100 } }
"""


@pytest.fixture
def defaults(tmp_path: Path) -> BuildSettings:
    profile = tmp_path / "mine.toml"
    profile.write_text(PROFILE)
    return BuildSettings(profile=str(profile), warehouse=str(tmp_path / "warehouse"), set={"seed": 1})


def launched(defaults: BuildSettings, set: dict[str, Any] | None = None, **others: Any) -> BuildSettings:
    given = {"places": {}, "limit": None, "retry_unresolved": False} | others
    return settings_of_run(defaults, set=set or {}, **given)


@pytest.mark.parametrize(
    ("set", "named"),
    [
        ({"providers.hosted.base_url": "https://evil.example/v1"}, "providers.hosted.base_url: it says where requests"),
        ({"providers.hosted.api_key_env": "AWS_SECRET_ACCESS_KEY"}, "providers.hosted.api_key_env: it says where"),
        ({'"providers"."hosted"."base_url"': "https://evil.example/v1"}, "providers.hosted.base_url"),
        ({"providers.hosted": {"kind": "simulated", "base_url": "http://evil.example"}}, "providers.hosted.base_url"),
        ({"providers.hosted.transport": "batch"}, "providers.hosted.transport"),
        ({"providers.hosted.azure_api_version": "2"}, "providers.hosted.azure_api_version"),
        ({"providers.hosted.timeout_s": 1}, "providers.hosted.timeout_s"),
        (
            {"providers.new": {"kind": "simulated", "transport": "vllm", "vllm": {"model": "/x"},
                               "vllm_environment": {"LD_PRELOAD": "/tmp/x.so"}}},
            "providers.new.vllm_environment.LD_PRELOAD",
        ),
        ({"models.hosted.name": "another"}, "models.hosted.name: it says which model"),
        ({"models.hosted.prompt_usd_per_million": 0.5}, "models.hosted.prompt_usd_per_million"),
        ({"roles.verifier.model": "hosted"}, "roles.verifier.model: it says which model"),
        ({"roles.generator.0.model": "hosted"}, "roles.generator.0.model"),
        ({"sources.overrides": "/etc/passwd"}, "sources.overrides: it says which files"),
        ({"sources.data_dir": "/etc"}, "sources.data_dir"),
        ({"sources.declared": ["/tmp/mine.toml"]}, "sources.declared.0"),
        ({"sources.split_roles": {"medqa.test": "train"}}, 'sources.split_roles."medqa.test"'),
        ({"checks.model_checks": "warn"}, "checks.model_checks: it belongs to the profile"),
        ({"budget.usd": 10.5}, "budget.usd: a run may lower"),
        ({"budget.roles": {}}, "budget.roles.verifier.calls: a run may lower"),
        ({"budget": {"calls": 5}}, "budget.usd"),
    ],
)  # fmt: skip
def test_what_a_run_may_not_set_is_refused_by_name(defaults: BuildSettings, set: dict[str, Any], named: str) -> None:
    with pytest.raises(LaunchError) as refused:
        launched(defaults, set)
    assert f"a run may not set {named}" in str(refused.value)
    assert "A run may set limit" in str(refused.value)


@pytest.mark.parametrize("place", ["profile", "warehouse", "ledger", "data_dir"])
def test_the_places_of_a_run_are_those_of_its_code_location(
    defaults: BuildSettings, tmp_path: Path, place: str
) -> None:
    with pytest.raises(LaunchError, match=f"a run may not set {place}: it says which files"):
        launched(defaults, places={place: str(tmp_path / "elsewhere")})


def test_another_profile_is_refused_before_it_is_read(defaults: BuildSettings) -> None:
    with pytest.raises(LaunchError, match="a run may not set profile"):
        launched(defaults, places={"profile": "/proc/self/mem", "data_dir": "/etc"})


@pytest.mark.parametrize(
    "set",
    [
        {"rules.rewrite_rounds": 2},
        {"rules": {"rewrite_rounds": 2}},
        {"roles.verifier.temperature": 0.1, "roles.generator.0.temperatures": [0.5], "roles.ranker.max_tokens": 77},
        {"checks.thresholds.acceptance_min": 0.1},
        {"budget.usd": 9.5, "budget.calls": 10, "budget.roles.verifier.calls": 3, "budget.roles.ranker.usd": 1},
        {"providers.hosted.base_url": "https://models.example/v1"},
    ],
)
def test_rules_sampling_thresholds_and_a_lower_budget_are_set(defaults: BuildSettings, set: dict[str, Any]) -> None:
    wanted = launched(defaults, set, limit=3, retry_unresolved=True)
    assert (wanted.set, wanted.limit, wanted.retry_unresolved) == ({"seed": 1} | set, 3, True)
    assert wanted.loaded_profile.limit == 3


def test_what_an_earlier_run_recorded_may_be_repeated_where_it_is_the_same(defaults: BuildSettings) -> None:
    recorded = {
        "profile": defaults.profile_reference,
        "warehouse": str(defaults.warehouse_folder),
        "ledger": str(defaults.warehouse_folder / "ledger.sqlite"),
        "data_dir": str(defaults.data_folder),
    }
    assert launched(defaults, {"seed": 1}, places=recorded) is defaults
