"""The simulated endpoint over HTTP."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from reasonmed_assets.config import load_profile
from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.servers import LocalServer, ServerError, Servers
from reasonmed_assets.sources import SAMPLE_DIR, load_declaration, read_source

COMMAND = [sys.executable, "-m", "reasonmed_assets.servers.simulated", "--exit-with-parent", "--delay-ms", "0"]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    server = LocalServer(COMMAND, "simulated")
    yield server.start()
    server.close()


@pytest.fixture(scope="module")
def slow_url() -> Iterator[str]:
    """Of another process, whose replies are delayed."""
    server = LocalServer([*COMMAND[:-1], "150"], "simulated")
    yield server.start()
    server.close()


def generator_body(seed: int = 1) -> dict[str, Any]:
    question = next(iter(read_source(load_declaration("medqa"), SAMPLE_DIR, {}).questions))
    fields = {"question": question.question, "context": None, "options": list(question.options)}
    return {"model": "simulated/qwen2.5-72b-instruct", "messages": render("generator", fields), "seed": seed}


def send(url: str, body: Any) -> tuple[int, dict[str, str], dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"})) as reply:
            return reply.status, dict(reply.headers), json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.load(error)


def test_a_reply_is_a_marked_chat_completion(base_url):
    status, headers, reply = send(f"{base_url}/chat/completions", generator_body())
    assert status == 200
    assert reply["simulated"] is True and headers["X-Simulated"] == "true"
    assert reply["object"] == "chat.completion" and reply["model"] == "simulated/qwen2.5-72b-instruct"
    (choice,) = reply["choices"]
    assert choice["message"]["role"] == "assistant" and choice["finish_reason"] in ("stop", "length")
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 100


def test_equal_requests_get_equal_replies_from_another_process(base_url, slow_url):
    for seed in range(5):
        here = send(f"{base_url}/chat/completions", generator_body(seed))[2]
        assert send(f"{slow_url}/chat/completions", generator_body(seed))[2] == here


def test_a_batch_holds_the_replies_that_single_requests_get(base_url):
    client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
    bodies = {"good": generator_body(), "bad": {"model": "m"}}
    lines = [{"custom_id": name, "url": "/v1/chat/completions", "body": body} for name, body in bodies.items()]
    content = "".join(json.dumps(line) + "\n" for line in lines) + " " * 2_000_000
    file = client.files.create(file=("calls.jsonl", content.encode()), purpose="batch")
    asked = {"endpoint": "/v1/chat/completions", "completion_window": "24h", "input_file_id": file.id}
    batch = client.batches.create(metadata={"whose": "mine"}, **asked)
    assert [found.id for found in client.batches.list() if found.metadata == {"whose": "mine"}] == [batch.id]
    ended = client.batches.retrieve(batch.id)
    assert ended.status == "completed"
    done = [json.loads(line) for line in client.files.content(ended.output_file_id).read().splitlines()]
    responses = {line["custom_id"]: line["response"] for line in done}
    for name, body in bodies.items():
        status, _, reply = send(f"{base_url}/chat/completions", body)
        assert (responses[name]["status_code"], responses[name]["body"]) == (status, reply)
    for unknown in (client.batches.retrieve, client.files.content):
        with pytest.raises(openai.NotFoundError):
            unknown("nothing")


def test_models_are_listed_and_replies_counted(base_url):
    with urllib.request.urlopen(f"{base_url}/models") as reply:
        assert "simulated/o1-mini" in [model["id"] for model in json.load(reply)["data"]]
    health = base_url.removesuffix("/v1") + "/health"
    with urllib.request.urlopen(health) as reply:
        before = json.load(reply)["replies"]
    send(f"{base_url}/chat/completions", generator_body())
    with urllib.request.urlopen(health) as reply:
        assert json.load(reply)["replies"] == before + 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        ([1], "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"content": "x"}]}, "role"),
        ({"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}, "max_tokens"),
        ({"messages": [{"role": "user", "content": "word " * 110_000}]}, "tokens"),
    ],
)
def test_wrong_requests_are_refused_with_the_reason(base_url, body, said):
    status, _, reply = send(f"{base_url}/chat/completions", body)
    assert status == 400
    assert said in reply["error"]["message"]


def test_other_paths_are_not_found(base_url):
    status, _, reply = send(f"{base_url}/completions", {})
    assert status == 404 and "/v1/completions" in reply["error"]["message"]


def test_faults_go_by_the_number_of_the_request():
    server = LocalServer([*COMMAND, "--fault-rate", "0.5"], "simulated")
    try:
        url = f"{server.start()}/chat/completions"
        seen: Counter[int] = Counter()
        for _ in range(60):
            try:
                seen[send(url, generator_body())[0]] += 1
            except (urllib.error.URLError, ConnectionError):
                seen[0] += 1
    finally:
        server.close()
    assert set(seen) == {0, 200, 429, 500}
    assert 15 <= seen[200] <= 45


def test_replies_are_delayed(slow_url):
    started = time.monotonic()
    for seed in range(10):
        send(f"{slow_url}/chat/completions", generator_body(seed))
    assert time.monotonic() - started > 0.5


def test_sigterm_ends_the_endpoint():
    server = LocalServer(COMMAND, "simulated")
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while server.is_running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not server.is_running
    server.close()


def test_a_missing_source_file_is_named(tmp_path):
    server = LocalServer([*COMMAND, "--data-dir", str(tmp_path)], "simulated", notify=lambda _: None)
    with pytest.raises(ServerError, match=r"(?s)exit status 1.*medqa\.train"):
        server.start()


def test_a_profile_starts_its_own_endpoint():
    with Servers(load_profile("simulated"), SAMPLE_DIR) as servers:
        (url,) = servers.base_urls_of("rehearsal")
        assert (url,) == servers.base_urls_of("rehearsal")
        assert send(f"{url}/chat/completions", generator_body())[0] == 200
