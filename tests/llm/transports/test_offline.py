"""vLLM without a server. The slow tests run it for real, where it is installed (docs/guides/profiles.md says how)."""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small import Build, call, calls, profile
from small_weights import convert

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call
from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.llm.transports.offline import OfflineModels, _Child

HAS_VLLM = importlib.util.find_spec("vllm") is not None
ON_CPU = {"VLLM_CPU_KVCACHE_SPACE": "1"}


def offline(model: str | Path, environment: dict[str, str] | None = None, **options: Any) -> Profile:
    """The small profile with vLLM as its transport."""
    declared = {"model": str(model), "max_model_len": 1024, "enforce_eager": True, "dtype": "float32", **options}
    return profile(
        base_url=None, transport="vllm", vllm=declared, vllm_environment=environment or ON_CPU, max_in_flight=8
    )


@pytest.mark.skipif(HAS_VLLM, reason="vLLM is installed")
def test_without_vllm_the_extra_is_named(tmp_path: Path) -> None:
    with (
        Build(tmp_path, "", offline("somewhere")) as build,
        pytest.raises(EndpointError, match=r'provider local.*pip install -c constraints\.txt -e "\.\[vllm\]"'),
    ):
        build.results(calls(2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"vllm": {}},
        {"vllm": {"dtype": "float32"}},
        {"base_url": "http://127.0.0.1:1/v1", "vllm": {"model": "m"}},
        {"server": "embedded", "vllm": {"model": "m"}},
    ],
    ids=["no table", "no model", "an address", "a server"],
)
def test_a_provider_has_a_model_or_an_address(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="model"):
        profile(**{"base_url": None, "transport": "vllm", **wrong})


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups")
def test_the_process_ends_with_its_parent() -> None:
    """Also while it still waits for its first line."""
    command = [sys.executable, "-m", "reasonmed_assets.llm.transports.offline_process"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(30) != 0


@pytest.mark.skipif(HAS_VLLM, reason="vLLM is installed")
def test_the_process_has_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the name vllm tells the environment that it is loaded in."""
    (tmp_path / "vllm.py").write_text("import sys; print(open('/proc/self/environ').read(), file=sys.stderr)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("HOSTED_KEY", "planted-key")
    monkeypatch.setenv("HF_TOKEN", "of-the-user")
    local = offline("somewhere", {"PYTHONPATH": str(tmp_path)})
    hosted = local.providers["local"].model_copy(update={"api_key_env": "HOSTED_KEY"})
    models, answers = OfflineModels(), queue.SimpleQueue[dict[str, Any]]()
    try:
        models.of("local", local.model_copy(update={"providers": local.providers | {"hosted": hosted}})).ask(
            b"{}", answers.put
        )
        ended = answers.get(timeout=60)["ended"]
    finally:
        models.close()
    assert "HF_TOKEN=of-the-user" in ended
    assert "planted-key" not in ended


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model as vLLM reads it."""
    if not HAS_VLLM:
        pytest.skip("vLLM is not installed: see docs/guides/profiles.md")
    from reasonmed_assets.servers.embedded import model_file

    folder = tmp_path_factory.mktemp("smollm2")
    convert(model_file(), folder)
    return folder


@pytest.fixture(scope="module")
def loaded(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """One build, so that the model is loaded once."""
    with Build(tmp_path_factory.mktemp("loaded"), "", offline(weights)) as build:
        yield build


@pytest.mark.slow
def test_replies_are_chat_completions_and_follow_their_seeds(loaded: Build) -> None:
    asked = [call(row, seed, text="Name three symptoms of flu.") for row, seed in (("a", 7), ("b", 8))]
    first = loaded.results([*asked, *calls(6)])
    assert {r.outcome for r in first.values()} == {"completed"}
    reply = first["a"].reply
    assert reply is not None and reply.content
    assert reply.finish_reason in ("stop", "length") and reply.prompt_tokens and reply.completion_tokens
    assert reply.completion_tokens <= 50
    assert first["a"].value != first["b"].value
    again = loaded.results([replace(asked[0], sample=1), replace(asked[1], sample=1)])
    assert not any(r.is_cached for r in again.values())
    assert [again[row].value for row in "ab"] == [first[row].value for row in "ab"]
    assert all(r.is_cached for r in loaded.results(asked).values())


@pytest.mark.slow
def test_structured_replies_keep_to_their_schema(loaded: Build) -> None:
    schema = {
        "type": "object",
        "properties": {
            "verdict": {"type": "string", "enum": ["Correct", "Error"]},
            "reason": {"type": "string", "maxLength": 40},
        },
        "required": ["verdict", "reason"],
        "additionalProperties": False,
    }
    structured = call("json", text="Is the sky green?")
    structured.body["response_format"] = {"type": "json_schema", "json_schema": {"name": "v", "schema": schema}}
    structured.body["max_tokens"] = 120
    plain = call("object", text="Reply in JSON.")
    plain.body["response_format"] = {"type": "json_object"}
    results = loaded.results([structured, plain])
    said = json.loads(results["json"].value)
    assert said["verdict"] in ("Correct", "Error") and len(said["reason"]) <= 40
    assert results["object"].value.lstrip().startswith("{")


@pytest.mark.slow
def test_what_vllm_does_not_take_is_rejected_and_the_others_are_not(loaded: Build) -> None:
    unknown = call("unknown", text="Hello?")
    unknown.body["top_q"] = 3
    results = loaded.results([call("long", text="word " * 3000), unknown, call("fine", text="Hello!")])
    assert {row: r.outcome for row, r in results.items()} == {
        "long": "rejected",
        "unknown": "rejected",
        "fine": "completed",
    }
    assert "1024" in (results["long"].detail or "") and "top_q" in (results["unknown"].detail or "")


@pytest.mark.slow
def test_a_killed_process_is_started_again_and_the_build_goes_on(loaded: Build) -> None:
    def endless(row: int) -> Call:
        slow = call(f"slow {row}", text=f"Count to {row} thousand.")
        slow.body.update(max_tokens=700, min_tokens=700)
        return slow

    found: list[dict] = []
    building = threading.Thread(target=lambda: found.append(loaded.results(map(endless, range(8)))))
    building.start()
    loading_until = time.monotonic() + 300
    while not ((child := child_of(loaded)) and child.is_ready and child.waiting):
        assert time.monotonic() < loading_until
        time.sleep(0.05)
    os.kill(child.process.pid, signal.SIGKILL)
    building.join(600)
    assert {(r.outcome, r.attempts) for r in found[0].values()} == {("completed", 2)}
    loaded.ledger.flush()
    rows = loaded.ledger.attempts_of([key for r in found[0].values() for key in r.call_keys]).to_dicts()
    failed = [row["detail"] for row in rows if row["outcome"] == "transport_error"]
    assert len(failed) == 8 and all("exit status -9" in detail for detail in failed)


@pytest.mark.slow
def test_an_argument_that_vllm_refuses_stops_with_its_words(weights: Path, tmp_path: Path) -> None:
    with (
        Build(tmp_path, "", offline(weights, no_such_argument=1)) as build,
        pytest.raises(EndpointError, match=r"(?s)\[providers\.local\.vllm\].*no_such_argument"),
    ):
        build.results(calls(2))


@pytest.mark.slow
def test_nothing_of_vllm_outlives_the_build(weights: Path, tmp_path: Path) -> None:
    with Build(tmp_path, "", offline(weights)) as build:
        build.results([call(1, text="Hello!")])
        child = child_of(build)
        assert child is not None
        group = child.process.pid
        assert members(group)
    assert members(group) == []


def child_of(build: Build) -> _Child | None:
    """The vLLM process of a build, once there is one."""
    process = build.engine.offline._processes.get("local")
    return process and process._child


def members(group: int) -> list[int]:
    """Live processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
