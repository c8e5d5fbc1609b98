"""Attempts and claims for tests of a call store; run as a program, a process of its own that uses one."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from forked import Forked

from reasonmed_assets.config.profile import Budget
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.budget import NO_BUDGET, BuildBudget
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Attempt, Claimed, Recorded, Wanted
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import Received
from reasonmed_assets.vocabulary import Outcome

KEYS = [f"{n:032x}" for n in range(2000)]
RAW = orjson.dumps({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "served"})
SAID = Reply("yes", finish_reason="stop", served_model="served")


def attempt(key: str, outcome: Outcome = Outcome.COMPLETED, raw: bytes | None = RAW, **values: Any) -> Attempt:
    """An attempt that was answered with `RAW`, or not at all; `values` are further attributes."""
    received = Received(
        outcome, None, 200 if raw else None, raw, SAID if raw else None, None, 12.5, datetime(2026, 11, 1, tzinfo=UTC)
    )
    return Attempt(key, "local", "small", "r1", 0, "verifier", "real", b'{"messages":[]}', received, **values)


class Waiting:
    """Takes what an operation reports, for a test that waits for it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.value: object = None

    def __call__(self, value: object) -> None:
        self.value = value
        self.event.set()

    def get(self) -> object:
        assert self.event.wait(60)
        return self.value


def record(store: CallStore, made: Attempt) -> Recorded:
    waiting = Waiting()
    store.record(made, waiting)
    value = waiting.get()
    assert isinstance(value, Recorded), value
    return value


def claim(store: CallStore, keys: Sequence[str], budget: BuildBudget = NO_BUDGET, **wanted: Any) -> Claimed:
    waiting = Waiting()
    store.claim([Wanted(key, "verifier", **wanted) for key in keys], waiting, budget)
    value = waiting.get()
    assert isinstance(value, Claimed), value
    return value


def process(action: str, reference: str, *arguments: object) -> Forked:
    """Start a process that does one of the actions below; it prints lines."""
    return Forked(Path(__file__), action, reference, *arguments)


def claim_and_hold(store: CallStore, *keys: str) -> None:
    """Print how many claims were granted, and hold them."""
    print(len(claim(store, keys).granted), flush=True)
    time.sleep(60)


def claim_and_send(store: CallStore, timeout_s: str, n: str, *keys: str) -> None:
    """Claim keys and note the first n as sent; once told, print which of all may be sent."""
    claim(store, keys)
    print(*sorted({*keys[: int(n)]} - {*store.send_now(keys[: int(n)], float(timeout_s))}), flush=True)
    sys.stdin.readline()
    print(*sorted({*keys} - {*store.send_now(keys, float(timeout_s))}), flush=True)


def claim_in_disorder(store: CallStore, seed: str) -> None:
    """Claim all keys, many at a time and in an order of its own, record a part, and print what was granted."""
    keys = random.Random(seed).sample(KEYS, len(KEYS))
    asked = [Waiting() for _ in range(0, len(keys), 100)]
    for n, waiting in enumerate(asked):
        store.claim([Wanted(key, "verifier") for key in keys[n * 100 : n * 100 + 100]], waiting)
    for waiting in asked:
        claimed = waiting.get()
        assert isinstance(claimed, Claimed), claimed
        print(*claimed.granted, flush=True)
        for key in claimed.granted[:20]:
            store.record(attempt(key), Waiting())
    store.flush()
    sys.stdin.read()


def spend(store: CallStore, calls: str, *keys: str) -> None:
    """Claim keys one by one for a build with a budget in calls, record them, and print those that were granted."""
    budget = BuildBudget("one", Budget(calls=int(calls)))
    for key in keys:
        if claim(store, [key], budget).granted:
            print(key, flush=True)
            record(store, attempt(key, build="one"))


def record_all(store: CallStore, first: str, n: str) -> None:
    """Record a number of keys from the first on, as one group."""
    for key in KEYS[int(first) : int(first) + int(n)]:
        store.record(attempt(key), lambda recorded: None)
    store.flush()


def record_and_tell(store: CallStore) -> None:
    """Record key after key without waiting, and print each once it is said to be stored."""
    for key in KEYS:
        store.record(attempt(key), lambda recorded, key=key: print(key, flush=True))
        time.sleep(0.001)


def use_and_die(store: CallStore) -> None:
    """Use a provider, and end without closing."""
    store.use("local", True)
    store.flush()
    os._exit(0)


ACTIONS = [claim_and_hold, claim_and_send, claim_in_disorder, spend, record_all, record_and_tell, use_and_die]

if __name__ == "__main__":
    action, reference, *arguments = sys.argv[1:]
    with open_store(reference) as opened:
        {act.__name__: act for act in ACTIONS}[action](opened, *arguments)
