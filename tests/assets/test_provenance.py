"""The account of calls: what was paid for shows, whatever became of the rows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from reasonmed_assets import sql
from reasonmed_assets.assets.provenance import ACCOUNT_TABLES, bring_up_to_date, prices
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Asker, Attempt
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.session import BuildSession

PRICES = {"models.qwen.prompt_usd_per_million": 2.0, "models.qwen.completion_usd_per_million": 10.0}
LOG = logging.getLogger("test")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[BuildSession]:
    settings = BuildSettings(profile="simulated", warehouse=str(tmp_path / "warehouse"), set=PRICES)
    session = BuildSession(settings, LogDisplay)
    yield session
    session.close()


def _pay(session: BuildSession, key: str) -> None:
    """Another process of the same warehouse makes a call, and is killed before its row is published."""
    said = Reply("no", prompt_tokens=1_000, completion_tokens=100, is_simulated=True)
    received = Received("completed", None, 200, b"{}", said, None, 1.0, datetime(2026, 11, 1, tzinfo=UTC))
    name = session.profile.models["qwen"].name
    stored = threading.Event()
    with open_store(session.settings.ledger_reference) as ledger:
        ledger.asker = Asker(session.warehouse.warehouse_id, "verifications", "mmlu")
        ledger.record(
            Attempt(key * 32, "rehearsal", name, "1", 0, "verifier", "simulated", b"{}", received),
            lambda recorded: stored.set(),
        )
        assert stored.wait(30)


def _publishes(session: BuildSession) -> list[tuple[str, int]]:
    with session.warehouse.read() as con:
        return con.execute("select table_name, rows from publishes order by seq").fetchall()


def test_calls_of_a_run_that_published_no_row_are_accounted_for(session: BuildSession) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        bring_up_to_date(session, instance, "run-0", LOG)
        assert _publishes(session) == [], "there is no ledger, and so nothing to tell"
        _pay(session, "a")
        bring_up_to_date(session, instance, "run-1", LOG)
        bring_up_to_date(session, instance, "run-2", LOG)
        one = [("llm_calls", 1), ("call_uses", 0), ("prompts", 0), ("verifier_votes", 0)]
        assert _publishes(session) == one, "the second time nothing has changed"
        _pay(session, "b")
        bring_up_to_date(session, instance, "run-3", LOG)
        assert _publishes(session)[4:] == [("llm_calls", 2), *one[1:]]
        with session.warehouse.read() as con:
            costs = con.execute("select role, source, spent_on, calls, cost_usd, paid_usd from cost").fetchall()
        # 1,000 prompt tokens at 2 dollars and 100 completion tokens at 10 dollars a million, twice.
        assert costs == [("verifier", "mmlu", "unused", 2.0, 0.006, 0.006)]
        _assert_dagster_knows(instance)


def _assert_dagster_knows(instance: dg.DagsterInstance) -> None:
    for name in ACCOUNT_TABLES:
        event = instance.get_latest_materialization_event(dg.AssetKey(name))
        assert event is not None
        assert event.asset_materialization is not None
        assert "dagster/row_count" in event.asset_materialization.metadata


def test_an_account_that_cannot_be_made_does_not_hide_how_the_run_ended(
    session: BuildSession, caplog: pytest.LogCaptureFixture
) -> None:
    Path(session.settings.ledger_reference).write_bytes(b"no ledger at all, but a file of some length" * 100)
    with dg.DagsterInstance.ephemeral() as instance:
        bring_up_to_date(session, instance, "run-1", LOG)
    assert "the account of calls is not up to date" in caplog.text


def test_a_changed_price_alters_only_attempts_from_its_date_on(session: BuildSession) -> None:
    _pay(session, "a")  # on the first of November 2026
    qwen = session.profile.models["qwen"]
    attempts = session.ledger.attempts_of(["a" * 32])

    def cost_of(*periods: dict[str, object]) -> float | None:
        named = {"prompt_usd_per_million": None, "completion_usd_per_million": None, "prices": periods}
        changed = type(qwen).model_validate(qwen.model_dump() | named)
        declared = session.profile.model_copy(update={"models": session.profile.models | {"qwen": changed}})
        with duckdb.connect() as con:
            con.execute(sql.macros_text())
            con.register("attempts", attempts)
            con.register("prices", prices(declared))
            (cost,) = con.execute(f"select cost_usd from ({sql.query('tables/llm_calls').text})").fetchone() or (None,)
        return cost

    old = {"input": 2.0, "output": 10.0}
    assert cost_of(old) == pytest.approx(0.003)
    assert cost_of(old, {"since": "2026-11-02", "input": 20.0, "output": 10.0}) == pytest.approx(0.003)
    assert cost_of(old, {"since": "2026-11-01", "input": 20.0, "output": 10.0}) == pytest.approx(0.021)
    assert cost_of({"since": "2026-11-02"} | old) is None, "no price held on that day"
    assert cost_of({"input": 2.0}) is None
    assert cost_of() is None
