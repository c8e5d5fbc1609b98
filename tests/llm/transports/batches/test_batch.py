"""The Batch API as a transport, against a server of files and batches over HTTP."""

from __future__ import annotations

import json
import logging
import signal
import sqlite3
import threading
import time
from pathlib import Path

import duckdb
import pytest
from aiohttp import web
from batch_stub import QUICK, BatchStub, attempts, batched, end, fail
from forked import Forked
from small import Build, call, calls, profile
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets import sql
from reasonmed_assets.assets.provenance import prices
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.outcomes import EndpointError, SimulatedReplyError, UnauthorisedError

SECRET = "sk-THE-SECRET-0123456789"
BUILD = Path(__file__).parents[2] / "small.py"


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)


def test_a_batch_gives_what_single_requests_give(tmp_path: Path) -> None:
    with Stub() as single, Build(tmp_path / "http", single.base_url) as build:
        expected = {row: (r.value, r.reply, r.call_keys) for row, r in build.results(calls(30)).items()}
    with BatchStub() as stub:
        with Build(tmp_path, stub.base_url, batched()) as build:
            results = build.results(calls(30))
            rows = attempts(build, results)
        assert {row: (r.value, r.reply, r.call_keys) for row, r in results.items()} == expected
        (batch,) = stub.batches.values()
        assert stub.asked["upload"] == stub.asked["create"] == 1
        assert {row["batch_id"] for row in rows} == set(batch.metadata.values())
        assert {(row["outcome"], row["http_status"], row["is_accepted"]) for row in rows} == {("completed", 200, True)}
        assert all(row["latency_ms"] >= 60_000 for row in rows), "from the batch's creation to its end"
        for transport in (batched(), profile()):
            with Build(tmp_path, "http://127.0.0.1:1/v1", transport) as build:
                assert all(r.is_cached for r in build.results(calls(30)).values())


def test_the_lines_are_the_calls_as_they_would_be_sent(tmp_path: Path) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        (key,) = build.results([call(1)])["1"].call_keys
        (line,) = [json.loads(line) for line in stub.files["file-0"].splitlines()]
        assert (line["custom_id"], line["body"]) == (key, call(1).body)


def test_files_keep_to_their_limits(tmp_path: Path) -> None:
    with BatchStub() as stub:
        with Build(tmp_path / "n", stub.base_url, batched({"max_requests": 10})) as build:
            assert len(build.results(calls(25))) == 25
        assert sorted(len(batch.lines) for batch in stub.batches.values()) == [5, 10, 10]
        stub.files.clear()
        with Build(tmp_path / "bytes", stub.base_url, batched({"max_bytes": 1000})) as build:
            assert len(build.results([*calls(12), call("long", text="x" * 2000)])) == 13
        sizes = [len(file) for file in stub.files.values()]
        assert sum(file.count(b"\n") for file in stub.files.values()) == 13
        assert [size > 1000 for size in sizes].count(True) == 1, "a call that no file can hold has one of its own"
        assert len(sizes) <= 5


def test_a_file_holds_one_model(tmp_path: Path) -> None:
    declared = batched().model_dump()
    declared["models"]["large"] = {**declared["models"]["small"], "name": "large-70b"}
    other = call(2)
    object.__setattr__(other, "model", "large")
    other.body["model"] = "large-70b"
    with BatchStub() as stub, Build(tmp_path, stub.base_url, Profile.model_validate(declared)) as build:
        assert len(build.results([call(1), other, call(3)])) == 3
        models = [sorted({line["body"]["model"] for line in batch.lines}) for batch in stub.batches.values()]
        assert sorted(models) == [["large-70b"], ["small-1b"]]


def test_the_window_lets_a_file_fill_up_and_no_more(tmp_path: Path) -> None:
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield call(taken)

    with (
        BatchStub() as stub,
        Build(tmp_path, stub.base_url, batched({"max_requests": 1500, "max_batches": 2})) as build,
    ):
        results = build.engine.run("step", endless(), lambda reply, fields: reply.content, 2)
        next(results)
        assert [len(batch.lines) for batch in stub.batches.values()][:1] == [1500]
        assert taken <= 3000 + 500
        results.close()


def test_batches_at_once_are_limited(tmp_path: Path) -> None:
    most = 0

    class Watched(BatchStub):
        async def _retrieve(self, http: web.Request) -> web.Response:
            nonlocal most
            most = max(most, sum(batch.polls < self.slow_polls for batch in self.batches.values()))
            return await super()._retrieve(http)

    with (
        Watched() as stub,
        Build(tmp_path, stub.base_url, batched({"max_requests": 3, "max_batches": 2})) as build,
    ):
        stub.slow_polls = 3
        assert len(build.results(calls(20))) == 20
        assert most == 2


def test_a_repair_goes_into_the_next_batch(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        is_first = len(request.body["messages"]) == 1
        return reply("!malformed") if is_first and request.question in ("q1", "q3") else echo(request)

    with BatchStub(answer) as stub, Build(tmp_path, stub.base_url, batched()) as build:
        results = build.results(calls(5))
        assert [len(batch.lines) for batch in stub.batches.values()] == [5, 2]
        assert {r.outcome for r in results.values()} == {"completed"}
        assert len(results["1"].call_keys) == 2


def test_error_lines_are_outcomes(tmp_path: Path) -> None:
    faults = {
        "q0": Answer(status=400, body=b'{"error": {"message": "context too long"}}'),
        "q1": Answer(status=429, body=b'{"error": {"message": "slow down"}}'),
        "q2": Answer(status=500),
        "q3": Answer(status=504),
        "q4": Answer(body=b'{"choices": []}'),
    }

    def answer(request: Request) -> Answer:
        return faults[request.question] if request.question in faults and request.nth == 1 else echo(request)

    with BatchStub(answer) as stub, Build(tmp_path, stub.base_url, batched()) as build:
        results = build.results(calls(6))
        rows = attempts(build, results)
        said = {
            row: [a["outcome"] for a in sorted(rows, key=lambda a: a["attempt"]) if a["call_key"] == r.call_keys[0]]
            for row, r in results.items()
        }
        assert said == {
            "0": ["rejected"],
            "1": ["transport_error", "completed"],
            "2": ["transport_error", "completed"],
            "3": ["timed_out", "completed"],
            "4": ["transport_error", "completed"],
            "5": ["completed"],
        }
        assert "context too long" in (results["0"].detail or "")
        assert [len(batch.lines) for batch in stub.batches.values()] == [6, 4]
        assert results["1"].attempts == 2
        assert len({row["batch_id"] for row in rows}) == 2


@pytest.mark.parametrize(
    "fate",
    [
        end("expired", 0.6, "batch_expired"),
        end("cancelled", 0.6),
        end("failed", 0.6, "server_error"),
        end("completed", 0.6),
    ],
    ids=["expired", "cancelled", "failed halfway", "lines missing"],
)
def test_what_a_batch_did_is_kept_and_the_rest_asked_again(tmp_path: Path, fate) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.fates = [fate]
        results = build.results(calls(10))
        assert [len(batch.lines) for batch in stub.batches.values()] == [10, 4]
        assert {r.outcome for r in results.values()} == {"completed"}
        assert sorted(r.attempts for r in results.values()) == [1] * 6 + [2] * 4
        details = {row["detail"] for row in attempts(build, results) if row["outcome"] == "transport_error"}
        assert all("batch-0" in detail for detail in details) and details


def test_a_call_that_no_batch_answers_ends_after_its_attempts(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.fates = [end("expired", 0.0)] * 2
        with Build(tmp_path, stub.base_url, batched(transport_retries=1)) as build:
            result = build.results([call(1)])["1"]
            assert (result.outcome, result.attempts) == ("transport_error", 2)
        with Build(tmp_path, stub.base_url, batched(transport_retries=1)) as build:
            assert build.results([call(1)])["1"].outcome == "completed"


def test_a_batch_that_is_not_taken_stops_with_the_reason(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.fates = [fail("model_not_found")]
        with Build(tmp_path, stub.base_url, batched()) as build, pytest.raises(EndpointError) as raised:
            build.results(calls(3))
        assert "model_not_found in line 1: no such thing" in str(raised.value)
        with Build(tmp_path, stub.base_url, batched()) as build:
            assert {r.outcome for r in build.results(calls(3)).values()} == {"completed"}
            assert {r.attempts for r in build.results(calls(3)).values()} == {1}


def test_a_full_queue_at_the_provider_is_waited_for_with_smaller_files(tmp_path: Path) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.fates = [fail("token_limit_exceeded")] * 2
        results = build.results(calls(8))
        assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 1)}
        assert [len(batch.lines) for batch in stub.batches.values()] == [8, 4, 4, 4]


@pytest.mark.parametrize("phase", ["upload", "create", "poll", "read"])
def test_a_refused_key_stops_at_once_and_names_the_variable(
    tmp_path: Path, phase: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STUB_KEY", SECRET)
    caplog.set_level(logging.DEBUG)
    with BatchStub() as stub:
        stub.refuse[phase] = lambda: web.json_response({"error": {"message": f"bad key {SECRET}"}}, status=401)
        with (
            Build(tmp_path, stub.base_url, batched(api_key_env="STUB_KEY")) as build,
            pytest.raises(UnauthorisedError) as raised,
        ):
            build.results(calls(5))
        assert "STUB_KEY" in str(raised.value) and SECRET not in str(raised.value)
        assert stub.asked[phase] == 1
        stub.refuse.clear()
        with Build(tmp_path, stub.base_url, batched(api_key_env="STUB_KEY")) as build:
            assert {r.outcome for r in build.results(calls(5)).values()} == {"completed"}
        assert stub.n == 5
        assert all(headers["Authorization"] == f"Bearer {SECRET}" for headers in stub.headers)
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert SECRET.encode() not in written and SECRET not in caplog.text


def test_a_line_whose_key_is_refused_stops_after_the_others_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_KEY", SECRET)

    def answer(request: Request) -> Answer:
        return Answer(status=403) if request.question == "q2" and request.nth == 1 else reply(f"key {SECRET}")

    with BatchStub(answer) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url, batched(api_key_env="STUB_KEY")) as build:
                if stub.n == 0:
                    with pytest.raises(UnauthorisedError, match="STUB_KEY"):
                        build.results(calls(4))
                else:
                    results = build.results(calls(4))
        assert stub.n == 5, "the stored ones are not asked for again"
        assert {r.value for r in results.values()} == {"key [key]"}


def test_a_missing_key_stops_before_anything_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUB_KEY", raising=False)
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched(api_key_env="STUB_KEY")) as build:
        with pytest.raises(UnauthorisedError, match="STUB_KEY"):
            build.results(calls(5))
        assert not stub.asked


def test_an_endpoint_without_batches_is_named(tmp_path: Path) -> None:
    with (
        Stub() as stub,
        Build(tmp_path, stub.base_url, batched()) as build,
        pytest.raises(EndpointError, match="Batch API"),
    ):
        build.results(calls(5))


def test_simulated_replies_need_a_provider_declared_so(tmp_path: Path) -> None:
    with (
        BatchStub(lambda request: reply("made up", simulated=True)) as stub,
        Build(tmp_path, stub.base_url, batched()) as build,
        pytest.raises(SimulatedReplyError, match="local"),
    ):
        build.results([call(1)])


def test_failures_of_the_provider_are_tried_again(tmp_path: Path) -> None:
    def once(response: web.Response):
        left = [response]
        return lambda: left.pop() if left else None

    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.refuse = {
            "upload": once(web.Response(status=500)),
            "create": once(web.Response(status=429)),
            "poll": once(web.Response(status=503)),
            "read": once(web.Response(status=500)),
            "cut": lambda: None,
        }
        results = build.results(calls(5))
        assert {r.outcome for r in results.values()} == {"completed"}
        assert {r.attempts for r in results.values()} == {2}, "the batch that was not created is an attempt"
        assert stub.n == 5


def test_a_batch_whose_creation_was_not_confirmed_is_found_and_not_created_twice(tmp_path: Path) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.refuse["created"] = lambda: web.Response(status=502)
        results = build.results(calls(5))
        assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 1)}
        assert (stub.asked["create"], stub.n) == (1, 5)


def test_a_batch_that_is_gone_is_asked_again(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.slow_polls = 10**6
        process = start(tmp_path, stub, 5)
        wait_until(lambda: stub.asked["poll"] > 4)
        kill(process)
        stub.batches.clear()
        stub.slow_polls = 1
        with Build(tmp_path, stub.base_url, batched()) as build:
            results = build.results(calls(5))
            assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 2)}


def start(folder: Path, stub: Stub, n: int) -> Forked:
    declared = json.dumps({"transport": "batch", "batch": QUICK})
    return Forked(BUILD, folder, stub.base_url, n, 8, 0, declared)


def finish(process: Forked) -> list[str]:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return sorted(line for line in out.splitlines() if not line.startswith("made"))


def kill(process: Forked, how: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.communicate(timeout=30)


def wait_until(is_so) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("phase", ["upload", "create", "created", "poll", "read"])
def test_after_kill_9_the_next_build_goes_on_with_the_batch(tmp_path: Path, phase: str) -> None:
    with BatchStub() as stub:
        stub.hold_at = phase
        process = start(tmp_path, stub, 40)
        assert stub.is_held.wait(30)
        kill(process)
        stub.hold_at = None
        if phase == "create":
            wait_until(lambda: stub.n == 40)
        if phase == "upload":
            assert stub.n == 0
        with Build(tmp_path, stub.base_url, batched()) as build:
            results = build.results(calls(40))
            assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 1)}
        assert stub.n == 40, "every call was paid for once"
        assert stub.asked["create"] == 1


def test_of_a_batch_that_was_never_created_nothing_stays(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.hold_at = "upload"
        process = start(tmp_path, stub, 3)
        assert stub.is_held.wait(30)
        kill(process)
        stub.hold_at = None
        with Build(tmp_path, stub.base_url, batched()) as build:
            results = build.results(calls(3))
            keys = [key for r in results.values() for key in r.call_keys]
            build.ledger.flush()
            assert {r.attempts for r in results.values()} == {1}
            assert build.ledger.open_batches(keys) == {}


def test_an_interrupted_build_leaves_its_batch_to_the_next(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.slow_polls = 10**6
        process = start(tmp_path, stub, 40)
        wait_until(lambda: stub.asked["poll"] > 1)
        kill(process, signal.SIGINT)
        stub.slow_polls = 1
        with Build(tmp_path, stub.base_url, batched()) as build:
            part = build.results([call(row) for row in range(30, 50)])
            assert {(r.outcome, r.attempts) for r in part.values()} == {("completed", 1)}
            rest = build.results(calls(30))
            assert {(r.outcome, r.attempts) for r in rest.values()} == {("completed", 1)}
        assert stub.n == 50, "only the ten that were added are asked for"
        assert [len(batch.lines) for batch in stub.batches.values()] == [40, 10]


def test_another_build_waits_for_the_batch_of_the_first(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.slow_polls = 10**6
        one = start(tmp_path, stub, 20)
        wait_until(lambda: stub.asked["poll"] > 0)
        two = start(tmp_path, stub, 20)
        time.sleep(1.0)
        stub.slow_polls = 1
        assert finish(one) == finish(two)
        assert stub.n == 20


def test_a_build_takes_over_the_batch_of_one_that_is_killed_beside_it(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.slow_polls = 10**6
        one = start(tmp_path, stub, 20)
        wait_until(lambda: stub.asked["poll"] > 0)
        with Build(tmp_path, stub.base_url, batched()) as build:
            found: list[dict] = []
            waiting = threading.Thread(target=lambda: found.append(build.results(calls(20))))
            waiting.start()
            kill(one)
            stub.slow_polls = 1
            waiting.join(30)
            assert {r.outcome for r in found[0].values()} == {"completed"}
        assert stub.n == 20


def test_counts_and_costs_take_the_price_of_a_batch(tmp_path: Path) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched(batch_price_factor=0.5)) as build:
        build.results(calls(10))
        stats = build.engine.stats["step"]
        assert (stats.made, stats.attempts) == (10, 10)
        assert stats.bill.usd == pytest.approx(0.5 * (100 * 1.0 + 50 * 2.0) / 1e6)


def test_a_line_that_two_builds_read_is_one_attempt(tmp_path: Path) -> None:
    """A build that was taken for dead and comes back reads the batch that another one has read meanwhile."""
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.slow_polls = 10**6
        found: list[dict] = []
        slow = threading.Thread(target=lambda: found.append(build.results([call(1)])))
        slow.start()
        wait_until(lambda: stub.asked["poll"] > 0)
        with sqlite3.connect(tmp_path / "ledger.sqlite") as silenced:
            silenced.execute("delete from claims")
        with Build(tmp_path, stub.base_url, batched()) as other:
            stub.slow_polls = 1
            assert other.results([call(1)])["1"].attempts == 1
        slow.join(30)
        assert found[0]["1"].attempts == 1
        assert len(attempts(build, found[0])) == stub.n == 1


def test_the_profile_says_what_goes_with_which_transport() -> None:
    with pytest.raises(ValueError, match="base_url"):
        batched(base_url=None, server="embedded")
    with pytest.raises(ValueError, match=r"vllm"):
        batched(vllm={"model": "x"})
    with pytest.raises(ValueError, match="50000"):
        batched({"max_requests": 60_000})


def test_the_account_of_calls_has_the_price_of_a_batch_for_what_went_with_one(tmp_path: Path) -> None:
    with Stub() as stub, Build(tmp_path, stub.base_url) as build:
        single = build.results([call(1)])
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        results = {**single, **build.results([call(2)])}
        with duckdb.connect() as con:
            con.register("attempts", build.ledger.attempts_of(key for r in results.values() for key in r.call_keys))
            con.register("prices", prices(batched(batch_price_factor=0.5)))
            con.execute(sql.macros_text())
            rows = con.sql(sql.query("tables/llm_calls").text).pl()
    costs = {row["batch_id"] is None: row["cost_usd"] for row in rows.to_dicts()}
    assert costs == {True: pytest.approx(20e-6), False: pytest.approx(10e-6)}
