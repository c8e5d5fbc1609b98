"""A key that is handed to the process that sends it, and is in no other process's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reasonmed_assets.llm.transports.connection import UnauthorisedError, key_of
from reasonmed_assets.llm.transports.keys import handed_out, key_in

ASK = "import sys; from reasonmed_assets.llm.transports.connection import key_of; print(key_of('hosted', sys.argv[1]))"


def test_a_process_asks_for_the_key_that_its_environment_lacks(tmp_path: Path) -> None:
    with handed_out(tmp_path / "keys.sock", {"KEY_OF_THE_USER": " sk-of-the-user\n"}) as told:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | told
        asked = subprocess.run(
            [sys.executable, "-c", ASK, "KEY_OF_THE_USER"], env=bare, capture_output=True, text=True, check=True
        )
        assert asked.stdout == "sk-of-the-user\n"


def test_the_environment_wins_and_what_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_KEY", "sk-own")
    with handed_out(tmp_path / "keys.sock", {"OWN_KEY": "sk-other"}) as told:
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        assert key_in("OWN_KEY") == "sk-own"
        with pytest.raises(UnauthorisedError, match="set the environment variable NO_KEY"):
            key_of("hosted", "NO_KEY")
    assert key_in("NO_KEY") == ""
