"""A budget: nothing is sent beyond it, across processes too, and the build goes on from there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from batch_stub import BatchStub, end
from budgets import budgeted, engine
from forked import Forked
from small import Build, call, calls, profile, text_of
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import call_key
from reasonmed_assets.llm.outcomes import BudgetError, EndpointError

CHILD = Path(__file__).parents[1] / "budgets.py"
COST = (10 * 1.0 + 5 * 2.0) / 1e6
"""Dollars of one call to the stub: ten prompt and five completion tokens at the prices of the test profile."""

QUICK = {"gather_s": 0.05, "poll_first_s": 0.02, "poll_longest_s": 0.05, "find_s": 0.05}


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)


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
        spent = running.stats["step"].bill.usd
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


def test_processes_of_one_build_share_its_budget(tmp_path: Path) -> None:
    with Stub(lambda request: reply("x", delay_s=0.01)) as stub:
        children = [Forked(CHILD, tmp_path, stub.base_url, name) for name in "ab"]
        assert [child.communicate()[0].strip() for child in children] == ["used up", "used up"]
        assert stub.n == 40


def test_a_dead_process_gives_back_what_it_had_not_sent_and_no_more(tmp_path: Path) -> None:
    arrived = threading.Event()

    def answer(request: Request) -> Answer:
        if stub.n == 16:
            arrived.set()
        return reply("x", delay_s=30)

    with Stub(answer) as stub:
        child = Forked(CHILD, tmp_path, stub.base_url, "c")
        assert arrived.wait(30)
        child.kill()
        child.wait()
        stub.answer = echo
        assert stub.n == 16, "of 40 calls that it had reserved"
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 40}), build="shared")
        with pytest.raises(BudgetError, match="40 of 40 calls are made"):
            list(running.run("step", calls(40), text_of, 2))
        assert stub.n == 40, "the endpoint goes on with what was sent"
        running.ledger.close()


def slow(n: int) -> Callable[[Request], Answer]:
    """An endpoint that takes longer than the client waits over the first tries of each call, and goes on generating."""
    return lambda request: reply("x", delay_s=0.5 if request.nth <= n else 0.0)


IMPATIENT = {"timeout_s": 0.1, "transport_retries": 5}


def test_every_request_counts_that_the_endpoint_may_be_answering(tmp_path: Path) -> None:
    with Stub(slow(3)) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 20}, **IMPATIENT))
        with pytest.raises(BudgetError, match="20 of 20 calls are made"):
            list(running.run("step", calls(7), text_of, 2))
        assert stub.n == 20
        running.ledger.close()
        # The same build, resumed in another process, has nothing left; the next one begins anew.
        again = engine(tmp_path, stub.base_url, budgeted({"calls": 20}, **IMPATIENT))
        with pytest.raises(BudgetError):
            list(again.run("step", calls(7), text_of, 2))
        assert stub.n == 20
        again.ledger.close()


def test_a_call_that_is_answered_at_its_fourth_try_has_used_four_requests(tmp_path: Path) -> None:
    with Stub(slow(3)) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 8}, **IMPATIENT))
        assert [result.attempts for result in running.run("step", calls(2), text_of, 2)] == [4, 4]
        with pytest.raises(BudgetError, match="8 of 8 calls are made"):
            list(running.run("step", calls(3), text_of, 2))
        assert stub.n == 8
        running.ledger.close()


def test_what_a_request_without_an_answer_may_have_cost_stays_set_aside(tmp_path: Path) -> None:
    with Stub(slow(1)) as stub:
        # A call may cost 130 or 131 millionths: about 30 prompt tokens at 1 and 50 tokens at 2 dollars a million.
        running = engine(tmp_path, stub.base_url, budgeted({"usd": 300e-6}, **IMPATIENT))
        with pytest.raises(BudgetError, match="are spent, the next call may cost"):
            list(running.run("step", calls(4), text_of, 2))
        assert stub.n <= 3, "two that timed out, or one that did and was answered then, and another"
        running.ledger.close()


@pytest.mark.parametrize("status", [413, 429, 500, 503])
def test_what_the_endpoint_declines_is_given_back(tmp_path: Path, status: int) -> None:
    def answer(request: Request) -> Answer:
        if request.question >= "q5":
            return echo(request)
        return Answer(status=status if request.nth == 1 else 413, headers={"Retry-After": "0"})

    with Stub(answer) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 5}, transport_retries=1))
        outcomes = Counter(result.outcome for result in running.run("step", calls(10), text_of, 2))
        assert outcomes["completed"] == 5
        running.ledger.close()


def test_a_gateways_timeout_is_no_refusal(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(status=504)) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 7}))
        with pytest.raises(BudgetError, match="7 of 7 calls are made"):
            list(running.run("step", calls(5), text_of, 2))
        assert stub.n == 7
        running.ledger.close()


def test_an_endpoint_that_cannot_be_reached_costs_nothing(tmp_path: Path) -> None:
    running = engine(tmp_path, "http://127.0.0.1:1/v1", budgeted({"calls": 2}, transport_retries=2, outage_s=0.3))
    with pytest.raises(EndpointError, match=r"has not answered for 0\.3 s"):
        list(running.run("step", calls(2), text_of, 2))
    running.ledger.close()
    with Stub() as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"calls": 2}))
        assert len(list(running.run("step", calls(2), text_of, 2))) == 2
        running.ledger.close()


@pytest.mark.parametrize("usage", [None, {}, [], {"total_tokens": 60}, {"prompt_tokens": 2**64 - 1}])
def test_a_reply_without_usage_is_settled_at_what_was_set_aside(tmp_path: Path, usage: object) -> None:
    with Stub(lambda request: reply("x", usage=usage)) as stub:
        running = engine(tmp_path, stub.base_url, budgeted({"usd": 1300e-6}, max_in_flight=4))
        with pytest.raises(BudgetError, match="are spent"):
            list(running.run("step", calls(1000), text_of, 2))
        assert 8 <= stub.n <= 10, "ten calls' worth"
        attempts = running.ledger.attempts_of(call_key("local", "small-1b", "r1", each.body, 0) for each in calls(1000))
        assert attempts.height == stub.n
        assert attempts["completion_tokens"].null_count() == stub.n
        assert attempts["reserved_usd"].sum() == pytest.approx(122e-6 * stub.n, rel=0.01)
        running.ledger.close()


def test_unknown_usage_is_said_once_for_each_model(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Stub(lambda request: reply("x", usage=None)) as stub, Build(tmp_path, stub.base_url) as build:
        with caplog.at_level("WARNING"):
            for first in (0, 10):
                list(build.engine.run("step", calls(10, first), text_of, 2))
        said = [record.message for record in caplog.records if "how many tokens" in record.message]
        assert said == [
            "step: provider local does not tell how many tokens small-1b used for a reply: what was reserved for such "
            "a call stays set aside, and its cost is shown as unknown"
        ]


def test_a_budget_in_dollars_needs_a_price_for_each_model_that_it_covers() -> None:
    named = {"prompt_usd_per_million", "completion_usd_per_million"}
    declared = profile().model_dump(exclude={"models": {"small": named}})
    for budget, key in (({"usd": 1.0}, "budget.usd"), ({"roles": {"ranker": {"usd": 0}}}, "budget.roles.ranker.usd")):
        with pytest.raises(
            ValueError, match=r"no price is declared for small: give models\.small\.prices \(write 0"
        ) as e:
            Profile.model_validate(declared | {"budget": budget})
        assert ".".join(e.value.errors()[0]["ctx"]["error"].key) == key
    Profile.model_validate(declared | {"budget": {"calls": 10}})
    for prices in (0, {"input": 1, "output": 2}, [{"since": "2020-01-01", "input": 1, "output": 2}]):
        models = {"small": declared["models"]["small"] | {"prices": prices}}
        Profile.model_validate(declared | {"models": models, "budget": {"usd": 1.0}})
    for prices in ({"input": 1}, [{"since": "2999-01-01", "input": 1, "output": 2}], []):
        models = {"small": declared["models"]["small"] | {"prices": prices}}
        with pytest.raises(ValueError, match="no price is declared for small"):
            Profile.model_validate(declared | {"models": models, "budget": {"usd": 1.0}})
