"""The engine against a server that misbehaves as told."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson
import pytest
from small import Build, call, calls, profile, text_of
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.llm.calls import Reply, Unusable, call_key
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Attempt, Stored
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.llm.replies.wire import read_reply
from reasonmed_assets.llm.transports.limits import InFlight
from reasonmed_assets.vocabulary import GIVEN_UP, Outcome


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)


def essentials(results: dict) -> dict:
    """All that must be the same in a second build."""
    return {
        row: (r.outcome, r.detail, r.value, r.reply, r.call_keys, r.attempts, dict(r.fields))
        for row, r in results.items()
    }


def test_a_second_build_makes_no_call_and_gives_the_same_results(tmp_path: Path) -> None:
    with Stub() as stub:
        with Build(tmp_path, stub.base_url) as build:
            first = build.results(calls(700))
        assert stub.n == 700
        assert {r.outcome for r in first.values()} == {"completed"}
        assert first["12"].value == "q12 / 7"
        assert not any(r.is_cached for r in first.values())
        with Build(tmp_path, "http://127.0.0.1:1/v1") as build:
            second = build.results(calls(700))
            assert build.engine.stats["step"].made == 0
            assert build.engine.stats["step"].cached == 700
        assert stub.n == 700
    assert essentials(first) == essentials(second)
    assert all(r.is_cached for r in second.values())


def test_one_added_row_costs_one_call(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        build.results(calls(50))
        stub.forget()
        build.results(calls(51))
        assert stub.n == 1


def test_another_seed_revision_model_or_sample_is_another_call(tmp_path: Path) -> None:
    with Stub() as stub:
        with Build(tmp_path, stub.base_url) as build:
            build.results([call(1), call(2, seed=8), call(3, sample=1)])
            assert build.results([call(1, text="q1", sample=1)])["1"].is_cached is False
        n = stub.n
        changed = profile().model_dump()
        changed["models"]["small"]["revision"] = "r2"
        with Build(tmp_path, stub.base_url, type(profile()).model_validate(changed)) as build:
            build.results([call(1)])
        assert stub.n == n + 1


@pytest.mark.parametrize(
    "edit",
    [
        {"messages": [{"role": "user", "content": "another prompt"}]},
        {"temperature": 0.2},
        {"max_tokens": 51},
        {"response_format": {"type": "json_object"}},
    ],
)
def test_an_edit_makes_what_depends_on_it_anew_and_the_old_replies_stay(tmp_path: Path, edit: dict) -> None:
    edited = [replace(one, body=one.body | edit, sample=row) for row, one in enumerate(calls(4))]
    rest = list(islice(calls(10), 4, None))
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        build.results(calls(10))
        stub.forget()
        assert sum(not result.is_cached for result in build.results([*edited, *rest]).values()) == 4
        assert stub.n == 4
        assert all(result.is_cached for result in build.results(calls(10)).values())
        assert stub.n == 4


def test_rows_with_one_call_share_it(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        results = build.results([call(row, text="the same") for row in range(20)])
        assert stub.n == 1
        assert len(results) == 20
        assert sum(not r.is_cached for r in results.values()) == 1
        assert build.engine.stats["step"].made == 1
        assert build.engine.stats["step"].cached == 19


@pytest.mark.parametrize("outcome", ["truncated", "refused", "empty", "answerless"])
def test_a_useless_reply_is_asked_for_again_with_another_seed(tmp_path: Path, outcome: str) -> None:
    def answer(request: Request) -> Answer:
        return reply(f"!{outcome}") if request.body["seed"] < 2_000_000 else echo(request)

    with Stub(answer) as stub:
        with Build(tmp_path, stub.base_url) as build:
            first = build.results([call(1)])["1"]
            frame = build.ledger.attempts_of(first.call_keys)
        assert (first.outcome, first.attempts, len(first.call_keys)) == ("completed", 3, 3)
        assert [r.body["seed"] for r in stub.requests] == [7, 1_000_010, 2_000_013]
        assert all(len(r.body["messages"]) == 1 for r in stub.requests)
        assert dict(zip(frame["call_key"], frame["outcome"], strict=True)) == dict(
            zip(first.call_keys, [outcome, outcome, "completed"], strict=True)
        )
        with Build(tmp_path, stub.base_url) as build:
            second = build.results([call(1)])["1"]
        assert stub.n == 3
    assert essentials({"1": first}) == essentials({"1": second})


def test_without_a_seed_the_sample_changes(tmp_path: Path) -> None:
    with Stub(lambda request: reply("!refused")) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results([call(1, seed=None)])["1"]
        assert (result.outcome, result.detail, result.value) == ("refused", "as told", "saved")
        assert len(set(result.call_keys)) == 3
        assert stub.n == 3
        assert build.results([call(1, seed=None)])["1"].is_cached
        assert stub.n == 3


def test_a_malformed_reply_is_repaired_by_a_call_that_quotes_it(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return reply("!malformed") if len(request.body["messages"]) == 1 else reply("repaired")

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results([call(1)])["1"]
        assert result.value == "repaired"
        asked, said, complaint = stub.requests[1].body["messages"]
        assert asked == {"role": "user", "content": "q1"}
        assert said == {"role": "assistant", "content": "!malformed"}
        assert complaint["role"] == "user" and "as told" in complaint["content"]


def test_a_model_that_stays_useless_ends_with_its_outcome(tmp_path: Path) -> None:
    with Stub(lambda request: reply(None)) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                result = build.results([call(1)], retries=1)["1"]
                assert (result.outcome, result.value, result.attempts) == ("empty", None, 2)
                assert build.engine.stats["step"].failed == {"empty": 1}
        assert stub.n == 2


def test_a_rejected_repair_leaves_the_outcome_of_the_reply(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        is_repair = len(request.body["messages"]) > 1
        return Answer(status=400, body=b"context too long") if is_repair else reply("!malformed")

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results([call(1)])["1"]
        assert (result.outcome, result.value, len(result.call_keys)) == ("malformed", "saved", 2)
        assert result.reply is not None and result.reply.content == "!malformed"


def test_a_rejected_call_is_kept(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(status=400, body=b'{"error": "context too long"}')) as stub:
        for is_cached in (False, True):
            with Build(tmp_path, stub.base_url) as build:
                result = build.results([call(1)])["1"]
                assert result.outcome == "rejected"
                assert "context too long" in (result.detail or "")
                assert (result.reply, result.is_cached, result.attempts) == (None, is_cached, 1)
        assert stub.n == 1


FAULTS = {
    "429": Answer(status=429, body=b"slow down"),
    "429 with Retry-After": Answer(status=429, headers={"Retry-After": "0.05"}),
    "500": Answer(status=500, body=b"oops"),
    "503": Answer(status=503),
    "reset": Answer(how="reset"),
    "half a body": Answer(how="half", body=reply("whole").body),
    "no JSON": Answer(body=b"<html>gateway</html>", headers={"Content-Type": "text/html"}),
    "error with status 200": Answer(body=b'{"error": {"message": "overloaded"}}'),
    "empty choices": Answer(body=b'{"choices": []}'),
    "a number": Answer(body=b"17"),
    "stall": reply("too late", delay_s=1.0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_retried_and_each_attempt_is_a_row(tmp_path: Path, fault: str) -> None:
    def answer(request: Request) -> Answer:
        return FAULTS[fault] if request.nth <= 2 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(timeout_s=0.3)) as build:
        result = build.results([call(1)])["1"]
        assert (result.outcome, result.value, result.attempts) == ("completed", "q1 / 7", 3)
        frame = build.ledger.attempts_of(result.call_keys)
        failed = "timed_out" if fault == "stall" else "transport_error"
        assert frame["outcome"].to_list() == [failed, failed, "completed"]
        assert frame["is_accepted"].to_list() == [False, False, True]
        assert all(frame["detail"].to_list()[:2])
        assert stub.n == 3


def test_a_call_that_never_got_a_reply_is_asked_again_by_the_next_build(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(status=500)) as stub:
        with Build(tmp_path, stub.base_url, profile(transport_retries=2)) as build:
            result = build.results([call(1)])["1"]
            assert (result.outcome, result.reply, result.attempts) == ("transport_error", None, 3)
        stub.answer = echo
        with Build(tmp_path, stub.base_url) as build:
            result = build.results([call(1)])["1"]
            assert (result.outcome, result.attempts) == ("completed", 4)


def test_retry_after_is_honoured(tmp_path: Path) -> None:
    times: list[float] = []

    def answer(request: Request) -> Answer:
        times.append(time.monotonic())
        return Answer(status=429, headers={"Retry-After": "0.6"}) if request.nth == 1 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        build.results([call(1)])
    assert times[1] - times[0] >= 0.6


def test_calls_in_flight_stay_within_the_limit(tmp_path: Path) -> None:
    with (
        Stub(lambda request: reply("x", delay_s=0.01)) as stub,
        Build(tmp_path, stub.base_url, profile(max_in_flight=5)) as build,
    ):
        build.results(calls(60))
        assert stub.most_in_flight == 5


def test_what_an_endpoint_bears_is_remembered_by_the_next_step(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return Answer(status=429) if request.nth == 1 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        build.results([call(0)])
        in_flight = build.engine.allowances["local", stub.base_url].in_flight
        learnt = in_flight.limit
        assert learnt < InFlight(1000).limit
        stub.answer = lambda request: reply("x", delay_s=0.02)
        stub.forget()
        build.results(calls(learnt * 3))
        assert stub.most_in_flight <= in_flight.limit + 1


def test_requests_keep_within_the_minute(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url, profile(requests_per_minute=600)) as build:
        started = time.monotonic()
        build.results(calls(30))
        assert time.monotonic() - started >= 1.8
        assert stub.n == 30


def test_the_source_is_read_as_room_becomes_free(tmp_path: Path) -> None:
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield call(taken)

    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        results = build.engine.run("step", endless(), text_of, 2)
        for _ in range(100):
            next(results)
        time.sleep(0.3)
        assert taken <= 2000
        results.close()
        assert stub.n <= 2000


def test_closing_early_leaves_everything_that_arrived(tmp_path: Path) -> None:
    with Stub(lambda request: reply(request.question, delay_s=0.05)) as stub:
        with Build(tmp_path, stub.base_url) as build:
            results = build.engine.run("step", calls(400), text_of, 2)
            for _ in range(50):
                next(results)
            results.close()
            n = stub.n
            assert n < 400
            assert build.engine.ledger.provider_kinds() == {"real"}
        with Build(tmp_path, stub.base_url) as build:
            assert len(build.results(calls(400))) == 400
        assert stub.n == 400


def test_while_the_disk_is_slow_nothing_more_is_sent(tmp_path: Path) -> None:
    limit = 12
    with Stub() as stub, Build(tmp_path, stub.base_url, profile(max_in_flight=limit)) as build:
        build.results(calls(50))
        results = build.engine.run("step", calls(1000), text_of, 2)
        next(results)
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
            other.execute("begin immediate")
            n_safe = other.execute("select count(*) from attempts").fetchone()[0]
            time.sleep(1)
            assert stub.n - n_safe <= limit + 256
            other.execute("rollback")
        assert len(list(results)) == 999
        assert stub.n == 1000


def test_an_exception_of_the_parser_stops_and_loses_nothing(tmp_path: Path) -> None:
    def broken(reply: Reply, fields: object) -> str:
        raise KeyError("a bug")

    with Stub() as stub:
        with Build(tmp_path, stub.base_url) as build, pytest.raises(KeyError, match="a bug"):
            build.results(calls(30), parse=broken)
        with Build(tmp_path, stub.base_url) as build:
            assert len(build.results(calls(30))) == 30
        assert stub.n == 30


def test_a_changed_parser_judges_stored_replies_anew(tmp_path: Path) -> None:
    def strict(reply: Reply, fields: object) -> str:
        raise Unusable("answerless", "too strict")

    with Stub() as stub:
        with Build(tmp_path, stub.base_url) as build:
            key = build.results([call(1)])["1"].call_keys[0]
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], parse=strict, retries=0)["1"].outcome == "answerless"
            build.ledger.flush()
            assert build.ledger.attempts_of([key])["outcome"].to_list() == ["answerless"]
        assert stub.n == 1


def test_counts_and_costs(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        build.results(calls(10))
        stats = build.engine.stats["step"]
        assert (stats.rows, stats.made, stats.cached, stats.attempts) == (10, 10, 0, 10)
        assert (stats.prompt_tokens, stats.completion_tokens) == (100, 50)
        assert stats.bill.usd == pytest.approx((100 * 1.0 + 50 * 2.0) / 1e6)
        assert stats.seconds > 0


def test_progress_is_told_the_beginning_and_the_end(tmp_path: Path) -> None:
    class Recorder(LogProgress):
        told: list[tuple] = []

        def started(self, step: str, expected: int | None) -> None:
            super().started(step, expected)
            self.told.append(("started", step, expected))

        def finished(self, step: str, stats: object) -> None:
            self.told.append(("finished", step, stats.rows))

    progress = Recorder()
    with Stub() as stub, open_store(tmp_path / "ledger.sqlite") as ledger:
        engine = Engine(profile(), ledger, lambda name: [stub.base_url], progress)
        list(engine.run("verify", list(calls(3)), text_of, 2))
        list(engine.run("none", [], text_of, 2))
    assert progress.told == [
        ("started", "verify", 3),
        ("finished", "verify", 3),
        ("started", "none", 0),
        ("finished", "none", 0),
    ]


def test_an_unknown_model_is_named_with_step_and_row(tmp_path: Path) -> None:
    with Build(tmp_path, "http://127.0.0.1:1/v1") as build:
        lost = call(9)
        object.__setattr__(lost, "model", "nowhere")
        with pytest.raises(ValueError, match=r"step, row 9.*'nowhere'"):
            build.results([lost])


def test_of_two_replies_to_one_call_the_stored_one_counts(tmp_path: Path) -> None:
    """A build that was taken for dead and comes back must not use a reply that no later build will see."""
    first = call(1)
    key = call_key("local", "small-1b", "r1", first.body, 0)
    raw = reply("from the other build").body
    received = Received("completed", None, 200, raw, read_reply(raw), None, 1.0, datetime.now(UTC))
    made = Attempt(key, "local", "small-1b", "r1", 0, "verifier", "real", orjson.dumps(first.body), received)

    def answer(request: Request) -> Answer:
        with open_store(tmp_path / "ledger.sqlite") as other:
            other.record(made, lambda recorded: None)
        return reply("mine")

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results([first])["1"]
        assert (result.value, result.attempts) == ("from the other build", 2)
        assert build.ledger.attempts_of([key])["is_accepted"].to_list() == [True, False]


def test_two_runs_at_once_in_one_process_pay_once(tmp_path: Path) -> None:
    with Stub(lambda request: reply(request.question, delay_s=0.02)) as stub, Build(tmp_path, stub.base_url) as build:
        found: list[dict] = []
        threads = [threading.Thread(target=lambda: found.append(build.results(calls(300)))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert [len(results) for results in found] == [300, 300]
        assert stub.n == 300


def n_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_open_files_are_given_back(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        build.results(calls(20))
        before = n_open_files()
        for n in range(21, 26):
            build.results(calls(n))
        time.sleep(0.2)
        assert n_open_files() <= before + 4


def test_what_earlier_builds_gave_up_is_asked_again_on_request_and_stays_resolved(tmp_path: Path) -> None:
    with Stub(lambda request: reply("!refused")) as stub:
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retries=1)["1"].outcome == "refused"
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retries=1, retried=GIVEN_UP - {Outcome.REFUSED})["1"].is_cached
        with Build(tmp_path, stub.base_url) as build:
            still = build.results([call(1)], retries=1, retried={Outcome.REFUSED})["1"]
        assert (still.outcome, len(still.call_keys), stub.n) == ("refused", 4, 4)
        stub.answer = echo
        with Build(tmp_path, stub.base_url) as build:
            resolved = build.results([call(1)], retries=1, retried=GIVEN_UP)["1"]
        assert (resolved.outcome, stub.n) == ("completed", 5)
        with Build(tmp_path, stub.base_url) as build:
            later = build.results([call(1)], retries=1)["1"]
        assert (later.value, later.call_keys, later.is_cached) == (resolved.value, resolved.call_keys, True)
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retries=1, retried=GIVEN_UP)["1"].is_cached
        assert stub.n == 5


def test_a_rejected_call_is_made_again_on_request(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(status=400, body=b"context too long")) as stub:
        with Build(tmp_path, stub.base_url) as build:
            build.results([call(1), call(2)])
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retried={Outcome.FILTERED, Outcome.REFUSED})["1"].is_cached
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retried={Outcome.REJECTED})["1"].outcome == "rejected"
        assert stub.n == 3
        stub.answer = echo
        with Build(tmp_path, stub.base_url) as build:
            result = build.results([call(1), call(2)], retried=GIVEN_UP)["1"]
            frame = build.ledger.attempts_of(result.call_keys)
        assert (result.outcome, result.attempts) == ("completed", 3)
        assert frame["outcome"].to_list() == ["rejected", "rejected", "completed"]
        assert frame["is_accepted"].to_list() == [False, False, True]
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)], retried=GIVEN_UP)["1"].is_cached
        assert stub.n == 5


def test_a_first_build_with_retries_asks_no_more_often_than_one_without(tmp_path: Path) -> None:
    with Stub(lambda request: reply("!refused")) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results([call(1)], retried=GIVEN_UP)["1"].outcome == "refused"
        assert stub.n == 3


def test_a_call_that_another_build_reopens_while_its_ending_is_read_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: Request) -> Answer:
        return Answer(status=413, delay_s=0.5) if request.nth == 1 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as first, Build(tmp_path, stub.base_url) as second:
        thread = threading.Thread(target=first.results, args=([call(1)],))
        thread.start()
        while not stub.n:
            time.sleep(0.005)
        lookup, n_read = second.ledger.lookup, 0

        def reopened_meanwhile(keys: Iterable[str]) -> dict[str, Stored]:
            nonlocal n_read
            n_read += 1
            if n_read == 2:
                first.ledger.reopen(keys)
                first.ledger.flush()
            return lookup(keys)

        monkeypatch.setattr(second.ledger, "lookup", reopened_meanwhile)
        assert second.results([call(1)])["1"].outcome == "completed"
        thread.join()
