"""Builds with a budget; run as a program, one of several processes of a build that share it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from small import call, profile, text_of

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.outcomes import BudgetError


def budgeted(budget: dict[str, Any], **provider: Any) -> Profile:
    """The profile of `small` with a budget."""
    return Profile.model_validate(profile(**provider).model_dump() | {"budget": budget})


def engine(folder: Path, url: str, made_by: Profile, build: str = "one") -> Engine:
    """An engine of a build; close its ledger."""
    return Engine(made_by, open_store(folder / "ledger.sqlite"), lambda name: [url], LogProgress(), build=build)


def main() -> None:
    """Arguments: folder, base URL, what its rows begin with. Makes calls until none of 40 is left, and says so."""
    folder, url, name = sys.argv[1:]
    running = engine(Path(folder), url, budgeted({"calls": 40}), build="shared")
    try:
        list(running.run("step", [call(f"{name}-{row}") for row in range(100)], text_of, 2))
    except BudgetError:
        print("used up")
    running.ledger.close()


if __name__ == "__main__":
    main()
