"""The settings of a run as the launchpad has them: the resource `build` of the code location and its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run

from reasonmed_assets.config.launching import LaunchError, free_values, settings_of_run
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.orchestration import dagster_home
from reasonmed_assets.orchestration.code_location import FORMER_PLACES, build_defs, launch_config
from reasonmed_assets.orchestration.history import dagster_instance, prepare_dagster_home
from reasonmed_assets.storage import memory_limit_mib
from reasonmed_assets.storage.duckdb_file import share as machine_share


@pytest.fixture
def defaults(tmp_path: Path) -> BuildSettings:
    return BuildSettings(profile="simulated", warehouse=str(tmp_path / "warehouse"), set={"seed": 1})


@contextmanager
def session(defaults: BuildSettings, config: dict[str, Any]) -> Iterator[BuildSession]:
    resource = (build_defs(settings=defaults).resources or {})["build"]
    with dg.build_resources({"build": resource}, resource_config={"build": {"config": config}}) as resources:
        yield resources.build


def test_values_are_set_for_one_run(defaults: BuildSettings) -> None:
    with session(defaults, {}) as run:
        assert not run.settings.is_limit_given
    with session(defaults, {"set": {"rules.rewrite_rounds": 2}, "limit": 5}) as run:
        assert run.settings.is_limit_given
        assert (run.profile.rules.rewrite_rounds, run.profile.limit, run.profile.seed) == (2, 5, 1)
    with session(defaults, {}) as run:
        assert run.profile.seed == 1


def test_the_former_key_is_used_with_a_notice(defaults: BuildSettings, capfd: pytest.CaptureFixture[str]) -> None:
    with session(defaults, {"overrides": {"seed": 7}, "set": {"limit": 2}}) as run:
        assert (run.profile.seed, run.profile.limit) == (7, 2)
    assert "`overrides` of the resource `build` is called `set` now" in capfd.readouterr().err
    with session(defaults, {"overrides": {}}) as run:
        assert run.profile.seed == 1
    assert "is called" not in capfd.readouterr().err


def test_a_run_with_the_settings_of_its_build_has_its_profile(defaults: BuildSettings) -> None:
    assert launch_config(defaults) == {}
    with session(defaults, {}) as run:
        assert run.profile is defaults.loaded_profile
    spending = replace(defaults, set={"seed": 1, "budget.usd": 2.0}, retry_unresolved=True)
    assert launch_config(spending) == {"set": {"budget.usd": 2.0}, "retry_unresolved": True}
    secret = replace(spending, set={"providers.gpu.vllm_environment.HF_TOKEN": "hf_secret"}, retry_unresolved=False)
    assert launch_config(secret) == {}, "Dagster would keep it and show it"


def test_a_run_may_not_send_its_calls_elsewhere(defaults: BuildSettings) -> None:
    elsewhere = {"set": {"providers.rehearsal": {"kind": "simulated", "base_url": "http://127.0.0.1:9/v1"}}}
    with pytest.raises(dg.DagsterResourceFunctionError) as refused, session(defaults, elsewhere):
        pass
    assert isinstance(refused.value.__cause__, LaunchError)
    assert not Path(defaults.warehouse).exists()


def test_no_other_part_of_a_run_names_a_place(defaults: BuildSettings) -> None:
    """The resources and executor of the definitions have no configuration with which Dagster would open a file."""
    job = build_defs(settings=defaults).resolve_job_def("build_source")
    parts = job.run_config_schema.config_type.fields
    resources = parts["resources"].config_type.fields
    assert set(parts) == {"execution", "loggers", "resources", "ops"}
    assert {name: list(getattr(one.config_type.fields["config"].config_type, "fields", {})) for name, one
            in resources.items()} == {"build": ["limit", "retry_unresolved", "set", *FORMER_PLACES, "overrides"],
            "io_manager": []}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"limt": 1}, 'unexpected config entry "limt"'),
        ({"set": {"rules.rewrite_round": 2}}, "rules.rewrite_round: there is no such key"),
        ({"set": {"rules.template": "thnk"}}, "not in enum type rules_template"),
        ({"set": {"roles.verifier.temperature": "hot"}}, "roles.verifier.temperature"),
        ({"set": {"providers.rehearsal.base_url": "http://127.0.0.1:9/v1"}}, "providers.rehearsal"),
        ({"set": {"roles.verifier.model": "deepseek"}}, "a run may not set roles.verifier.model"),
        ({"limit": -1}, "limit: Input should be greater than or equal to 1"),
        ({"set": {"rules.rewrite_rounds": -5}}, "rules.rewrite_rounds: Input should be greater than or equal to 1"),
        ({"set": {"checks.thresholds.acceptance_min": 2.0}}, "acceptance_min: Input should be less than or equal to 1"),
        ({"set": {"limits.medqa": 0}}, "limits.medqa: Input should be greater than or equal to 1"),
        ({"set": {"budget.usd": 1.5}, "ledger": "/tmp/other.sqlite"}, "a run may not set ledger"),
    ],
)
def test_what_a_run_would_refuse_is_refused_before_it_begins(
    config: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    job = build_defs().resolve_job_def("build_source")
    with pytest.raises(dg.DagsterInvalidConfigError, match=said):
        dg.validate_run_config(job, {"resources": {"build": {"config": config}}})


def test_a_run_of_an_earlier_version_is_repeated_with_the_recipe_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    former = {"profile": "simulated", "limit": 4, "set": {"sources.overrides": "/mine.toml", "seed": 9}}
    config = {"resources": {"build": {"config": former}}}
    defs = build_defs()
    dg.validate_run_config(defs.resolve_job_def("build_source"), config)
    made = []

    @dg.op(required_resource_keys={"build"})
    def seen(context):
        made.append(context.resources.build.settings)

    @dg.job(resource_defs={"build": (defs.resources or {})["build"]}, executor_def=dg.in_process_executor)
    def job():
        seen()

    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(dg.DagsterResourceFunctionError) as error:
            job.execute_in_process(config, instance=instance)
        assert "a run may not set sources.overrides" in str(error.value.__cause__)
        (first,) = instance.get_runs()
        assert not instance.all_logs(first.run_id, of_type=dg.DagsterEventType.STEP_START)
        again = {"dagster/parent_run_id": first.run_id, "dagster/root_run_id": first.run_id}
        repeated = instance.create_run_for_job(
            job, run_config=config, parent_run_id=first.run_id, root_run_id=first.run_id, tags=again
        )
        assert execute_run(InMemoryJob(job), repeated, instance).success
    assert made[0].set.get("seed") is None
    assert "the run that is repeated was made by another recipe" in capfd.readouterr().err


@pytest.mark.parametrize(("allowed", "share"), [(1, 1), (3, 3), (20, 4), (-1, 4)])
def test_runs_that_may_be_at_work_at_once_share_the_memory(
    allowed: int, share: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    home = prepare_dagster_home(tmp_path / "home")
    settings = dagster_home.SETTINGS.replace("max_concurrent_runs: 1", f"max_concurrent_runs: {allowed}")
    (home / dagster_home.FILE).write_text(settings, encoding="utf-8")
    resource = (build_defs().resources or {})["build"]
    monkeypatch.setattr(machine_share, "_share", machine_share.Share())
    whole = memory_limit_mib()
    with dagster_instance(tmp_path / "home") as instance, dg.build_resources({"build": resource}, instance=instance):
        assert memory_limit_mib() == pytest.approx(whole / share, abs=1)


def test_the_launchpad_knows_what_a_run_may_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "simulated")
    profile = BuildSettings(profile="simulated").loaded_profile
    values = {
        "limits.medqa": 2, "limits.mmlu": None, "seed": 7, "rules.template": "think", "rules.near_duplicate_ratio": 91,
        "roles.verifier.votes": 3, "roles.verifier.top_p": None, "checks.thresholds.acceptance_min": 0.2,
        "budget.calls": 5, "budget.roles.verifier.usd": 1.5,
        "roles.generator": [slot.model_dump(mode="json") for slot in profile.roles.generator.root],
    }  # fmt: skip
    assert values.keys() <= free_values(profile).keys()
    config = {"resources": {"build": {"config": {"limit": 1, "set": values}}}}
    dg.validate_run_config(build_defs().resolve_job_def("build_source"), config)
    started = BuildSettings(profile="simulated")
    assert settings_of_run(started, places={}, limit=1, retry_unresolved=False, set=values).loaded_profile.seed == 7
