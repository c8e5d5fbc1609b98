"""The end of a run whose step has several transports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from small import profile

from reasonmed_assets.llm.engine.fetching import Fetcher
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.transports.lanes import Job
from reasonmed_assets.llm.transports.offline import OfflineModels


class Noted:
    """A transport that notes what it is told."""

    def __init__(self, name: str, said: list[str], error: BaseException | None = None) -> None:
        self._name = name
        self._said = said
        self._error = error

    def submit(self, jobs: Sequence[Job]) -> None:
        """Nothing to do."""

    def stop(self, grace_s: float) -> None:
        """Note it."""
        self._said.append(f"stop {self._name}")

    def join(self) -> None:
        """Note it, and fail as told."""
        self._said.append(f"join {self._name}")
        if self._error is not None:
            raise self._error


def test_all_transports_are_stopped_before_one_is_waited_for_and_each_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with open_store(tmp_path / "ledger.sqlite") as ledger:
        fetcher = Fetcher(profile(), ledger, {}, lambda name: [], BuildBudget(), OfflineModels())
        fetcher._senders = {"slow": Noted("slow", said, KeyboardInterrupt()), "quick": Noted("quick", said)}
        fetcher._held = {"0" * 32}
        monkeypatch.setattr(ledger, "release", lambda keys: said.append("claims released"))
        with pytest.raises(KeyboardInterrupt):
            fetcher.close()
    assert said[:2] == ["stop slow", "stop quick"]
    assert sorted(said[2:4]) == ["join quick", "join slow"]
    assert said[4:] == ["claims released"]
