"""What an endpoint may send with status 200, from the bytes to the letter: requests, outcomes, what is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from aiohttp import web
from small import Build, calls, profile
from stub import Answer, Request, Stub

from reasonmed_assets.config.profile import Model
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.compression import Frames
from reasonmed_assets.llm.replies import wire
from reasonmed_assets.llm.replies.parsing import TextReply, parse_reply

OPTIONS = ["Aspirin", "Heparin", "Warfarin"]
OK = "Aspirin acts on platelets, heparin at once. Final answer: B. Heparin"
CUT = "The answer is A. Aspirin, since it would be"
USAGE = {"prompt_tokens": 10, "completion_tokens": 5}
MODEL = Model(provider="local", name="small-1b", revision="r1")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._FIRST_PROBE_S", 0.02)


def letter(reply: Reply, fields: Mapping[str, Any]) -> Any:
    """The path that a generator's reply is."""
    return parse_reply("generator", reply, {"options": OPTIONS}, MODEL)


def said(content: Any = OK, finish_reason: Any = "stop", **more: Any) -> dict[str, Any]:
    """A response."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    return {"choices": [choice | more.pop("choice", {})], "usage": USAGE, **more}


def events(*chunks: dict[str, Any]) -> bytes:
    """A stream that was not asked for."""
    return b"".join(b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks)


def streamed(*texts: str, finish_reason: str | None = "stop", done: bytes = b"data: [DONE]\n\n") -> bytes:
    """A streamed response of these texts."""
    parts = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": finish_reason}], "usage": USAGE}
    return events(*parts, last) + done


def raw(response: Any) -> bytes:
    return response if isinstance(response, bytes) else orjson.dumps(response)


def stored(folder: Path) -> list[tuple[str, bytes | None]]:
    """Outcome and bytes of every attempt, in order."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        rows = ledger.execute("select outcome, coalesce(reply, response) from attempts order by attempt").fetchall()
    return [(outcome, None if frame is None else Frames().decompress(frame)) for outcome, frame in rows]


def is_kept(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return ledger.execute("select final_attempt from calls").fetchone() != (None,)


ERROR = {"error": {"code": 502, "message": "the provider returned an error"}}
AGAIN = {
    "cut, error": said(CUT, "error"),
    "cut, abort": said(CUT, "abort"),
    "cut, DeepSeek is short of machines": said(CUT, "insufficient_system_resource"),
    "cut, Gemini": said(CUT, "OTHER"),
    "cut, Anthropic": said(CUT, "pause_turn"),
    "whole, error": said(OK, "error"),
    "cut, the router says stop": said(CUT, "stop", choice={"native_finish_reason": "abort"}),
    "an error and an empty choice": {**said("", None), **ERROR},
    "an error in the choice": said(CUT, "stop", choice=ERROR),
    "an error alone": ERROR,
    "an error in a list": [ERROR],
    "an error as a text": {"error": "upstream connect error"},
    "no choices": {"choices": [], "usage": USAGE},
    "null choices": {"choices": None, "id": "x"},
    "nothing said": said(None, None),
    "HTML": b"<html><body>Bad gateway</body></html>",
    "nothing": b"",
    "half a body": orjson.dumps(said())[:90],
    "a stream without an end": streamed(CUT, finish_reason=None, done=b""),
    "a stream with an error": streamed(CUT, finish_reason=None, done=events(ERROR)),
    "a stream that is cut in an event": streamed(CUT, finish_reason=None, done=b'data: {"choices": [{"del'),
    "gzip cut off": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV*H",
}


@pytest.mark.parametrize("response", AGAIN.values(), ids=AGAIN)
def test_what_is_no_reply_is_asked_again_and_kept_as_it_came(response: Any, tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return Answer(body=raw(response if request.nth == 1 else said()))

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results(calls(1), letter)["0"]
        assert (result.outcome, result.value.answer_letter, stub.n) == ("completed", "B", 2)
    assert stored(tmp_path) == [("transport_error", raw(response) or None), ("completed", raw(said()))]


def test_a_response_without_end_is_no_reply_and_its_beginning_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("http", "responses"):
        monkeypatch.setattr(f"reasonmed_assets.llm.transports.{module}.LARGEST_BYTES", 400)
    long = said(OK + "." * 400)

    def answer(request: Request) -> Answer:
        return Answer(body=raw(long if request.nth == 1 else said()))

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results(calls(1), letter)["0"].value.answer_letter == "B"
    assert stored(tmp_path) == [("transport_error", raw(long)[:401]), ("completed", raw(said()))]


@pytest.mark.parametrize("how", ["half", "reset"])
def test_a_connection_that_breaks_is_asked_again(how: str, tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return Answer(body=raw(said()), how=how if request.nth == 1 else "respond")

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results(calls(1), letter)["0"].value.answer_letter == "B"
        assert stub.n == 2


def test_an_endpoint_that_only_breaks_off_gives_no_path_and_is_asked_by_the_next_build(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(body=raw(said(CUT, "error")))) as stub:
        with Build(tmp_path, stub.base_url, profile(transport_retries=2)) as build:
            result = build.results(calls(1), letter)["0"]
            assert (result.outcome, result.value, stub.n) == ("transport_error", None, 3)
        assert not is_kept(tmp_path)
        stub.answer = lambda request: Answer(body=raw(said()))
        with Build(tmp_path, stub.base_url) as build:
            assert build.results(calls(1), letter)["0"].value.answer_letter == "B"


TWO = {
    "choices": [
        {"index": 1, "message": {"content": "Final answer: A. Aspirin"}, "finish_reason": "stop"},
        {"index": 0, "message": {"content": OK}, "finish_reason": "stop"},
    ]
}
THOUGHT = "Is it A? Final answer: A. Aspirin?"
WHOLE = {
    "an unknown word": said(OK, "whatever"),
    "no word": said(OK, None),
    "end_turn": said(OK, "end_turn"),
    "EOS": said(OK, "EOS"),
    "NaN": raw(said())[:-1] + b', "logprobs": NaN}',
    "half a surrogate": raw(said())[:-1] + b', "id": "\\ud83d"}',
    "half a character": raw(said())[:-1] + b', "id": "\xf0\x9f"}',
    "a byte order mark": b"\xef\xbb\xbf" + raw(said()),
    "comments before": b": PROCESSING\n\n: PROCESSING\n\n" + raw(said()),
    "[DONE] behind": raw(said()) + b"\n[DONE]\n",
    "a stream": streamed(OK[:20], OK[20:]),
    "a stream without [DONE]": streamed(OK, done=b""),
    "a stream with comments": b": PING\n\n" + streamed(OK[:5], OK[5:]),
    "parts": said([{"type": "text", "text": OK}]),
    "thinking first": said([{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": OK}]),
    "reasoning first": said([{"type": "reasoning", "text": THOUGHT}, {"type": "text", "text": OK}]),
    "index 1 first": TWO,
}


@pytest.mark.parametrize("response", WHOLE.values(), ids=WHOLE)
def test_a_whole_reply_is_one_whatever_it_looks_like(response: Any, tmp_path: Path) -> None:
    with Stub(lambda request: Answer(body=raw(response))) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                result = build.results(calls(1), letter)["0"]
                assert isinstance(result.value, TextReply)
                assert (result.outcome, result.value.answer_letter, result.value.path_text) == ("completed", "B", OK)
        assert stub.n == 1
    assert stored(tmp_path) == [("completed", raw(response))]


def test_replies_that_end_for_an_unknown_reason_are_counted_by_their_word(tmp_path: Path) -> None:
    words = ["stop", "whatever", None, "null", "whatever", "EOS"]

    def answer(request: Request) -> Answer:
        return Answer(body=raw(said(OK, words[int(request.question[1:])])))

    with Stub(answer) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                build.results(calls(6), letter)
                assert build.engine.stats["step"].unknown_endings == {"whatever": 2, "none": 2}


@pytest.mark.parametrize("status", [200, 201, 202, 203])
def test_any_status_of_success_may_bring_a_reply(status: int, tmp_path: Path) -> None:
    with Stub(lambda request: Answer(status, raw(said()))) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results(calls(1), letter)["0"].value.answer_letter == "B"
        assert stub.n == 1


UNUSABLE = {
    "max_tokens": (said(CUT, "max_tokens"), "truncated"),
    "MAX_TOKENS": (said(CUT, "MAX_TOKENS"), "truncated"),
    "model_length": (said(CUT, "model_length"), "truncated"),
    "the router hides the bound": (said(CUT, "stop", choice={"native_finish_reason": "MAX_TOKENS"}), "truncated"),
    "a stream at its bound": (streamed(CUT, finish_reason="length"), "truncated"),
    "SAFETY": (said(CUT, "SAFETY"), "filtered"),
    "RECITATION": (said(CUT, "RECITATION"), "filtered"),
    "content_filter": (said(CUT, "content_filter"), "filtered"),
    "Azure's results": (said(CUT, choice={"content_filter_results": {"violence": {"filtered": True}}}), "filtered"),
    "Gemini's prompt": ({"choices": [], "promptFeedback": {"blockReason": "SAFETY"}}, "filtered"),
    "the model's own words": (said("I'm sorry, but I can't help with that."), "refused"),
    "a number": (said(17), "malformed"),
    "a picture": (said([{"type": "image_url", "image_url": {"url": "x"}}]), "malformed"),
    "too deep": (raw(said())[:-1] + b', "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "malformed"),
    "null": (said(None), "empty"),
}


@pytest.mark.parametrize(("response", "outcome"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_reply_is_kept_with_its_outcome(response: Any, outcome: str, tmp_path: Path) -> None:
    with Stub(lambda request: Answer(body=raw(response))) as stub:
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                result = build.results(calls(1), letter, retries=1)["0"]
                assert (result.outcome, result.value.path_text) == (outcome, None)
        assert stub.n == 2, "the call and one with another seed, each once"
    assert stored(tmp_path) == [(outcome, raw(response))] * 2


def test_the_verdict_that_a_reasoning_parser_took_for_reasoning(tmp_path: Path) -> None:
    verdict = {"verdict": "Correct", "reason": "Heparin acts at once."}
    places = {
        "0": {"content": None, "reasoning_content": orjson.dumps(verdict).decode()},
        "1": {
            "content": None,
            "tool_calls": [{"function": {"name": "f", "arguments": orjson.dumps(verdict).decode()}}],
        },
        "2": {"content": None, "function_call": {"name": "f", "arguments": orjson.dumps(verdict).decode()}},
        "3": {"content": verdict},
    }

    def answer(request: Request) -> Answer:
        return Answer(body=raw(said(choice={"message": places[request.question[1:]]})))

    def read(reply: Reply, fields: Mapping[str, Any]) -> Any:
        return parse_reply("verifier", reply, {"options": OPTIONS}, MODEL)

    with Stub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        results = build.results(calls(4), read)
        assert {(result.outcome, result.value.verdict) for result in results.values()} == {("completed", "correct")}
        assert stub.n == 4


ODD_HEADERS = {
    "not ASCII": {"Retry-After": "\xe9t\xe9"},
    "a zone beyond all": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 +99999999999999"},
    "a year beyond all": {"Retry-After": "Wed, 21 Oct 99999 07:28:00 GMT"},
    "no number": {"Retry-After": "nan"},
    "nothing": {"Retry-After": ""},
    "digits without end": {"Retry-After": "9" * 5_000},
    "limits without end": {"x-ratelimit-remaining-requests": "0", "x-ratelimit-limit-requests": "9" * 5_000},
    "limits that are none": {"x-ratelimit-remaining-tokens": "\xff", "x-ratelimit-limit-tokens": "\u00b2"},
    "a mark that is none": {"X-Simulated": "\xff"},
}


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("headers", ODD_HEADERS.values(), ids=ODD_HEADERS)
def test_odd_headers_are_passed_over_and_every_request_is_an_attempt(
    headers: dict[str, str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._LONGEST_WAIT_S", 0.01)

    def answer(request: Request) -> Answer:
        return Answer(status if request.nth == 1 else 200, raw(said()), headers if request.nth == 1 else {})

    with LatinStub(answer) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results(calls(1), letter)["0"].value.answer_letter == "B"
        n = 1 if status == 200 else 2
        assert (stub.n, len(stored(tmp_path))) == (n, n)


class LatinStub(Stub):
    """Writes headers byte by byte: aiohttp would encode them."""

    async def _respond(self, http: web.Request, answer: Answer) -> web.StreamResponse:
        lines = [f"HTTP/1.1 {answer.status} x", f"Content-Length: {len(answer.body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        assert http.transport is not None
        http.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body)
        http.transport.close()
        return web.Response()


def test_whatever_goes_wrong_with_a_response_its_request_is_an_attempt_and_its_bytes_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = wire.read_reply
    monkeypatch.setattr(
        "reasonmed_assets.llm.transports.responses.read_reply",
        lambda data, mark: 1 // 0 if stub.n == 1 else read(data, mark),
    )
    with Stub(lambda request: Answer(body=raw(said()))) as stub, Build(tmp_path, stub.base_url) as build:
        assert build.results(calls(1), letter)["0"].value.answer_letter == "B"
    assert stored(tmp_path) == [("transport_error", raw(said())), ("completed", raw(said()))]


@pytest.mark.parametrize(
    "name", ["cut, error", "an error and an empty choice", "an error in the choice", "whole, error"]
)
def test_what_an_earlier_version_kept_by_mistake_is_reopened_once(name: str, tmp_path: Path) -> None:
    with Stub(lambda request: Answer(body=raw(said()))) as stub:
        with Build(tmp_path, stub.base_url) as build:
            build.results(calls(3), letter)
        mistaken = zstandard.ZstdCompressor().compress(raw(AGAIN[name]))
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger, ledger:
            one = ledger.execute("select min(call_id) from calls").fetchone()[0]
            ledger.execute("update attempts set reply = ? where call_id = ?", (mistaken, one))
            before = ledger.execute("select * from attempts where call_id <> ?", (one,)).fetchall()
        for _ in range(2):
            with Build(tmp_path, stub.base_url) as build:
                results = build.results(calls(3), letter)
                assert {result.value.answer_letter for result in results.values()} == {"B"}
            assert stub.n == 4
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.execute("select * from attempts where call_id <> ?", (one,)).fetchall() == before
        outcomes = ledger.execute(
            "select attempt, outcome from attempts where call_id = ? order by 1", (one,)
        ).fetchall()
        assert outcomes == [(1, "transport_error"), (2, "completed")]
        assert ledger.execute("select final_attempt from calls where call_id = ?", (one,)).fetchone() == (2,)
