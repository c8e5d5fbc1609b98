"""What a failed check suggests: the command that asks again about rows without a reply, and the bound."""

from __future__ import annotations

from pathlib import Path

from quality_world import SOURCE, connect, stage
from reasonmed_assets.quality.auditing import prepare
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.checks.kept_back import ways_out


def test_missing_replies_are_asked_again_by_a_command_with_the_options_of_the_build(tmp_path: Path) -> None:
    spec = TABLES["refined_paths"]
    settings = BuildSettings(
        "simulated",
        str(tmp_path),
        data_dir=str(tmp_path / "my data"),
        limit=20,
        set={"checks.thresholds.missing_share_max": 0.01},
        recipe=Recipe("simulated"),
    )
    with connect() as con:
        con.execute(
            "update refined_paths set is_missing = true, outcome = 'rejected' where question_id = 'medium';"
            "update refined_paths set verdict = null, verifier_outcome = 'timed_out' where question_id = 'difficult'"
        )
        prepare(con, spec, SOURCE, stage(con, "refined_paths", tmp_path), settings.loaded_profile)
        found = ways_out(con, spec, SOURCE, settings, "missing")
    assert found == (
        f'  To ask again about them: reasonmed retry --data-dir "{tmp_path}/my data" --limit 20'
        " --set checks.thresholds.missing_share_max=0.01 --once --table refined_paths --outcome rejected"
        f" --outcome timed_out --source mmlu --warehouse {tmp_path}\n"
        "  To let them pass: another checks.thresholds.missing_share_max than 0.01, in the profile or with --set\n"
    )


def test_a_check_without_bounds_suggests_nothing(tmp_path: Path) -> None:
    with connect() as con:
        assert ways_out(con, TABLES["questions"], SOURCE, BuildSettings("simulated", str(tmp_path)), "folds") == ""
