"""What providers of the Batch API really answer: odd values, pages instead of answers, files that are not there yet."""

from __future__ import annotations

import gzip
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from batch_stub import BatchStub, attempts, batched, end, fail
from small import Build, calls
from stub import echo

from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.llm.transports.batches.api import _time
from reasonmed_assets.vocabulary import GIVEN_UP

OUTAGE_S = 0.3
PAGE = "<html><body>please log in</body></html>"


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)


def made_once(tmp_path: Path, stub: BatchStub, n: int = 5, **provider: Any) -> dict[str, Any]:
    """Results of a build in which one batch answers every call."""
    with Build(tmp_path, stub.base_url, batched(**provider)) as build:
        results = build.results(calls(n))
        assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 1)}
        assert {r.value for r in results.values()} == {f"q{row} / 7" for row in range(n)}
        assert (stub.asked["create"], stub.n) == (1, n)
        rows = attempts(build, results)
    assert all(row["latency_ms"] >= 0 for row in rows)
    return results


@pytest.mark.parametrize(
    "odd",
    [
        {"error_file_id": ""},
        {"error_file_id": "", "output_file_id": "batch-0-output"},
        {"created_at": None},
        {"created_at": int(time.time() * 1000)},
        {"created_at": str(int(time.time()))},
        {"created_at": "2026-11-26T05:30:27Z", "completed_at": "2026-11-26T05:40:27"},
        {"created_at": "yesterday", "completed_at": -1},
        {"created_at": 1e300, "completed_at": True},
        {"created_at": {"seconds": 3}, "completed_at": []},
        {"completed_at": 0},
        {"status": "COMPLETED"},
        {"status": " Completed "},
        {"status": "succeeded"},
        {"request_counts": None},
        {"request_counts": {}},
        {"request_counts": {"total": 0, "completed": 0, "failed": 0}},
        {"request_counts": {"total": "5", "completed": "5", "failed": "0"}},
        {"request_counts": {"total": -1, "completed": 2**70, "failed": 1.5}},
        {"request_counts": [5]},
        {"errors": []},
        {"errors": {"object": "list", "data": None}},
        {"metadata": None},
        {"metadata": "batch"},
        {"object": None, "endpoint": None, "completion_window": None, "input_file_id": None},
    ],
    ids=" ".join,
)
def test_an_odd_description_of_a_batch_changes_nothing(tmp_path: Path, odd: dict[str, Any]) -> None:
    with BatchStub() as stub:
        stub.show = lambda shown: shown | odd if shown["completed_at"] else shown
        made_once(tmp_path, stub)


@pytest.mark.parametrize(
    ("value", "year"),
    [(1764135027, 2025), (1764135027123, 2025), ("1764135027", 2025), ("2025-11-26T05:30:27+00:00", 2025)]
    + [(value, None) for value in (None, "", "soon", 0, -5, True, [], {}, float("nan"), float("inf"), 10**400)],
)
def test_times_in_every_form(value: Any, year: int | None) -> None:
    found = _time(value)
    assert (found and found.year) == year


LINES: dict[str, Callable[[list[bytes]], bytes]] = {
    "carriage returns": lambda lines: b"\r\n".join(lines) + b"\r\n",
    "empty lines": lambda lines: b"\n\n" + b"\n \n\n".join(lines) + b"\n\n",
    "no line feed at the end": lambda lines: b"\n".join(lines),
    "a byte order mark": lambda lines: b"\xef\xbb\xbf" + b"\n".join(lines),
    "packed": lambda lines: gzip.compress(b"\n".join(lines)),
    "NaN": lambda lines: b"\n".join(
        line.replace(b'"prompt_tokens":10', b'"prompt_tokens":10,"p":NaN') for line in lines
    ),
    "half an emoji": lambda lines: b"\n".join(line.replace(b'"served-model"', rb'"\ud83d"') for line in lines),
    "half a character": lambda lines: b"\n".join(line.replace(b'"served-model"', b'"caf\xc3"') for line in lines),
    "each twice": lambda lines: b"\n".join(lines + lines),
    "others among them": lambda lines: b"\n".join([b'{"custom_id":"x"}', b"[]", b"7", b'{"custom_id":3}', *lines]),
    "status as text": lambda lines: b"\n".join(line.replace(b":200", b':"200"') for line in lines),
    "no status": lambda lines: b"\n".join(line.replace(b'"status_code":200,', b"") for line in lines),
    "an error beside each reply": lambda lines: b"\n".join(
        line.replace(b'"error":null', b'"error":{"code":"x","message":"y"}') for line in lines
    ),
    "an error before each reply": lambda lines: b"\n".join(
        [
            *(json.dumps({**json.loads(line), "response": None, "error": {"code": "busy"}}).encode() for line in lines),
            *lines,
        ]
    ),
    "bodies as text": lambda lines: b"\n".join(map(_with_text, lines)),
}


def _with_text(line: bytes) -> bytes:
    answer = json.loads(line)
    answer["response"]["body"] = json.dumps(answer["response"]["body"])
    return json.dumps(answer).encode()


@pytest.mark.parametrize("how", LINES)
def test_a_file_is_read_however_it_is_written(tmp_path: Path, how: str) -> None:
    with BatchStub() as stub:
        stub.write = lambda file_id, content, nth: LINES[how](content.splitlines())
        made_once(tmp_path, stub)


def test_a_file_packed_by_the_server_is_unpacked(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.write = lambda file_id, content, nth: web.Response(
            body=gzip.compress(content), headers={"Content-Encoding": "gzip"}
        )
        made_once(tmp_path, stub)


@pytest.mark.parametrize("counts", ["told", "not told"])
@pytest.mark.parametrize(
    "first",
    [
        lambda content: web.json_response({"error": {"message": "no such file"}}, status=404),
        lambda content: web.Response(text=PAGE, content_type="text/html"),
        lambda content: web.Response(body=b""),
        lambda content: web.Response(status=503),
        lambda content: content[: len(content) // 2],
        lambda content: gzip.compress(content)[:-20],
    ],
    ids=["404", "a page", "empty", "503", "cut in a line", "packed and cut"],
)
def test_a_file_that_is_not_there_yet_is_read_again(tmp_path: Path, first: Any, counts: str) -> None:
    with BatchStub() as stub:
        if counts == "not told":
            stub.show = lambda shown: shown | {"request_counts": None}
        stub.write = lambda file_id, content, nth: first(content) if nth == 0 else content
        made_once(tmp_path, stub)
        assert stub.read["batch-0-output"] >= 2


def test_a_file_that_a_completed_batch_names_later_is_read(tmp_path: Path) -> None:
    polls = 0

    def show(shown: dict[str, Any]) -> dict[str, Any]:
        nonlocal polls
        polls += bool(shown["completed_at"])
        return shown | {"output_file_id": None} if polls < 3 else shown

    with BatchStub() as stub:
        stub.show = show
        made_once(tmp_path, stub)


@pytest.mark.parametrize("status", ["completed", "expired", "cancelled"])
def test_what_a_batch_counts_and_does_not_give_is_not_bought_again_unasked(tmp_path: Path, status: str) -> None:
    def lossy(file_id: str, content: bytes, nth: int) -> bytes:
        return b"".join(content.splitlines(keepends=True)[:6])

    with BatchStub() as stub:
        stub.fates = [end(status)]
        stub.write = lossy
        for _ in range(2):
            with (
                Build(tmp_path, stub.base_url, batched(outage_s=OUTAGE_S)) as build,
                pytest.raises(EndpointError, match=r"batch batch-0 .* no line for 4 of its calls") as raised,
            ):
                build.results(calls(10))
            assert "reasonmed retry" in str(raised.value)
            assert stub.n == 10
        stub.write = lambda file_id, content, nth: content
        with Build(tmp_path, stub.base_url, batched(outage_s=OUTAGE_S)) as build:
            results = build.results(calls(10))
            assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 1)}
        assert stub.n == 10


def test_what_a_batch_does_not_give_is_bought_again_where_that_is_asked(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.write = lambda file_id, content, nth: content if file_id != "batch-0-output" else b""
        with Build(tmp_path, stub.base_url, batched(outage_s=OUTAGE_S)) as build, pytest.raises(EndpointError):
            build.results(calls(3))
        with Build(tmp_path, stub.base_url, batched(outage_s=OUTAGE_S)) as build:
            results = build.results(calls(3), retried=GIVEN_UP)
            assert {(r.outcome, r.attempts) for r in results.values()} == {("completed", 2)}
        assert stub.n == 6


def test_requests_that_a_completed_batch_counts_as_not_made_are_made(tmp_path: Path) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.fates = [end("completed", 0.6)]
        results = build.results(calls(10))
        assert sorted(r.attempts for r in results.values()) == [1] * 6 + [2] * 4
        assert [len(batch.lines) for batch in stub.batches.values()] == [10, 4]


def once(*responses: web.Response) -> Callable[[], web.Response | None]:
    left = list(responses)
    return lambda: left.pop() if left else None


@pytest.mark.parametrize("phase", ["upload", "create", "poll", "list"])
@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(text=PAGE, content_type="text/html"),
        lambda: web.Response(text=PAGE, content_type="application/json"),
        lambda: web.Response(body=b""),
        lambda: web.json_response(None),
        lambda: web.json_response([]),
        lambda: web.json_response({"id": None}),
        lambda: web.json_response({"error": {"message": "internal"}}),
        lambda: web.Response(body=b'{"id": "batch-', content_type="application/json"),
    ],
    ids=["a page", "a page called JSON", "nothing", "null", "array", "id null", "an error", "cut"],
)
def test_what_is_no_answer_is_asked_for_again(tmp_path: Path, phase: str, answer: Callable[[], web.Response]) -> None:
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.refuse[phase] = once(answer())
        if phase == "list":
            stub.refuse["created"] = once(web.Response(status=502))
        results = build.results(calls(5))
        assert {r.outcome for r in results.values()} == {"completed"}
        assert stub.n == 5
        assert len(stub.batches) == 1


def test_a_batch_created_without_an_id_or_metadata_is_found_by_its_file(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.refuse["created"] = once(web.json_response({"id": None, "status": "validating"}))
        stub.show = lambda shown: shown | {"metadata": None}
        made_once(tmp_path, stub)


def test_a_provider_that_creates_no_batch_for_a_while_costs_no_call_its_tries(tmp_path: Path) -> None:
    down = iter(range(8))
    with BatchStub() as stub, Build(tmp_path, stub.base_url, batched(transport_retries=1)) as build:
        stub.refuse["create"] = lambda: web.Response(status=429) if next(down, None) is not None else None
        results = build.results(calls(3))
        assert {r.outcome for r in results.values()} == {"completed"}
        assert stub.n == 3


@pytest.mark.parametrize("phase", ["upload", "create", "poll"])
def test_a_provider_that_stays_silent_stops_the_build(tmp_path: Path, phase: str) -> None:
    with BatchStub() as stub:
        stub.refuse[phase] = lambda: web.Response(text=PAGE, content_type="text/html")
        with (
            Build(tmp_path, stub.base_url, batched({"find_s": 0.02}, outage_s=OUTAGE_S)) as build,
            pytest.raises(EndpointError, match=r"has not answered for 0.3 s .*please log in"),
        ):
            build.results(calls(3))
        stub.refuse.clear()
        with Build(tmp_path, stub.base_url, batched()) as build:
            assert {r.outcome for r in build.results(calls(3)).values()} == {"completed"}
        assert stub.n == 3


def test_a_batch_that_is_unknown_for_a_moment_is_not_bought_again(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.refuse["poll"] = once(web.json_response({"error": {"message": "no such batch"}}, status=404))
        made_once(tmp_path, stub)


def test_an_unknown_status_is_said_and_ends_with_the_outage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with BatchStub() as stub:
        stub.show = lambda shown: shown | {"status": "hibernating"}
        with (
            Build(tmp_path, stub.base_url, batched(outage_s=OUTAGE_S)) as build,
            pytest.raises(EndpointError, match=r"status of batch batch-0 has been 'hibernating' for 0.3 s"),
        ):
            build.results(calls(3))
        assert any("hibernating" in r.message and r.levelno == logging.WARNING for r in caplog.records)
        stub.show = dict
        with Build(tmp_path, stub.base_url, batched()) as build:
            assert {(r.outcome, r.attempts) for r in build.results(calls(3)).values()} == {("completed", 1)}
        assert stub.n == 3


def test_an_unknown_status_that_passes_is_waited_for(tmp_path: Path) -> None:
    with BatchStub() as stub:
        stub.slow_polls = 4
        stub.show = lambda shown: shown if shown["completed_at"] else shown | {"status": "WARMING_UP"}
        made_once(tmp_path, stub)


@pytest.mark.parametrize(
    "errors",
    [
        {"object": "list", "data": [{"code": "bad_model", "message": "no such model", "line": 2}]},
        [{"code": "bad_model", "message": "no such model"}],
        "bad_model: no such model",
        {"code": "bad_model", "message": "no such model"},
        ["bad_model", "no such model"],
    ],
)
def test_a_batch_that_failed_at_its_validation_stops_with_every_form_of_reason(tmp_path: Path, errors: Any) -> None:
    with BatchStub() as stub:
        stub.fates = [fail("bad_model")]
        stub.show = lambda shown: shown | {"errors": errors}
        with (
            Build(tmp_path, stub.base_url, batched()) as build,
            pytest.raises(EndpointError, match=r"bad_model.*no such model"),
        ):
            build.results(calls(3))


def test_a_list_of_batches_that_never_ends_is_left(tmp_path: Path) -> None:
    class Endless(BatchStub):
        async def _list(self, http: web.Request) -> web.Response:
            await self._reach("list", http)
            return web.json_response({"data": [{"id": "other"}], "has_more": True})

    with Endless(echo) as stub, Build(tmp_path, stub.base_url, batched()) as build:
        stub.refuse["create"] = once(web.Response(status=500))
        assert {r.outcome for r in build.results(calls(2)).values()} == {"completed"}
        assert stub.n == 2
