"""The rules of profile `paper`, with simulated models: a whole build whose checks respect the switches."""

from __future__ import annotations

from pathlib import Path

from builds import Built, called

PROFILES = Path(__file__).parents[2] / "reasonmed_assets" / "config" / "profiles"


def test_the_published_rules_build(tmp_path: Path) -> None:
    profile = tmp_path / "published.toml"
    _, rules = (PROFILES / "paper.toml").read_text().split("[rules]")
    profile.write_text(f"{(PROFILES / 'simulated.toml').read_text()}\n[rules]\n{rules}")
    folder = tmp_path / "warehouse"
    # This number of questions of the source has Medium and Difficult ones among them.
    arguments = ["--warehouse", str(folder), "--source", "medqa", "--limit", "8", "--select", '+key:"quality_scores"']
    done = called("build", "--profile", str(profile), *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(folder, done.stdout)
    assert built.query("select tier, stage, max(round) from refined_paths group by all order by all") == [
        ("difficult", "refined", 1), ("difficult", "regenerated", 1), ("medium", "refined", 1),
    ]  # fmt: skip
    assert built.value("select count(*) from refined_paths where verdict is not null") == 0
    regenerated = "select count(*) from reasonmed where stage = 'regenerated'"
    assert built.value(regenerated) == built.value(
        "select count(*) from quality_scores join reasonmed using (example_id)"
        " where text_role = 'before' and stage = 'regenerated'"
    )
