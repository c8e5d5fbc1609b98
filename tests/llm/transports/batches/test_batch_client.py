"""OpenAI's client under our rules: what it would add, follow, keep or repeat by itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from batch_stub import BatchStub, batched

from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.llm.transports.batches.api import BatchApi, UnansweredError
from reasonmed_assets.vocabulary import Outcome

LINE = b'{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"content":"q"}]}}\n'
SECRET = "sk-of-the-provider-0123456789"
OF_A_REQUEST = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
OF_THE_CLIENT = {"x-stainless-raw-response", "x-stainless-retry-count", "x-stainless-read-timeout"}


@pytest.fixture
def stub() -> Iterator[BatchStub]:
    with BatchStub() as server:
        yield server


def asked(base_url: str, *requests: Callable[[BatchApi], Awaitable[Any]], **declared: Any) -> list[Any]:
    """What requests give, one after the other, by one client."""

    async def ask() -> list[Any]:
        api = BatchApi("local", batched(base_url=base_url, **declared).providers["local"], base_url)
        try:
            return [await request(api) for request in requests]
        finally:
            await api.close()

    return asyncio.run(ask())


async def everything(api: BatchApi) -> bytes:
    """Each of the requests once; returns the line of the output file."""
    remote = await api.create(await api.upload("name", LINE), "ours")
    ended = await api.retrieve(remote.remote_id)
    assert await api.find("ours", None) == ended
    (line,) = [line async for line in api.lines(ended.file_ids[0])]
    return line


def test_only_what_is_declared_goes_out(stub: BatchStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-shell: caf\xe9\nx-other: 1\nauthorization: Bearer of-the-shell")
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/of-the-shell")
    monkeypatch.setenv("STUB_KEY", SECRET)
    assert b'"custom_id":"a"' in asked(stub.base_url, everything)[0]
    assert {name.lower() for headers in stub.headers for name in headers} <= OF_A_REQUEST | OF_THE_CLIENT
    stub.headers.clear()
    asked(stub.base_url, everything, api_key_env="STUB_KEY", headers={"User-Agent": "mine/1", "x-team": "data"})
    sent = {(h["Authorization"], h["User-Agent"], h["x-team"]) for h in stub.headers}
    assert sent == {(f"Bearer {SECRET}", "mine/1", "data")}
    assert "of-the-shell" not in repr(stub.headers)


def test_no_cookie_is_kept(stub: BatchStub) -> None:
    cookies = web.json_response({"id": "file-9"}, headers={"Set-Cookie": "session=1; Path=/"})
    stub.refuse["upload"] = lambda: cookies if stub.asked["upload"] == 1 else None
    asked(stub.base_url, lambda api: api.upload("name", LINE), everything)
    assert len(stub.headers) > 2
    assert not any("Cookie" in headers for headers in stub.headers)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_request_is_sent_once(stub: BatchStub, status: int) -> None:
    stub.refuse["upload"] = lambda: web.Response(status=status, headers={"x-should-retry": "true", "retry-after": "0"})
    with pytest.raises((UnansweredError, EndpointError)):
        asked(stub.base_url, lambda api: api.upload("name", LINE))
    assert stub.asked["upload"] == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_names_the_new_address_and_is_not_followed(
    stub: BatchStub, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_KEY", SECRET)
    moved = {"Location": f"{stub.base_url}/batches?key={SECRET}"}
    stub.refuse["upload"] = lambda: web.Response(status=status, headers=moved)
    with pytest.raises(EndpointError, match=r"moved to http://127.0.0.1:\d+/v1/batches\?key=\[key\]"):
        asked(stub.base_url, lambda api: api.upload("name", LINE), api_key_env="STUB_KEY")
    assert sum(stub.asked.values()) == 1


@pytest.mark.parametrize("remote_id", ["..", ".", "\ud83d", "a/../b?c#d", "x" * 100_000, "\x00\n"], ids=ascii)
def test_an_id_that_is_no_path_is_no_bare_error(stub: BatchStub, remote_id: str) -> None:
    with pytest.raises((UnansweredError, EndpointError)):
        asked(stub.base_url, lambda api: api.retrieve(remote_id))


def test_no_answer_in_time_is_told_apart(stub: BatchStub) -> None:
    stub.hold_at = "upload"
    with pytest.raises(UnansweredError, match=r"no answer within 0\.1 s") as raised:
        asked(stub.base_url, lambda api: api.upload("name", LINE), timeout_s=0.1)
    assert raised.value.outcome == Outcome.TIMED_OUT


def test_the_password_of_a_proxy_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:hush-0123456789@127.0.0.1:1")
    with pytest.raises(UnansweredError) as raised:
        asked("http://models.example.invalid/v1", lambda api: api.upload("name", LINE))
    assert raised.value.outcome == Outcome.TRANSPORT_ERROR
    assert "hush" not in str(raised.value)


def test_the_client_is_imported_for_batches_only() -> None:
    program = "import sys, reasonmed_assets.cli.app, reasonmed_assets.llm.engine.engine; print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "False"
