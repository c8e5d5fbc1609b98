"""A whole build against an endpoint that breaks off, limits, filters and leaves counts out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from builds import Built, reasonmed

from reasonmed_assets.servers import LocalServer

PROFILE = """
extends = "simulated"
unset = ["providers.rehearsal.server"]
limit = 2

[providers.rehearsal]
base_url = "{url}"
"""
COMMAND = [sys.executable, "-m", "reasonmed_assets.servers.simulated", "--exit-with-parent", "--delay-ms", "5"]


@pytest.mark.slow
@pytest.mark.parametrize("persona", ["openrouter", "home-made"])
def test_nothing_that_an_endpoint_breaks_off_is_published(persona: str, tmp_path: Path, forked: Path) -> None:
    with LocalServer([*COMMAND, "--persona", persona], "simulated") as server:
        profile = tmp_path / "persona.toml"
        profile.write_text(PROFILE.format(url=server.base_url), encoding="utf-8")
        done = reasonmed(
            "build", "--profile", str(profile), "--warehouse", str(tmp_path / "warehouse"), command=[forked]
        )
    assert done.returncode == 0, done.stdout + done.stderr
    built = Built(tmp_path / "warehouse", done.stdout)
    # The reply had begun; some tell in it which status it would have had.
    broken = "from llm_calls where outcome = 'transport_error' and (http_status = 200 or finish_reason is not null)"
    assert built.value(f"select count(*) {broken}") > 0
    assert built.value(f"select count(*) {broken} and is_accepted") == 0
    assert built.value("select count(*) from reasoning_paths where outcome = 'transport_error'") == 0
    assert built.value("select count(*) from llm_calls where completion_tokens is null") > 0
