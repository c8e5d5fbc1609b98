"""Endpoints that decline: one prompt, every call, a key, an empty account. What is kept, what stops, what is said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from small import Build, call, calls, outcomes_in, profile
from stub import Answer, Request, Stub, echo, reply

from reasonmed_assets.llm.calls import call_key
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Attempt
from reasonmed_assets.llm.outcomes import EndpointError, EngineError, Received, UnauthorisedError
from reasonmed_assets.vocabulary import Outcome

SECRET = "sk-THE-SECRET-0123456789"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second, and a key."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)
    monkeypatch.setenv("STUB_KEY", SECRET)


def error(status: int, body: Any) -> Answer:
    return Answer(status=status, body=body if isinstance(body, bytes) else orjson.dumps(body))


def said(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


def runs_on(folder: Path, stub: Stub, n: int) -> None:
    """Once the endpoint is well again, the same command completes every row, paying for nothing twice."""
    answered = outcomes_in(folder)["completed"]
    stub.answer = echo
    stub.forget()
    with Build(folder, stub.base_url, profile(api_key_env="STUB_KEY")) as build:
        assert Counter(result.outcome for result in build.results(calls(n)).values()) == {"completed": n}
    assert stub.n == n - answered


NO_CREDIT = [
    (400, said("Your credit balance is too low to access the API.", type="invalid_request_error")),
    (402, said("Insufficient Balance")),
    (429, said("You exceeded your current quota, please check your plan.", code="insufficient_quota")),
    (403, {"error": "Your team has used all available credits"}),
    (200, said("Insufficient credits", code=402)),
]


@pytest.mark.parametrize(("status", "body"), NO_CREDIT)
@pytest.mark.parametrize("n_good", [0, 20])
def test_an_account_without_credit_stops_and_nothing_is_final(
    tmp_path: Path, status: int, body: Any, n_good: int
) -> None:
    with Stub(lambda request: echo(request) if stub.n <= n_good else error(status, body)) as stub:
        made_by = profile(api_key_env="STUB_KEY", max_in_flight=8)
        with (
            Build(tmp_path, stub.base_url, made_by) as build,
            pytest.raises(UnauthorisedError, match=r"no credit or quota left.*STUB_KEY"),
        ):
            build.results(calls(200))
        assert stub.n <= n_good + 16
        assert outcomes_in(tmp_path) == Counter(completed=n_good, unauthorised=stub.n - n_good)
        runs_on(tmp_path, stub, 60)


WRONG_KEY = [
    (400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]),
    (401, said(f"Incorrect API key provided: {SECRET[:6]}***6789")),
    (403, {"type": "error", "error": {"type": "permission_error", "message": "may not use this"}}),
    (200, said("No auth credentials found", code=401)),
    (403, b"<html>Forbidden</html>"),
]


@pytest.mark.parametrize(("status", "body"), WRONG_KEY)
@pytest.mark.parametrize("n", [1, 3, 200])
def test_a_wrong_key_stops_names_the_variable_and_nothing_is_final(
    tmp_path: Path, status: int, body: Any, n: int
) -> None:
    with Stub(lambda request: error(status, body)) as stub:
        made_by = profile(api_key_env="STUB_KEY", max_in_flight=4)
        with (
            Build(tmp_path, stub.base_url, made_by) as build,
            pytest.raises(UnauthorisedError, match="STUB_KEY") as raised,
        ):
            build.results(calls(n))
        assert SECRET[:6] not in str(raised.value)
        assert stub.n <= 8
        runs_on(tmp_path, stub, n)


ALL_DECLINED = [
    (400, said("No connected db.", type="no_db_connection", code="400"), "No connected db"),
    (400, said("Invalid model name passed in model=small-1b"), "Invalid model name"),
    (422, {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, "Extra inputs"),
    (400, said("Unsupported parameter: 'max_tokens'"), "Unsupported parameter"),
    (400, b"", "HTTP 400"),
    (406, b"not acceptable", "not acceptable"),
    (200, said("unknown field: seed", type="invalid_request_error"), "unknown field"),
]


@pytest.mark.parametrize(("status", "body", "quoted"), ALL_DECLINED)
@pytest.mark.parametrize("n", [1, 2, 3, 300])
def test_a_model_that_declines_every_call_stops_and_is_quoted(
    tmp_path: Path, status: int, body: Any, quoted: str, n: int
) -> None:
    with Stub(lambda request: error(status, body)) as stub:
        with (
            Build(tmp_path, stub.base_url, profile(api_key_env="STUB_KEY")) as build,
            pytest.raises(EndpointError, match=rf"{quoted}.*\[models\.small\].*STUB_KEY"),
        ):
            build.results(calls(n))
        assert stub.n <= 24
        assert outcomes_in(tmp_path) == {"declined": stub.n}
        runs_on(tmp_path, stub, n)


def test_it_stops_after_some_were_accepted_and_all_others_are_declined(tmp_path: Path) -> None:
    with Stub(lambda request: echo(request) if stub.n <= 20 else error(400, said("not today"))) as stub:
        with Build(tmp_path, stub.base_url) as build, pytest.raises(EndpointError, match="not today"):
            build.results(calls(500))
        # 24 declined calls in a row leave a doubt. The others in flight come back (16 at first, one more for each of
        # the 20 replies), then one is asked alone, which settles it.
        assert outcomes_in(tmp_path)["declined"] <= 24 + (16 + 20 - 1) + 1
        runs_on(tmp_path, stub, 60)


def odd(request: Request) -> bool:
    return int(request.question[1:]) % 10 == 1


PROMPTS: list[tuple[str, int, Any]] = [
    ("rejected", 400, said("This model's maximum context length is 4096 tokens.", code="context_length_exceeded")),
    ("rejected", 413, b"<html>Request Entity Too Large</html>"),
    ("rejected", 400, said("something is wrong here")),
    ("rejected", 422, {"detail": "cannot be processed"}),
    ("filtered", 400, said("The prompt triggered the content management policy.", code="content_filter")),
    ("filtered", 403, said("your input was flagged", code=403, metadata={"reasons": ["violence"]})),
    ("filtered", 403, b"<html>You have been blocked</html>"),
    ("filtered", 200, said("Prohibited content", code=403)),
]


@pytest.mark.parametrize(("outcome", "status", "body"), PROMPTS)
def test_a_prompt_that_is_declined_beside_others_ends_alone_and_is_kept(
    tmp_path: Path, outcome: str, status: int, body: Any
) -> None:
    def answer(request: Request) -> Answer:
        return error(status, body) if odd(request) else reply("x", delay_s=0.01)

    with Stub(answer) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url, profile(max_in_flight=4)) as build:
                results = build.results(calls(100))
            ended = Counter(result.outcome for result in results.values())
            assert ended == {"completed": 90, outcome: 10}
            assert all(result.detail for result in results.values() if result.outcome == outcome)
            n_first = stub.n
        assert n_first <= 110
        assert stub.n == n_first


@pytest.mark.parametrize(
    ("outcome", "status", "body"),
    [one for one in PROMPTS if one[1] == 413 or b"code" in orjson.dumps(one[2].__repr__())],
)
def test_a_prompt_that_an_error_names_is_kept_even_when_it_is_the_only_one(
    tmp_path: Path, outcome: str, status: int, body: Any
) -> None:
    with Stub(lambda request: error(status, body)) as stub, Build(tmp_path, stub.base_url) as build:
        assert {result.outcome for result in build.results(calls(30)).values()} == {outcome}
        assert stub.n == 30


def test_the_first_prompts_may_be_declined_while_others_are_being_answered(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return error(400, said("no")) if int(request.question[1:]) < 8 else reply("x", delay_s=0.2)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        results = build.results(calls(60))
        assert Counter(result.outcome for result in results.values()) == {"rejected": 8, "completed": 52}


def test_the_last_prompts_are_asked_again_by_the_next_build(tmp_path: Path) -> None:
    with Stub(lambda request: error(400, said("no")) if int(request.question[1:]) >= 57 else echo(request)) as stub:
        with Build(tmp_path, stub.base_url, profile(max_in_flight=1)) as build:
            results = build.results(calls(60))
            assert Counter(result.outcome for result in results.values()) == {"completed": 57, "declined": 3}
        # The ledger tells that the model accepts calls: these three do not stop a build.
        with Build(tmp_path, stub.base_url, profile(max_in_flight=1)) as build:
            assert build.results(calls(60))["59"].outcome == "declined"
        runs_on(tmp_path, stub, 60)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("n", [1, 200])
def test_an_address_that_has_moved_stops_at_once_and_the_new_one_is_named(tmp_path: Path, status: int, n: int) -> None:
    moved = Answer(status=status, headers={"Location": "https://new.example/v2"})
    with Stub(lambda request: moved) as stub:
        with (
            Build(tmp_path, stub.base_url, profile(max_in_flight=4, api_key_env="STUB_KEY")) as build,
            pytest.raises(EndpointError, match=rf"HTTP {status}.*https://new\.example/v2.*base_url"),
        ):
            build.results(calls(n))
        assert stub.n <= 4
        runs_on(tmp_path, stub, n)


def test_without_retries_a_call_ends_when_it_is_declined_and_many_in_a_row_stop(tmp_path: Path) -> None:
    with Stub(lambda request: error(400, said("no"))) as stub:
        made_by = profile(transport_retries=0, max_in_flight=1)
        with Build(tmp_path, stub.base_url, made_by) as build:
            assert {result.outcome for result in build.results(calls(3)).values()} == {"declined"}
            assert stub.n == 3
        with (
            Build(tmp_path, stub.base_url, made_by) as build,
            pytest.raises(EndpointError, match="declines every call"),
        ):
            build.results(calls(300))
        assert stub.n <= 3 + 24
        runs_on(tmp_path, stub, 30)


MISTAKEN = [
    'HTTP 400: {"error": {"message": "Your credit balance is too low"}}',
    'HTTP 400: [{"error": {"message": "API key not valid. Please pass a valid API key."}}]',
    'HTTP 400: {"error": {"message": "No connected db.", "type": "no_db_connection"}}',
    'HTTP 422: {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inp',
    "HTTP 400",
]
RIGHT = [
    "HTTP 413",
    'HTTP 400: {"error": {"message": "This model\'s maximum context length is 8192 tokens. However, you requ',
    'HTTP 400: {"error": {"message": "something is wrong here"}} (others were accepted)',
    "the prompt is longer than the model's context",
    None,
]


def kept_as_rejected(folder: Path, row: int, detail: str | None) -> None:
    """Put a call into the ledger as an earlier version kept it."""
    asked = call(row)
    key = call_key("local", "small-1b", "r1", asked.body, asked.sample)
    received = Received(Outcome.REJECTED, detail, 400, None, None, None, 1.0, datetime.now(UTC))
    attempt = Attempt(key, "local", "small-1b", "r1", 0, "verifier", "real", orjson.dumps(asked.body), received)
    with open_store(folder / "ledger.sqlite") as ledger:
        ledger.record(attempt, lambda recorded: None)


def test_what_an_earlier_version_kept_by_mistake_is_asked_again(tmp_path: Path) -> None:
    for row, detail in enumerate([*MISTAKEN, *RIGHT]):
        kept_as_rejected(tmp_path, row, detail)
    with Stub() as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                results = build.results(calls(len(MISTAKEN) + len(RIGHT)))
            ended = [str(results[str(row)].outcome) for row in range(len(results))]
            assert ended == ["completed"] * len(MISTAKEN) + ["rejected"] * len(RIGHT)
        assert stub.n == len(MISTAKEN)
    assert outcomes_in(tmp_path) == Counter(completed=len(MISTAKEN), declined=len(MISTAKEN), rejected=len(RIGHT))


def test_no_error_quotes_a_part_of_the_key(tmp_path: Path) -> None:
    body = said(f"bad request by {SECRET[:10]}****{SECRET[-4:]}")
    with (
        Stub(lambda request: error(400, body)) as stub,
        Build(tmp_path, stub.base_url, profile(api_key_env="STUB_KEY")) as build,
        pytest.raises(EngineError) as raised,
    ):
        build.results([call(1)])
    assert "bad request by [key]" in str(raised.value)
    assert SECRET[:10] not in str(raised.value)
