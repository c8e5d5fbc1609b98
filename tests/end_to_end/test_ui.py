"""The UI as a person uses it: `reasonmed ui` on a warehouse, asked through the requests that its pages send."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from browser import browser
from builds import Built

START_S, RUN_S = 120, 180
LAUNCH = """mutation ($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
BACKFILL = """mutation ($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
TERMINATE = """mutation ($run: String!) { terminateRun(runId: $run) { __typename } }"""
RUNS = """{ runsOrError { ... on Runs { results { runId status runConfigYaml tags { key value } } } } }"""
MATERIALISATION = """query ($path: [String!]!, $partition: String!) { assetOrError(assetKey: {path: $path}) {
  ... on Asset { assetMaterializations(partitions: [$partition], limit: 1) { runId metadataEntries {
    label __typename ... on IntMetadataEntry { intValue } ... on TextMetadataEntry { text }
    ... on MarkdownMetadataEntry { mdStr } ... on UrlMetadataEntry { url }
    ... on TableMetadataEntry { table { records } } } } } } }"""
CHECKS = """query ($path: [String!]!) { assetChecksOrError: assetNodeOrError(assetKey: {path: $path}) {
  ... on AssetNode { assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization {
    status runId evaluation { partition success } } } } } } } }"""


@dataclass
class Ui:
    """A running webserver, and the token with which scripts ask it."""

    url: str
    token: str
    process: psutil.Process
    terminal: Path

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of a GraphQL reply."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url + "/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=60) as reply:
            answer = json.load(reply)
        assert "errors" not in answer, answer
        return answer["data"]

    def page(self, path: str) -> str:
        """A page of the warehouse."""
        request = urllib.request.Request(self.url + path, headers={"authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return str(reply.read().decode())

    def launch(self, table: str, partition: str, config: dict[str, Any]) -> str:
        """Materialise one table for one source, as from the launchpad; returns the run."""
        params = launch_params(table, partition, config)
        launched = self.ask(LAUNCH, params=params)["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def terminate(self, run: str) -> None:
        """Terminate a run, as its page does."""
        assert self.ask(TERMINATE, run=run)["terminateRun"]["__typename"] == "TerminateRunSuccess"

    def backfill(self, tables: list[str], partition: str) -> str:
        """Backfill one source over some tables; returns the backfill."""
        params = {"assetSelection": [{"path": [table]} for table in tables], "partitionNames": [partition]}
        launched = self.ask(BACKFILL, params=params)["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        return launched["backfillId"]

    def with_key(self) -> dict[str, bool]:
        """Command line of each process below -> whether the key is in the environment that it was started with."""
        found = {}
        for child in self.process.children(recursive=True):
            with suppress(psutil.Error):
                found[" ".join(child.cmdline())] = "KEY_OF_THE_USER" in child.environ()
        return found

    def runs(self, tag: str = "", value: str = "") -> list[dict[str, Any]]:
        """Runs, all of them or those with a tag."""
        runs = self.ask(RUNS)["runsOrError"]["results"]
        return [run for run in runs if not tag or {"key": tag, "value": value} in run["tags"]]

    def metadata(self, table: str, partition: str) -> dict[str, dict[str, Any]]:
        """Metadata entries of the latest materialisation of a partition, by label."""
        asset = self.ask(MATERIALISATION, path=[table], partition=partition)["assetOrError"]
        (materialisation,) = asset["assetMaterializations"]
        return {entry["label"]: entry for entry in materialisation["metadataEntries"]}


def launch_params(table: str, partition: str, config: dict[str, Any]) -> dict[str, Any]:
    """What the launchpad sends to materialise one table for one source."""
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "definitions",
        "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": [table]}],
    }
    return {
        "mode": "default",
        "selector": selector,
        "runConfigData": {"resources": {"build": {"config": config}}},
        "executionMetadata": {"tags": [{"key": "dagster/partition", "value": partition}]},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(what: str, is_so: Callable[[], bool], seconds: float, every_s: float = 1) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(every_s)


@pytest.fixture
def warehouse(rehearsal: Built, tmp_path: Path) -> Built:
    """A warehouse of this test's own."""
    return Built(Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse")), "")


@pytest.fixture
def ui(warehouse: Built, tmp_path: Path) -> Iterator[Ui]:
    """`reasonmed ui` on that warehouse, called in a folder that has nothing to do with it."""
    port = _free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("REASONMED_", "DAGSTER_"))}
    command = [sys.executable, "-c", "from reasonmed_assets.cli.app import app; app()", "ui", "--profile", "simulated"]
    command += ["--set", "providers.rehearsal.requests_per_minute=120"]
    hosted = "{ kind = 'simulated', base_url = 'https://models.example/v1', api_key_env = 'KEY_OF_THE_USER' }"
    command += ["--set", f"providers.hosted={hosted}"]
    said = tmp_path / "ui.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            [*command, "--warehouse", str(warehouse.folder), "--port", str(port)],
            env=inherited | {"KEY_OF_THE_USER": "sk-1"}, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(
            "the UI is ready", lambda: process.poll() is not None or "The UI is ready" in said.read_text(), START_S
        )
        assert process.poll() is None, said.read_text()
        token_file = warehouse.folder / "ui.token"
        assert token_file.stat().st_mode & 0o777 == 0o600
        token = token_file.read_text()
        assert f"http://127.0.0.1:{port}/?token={token}" in said.read_text()
        started = psutil.Process(process.pid).children(recursive=True)
        yield Ui(f"http://127.0.0.1:{port}", token, psutil.Process(process.pid), said)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0, said.read_text()
        assert [one for one in started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
        assert not token_file.exists()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_person_materialises_a_table_and_backfills_a_source(ui: Ui, warehouse: Built) -> None:
    """One source's table with another limit, then a backfill: history, metadata, checks and snapshot follow."""
    before = len(ui.runs())
    assert before >= 6, "the history of the command line is shown"
    _assert_refused(ui)
    publishes = warehouse.value("select max(seq) from publishes")
    records = warehouse.value("select count(*) from sft_reasonmed")

    run = ui.launch("questions", "mmlu", {"limit": 1})
    backfill = ui.backfill(["difficulty_tiers", "dropped_examples"], "medqa")
    keyed: dict[str, bool] = {}
    _wait_for("all runs end", lambda: keyed.update(ui.with_key()) or _have_ended(ui, before + 2), RUN_S)
    _assert_nobody_has_the_key(keyed)

    (launched,) = [each for each in ui.runs() if each["runId"] == run]
    assert launched["status"] == "SUCCESS"
    assert "limit: 1" in launched["runConfigYaml"]
    (filled,) = ui.runs("dagster/backfill", backfill)
    assert filled["status"] == "SUCCESS"
    assert {"key": "dagster/partition", "value": "medqa"} in filled["tags"]

    # The daemon looks every half a minute.
    _wait_for("the tables over all sources follow", lambda: ui.runs("reasonmed/completes", backfill), RUN_S, every_s=2)
    _wait_for("that run ends", lambda: _have_ended(ui, before + 3), RUN_S)
    (completed,) = ui.runs("reasonmed/completes", backfill)
    # The run above cut the questions of a source, and the tables behind them were not made.
    assert completed["status"] == "FAILURE", "so the training sets stay as they were"
    page = f"{ui.url}/runs/{completed['runId']}"
    _wait_for("the terminal has a line", lambda: page in ui.terminal.read_text(), RUN_S)
    assert "The UI is ready" in ui.terminal.read_text().splitlines()[-2], "and nothing else"
    assert re.search(
        r"^Run [0-9a-f]{8} failed: sft_\w+: \d+ blocking checks failed; publish \d+ stays\. shrink: ",
        ui.terminal.read_text().splitlines()[-1],
    )
    assert warehouse.value("select count(*) from sft_reasonmed") == records

    shown = ui.metadata("questions", "mmlu")
    _assert_metadata(shown)
    assert "questions" in ui.page(shown["changed_by_build"]["url"])
    trust = ui.metadata("verifier_audit", "mmlu")["verifier_trust"]["table"]["records"]
    assert {json.loads(record)["measure"] for record in trust} == {"agreement", "false_accept", "false_reject"}
    _assert_checks(ui, "difficulty_tiers", filled["runId"], "medqa")
    assert warehouse.value("select count(*) from questions where source = 'mmlu'") == 1
    assert warehouse.value("select max(seq) from publishes") > publishes
    assert list((warehouse.folder / "staging").rglob("*.parquet")) == []


def _assert_nobody_has_the_key(keyed: dict[str, bool]) -> None:
    """Neither the servers of the UI, nor a run that makes no call, nor Dagster's helpers of a run."""
    assert {command for command, has_key in keyed.items() if has_key} == set()
    for name in ("ui.webserver", "dagster._daemon", "code-server start", "dagster api grpc", "forkserver"):
        assert any(name in command for command in keyed), name


@pytest.mark.slow
def test_a_run_that_is_terminated_leaves_what_it_received_and_the_next_one_goes_on(ui: Ui, warehouse: Built) -> None:
    before, runs = warehouse.attempts(), len(ui.runs())
    calls = {"set": {"seed": 77}}
    run = ui.launch("reasoning_paths", "mmlu", calls)
    _wait_for("calls are made", lambda: warehouse.attempts() >= before + 3, RUN_S)
    ui.terminate(run)
    _wait_for("the run ends", lambda: _have_ended(ui, runs + 1), RUN_S)
    assert [each["status"] for each in ui.runs() if each["runId"] == run] == ["CANCELED"]
    with closing(sqlite3.connect(warehouse.folder / "ledger.sqlite")) as ledger:
        assert ledger.execute("select count(*) from claims").fetchone() == (0,)
        ui.launch("reasoning_paths", "mmlu", calls)
        _wait_for("the next run ends", lambda: _have_ended(ui, runs + 2), RUN_S)
        twice = "select call_id from attempts where outcome = 'completed' group by call_id having count(*) > 1"
        assert ledger.execute(twice).fetchall() == []
    assert warehouse.attempts() > before + 3
    assert {each["status"] for each in ui.runs()} == {"SUCCESS", "CANCELED"}


ATTACK = """<!doctype html><title>A page of another site</title><script>
const ui = "{ui}", launch = {launch}, params = {{ params: {params} }};
const byQuery = ui + "/graphql?query=" + encodeURIComponent(launch) + "&variables="
  + encodeURIComponent(JSON.stringify(params));
const body = JSON.stringify({{ query: launch, variables: params }});
const form = document.createElement("form");
form.method = "post"; form.action = byQuery; form.target = "frame";
const frame = document.createElement("iframe");
frame.name = "frame"; document.documentElement.append(frame, form); form.submit();
const inFrame = document.createElement("iframe");
inFrame.src = ui + "/"; document.documentElement.append(inFrame);
const talk = new Promise(done => {{
  const socket = new WebSocket(ui.replace("http", "ws") + "/graphql", "graphql-ws");
  socket.onopen = () => done("opened"); socket.onerror = () => done("refused");
}});
const send = options => fetch(options.url || ui + "/graphql", {{ credentials: "include", ...options }})
  .then(answer => answer.type === "opaque" ? "sent" : answer.status, () => "blocked");
Promise.all([
  send({{ url: byQuery, mode: "no-cors" }}),
  send({{ method: "post", mode: "no-cors", body, headers: {{ "content-type": "text/plain" }} }}),
  send({{ method: "post", body, headers: {{ "content-type": "application/json" }} }}),
  send({{ url: byQuery }}),
  talk, new Promise(done => setTimeout(done, 2000)),
]).then(results => {{ document.title = JSON.stringify(results); }});
</script>"""


class _Site(http.server.BaseHTTPRequestHandler):
    """Another site on this machine, which is also where the attack wants the calls to go."""

    page = ""
    called: list[str] = []

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def do_POST(self) -> None:
        self.called.append(str(self.headers.get("authorization")))
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.slow
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_site_starts_no_run_in_the_browser_of_the_user(ui: Ui, tmp_path: Path, name: str) -> None:
    """The user has the UI open in one tab, with its cookie, and another site in the next."""
    before = {run["runId"] for run in ui.runs()}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as site, browser(tmp_path / "browser") as user:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        elsewhere = {"kind": "simulated", "base_url": f"http://127.0.0.1:{site.server_port}/v1", "api_key_env": "HOME"}
        params = launch_params("reasoning_paths", "mmlu", {"set": {"providers.rehearsal": elsewhere}})
        _Site.called.clear()
        _Site.page = ATTACK.format(ui=ui.url, launch=json.dumps(LAUNCH), params=json.dumps(params))

        own = user.open(f"{ui.url}/?token={ui.token}")
        _wait_for("the UI is shown", lambda: "Overview" in user.text(own) or "Assets" in user.text(own), START_S)
        assert "token" not in user.value(own, "location.href")
        asked = "fetch('/graphql', {method: 'post', headers: {'content-type': 'application/json'}, body: '%s'})"
        assert user.value(own, asked % '{"query": "{ version }"}' + ".then(answer => answer.status)") == 200

        foreign = user.open(f"http://{name}:{site.server_port}/")
        _wait_for("the attack ends", lambda: user.value(foreign, "document.title").startswith("["), START_S)
        assert json.loads(user.value(foreign, "document.title"))[2:5] == ["blocked", "blocked", "refused"]
        time.sleep(1)
        assert {run["runId"] for run in ui.runs()} == before

        # Even who has the token cannot send the calls elsewhere.
        with pytest.raises(urllib.error.HTTPError) as refused:
            ui.ask(LAUNCH, params=params)
        said = json.load(refused.value)["data"]["launchPipelineExecution"]["message"]
        assert "a run may not set providers.rehearsal.base_url: it says where requests go" in said
        assert {run["runId"] for run in ui.runs()} == before
        assert _Site.called == []
        site.shutdown()


def _assert_refused(ui: Ui) -> None:
    """What Dagster's own webserver would have done for any page: by query string, as a text, without a token."""
    query = urllib.parse.urlencode(
        {"query": LAUNCH, "variables": json.dumps({"params": launch_params("questions", "mmlu", {})})}
    )
    for method, kind in (("GET", None), ("POST", "text/plain"), ("POST", "application/json")):
        for origin in (None, "https://evil.example", "null"):
            headers = {name: value for name, value in (("origin", origin), ("content-type", kind)) if value}
            request = urllib.request.Request(f"{ui.url}/graphql?{query}", headers=headers, method=method)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=60)
            assert refused.value.code == 403


def _have_ended(ui: Ui, expected: int) -> bool:
    states = [run["status"] for run in ui.runs()]
    return len(states) >= expected and set(states) <= {"SUCCESS", "FAILURE", "CANCELED"}


def _assert_metadata(entries: dict[str, dict[str, Any]]) -> None:
    assert entries["dagster/partition_row_count"]["intValue"] == 1
    assert "where source = 'mmlu'" in entries["query"]["text"]
    assert entries["data_docs"]["url"] == "/pages/quality/data_docs/expectations/questions.html"
    assert entries["picture"]["mdStr"].startswith("![questions](data:image/svg+xml;base64,")
    (record,) = map(json.loads, entries["sample"]["table"]["records"])
    assert record.keys() == {"question_id", "question", "gold_letter", "gold_text"}
    assert entries["rows"]["url"] == "/pages/rows/questions?partition=mmlu"
    assert re.fullmatch(r"- \[(\w+)\]\(/pages/trace/\1\)", entries["traces"]["mdStr"])
    assert entries["freshness"]["url"] == "/pages/quality/freshness.html"
    assert entries["dagster/column_lineage"]["__typename"] == "TableColumnLineageMetadataEntry"


def _assert_checks(ui: Ui, table: str, run: str, partition: str) -> None:
    checks = ui.ask(CHECKS, path=[table])["assetChecksOrError"]["assetChecksOrError"]["checks"]
    (whole,) = [check for check in checks if check["name"] == "up_to_date"]
    assert not whole["executionForLatestMaterialization"]["evaluation"]["success"], "another source is behind"
    checks.remove(whole)
    executions = [check["executionForLatestMaterialization"] for check in checks]
    assert {"schema", "key", "counts"} <= {check["name"] for check in checks}
    assert {each["evaluation"]["partition"] for each in executions} == {partition}
    assert {each["runId"] for each in executions} == {run}
    assert {each["status"] for each in executions} == {"SUCCEEDED"}
