"""Of many questions with missing replies some are followed, and the two halves of these are the draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reasonmed_assets.orchestration.plan.asking import Missing, Step
from reasonmed_assets.orchestration.plan.planning import _Draw
from reasonmed_assets.orchestration.plan.scratch import Place
from reasonmed_assets.orchestration.plan.stand_ins import StandIns

ASKED = Place("reasoning_paths", "mmlu", None, is_published=False)
JUDGED = Place("verifications", "mmlu", None, is_published=False)
KIND = ("mmlu", "verifications", "verifier", "small")


class Followed:
    """Stand-ins that follow the questions whose half is given."""

    def __init__(self, halves: dict[str, int]) -> None:
        self._halves = halves

    def follows(self, question: str, source: str) -> bool:
        return question in self._halves

    def half(self, question: str) -> int:
        return self._halves[question]


class Because:
    """One reason for all calls."""

    def of(self, place: Place, missing: Sequence[Missing]) -> list[str]:
        return ["new question"] * len(missing)


def missing(question: str, role: str) -> Missing:
    return Missing(question, question, question, role, "small", 10, is_repair=False)


def counted(followed: Any, calls: dict[str, int]) -> list[tuple[float, float]]:
    """Calls and characters, in the whole and in each half, where 12 questions are open and each has its calls."""
    draw = _Draw(followed, Because(), None)  # type: ignore[arg-type]
    asked = [missing(f"q{n}", "generator") for n in range(12)]
    draw.count(ASKED, Step("generator", {}, asked, {one.question_id for one in asked}, is_over=True), True)
    judged = [missing(question, "verifier") for question, n in calls.items() for _ in range(n)]
    draw.count(JUDGED, Step("verifier", {}, judged, set(), is_over=True), False)
    return [(one[KIND].to_make, one[KIND].characters) for one in (draw.estimated, *draw.halves)]


def test_each_half_stands_for_all_open_questions_and_a_question_that_was_not_open_for_itself() -> None:
    followed = Followed({"q0": 0, "q1": 1, "q2": 1})
    assert counted(followed, {"q0": 1, "q1": 2, "q2": 4}) == [(28, 280), (12, 120), (36, 360)]
    assert counted(followed, {"q0": 1, "other": 1}) == [(5, 50), (13, 130), (1, 10)]


def test_where_a_half_follows_no_question_the_whole_stands_for_it() -> None:
    assert counted(Followed({"q0": 1, "q1": 1}), {"q0": 1, "q1": 2}) == [(18, 180)] * 3


@pytest.mark.parametrize("share", [1.0, 1 / 16])
def test_the_halves_of_those_that_are_followed_are_about_as_large(share: float) -> None:
    nothing: Any = None
    stand_ins = StandIns(nothing, nothing, nothing, seed=1)
    stand_ins._shares["mmlu"] = share
    followed = [f"q{n}" for n in range(16_000) if stand_ins.follows(f"q{n}", "mmlu")]
    assert len(followed) == pytest.approx(16_000 * share, rel=0.1)
    assert sum(map(stand_ins.half, followed)) == pytest.approx(len(followed) / 2, rel=0.1)
