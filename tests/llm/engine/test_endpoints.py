"""Endpoints that are down, slow, several, shared or on Azure; the build waits, fails over, slows down."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from small import Build, call, calls, outcomes_in, profile, text_of
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.outcomes import EndpointError, rate_limits
from reasonmed_assets.llm.transports.limits import Breaker, InFlight, PerMinute

DOWN = Answer(status=502, body=b"<html>bad gateway</html>")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._FIRST_PROBE_S", 0.02)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._LONGEST_PROBE_S", 0.05)


class Notices(LogProgress):
    """Keeps what the user is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def notice(self, step: str, text: str) -> None:
        self.told.append(text)


def test_an_outage_costs_no_call_its_tries_and_the_user_is_told(tmp_path: Path) -> None:
    is_down = True

    def answer(request: Request) -> Answer:
        return DOWN if is_down else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=1)) as build:
        build.engine.progress = notices = Notices()

        def come_back() -> None:
            nonlocal is_down
            while stub.n < 60:
                time.sleep(0.005)
            is_down = False

        threading.Thread(target=come_back, daemon=True).start()
        results = build.results(calls(40))
        assert {result.outcome for result in results.values()} == {"completed"}
        assert [text.partition(" (")[0].rpartition("/v1 ")[2] for text in notices.told] == ["is down", "answers again"]
        assert "502" in notices.told[0]


def test_an_outage_costs_no_tries_of_a_call_that_failed_before_it(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if 120 <= stub.n < 180:
            return DOWN
        is_faulty = request.nth == 1 and int(request.question[1:]) % 3 == 0
        return Answer(status=500) if is_faulty else reply("x", delay_s=0.01)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=3, max_in_flight=16)) as build:
        results = build.results(calls(400))
        assert {result.outcome for result in results.values()} == {"completed"}


def test_while_an_endpoint_is_down_one_call_at_a_time_is_tried(tmp_path: Path) -> None:
    with Stub(lambda request: DOWN) as stub, Build(tmp_path, stub.base_url, profile(outage_s=0.6)) as build:
        with pytest.raises(EndpointError, match=r"provider local: .* has not answered for 0\.6 s .*HTTP 502"):
            build.results(calls(500))
        # Those in flight at the beginning, then a probe every few hundredths of a second.
        assert stub.n < 60
        assert outcomes_in(tmp_path) == {"transport_error": stub.n}
        stub.answer = echo
        assert {result.outcome for result in build.results(calls(500)).values()} == {"completed"}


def test_calls_that_fail_beside_others_that_do_not_are_given_up_after_their_tries(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return DOWN if int(request.question[1:]) < 20 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=2, outage_s=30)) as build:
        results = build.results(calls(60))
        assert Counter(result.outcome for result in results.values()) == {"completed": 40, "transport_error": 20}
        assert build.engine.stats["step"].attempts <= 40 + 20 * 4


def test_a_breaker_opens_on_different_calls_probes_and_closes() -> None:
    breaker = Breaker()
    silence = partial(breaker.failed, counts=True, is_silence=True)
    assert not any(silence("one call", 0.0) for _ in range(50))
    assert not any(breaker.failed(f"at fault {i}", 0.0, counts=False, is_silence=True) for i in range(50))
    assert [silence(str(i), 1.0) for i in range(7)] == [False] * 6 + [True]
    assert breaker.wait_s(1.0) == pytest.approx(0.02)
    breaker.sent("1")
    assert breaker.wait_s(2.0) is None
    assert silence("a straggler", 2.0) is False
    assert breaker.wait_s(2.0) is None, "the probe is still on its way"
    assert silence("1", 2.0) is False
    assert breaker.wait_s(2.0) == pytest.approx(0.04)
    breaker.sent("2")
    assert breaker.returned() is True
    assert breaker.wait_s(2.0) == 0.0


def test_an_endpoint_that_responds_counts_as_down_only_after_many_failures() -> None:
    breaker = Breaker()
    error = partial(breaker.failed, counts=True, is_silence=False)
    assert [error(str(i), 1.0) for i in range(64)] == [False] * 63 + [True]


def test_calls_that_always_fail_do_not_stop_a_build_whose_endpoint_responds(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return reply("fine") if int(request.question[1:]) < 10 else Answer(status=500, delay_s=0.3)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=2)) as build:
        results = build.results(calls(30))
    assert Counter(result.outcome for result in results.values()) == {"completed": 10, "transport_error": 20}


class Two:
    """A provider with two endpoints."""

    def __init__(self, folder: Path, **provider: object) -> None:
        self.stubs = [Stub(), Stub()]
        self.folder = folder
        self.provider = provider

    def __enter__(self) -> Two:
        urls = [stub.__enter__().base_url for stub in self.stubs]
        made_by = profile(base_url=urls, **self.provider)
        self.ledger = open_store(self.folder / "ledger.sqlite")
        self.notices = Notices()
        self.engine = Engine(made_by, self.ledger, lambda name: made_by.providers[name].base_urls, self.notices)
        return self

    def __exit__(self, *_: object) -> None:
        self.ledger.close()
        for stub in self.stubs:
            stub.__exit__()


def test_a_question_stays_with_one_of_several_endpoints(tmp_path: Path) -> None:
    with Two(tmp_path) as two:
        asked = [call(row, seed=seed) for row in range(40) for seed in range(3)]
        list(two.engine.run("step", asked, text_of, 2))
        first, second = ({request.question for request in stub.requests} for stub in two.stubs)
        assert not first & second
        assert len(first | second) == 40
        assert min(len(first), len(second)) >= 8


def test_the_calls_of_an_endpoint_that_is_down_go_to_the_other_and_come_back(tmp_path: Path) -> None:
    with Two(tmp_path, transport_retries=3) as two:
        broken, sound = two.stubs
        broken.answer = lambda request: DOWN
        sound.answer = lambda request: reply("x", delay_s=0.02)
        results = list(two.engine.run("step", calls(200), text_of, 2))
        assert {result.outcome for result in results} == {"completed"}
        assert sound.n == 200
        assert broken.n < 60
        assert broken.base_url in two.notices.told[0]
        broken.answer = sound.answer = lambda request: reply("x", delay_s=0.02)
        time.sleep(0.1)
        broken.forget()
        list(two.engine.run("again", [call(row) for row in range(200, 400)], text_of, 2))
        assert broken.n > 20


def test_a_probe_that_the_end_of_a_run_cut_off_is_sent_again_by_the_next(tmp_path: Path) -> None:
    with Stub(lambda request: DOWN) as stub, Build(tmp_path, stub.base_url) as build:

        def turn_away() -> None:
            while stub.n < 24:
                time.sleep(0.005)
            stub.answer = lambda request: Answer(status=404)

        threading.Thread(target=turn_away, daemon=True).start()
        with pytest.raises(EndpointError, match="404"):
            build.results(calls(200))
        stub.answer = echo
        assert {result.outcome for result in build.results(calls(20)).values()} == {"completed"}


def test_azure_has_the_deployment_in_its_path_and_the_key_in_a_header_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_KEY", "azure-key-0123456789")
    made_by = profile(azure_api_version="2026-01-01", api_key_env="AZURE_KEY")
    with Stub() as stub:
        resource = stub.base_url.removesuffix("/v1")
        with Build(tmp_path, resource, made_by) as build:
            assert build.results([call(1)])["1"].outcome == "completed"
        (request,) = stub.requests
        assert request.path == "/openai/deployments/small-1b/chat/completions?api-version=2026-01-01"
        assert request.headers["api-key"] == "azure-key-0123456789"
        assert "Authorization" not in request.headers
        # The same call at another address is the same call.
        with Build(tmp_path, stub.base_url) as build:
            assert build.results([call(1)])["1"].is_cached


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, (None, None, None)),
        ({"x-ratelimit-limit-requests": "600", "x-ratelimit-remaining-requests": "599"}, (600, None, None)),
        (
            {
                "x-ratelimit-limit-tokens": "90000",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "1m2.5s",
            },
            (None, 90000, 62.5),
        ),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "250ms"}, (None, None, 0.25)),
        ({"x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "-"}, (None, None, None)),
    ],
)
def test_rate_limit_headers(headers: dict[str, str], told: tuple) -> None:
    limits = rate_limits(headers)
    assert (limits.requests, limits.tokens, limits.wait_s) == told


def test_of_what_an_endpoint_allows_its_models_the_lowest_holds() -> None:
    allowance = PerMinute(6000, 0.0)
    for model, per_minute in [("large", 60), ("small", 600), ("large", 60), ("small", 600)]:
        allowance.told(per_minute, model, 0.0)
    allowance.take(10, 0.0)
    assert allowance.wait_s(0.0) == pytest.approx(10, abs=1.01)


def test_what_an_endpoint_says_of_its_limits_is_kept(tmp_path: Path) -> None:
    said = {"x-ratelimit-limit-requests": "600", "x-ratelimit-remaining-requests": "599"}

    def answer(request: Request) -> Answer:
        plain = echo(request)
        return Answer(body=plain.body, headers={**plain.headers, **said})

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        build.results([call("first")])
        started = time.monotonic()
        build.results(calls(20))
        assert time.monotonic() - started >= 0.9


def test_no_request_is_sent_before_something_is_left_again(tmp_path: Path) -> None:
    times: list[float] = []
    used_up = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "400ms"}

    def answer(request: Request) -> Answer:
        times.append(time.monotonic())
        plain = echo(request)
        return Answer(body=plain.body, headers={**plain.headers, **used_up})

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(max_in_flight=1)) as build:
        build.results(calls(2))
    assert times[1] - times[0] >= 0.4


def rounds(limit: InFlight, n: int, latency_s) -> list[int]:
    """The limit after each of `n` rounds with as many calls in flight as allowed."""
    seen = []
    for _ in range(n):
        load = limit.limit
        for _ in range(max(16, load)):
            limit.replied(latency_s(load), load, 0.0)
        seen.append(limit.limit)
    return seen


def test_a_queue_shows_in_the_latency_and_stops_the_growth() -> None:
    # A server that works on 32 calls at a time and lets the others wait: latency grows with what waits.
    queueing = rounds(InFlight(1024), 40, lambda load: max(1.0, load / 32))
    assert 24 <= queueing[-1] <= 64
    # One that batches well: twice the load, a third more latency.
    batching = rounds(InFlight(1024), 8, lambda load: (load / 16) ** 0.4)
    assert batching[-1] >= 1000


def test_latency_alone_never_lowers_the_limit_below_its_start() -> None:
    assert min(rounds(InFlight(1024), 40, lambda load: float(load))) >= 16
    assert min(rounds(InFlight(4), 40, lambda load: float(load))) == 4


def test_builds_that_use_one_provider_share_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.engine.fetching._COUNT_USERS_S", 0.1)
    made_by = profile(max_in_flight=12)
    with Stub(lambda request: reply(request.question, delay_s=0.02)) as stub, Build(tmp_path, stub.base_url) as other:
        other.ledger.use("local", True)
        other.ledger.flush()
        with Build(tmp_path, stub.base_url, made_by) as build:
            build.results(calls(60))
            time.sleep(0.2)
            stub.forget()
            build.results([call(row) for row in range(60, 160)])
            assert stub.most_in_flight <= 6
            other.ledger.use("local", False)
            other.ledger.flush()
            time.sleep(0.2)
            stub.forget()
            build.results([call(row) for row in range(160, 300)])
            assert stub.most_in_flight > 6


GONE = """
import os, sys
from reasonmed_assets.llm.ledger.opening import open_store
ledger = open_store(sys.argv[1])
ledger.use("local", True)
ledger.flush()
os._exit(0)
"""


def test_a_user_that_died_takes_no_share(tmp_path: Path) -> None:
    with open_store(tmp_path / "ledger.sqlite") as ledger:
        subprocess.run([sys.executable, "-c", GONE, str(tmp_path / "ledger.sqlite")], check=True)
        assert ledger.n_users("local") == 1


def test_calls_that_wait_are_spread_anew_when_an_endpoint_is_back(tmp_path: Path) -> None:
    with Two(tmp_path, max_in_flight=4, transport_retries=3) as two:
        broken, sound = two.stubs
        sound.answer = lambda request: reply("x", delay_s=0.02)
        broken.answer = lambda request: DOWN if broken.n < 12 else reply("x", delay_s=0.02)
        results = list(two.engine.run("step", calls(200), text_of, 2))
        assert {result.outcome for result in results} == {"completed"}
        assert any("answers again" in text for text in two.notices.told)
        assert broken.n > 30
