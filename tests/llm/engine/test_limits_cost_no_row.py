"""Limits, overloads and outages: they cost time, no row; without any progress the build stops and says why."""

from __future__ import annotations

import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

import orjson
import pytest
from small import Build, calls, outcomes_in, profile
from stub import Answer, Request, Stub, echo

from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.outcomes import EndpointError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_LONGEST_S", 0.1)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._FIRST_PROBE_S", 0.02)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._LONGEST_PROBE_S", 0.05)


class Notices(LogProgress):
    """Keeps what the user is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def notice(self, step: str, text: str) -> None:
        self.told.append(text)


def said(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status=status, body=body if isinstance(body, bytes) else orjson.dumps(body), headers=headers)


LIMITED = {
    "429": said(429, b""),
    "429 in a 200": said(200, {"error": {"code": 429, "message": "Provider returned error"}}),
    "a wait in words": said(429, {"error": {"message": "Rate limit reached. Please try again in 20ms."}}),
    "retryDelay": said(
        429,
        [{"error": {"status": "RESOURCE_EXHAUSTED", "details": [{"@type": "RetryInfo", "retryDelay": "0.02s"}]}}],
    ),
    "503": said(503, {"error": "overloaded"}),
    "529": said(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    "400": said(400, {"error": {"type": "rate_limit_error", "message": "Rate limit exceeded"}}),
    "500 of a gateway": said(500, {"error": {"message": "litellm.RateLimitError: slow down", "code": "429"}}),
}


@pytest.mark.parametrize("limited", LIMITED)
def test_a_few_requests_at_a_time_complete_every_row(tmp_path: Path, limited: str) -> None:
    """Two requests in a twentieth of a second: as two in a second, on a faster clock."""
    recent: deque[float] = deque(maxlen=2)

    def answer(request: Request) -> Answer:
        now = time.monotonic()
        if len(recent) == 2 and now - recent[0] < 0.05:
            return LIMITED[limited]
        recent.append(now)
        return echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=1, outage_s=5)) as build:
        results = build.results(calls(20))
        assert Counter(result.outcome for result in results.values()) == {"completed": 20}
        # The pause is the endpoint's: the limit is not tried out by each call for itself.
        assert stub.n < 200


LOADING = {
    "loading": said(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
    "503": said(503, b""),
    "limit": said(429, b""),
    "upstream": said(500, {"error": {"message": "litellm.InternalServerError: OpenAIException - Connection error."}}),
    "gateway": said(502, b"<html>bad gateway</html>"),
    "error in a 200": said(200, {"error": {"code": 502, "message": "Provider returned error"}}),
    "nobody": Answer(how="reset"),
}


@pytest.mark.parametrize("fault", LOADING)
@pytest.mark.parametrize("n", [1, 3, 18])
def test_few_calls_wait_for_an_endpoint_that_comes_back(tmp_path: Path, fault: str, n: int) -> None:
    """It does so a few requests after the user was told that it is waited for."""
    notices, late = Notices(), iter(range(3))

    def answer(request: Request) -> Answer:
        is_told = any("20 s" in told for told in notices.told)
        return LOADING[fault] if not is_told or next(late, None) is not None else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=1, outage_s=20)) as build:
        build.engine.progress = notices
        results = build.results(calls(n))
        assert Counter(result.outcome for result in results.values()) == {"completed": n}
        assert any("answers again" in told for told in notices.told)


@pytest.mark.parametrize("fault", LOADING)
@pytest.mark.parametrize("n", [1, 3, 40])
def test_few_calls_stop_when_it_does_not_come_back(tmp_path: Path, fault: str, n: int) -> None:
    with Stub(lambda request: LOADING[fault]) as stub:
        with (
            Build(tmp_path, stub.base_url, profile(transport_retries=1, outage_s=0.15)) as build,
            pytest.raises(EndpointError, match=r"for 0\.15 s"),
        ):
            build.results(calls(n))
        assert outcomes_in(tmp_path) == {"transport_error": stub.n}
        stub.answer = echo
        with Build(tmp_path, stub.base_url) as build:
            assert {result.outcome for result in build.results(calls(n)).values()} == {"completed"}


@pytest.mark.parametrize("asked", ["1000000000", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_an_endless_wait_is_cut_short_and_told(tmp_path: Path, asked: str) -> None:
    def answer(request: Request) -> Answer:
        return said(429, b"", **{"Retry-After": asked}) if request.nth == 1 else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(outage_s=0.2)) as build:
        build.engine.progress = notices = Notices()
        started = time.monotonic()
        assert {result.outcome for result in build.results(calls(2)).values()} == {"completed"}
        assert 0.2 <= time.monotonic() - started < 5
        assert [told for told in notices.told if "asks to wait" in told and "after 0.2 s" in told]


def test_a_call_that_alone_meets_a_limit_ends_and_stops_no_build(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return said(429, b"") if request.question == "q3" else echo(request)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(outage_s=0.3)) as build:
        results = build.results(calls(60))
        assert Counter(result.outcome for result in results.values()) == {"completed": 59, "transport_error": 1}


def test_a_call_that_fails_by_itself_keeps_its_tries(tmp_path: Path) -> None:
    """Limits beside its failures neither use them up nor add to them."""

    def answer(request: Request) -> Answer:
        if request.question != "q3":
            return echo(request)
        return said(429, b"") if request.nth % 2 else said(500, b"oops")

    with Stub(answer) as stub, Build(tmp_path, stub.base_url, profile(transport_retries=2)) as build:
        results = build.results(calls(20))
        assert Counter(result.outcome for result in results.values()) == {"completed": 19, "transport_error": 1}
        assert results["3"].attempts == 6
