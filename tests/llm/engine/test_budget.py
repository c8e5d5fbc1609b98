"""A budget: nothing is sent beyond it, across processes too, and the build goes on from there."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batch_stub import BatchStub, end
from small import Build, call, calls, profile, text_of
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import call_key
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.outcomes import BudgetError

COST = (10 * 1.0 + 5 * 2.0) / 1e6
"""Dollars of one call to the stub: ten prompt and five completion tokens at the prices of the test profile."""

QUICK = {"gather_s": 0.05, "poll_first_s": 0.02, "poll_longest_s": 0.05, "find_s": 0.05}


def budgeted(budget: dict[str, Any], **provider: Any) -> Profile:
    return Profile.model_validate(profile(**provider).model_dump() | {"budget": budget})


def engine(folder: Path, url: str, made_by: Profile, build: str = "one") -> Engine:
    return Engine(made_by, open_store(folder / "ledger.sqlite"), lambda name: [url], LogProgress(), build=build)


def test_a_number_of_calls_is_never_exceeded_and_what_was_paid_for_is_kept(tmp_path: Path) -> None:
    with Stub() as stub:
        first = engine(tmp_path, stub.base_url, budgeted({"calls": 30}))
        with pytest.raises(BudgetError, match=r"30 of 30 calls are made.*Step step has answers for \d+ of 100 rows"):
            list(first.run("step", list(calls(100)), text_of, 2))
        first.ledger.close()
        assert stub.n == 30
        # The same build has nothing left; another one goes on.
        same = engine(tmp_path, stub.base_url, budgeted({"calls": 30}))
        with pytest.raises(BudgetError):
            list(same.run("step", calls(100), text_of, 2))
        same.ledger.close()
        assert stub.n == 30
        with Build(tmp_path, stub.base_url) as build:
            assert len(build.results(calls(100))) == 100
        assert stub.n == 100


def test_dollars_are_reserved_before_a_call_and_settled_after_it(tmp_path: Path) -> None:
    # A call may cost (about 30 prompt and) 50 completion tokens, and costs 10 and 5: five times less.
    with Stub(lambda request: reply("x", delay_s=0.02)) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"usd": COST * 60}, max_in_flight=64))
        with pytest.raises(BudgetError, match=r"are spent, the next call may cost \$0\.0001"):
            list(running.run("step", calls(500), text_of, 2))
        spent = running.stats["step"].cost_usd
        assert stub.n * COST <= COST * 60
        # It stops only when the next call might go beyond, not when the first reservations fill the budget.
        assert stub.n >= 50
        assert spent <= COST * 60
        assert stub.most_in_flight < 20
        running.ledger.close()


def test_a_role_has_a_limit_of_its_own(tmp_path: Path) -> None:
    with Stub() as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 100, "roles": {"ranker": {"calls": 5}}}))
        ranked = [replace(call(f"r{row}"), role="ranker") for row in range(20)]
        assert len(list(running.run("verify", calls(20), text_of, 2))) == 20
        with pytest.raises(BudgetError, match="5 of 5 calls for role ranker"):
            list(running.run("rank", ranked, text_of, 2))
        assert stub.n == 25
        running.ledger.close()


def test_a_failed_attempt_costs_nothing_and_gives_its_reservation_back(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return Answer(status=500) if request.nth == 1 else echo(request)

    with Stub(answer) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 10}, transport_retries=0))
        assert len(list(running.run("step", calls(5), text_of, 2))) == 5
        assert len(list(running.run("step", calls(10), text_of, 2))) == 10
        running.ledger.close()


def test_what_the_ledger_holds_is_free(tmp_path: Path) -> None:
    with Stub() as stub:
        with Build(tmp_path, stub.base_url) as build:
            build.results(calls(20))
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 0}))
        assert len(list(running.run("step", calls(20), text_of, 2))) == 20
        running.ledger.close()


def test_an_engine_whose_build_has_no_name_keeps_its_budget(tmp_path: Path) -> None:
    with Stub() as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 10}), build="")
        with pytest.raises(BudgetError):
            list(running.run("step", calls(50), text_of, 2))
        assert stub.n == 10
        running.ledger.close()


@pytest.mark.parametrize("remote_id", [None, "batch-gone"], ids=["never created", "gone"])
def test_a_call_that_an_earlier_builds_batch_did_not_make_is_within_the_budget(
    tmp_path: Path, remote_id: str | None
) -> None:
    with BatchStub() as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 2}, transport="batch", batch=QUICK))
        asked = list(calls(5))
        keys = [call_key("local", "small-1b", "r1", each.body, 0) for each in asked]
        running.ledger.begin_batch("ab" * 16, "another", "local", keys)
        if remote_id is not None:
            running.ledger.name_batch("ab" * 16, remote_id)
        with pytest.raises(BudgetError, match="2 of 2 calls are made"):
            list(running.run("step", asked, text_of, 2))
        assert stub.n == 2
        running.ledger.close()


def test_what_a_batch_did_not_make_before_it_expired_is_paid_once(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.fates = [end("expired", 0.6, "batch_expired")]
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 10}, transport="batch", batch=QUICK))
        assert {result.outcome for result in running.run("step", calls(10), text_of, 2)} == {"completed"}
        with pytest.raises(BudgetError, match="10 of 10 calls are made"):
            list(running.run("step", calls(11), text_of, 2))
        running.ledger.close()


CHILD = """
import sys
sys.path[:0] = {path!r}
from test_budget import *
running = engine(Path(sys.argv[1]), sys.argv[2], budgeted({{"calls": 40}}), build="shared")
try:
    list(running.run("step", [call(f"{{sys.argv[3]}}-{{row}}") for row in range(100)], text_of, 2))
except BudgetError:
    print("used up")
running.ledger.close()
"""


def test_processes_of_one_build_share_its_budget(tmp_path: Path) -> None:
    with Stub(lambda request: reply("x", delay_s=0.01)) as stub:
        program = CHILD.format(path=[str(folder) for folder in Path(__file__).parents[:2]])
        children = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path), stub.base_url, name], stdout=subprocess.PIPE, text=True
            )
            for name in "ab"
        ]
        assert [child.communicate(timeout=60)[0].strip() for child in children] == ["used up", "used up"]
        assert stub.n == 40


def test_the_reservations_of_a_dead_process_are_given_back(tmp_path: Path) -> None:
    arrived = threading.Event()

    def answer(request: Request) -> Answer:
        arrived.set()
        return reply("x", delay_s=30)

    with Stub(answer) as stub:
        program = CHILD.format(path=[str(folder) for folder in Path(__file__).parents[:2]])
        child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), stub.base_url, "c"])
        assert arrived.wait(30)
        child.kill()
        child.wait(30)
        stub.answer = echo
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 40}), build="shared")
        assert len(list(running.run("step", calls(40), text_of, 2))) == 40
        running.ledger.close()
