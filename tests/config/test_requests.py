"""What a profile adds to requests and leaves out of them, which addresses it may give, and what it refuses."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from reasonmed_assets.config import ProfileError, load_profile
from reasonmed_assets.config.addresses import (
    ProxyError,
    environment_of_downloads,
    is_this_machine,
    problem_of,
    proxy_of,
)
from reasonmed_assets.config.credentials import is_credential, names_credential
from reasonmed_assets.config.listing import listing, schema
from reasonmed_assets.config.profile import Provider
from reasonmed_assets.config.reading import resolve_profile

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def refused(set: dict[str, Any]) -> str:
    with pytest.raises(ProfileError, match=r"simulated\.toml") as error:
        load_profile("simulated", set)
    return str(error.value)


def test_a_model_adds_to_what_its_provider_adds() -> None:
    profile = load_profile(
        "simulated",
        {
            "providers.rehearsal.extra_body": {"service_tier": "flex", "reasoning": {"effort": "low"}},
            "providers.rehearsal.omit": ["seed"],
            "models.qwen.extra_body": {"reasoning": {"effort": "high"}, "top_k": 20},
            "models.qwen.omit": ["top_p"],
        },
    )
    body = {"model": "m", "messages": [], "seed": 1, "top_p": 0.9, "temperature": 0.7}
    assert profile.whole_body("qwen", body) == {
        "model": "m",
        "messages": [],
        "temperature": 0.7,
        "service_tier": "flex",
        "reasoning": {"effort": "high"},
        "top_k": 20,
    }
    assert profile.whole_body("deepseek", body) == {
        **{key: value for key, value in body.items() if key != "seed"},
        "service_tier": "flex",
        "reasoning": {"effort": "low"},
    }


def test_nothing_declared_changes_no_body() -> None:
    body = {"model": "m", "messages": [], "seed": 1}
    assert json.dumps(load_profile("simulated").whole_body("qwen", body)) == json.dumps(body)


@pytest.mark.parametrize(
    "name",
    ["model", "messages", "response_format", "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "n",
     "stream", "stream_options"],
)  # fmt: skip
def test_what_is_declared_elsewhere_is_not_added(name: str) -> None:
    for at in ("providers.rehearsal", "models.qwen"):
        assert f"{at}.extra_body: {name} is not added: it follows from" in refused({f"{at}.extra_body": {name: 1}})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("models.qwen.omit", ["max_tokens"], "models.qwen.omit"),
        ("models.qwen.omit", ["messages"], "models.qwen.omit"),
        ("models.qwen.extra_body", {"a": None}, "a is null"),
        ("models.qwen.extra_body", {"a": [{"b": float("nan")}]}, "a finite number"),
        ("models.qwen.extra_body", {"a": 2**65}, "models.qwen.extra_body.a: the integer does not fit"),
        ("models.qwen.headers", {"X-A": "1", "x-a": "2"}, "given twice"),
        ("models.qwen.headers", {"X A": "1"}, "no name of a header"),
        ("models.qwen.headers", {"X-A": "one\r\nX-B: two"}, "on one line"),
        ("models.qwen.headers", {"X-A": "caf\u00e9"}, "printable ASCII"),
        ("models.qwen.headers", {"X-A": ""}, "printable ASCII"),
        ("models.qwen.headers", {"Content-Type": "text/plain"}, "set by the client"),
        ("models.qwen.headers", {"Host": "elsewhere"}, "set by the client"),
        ("models.qwen.headers", {"X-A": 1}, "models.qwen.headers"),
    ],
)
def test_what_cannot_be_sent_is_refused(key: str, value: Any, said: str) -> None:
    assert said in refused({key: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "x"),
        ("authorization", "x"),
        ("api-key", "x"),
        ("X-API-Key", "x"),
        ("X-Goog-Api-Key", "x"),
        ("Ocp-Apim-Subscription-Key", "x"),
        ("Proxy-Authorization", "x"),
        ("X-Auth-Token", "x"),
        ("Cookie", "x"),
        ("X-Amz-Security-Token", "x"),
        ("X-Client-Secret", "x"),
        ("X-Custom", "Bearer abcdef123456"),
        ("X-Custom", "sk-proj-0123456789abcdef"),
        ("X-Custom", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc"),
        ("X-Custom", "https://user:pass@example.com"),
    ],
)
def test_a_credential_is_refused_and_not_repeated(name: str, value: str) -> None:
    for at in ("providers.rehearsal.headers", "models.qwen.headers"):
        said = refused({at: {name: value}})
        assert f"{name} holds a credential" in said
        assert value == "x" or value not in said
    said = refused({"models.qwen.extra_body": {"data_sources": [{"parameters": {name: value}}]}})
    assert "holds a credential" in said


@pytest.mark.parametrize(
    "vllm", [{"hf_token": "x"}, {"hf_overrides": {"a": [{"secret": "x"}]}}, {"tag": "hf_" + "a" * 34}]
)
def test_no_argument_of_vllm_is_a_credential(vllm: dict[str, Any]) -> None:
    provider = {"kind": "real", "transport": "vllm", "vllm": {"model": "some/model", "tokenizer_mode": "auto"}}
    assert Provider.model_validate(provider).vllm["model"] == "some/model"
    with pytest.raises(ValidationError, match=r"vllm.* holds a credential.* HF_TOKEN"):
        Provider.model_validate(provider | {"vllm": {"model": "some/model", **vllm}})


@pytest.mark.parametrize(
    "name",
    ["OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta", "HTTP-Referer", "X-Title", "anthropic-version",
     "prompt_cache_key", "Idempotency-Key", "stop_token_ids", "eos_token", "thinking_token_budget", "author",
     "max_thinking_tokens", "monkey", "User-Agent"],
)  # fmt: skip
def test_ordinary_names_are_none_of_credentials(name: str) -> None:
    assert not names_credential(name)
    assert not is_credential("org-0123456789abcdefghij")


def test_the_value_of_a_key_variable_is_refused_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "pass-phrase-of-mine")
    given = {"providers.rehearsal.api_key_env": "MY_KEY"}
    for at, value in [
        ("providers.rehearsal.headers", {"X-Custom": "a pass-phrase-of-mine"}),
        ("models.qwen.headers", {"X-Custom": "pass-phrase-of-mine"}),
        ("models.qwen.extra_body", {"user": ["pass-phrase-of-mine"]}),
    ]:
        said = refused({**given, at: value})
        assert f"{at}: it holds the value of the environment variable MY_KEY" in said
        assert "pass-phrase-of-mine" not in said


@pytest.mark.parametrize("transport", ["batch", "vllm"])
def test_headers_of_a_model_go_with_requests_of_its_own(transport: str) -> None:
    set = {"models.qwen.headers": {"X-A": "1"}, "providers.rehearsal.transport": transport}
    if transport == "vllm":
        set |= {"providers.rehearsal.vllm": {"model": "m"}, "providers.rehearsal.server": "none"}
    assert "models.qwen.headers: provider rehearsal sends no request of its own" in refused(set)


def test_show_and_schema_know_what_is_added() -> None:
    given = {
        "models.qwen.extra_body": {"chat_template_kwargs": {"enable_thinking": False}, "stop": ["a", "b"]},
        "models.qwen.headers": {"anthropic-beta": "x"},
        "models.qwen.omit": ["seed"],
    }
    resolved = resolve_profile("simulated", given)
    text = "\n".join(listing(resolved))
    shown = tomllib.loads(text)["models"]["qwen"]
    assert {key: shown[key] for key in ("extra_body", "headers", "omit")} == {
        key.rpartition(".")[2]: value for key, value in given.items()
    }
    for part in ("Model", "Provider"):
        assert {"extra_body", "headers", "omit"} <= schema()["$defs"][part]["properties"].keys()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://example.com/v1?api-version=1", "no query"),
        ("https://example.com/v1?", "no query"),
        ("https://example.com/v1#part", "no fragment"),
        ("https://me:secret@example.com/v1", "no user and no password"),
        ("https://me@example.com/v1", "no user and no password"),
        ("https://me:hush/secret@example.com/v1", "no user and no password"),
        ("https:/me:secret@example.com/v1", "no user and no password"),
        ("https:\\\\me:secret@example.com/v1", "no user and no password"),
        ("https//me:secret@example.com/v1", "no user and no password"),
        ("me:secret@example.com/v1", "no user and no password"),
        ("https://[me:secret@example.com/v1", "no user and no password"),
        ("ftp://example.com/v1", "not an http address"),
        ("example.com/v1", "not an http address"),
        ("https:///v1", "not an http address"),
        ("https://example.com:port/v1", "not an http address"),
        ("https://example.com:99999/v1", "not an http address"),
        ("https://exam ple.com/v1", "not an http address"),
        ("https://example.com\\v1", "not an http address"),
        ("https://example.com/v1\n", "not an http address"),
        ("https://example.com/\u202ev1", "not an http address"),
        ("http://[::1]example.com/v1", "not an http address"),
        ("http://[::1]:80:80/v1", "not an http address"),
        ("", "not an http address"),
    ],
)
def test_an_address_is_kept_whole_or_refused(url: str, said: str) -> None:
    problem = problem_of(url)
    assert problem is not None
    assert said in problem
    assert "secret" not in problem
    if url:
        given = {"providers.rehearsal.server": "none", "providers.rehearsal.base_url": url}
        assert said in refused(given)
        assert "secret" not in refused(given)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://localhost/v1", True),
        ("http://LOCALHOST:1/v1", True),
        ("http://model.localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://[::ffff:127.0.0.1]/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://10.0.0.1/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://example.com/localhost", False),
        ("HTTP://example.com/v1", False),
        ("hTtP://10.0.0.1/v1", False),
        ("HTTP://127.0.0.1/v1", True),
    ],
)
def test_a_key_goes_over_http_to_this_machine_only_unless_declared(url: str, is_own: bool) -> None:
    assert problem_of(url) is None
    assert is_this_machine(url) is is_own
    at = "providers.rehearsal"
    given = {f"{at}.server": "none", f"{at}.base_url": ["https://example.com/v1", url], f"{at}.api_key_env": "MY_KEY"}
    if is_own:
        load_profile("simulated", given)
    else:
        assert "declare api_key_over_http = true" in refused(given)
    load_profile("simulated", given | {f"{at}.api_key_over_http": True})
    load_profile("simulated", {key: value for key, value in given.items() if "api_key" not in key})


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "direct"),
    [
        ({}, "all"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, ""),
        ({"https_proxy": "proxy:3128"}, ""),
        ({"ALL_PROXY": "http://proxy:3128"}, ""),
        ({"HTTP_PROXY": "http://proxy:3128"}, "all"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, "all"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "example.com"}, "api.example.com example.com:8443"),
        (
            {"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "other.org, .example.com"},
            "api.example.com example.com:8443",
        ),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "10.0.0.0/8,fd00::/8"}, "10.1.2.3 [fd00::1]"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "10.1.2.3"}, "10.1.2.3"),
    ],
)
def test_one_rule_says_which_proxy_leads_to_an_address(
    variables: dict[str, str], direct: str, environment: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    for host in ("api.example.com", "example.com:8443", "10.1.2.3", "[fd00::1]"):
        expected = None if direct == "all" or host in direct.split() else "http://proxy:3128"
        assert proxy_of(f"https://{host}/v1") == expected
    for host in ("127.0.0.1:8000", "localhost", "[::1]"):
        assert proxy_of(f"https://{host}/v1") is None


@pytest.mark.parametrize(
    "proxy",
    ["socks5://me:hush@proxy:1080", "http://me:hush@bad host:1", "http://me:hu/sh@proxy:1", "http://me:hush@proxy:99999",
     "me:hush@\x1b[2J", "http://me:hush@proxy\\x:1"],
)  # fmt: skip
def test_a_proxy_that_cannot_be_used_is_an_error_without_its_password(
    proxy: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ProxyError, match="HTTPS_PROXY names no http proxy") as error:
        proxy_of("https://example.com/v1")
    assert "hush" not in str(error.value)


def test_downloads_reach_this_machine_directly(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("NO_PROXY", "example.com")
    listed = environment_of_downloads()
    assert listed["NO_PROXY"] == listed["no_proxy"] == "example.com,localhost,127.0.0.1,::1"
    environment.setenv("NO_PROXY", "*")
    assert environment_of_downloads()["no_proxy"] == "*"
