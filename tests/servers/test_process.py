"""Local servers as child processes: how they start, fail and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from reasonmed_assets.config import load_profile
from reasonmed_assets.servers import LocalServer, ServerError, Servers

GOOD_CHILD = """
import sys
from reasonmed_assets.servers.child import announce, notify, when_parent_ends
import threading
notify("fetching nothing")
ended = threading.Event()
when_parent_ends(ended.set)
announce(4321)
ended.wait()
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return status != "Z"


def wait_until_gone(pid: int, timeout_s: float = 10) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_start_returns_the_base_url_and_relays_what_the_server_says():
    heard: list[str] = []
    server = LocalServer(python(GOOD_CHILD), "test", notify=heard.append)
    try:
        assert server.start() == "http://127.0.0.1:4321/v1"
        assert heard == ["fetching nothing"]
        assert server.is_running
        assert server.base_url == "http://127.0.0.1:4321/v1"
    finally:
        server.close()


def test_close_ends_the_child_and_may_be_repeated():
    server = LocalServer(python(GOOD_CHILD), "test", notify=lambda _: None)
    server.start()
    pid = server.pid
    assert pid is not None
    server.close()
    server.close()
    assert not is_alive(pid)


def test_a_child_that_ignores_its_stdin_is_terminated(monkeypatch):
    monkeypatch.setattr("reasonmed_assets.servers.process._STOP_TIMEOUT_S", 0.3)
    code = """
        import time
        print('{"base_url": "http://127.0.0.1:1/v1"}', flush=True)
        time.sleep(600)
    """
    server = LocalServer(python(code), "deaf", notify=lambda _: None)
    server.start()
    pid = server.pid
    assert pid is not None
    server.close()
    assert not is_alive(pid)


def test_a_failing_start_names_the_server_its_status_and_its_last_words():
    code = "import sys; print('no such model: x.gguf', file=sys.stderr); sys.exit(3)"
    with pytest.raises(
        ServerError, match=r"(?s)embedded server did not start \(exit status 3\).*no such model: x.gguf"
    ):
        LocalServer(python(code), "embedded", notify=lambda _: None).start()


def test_a_missing_program_is_a_server_error():
    with pytest.raises(ServerError, match="could not be started"):
        LocalServer(["/nonexistent/program"], "test").start()


def test_a_child_that_never_listens_is_given_up_and_stopped(monkeypatch):
    monkeypatch.setattr("reasonmed_assets.servers.process._STOP_TIMEOUT_S", 0.3)
    server = LocalServer(python("import time; time.sleep(600)"), "slow", notify=lambda _: None, start_timeout_s=0.3)
    with pytest.raises(ServerError, match=r"slow server did not listen within 0.3 s"):
        server.start()
    assert not server.is_running


def test_other_output_in_place_of_the_base_url_is_an_error():
    server = LocalServer(python("print('hello', flush=True); input()"), "chatty", notify=lambda _: None)
    with pytest.raises(ServerError, match="'hello' instead of its base_url"):
        server.start()


def test_the_child_ends_when_its_parent_is_killed(tmp_path):
    parent_code = f"""
        import sys, time
        from reasonmed_assets.servers import LocalServer
        server = LocalServer([sys.executable, "-c", {GOOD_CHILD!r}], "test")
        server.start()
        print(server.pid, flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen(python(parent_code), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert parent.stdout is not None
    child_pid = int(parent.stdout.readline())
    assert is_alive(child_pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert wait_until_gone(child_pid)


def test_a_provider_with_an_address_needs_no_server(tmp_path):
    profile = load_profile(
        "simulated", {"providers.rehearsal.server": "none", "providers.rehearsal.base_url": "http://127.0.0.1:9/v1"}
    )
    with Servers(profile, tmp_path) as servers:
        assert servers.base_urls_of("rehearsal") == ("http://127.0.0.1:9/v1",)


def test_an_unknown_provider_is_a_key_error(tmp_path):
    with Servers(load_profile("simulated"), tmp_path) as servers, pytest.raises(KeyError):
        servers.base_urls_of("nobody")


def test_threads_share_one_server(tmp_path, monkeypatch):
    monkeypatch.setattr(Servers, "_command_of", lambda self, provider: python(GOOD_CHILD))
    urls: list[tuple[str, ...]] = []
    with Servers(load_profile("simulated"), tmp_path, notify=lambda _: None) as servers:
        threads = [threading.Thread(target=lambda: urls.append(servers.base_urls_of("rehearsal"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server = servers._started["rehearsal"]
        pid = server.pid
    assert urls == [("http://127.0.0.1:4321/v1",)] * 8
    assert pid is not None and wait_until_gone(pid)


def test_a_server_of_a_build_has_no_key(tmp_path, monkeypatch):
    monkeypatch.setattr(Servers, "_command_of", lambda self, provider: python(GOOD_CHILD))
    monkeypatch.setenv("HOSTED_KEY", "sk-of-the-build")
    hosted = {"kind": "simulated", "base_url": "https://models.example/v1", "api_key_env": "HOSTED_KEY"}
    with Servers(load_profile("simulated", {"providers.hosted": hosted}), tmp_path, notify=lambda _: None) as servers:
        servers.base_urls_of("rehearsal")
        environment = psutil.Process(servers._started["rehearsal"].pid).environ()
    assert "PATH" in environment
    assert "HOSTED_KEY" not in environment


def test_a_server_that_died_is_reported_at_the_next_use(tmp_path, monkeypatch):
    monkeypatch.setattr(Servers, "_command_of", lambda self, provider: python(GOOD_CHILD))
    with Servers(load_profile("simulated"), tmp_path, notify=lambda _: None) as servers:
        servers.base_urls_of("rehearsal")
        server = servers._started["rehearsal"]
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(ServerError, match=r"simulated server has ended \(exit status -9\)"):
            for _ in range(200):
                servers.base_urls_of("rehearsal")
                time.sleep(0.02)
