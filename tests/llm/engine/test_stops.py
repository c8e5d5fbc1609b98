"""What stops a build at once: a key, an address or a reply that is not what the profile says; and its own end."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from small import Build, call, calls, outcomes_in, profile, text_of
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.llm.outcomes import EndpointError, EngineError, SimulatedReplyError, UnauthorisedError

SECRET = "sk-THE-SECRET-0123456789"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_stops_at_once_and_names_the_variable(
    tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_KEY", SECRET)
    refusal = Answer(status=status, body=f"bad key {SECRET}".encode())
    with Stub(lambda request: refusal) as stub:
        made_by = profile(api_key_env="STUB_KEY", max_in_flight=4)
        with Build(tmp_path, stub.base_url, made_by) as build, pytest.raises(UnauthorisedError) as raised:
            build.results(calls(500))
        assert "STUB_KEY" in str(raised.value)
        assert SECRET not in str(raised.value)
        assert stub.n <= 8
        stub.answer = echo
        with Build(tmp_path, stub.base_url, made_by) as build:
            assert {r.outcome for r in build.results(calls(500)).values()} == {"completed"}


@pytest.mark.parametrize(("status", "outcome"), [(401, "unauthorised"), (404, "transport_error")])
def test_requests_that_stop_the_build_are_attempts_too(tmp_path: Path, status: int, outcome: str) -> None:
    with Stub(lambda request: Answer(status=status)) as stub:
        with Build(tmp_path, stub.base_url, profile(max_in_flight=4)) as build, pytest.raises(EngineError):
            build.results(calls(500))
        assert outcomes_in(tmp_path) == {outcome: stub.n}


def test_requests_that_the_end_of_a_run_cuts_off_are_attempts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.engine.fetching._GRACE_S", 0.1)
    quick = {f"q{row}" for row in range(10)}
    with Stub(lambda request: reply("x", delay_s=0.0 if request.question in quick else 30.0)) as stub:
        with Build(tmp_path, stub.base_url) as build:
            run = build.engine.run("step", calls(50), text_of, 2)
            assert len([next(run) for _ in range(10)]) == 10
            run.close()
        assert stub.n > 10
        assert outcomes_in(tmp_path) == {"completed": 10, "transport_error": stub.n - 10}
        stub.answer = echo
        with Build(tmp_path, stub.base_url) as build:
            again = build.results(calls(50))
        assert sum(result.is_cached for result in again.values()) == 10


def test_a_missing_key_stops_before_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUB_KEY", raising=False)
    with Stub() as stub, Build(tmp_path, stub.base_url, profile(api_key_env="STUB_KEY")) as build:
        with pytest.raises(UnauthorisedError, match="STUB_KEY"):
            build.results(calls(5))
        assert stub.n == 0


def test_an_unknown_address_stops(tmp_path: Path) -> None:
    with (
        Stub() as stub,
        Build(tmp_path, stub.base_url + "/wrong") as build,
        pytest.raises(EndpointError, match="base_url"),
    ):
        build.results(calls(5))


def test_the_key_is_in_no_file_log_or_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STUB_KEY", SECRET)
    caplog.set_level(logging.DEBUG)

    def answer(request: Request) -> Answer:
        echoed = request.headers["Authorization"]
        return {
            0: reply(f"you sent {echoed}"),
            1: Answer(status=400, body=echoed.encode()),
            2: Answer(status=500, body=echoed.encode()),
            3: Answer(body=echoed.encode()),
        }[int(request.question[1:]) % 4]

    with Stub(answer) as stub:
        made_by = profile(api_key_env="STUB_KEY", transport_retries=1)
        with Build(tmp_path, stub.base_url, made_by) as build:
            results = build.results(calls(20))
            frame = build.ledger.attempts_of(key for r in results.values() for key in r.call_keys)
            written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
        assert all(r.headers["Authorization"] == f"Bearer {SECRET}" for r in stub.requests)
    assert "you sent Bearer [key]" in (results["0"].value or "")
    assert SECRET not in repr(results) + str(frame.to_dicts()) + caplog.text
    assert SECRET.encode() not in written
    assert "Authorization" not in str(frame.to_dicts())


@pytest.mark.parametrize("marked_by", ["body", "header"])
def test_simulated_replies_need_a_provider_declared_so(tmp_path: Path, marked_by: str) -> None:
    plain = reply("made up", simulated=True) if marked_by == "body" else reply("made up")
    headers = {"X-Simulated": "true"} if marked_by == "header" else {}
    with Stub(lambda request: Answer(body=plain.body, headers=headers)) as stub:
        with Build(tmp_path, stub.base_url) as build, pytest.raises(SimulatedReplyError, match="local"):
            build.results([call(1)])
        assert outcomes_in(tmp_path) == {"transport_error": 1}, "a request that was sent, and no reply"
        with Build(tmp_path, stub.base_url, profile(kind="simulated")) as build:
            result = build.results([call(1)])["1"]
            assert result.reply is not None and result.reply.is_simulated
        with Build(tmp_path, stub.base_url) as build, pytest.raises(SimulatedReplyError, match="stored"):
            build.results([call(1)])
