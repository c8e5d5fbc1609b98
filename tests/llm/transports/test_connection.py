"""What goes out with requests to a provider, and which way: headers, nothing of the shell, proxies, no redirect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from batch_stub import QUICK, BatchStub
from small import Build, call, calls, profile
from stub import Stub, echo, reply

from reasonmed_assets.llm.calls import Unusable, call_key, retry_of
from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.orchestration.doctor import _endpoint

OF_THE_SHELL = {
    "OPENAI_API_KEY": "sk-of-the-shell-0123456789",
    "OPENAI_ORG_ID": "org-of-the-shell",
    "OPENAI_PROJECT_ID": "project-of-the-shell",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/of-the-shell",
    "AZURE_OPENAI_API_KEY": "azure-key-of-the-shell",
    "AZURE_OPENAI_AD_TOKEN": "ad-token-of-the-shell",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9/of-the-shell",
    "OPENAI_CUSTOM_HEADERS": "x-shell: of-the-shell",
}


class Provider(BatchStub):
    """Chat completions, batches and a list of models; `seen_headers` has those of every request."""

    def __init__(self) -> None:
        super().__init__(echo)
        self.models: Any = {"data": [{"id": "one"}, {"id": "two"}]}
        self.headers_seen: list[dict[str, str]] = []
        self.paths: list[str] = []

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        super()._add_routes(router)
        Stub._add_routes(self, router)
        router.add_get("/v1/models", self._models)
        router.add_get("/openai/models", self._models)

    async def _models(self, http: web.Request) -> web.Response:
        self._note(http)
        return self.models if isinstance(self.models, web.Response) else web.json_response(self.models)

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        self._note(http)
        return await super()._handle(http)

    async def _reach(self, phase: str, http: web.Request) -> web.Response | None:
        self._note(http)
        return await super()._reach(phase, http)

    def _note(self, http: web.Request) -> None:
        self.headers_seen.append({name.lower(): value for name, value in http.headers.items()})
        self.paths.append(http.path_qs)


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in OF_THE_SHELL.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.fixture
def stub() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def everything(tmp_path: Path, base_url: str, **declared: Any) -> None:
    """A call, a batch and the doctor's question, by a provider so declared."""
    for name, transport in [("http", {}), ("batch", {"transport": "batch", "batch": QUICK})]:
        made_by = profile(base_url=base_url, **transport, **declared)
        with Build(tmp_path / name, base_url, made_by) as build:
            assert {r.outcome for r in build.results(calls(2)).values()} == {"completed"}
    assert _endpoint("local", made_by.providers["local"], base_url).detail == f"{base_url} serves 2 models"


def test_nothing_of_the_shell_goes_out(tmp_path: Path, stub: Provider) -> None:
    everything(tmp_path, stub.base_url)
    azure = profile(base_url=stub.base_url.removesuffix("/v1"), azure_api_version="2026-01-01").providers["local"]
    assert _endpoint("azure", azure, stub.base_url.removesuffix("/v1")).is_fine
    assert stub.paths[-1] == "/openai/models?api-version=2026-01-01"
    for headers in stub.headers_seen:
        assert "of-the-shell" not in repr(headers)
        assert not {"authorization", "api-key", "openai-organization", "openai-project"} & headers.keys()


def test_headers_of_a_provider_go_with_everything_and_change_no_key(tmp_path: Path, stub: Provider) -> None:
    everything(tmp_path, stub.base_url, headers={"OpenAI-Organization": "org-1", "User-Agent": "mine/1"})
    assert {(h["openai-organization"], h["user-agent"]) for h in stub.headers_seen} == {("org-1", "mine/1")}
    with Build(tmp_path / "http", "http://127.0.0.1:1/v1") as build:
        assert all(r.is_cached for r in build.results(calls(2)).values())


def test_headers_of_a_call_replace_the_providers_and_change_its_key(tmp_path: Path, stub: Provider) -> None:
    made_by = profile(headers={"X-Effort": "low", "X-Title": "t"})
    plain, other = call(1), replace(call(1), headers={"x-effort": "high"})
    with Build(tmp_path, stub.base_url, made_by) as build:
        for one in (plain, other, other):
            build.results([one])
    assert [(h["x-effort"], h["x-title"]) for h in stub.headers_seen] == [("low", "t"), ("high", "t")]


def test_a_key_without_additions_is_the_key_of_before() -> None:
    body = {"model": "small-1b", "messages": [{"role": "user", "content": "q1"}], "max_tokens": 50, "seed": 7}
    assert call_key("local", "small-1b", "r1", body, 0) == call_key("local", "small-1b", "r1", body, 0, {})
    assert call_key("local", "small-1b", "r1", body, 0) == "e4e71ae03a29e86b20aead0a86a1f07a"
    assert call_key("local", "small-1b", "r1", body, 0, {"x-a": "1"}) != call_key("local", "small-1b", "r1", body, 0)


def test_a_new_call_differs_where_the_seed_is_left_out(tmp_path: Path) -> None:
    first = call(1, seed=None)
    keys = {call_key("local", "small-1b", "r1", c.body, c.sample, c.headers)
            for c in (first, *(retry_of(first, k, Unusable("truncated", "cut"), None) for k in (1, 2)))}  # fmt: skip
    assert len(keys) == 3
    answers = iter([reply("!truncated"), reply("!truncated"), reply("whole")])
    with Stub(lambda request: next(answers)) as stub, Build(tmp_path, stub.base_url) as build:
        result = build.results([first])["1"]
        assert (result.value, len(set(result.call_keys)), stub.n) == ("whole", 3, 3)
        assert {request.nth for request in stub.requests} == {1, 2, 3}, "one body, three samples of it"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_leads_to_other_hosts(tmp_path: Path, stub: Provider, variable: str, shell: pytest.MonkeyPatch) -> None:
    shell.setenv(variable, stub.base_url.removesuffix("/v1"))
    everything(tmp_path, "http://models.example.invalid/v1")
    assert {headers["host"] for headers in stub.headers_seen} == {"models.example.invalid"}


def test_no_proxy_leads_to_this_machine(tmp_path: Path, stub: Provider, shell: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        shell.setenv(variable, "http://127.0.0.1:1")
    everything(tmp_path, stub.base_url)


def test_the_password_of_a_proxy_is_not_repeated(tmp_path: Path, shell: pytest.MonkeyPatch) -> None:
    shell.setenv("HTTP_PROXY", "http://me:hush-0123456789@127.0.0.1:1")
    with (
        Build(tmp_path, "http://models.example.invalid/v1", profile(outage_s=0.1)) as build,
        pytest.raises(EndpointError) as raised,
    ):
        build.results([call(1)])
    assert "hush" not in str(raised.value)
    provider = profile(base_url="http://models.example.invalid/v1").providers["local"]
    finding = _endpoint("local", provider, "http://models.example.invalid/v1")
    assert not finding.is_fine
    assert "hush" not in finding.detail


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (web.Response(status=401), "check the environment variable STUB_KEY"),
        (
            web.Response(status=307, headers={"Location": "http://127.0.0.1:1/v1?k=sk-key-of-the-doctor"}),
            "it has moved to http://127.0.0.1:1/v1?k=[key]",
        ),
        (web.Response(text="<html>log in</html>", content_type="text/html"), "lists no models"),
        (web.Response(status=404, text="sk-key-of-the-doctor"), "HTTP 404: [key]"),
        ([], "lists no models"),
    ],
    ids=["401", "redirect", "a page", "404", "array"],
)
def test_the_doctor_names_what_is_wrong_and_never_the_key(
    stub: Provider, models: Any, said: str, shell: pytest.MonkeyPatch
) -> None:
    shell.setenv("STUB_KEY", "sk-key-of-the-doctor")
    stub.models = models
    provider = profile(base_url=stub.base_url, api_key_env="STUB_KEY").providers["local"]
    finding = _endpoint("local", provider, stub.base_url)
    assert not finding.is_fine
    assert said in finding.detail
    assert "sk-key" not in finding.detail
    assert len(stub.paths) == 1


def test_a_redirect_of_a_batch_is_not_followed(tmp_path: Path, stub: Provider) -> None:
    stub.refuse["poll"] = lambda: web.Response(status=302, headers={"Location": f"{stub.base_url}/batches/batch-0"})
    made_by = profile(transport="batch", batch=QUICK, outage_s=0.2)
    with Build(tmp_path, stub.base_url, made_by) as build, pytest.raises(EndpointError):
        build.results(calls(2))
    assert stub.n == 2
