"""What every call store promises. The test of an implementation inherits `CallStoreContract` and says where one lies.

Nothing here opens a file or a table: only the interface is used, from threads and from real processes.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import orjson
import polars as pl
import psutil
import pytest
from small import calls, profile, text_of
from stores import KEYS, SAID, Waiting, attempt, claim, process, record
from stub import Stub, reply

from reasonmed_assets.config.profile import Budget
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import LogProgress
from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.opening import open_store, store_exists
from reasonmed_assets.llm.ledger.records import Asker, Attempt, LedgerError, OpenBatch, Recorded
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.vocabulary import Outcome

BATCH = "ab" * 16
FAILED = attempt(KEYS[0], Outcome.TIMED_OUT, raw=None)


class _Contract:
    """Fixtures of all parts of the contract."""

    @pytest.fixture
    def reference(self) -> str:
        """Names a store that nobody has opened yet, to this process and to others."""
        raise NotImplementedError("the test of an implementation says where its store is")

    @pytest.fixture
    def store(self, reference: str) -> Iterator[CallStore]:
        """That store, opened."""
        with open_store(reference) as opened:
            yield opened

    @pytest.fixture
    def other(self, store: CallStore, reference: str) -> Iterator[CallStore]:
        """The same store, opened a second time."""
        with open_store(reference) as opened:
            yield opened


class RecordingContract(_Contract):
    """Attempts, and the endings that are kept of them."""

    def test_a_stored_reply_comes_back_as_it_was(self, reference: str) -> None:
        assert not store_exists(reference)
        with open_store(reference) as store:
            assert record(store, attempt(KEYS[0])) == Recorded(1, True)
        assert store_exists(reference)
        with open_store(reference) as store:
            stored = store.lookup(KEYS)
            assert list(stored) == [KEYS[0]]
            assert (stored[KEYS[0]].reply, stored[KEYS[0]].outcome) == (SAID, Outcome.COMPLETED)
            assert store.body_of(KEYS[0]) == {"messages": []}
            assert store.body_of(KEYS[1]) is None

    def test_attempts_are_counted_and_the_first_final_one_is_kept(self, store: CallStore) -> None:
        assert record(store, FAILED) == Recorded(1, False)
        assert store.lookup(KEYS[:1]) == {}
        assert record(store, attempt(KEYS[0])) == Recorded(2, True)
        assert record(store, attempt(KEYS[0])) == Recorded(3, False)
        assert record(store, FAILED) == Recorded(4, False)
        assert store.lookup(KEYS[:1])[KEYS[0]].attempts == 4
        frame = store.attempts_of([KEYS[0], KEYS[0], KEYS[5]])
        assert frame["attempt"].to_list() == [1, 2, 3, 4]
        assert frame["is_accepted"].to_list() == [False, True, False, False]
        assert frame["attempt_id"].to_list()[1] == f"{KEYS[0]}-2"

    def test_attempts_of_one_call_in_one_group_are_numbered_in_their_order(self, store: CallStore) -> None:
        told = [Waiting() for _ in range(40)]
        for n, waiting in enumerate(told):
            store.record(FAILED if n < 30 else attempt(KEYS[0]), waiting)
        assert [waiting.get() for waiting in told] == [Recorded(n, n == 31) for n in range(1, 41)]

    def test_two_writers_number_the_attempts_of_a_call_without_gaps(self, store: CallStore, other: CallStore) -> None:
        for _ in range(200):
            store.record(FAILED, lambda recorded: None)
            other.record(FAILED, lambda recorded: None)
        store.flush()
        other.flush()
        assert store.attempts_of(KEYS[:1])["attempt"].to_list() == list(range(1, 401))

    def test_a_rejected_call_is_final_but_accepts_no_reply_until_it_is_reopened(self, store: CallStore) -> None:
        assert record(store, attempt(KEYS[0], Outcome.REJECTED, raw=None)) == Recorded(1, True)
        assert store.lookup(KEYS[:1])[KEYS[0]].reply is None
        assert store.attempts_of(KEYS[:1])["is_accepted"].to_list() == [False]
        assert claim(store, KEYS[:1]).stored == KEYS[:1]
        store.reopen(KEYS[:1])
        assert claim(store, KEYS[:1]).granted == KEYS[:1]
        assert record(store, attempt(KEYS[0])) == Recorded(2, True)

    def test_what_a_parser_made_of_a_reply_is_noted_with_the_one_that_is_kept(self, store: CallStore) -> None:
        record(store, FAILED)
        record(store, attempt(KEYS[0]))
        store.judge(KEYS[0], Outcome.TRUNCATED, "no end")
        store.flush()
        assert (store.lookup(KEYS[:1])[KEYS[0]].outcome, store.lookup(KEYS[:1])[KEYS[0]].detail) == (
            "truncated",
            "no end",
        )
        assert store.attempts_of(KEYS[:1])["outcome"].to_list() == ["timed_out", "truncated"]

    def test_many_keys_are_looked_up_at_once(self, store: CallStore) -> None:
        for key in KEYS:
            store.record(attempt(key), lambda recorded: None)
        store.flush()
        assert len(store.lookup(KEYS)) == 2000
        assert store.attempts_of(KEYS).height == 2000

    def test_several_processes_make_and_fill_one_store(self, reference: str) -> None:
        processes = [process("record_all", reference, first, 300) for first in (0, 150, 600)]
        assert [each.wait(60) for each in processes] == [0, 0, 0]
        with open_store(reference) as store:
            assert len(store.lookup(KEYS)) == 750
            assert store.attempts_of(KEYS).height == 900

    @pytest.mark.parametrize("n_told", [1, 300])
    def test_after_kill_9_everything_that_was_acknowledged_is_there(self, reference: str, n_told: int) -> None:
        with process("record_and_tell", reference) as child:
            told = [child.stdout.readline().strip() for _ in range(n_told)]
            child.kill()
            told += child.stdout.read().split()
        with open_store(reference) as store:
            assert child.returncode == -signal.SIGKILL
            assert len(told) < len(KEYS)
            assert store.lookup(told).keys() == set(told)

    def test_compression_is_invisible(self, store: CallStore, other: CallStore) -> None:
        """Beyond the number of replies on which a dictionary is trained, and to a reader that was there before it."""
        made = [*_alike(900, "verifier"), *_alike(50, "ranker")]
        for each in made:
            store.record(each, lambda recorded: None)
        store.flush()
        for reader in (store, other):
            stored = reader.lookup([each.call_key for each in made])
            assert [stored[each.call_key].reply for each in made] == [each.received.reply for each in made]
            assert reader.body_of(made[-60].call_key) == orjson.loads(made[-60].body)

    def test_a_record_that_cannot_be_written_costs_no_other(self, store: CallStore) -> None:
        told = [Waiting() for _ in range(5)]
        for key, waiting in zip(KEYS, told, strict=False):
            made = attempt(key)
            absurd = made.received._replace(reply=SAID._replace(prompt_tokens=2**64 - 1))
            store.record(made._replace(received=absurd) if key == KEYS[2] else made, waiting)
        results = [waiting.get() for waiting in told]
        assert isinstance(results.pop(2), LedgerError)
        assert results == [Recorded(1, True)] * 4
        assert set(store.lookup(KEYS[:5])) == {KEYS[0], KEYS[1], KEYS[3], KEYS[4]}

    def test_a_callback_that_fails_holds_up_nobody_else(
        self, store: CallStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(recorded: object) -> None:
            raise KeyError("a bug")

        store.record(attempt(KEYS[0]), broken)
        assert claim(store, KEYS[1:3]).granted == KEYS[1:3]
        store.flush()
        assert set(store.lookup(KEYS[:3])) == {KEYS[0]}
        assert "could not be passed on" in caplog.text


def _alike(n: int, role: str) -> Iterator[Attempt]:
    draw = random.Random(role)
    for number in range(n):
        text = " ".join(draw.choices(["the", "patient", "has", "a", "fever", "renal", "dose", str(number)], k=60))
        body = orjson.dumps({"messages": [{"role": "user", "content": text}]})
        made = attempt(f"{role.encode().hex()[:16]}{number:016x}")
        raw = orjson.dumps({"choices": [{"message": {"content": text}}]})
        yield made._replace(role=role, body=body, received=made.received._replace(raw=raw, reply=Reply(text)))


class ClaimingContract(_Contract):
    """A call is granted to one owner at a time, for as long as that lives."""

    def test_a_claim_is_exclusive_until_it_is_released(self, store: CallStore, other: CallStore) -> None:
        assert claim(store, KEYS[:3]).granted == KEYS[:3]
        again = claim(other, KEYS[:4])
        assert again.granted == [KEYS[3]]
        assert set(again.busy) == set(KEYS[:3])
        assert "process" in again.busy[KEYS[0]]
        assert other.held_by_others(KEYS) == set(KEYS[:3])
        assert store.held_by_others(KEYS) == {KEYS[3]}
        other.release(KEYS[:1])
        assert claim(other, KEYS[:1]).granted == [], "a claim is released by its owner only"
        store.release(KEYS[:1])
        store.flush()
        assert claim(other, KEYS[:1]).granted == KEYS[:1]
        record(store, attempt(KEYS[1]))
        assert claim(other, KEYS[1:3]).stored == [KEYS[1]]

    def test_many_claims_at_once(self, store: CallStore, other: CallStore) -> None:
        keys = [f"{n:032x}" for n in range(40_000)]
        assert claim(store, keys).granted == keys
        assert len(claim(other, keys).busy) == 40_000

    def test_threads_that_claim_the_same_calls_get_each_once(self, store: CallStore, other: CallStore) -> None:
        granted: list[list[str]] = []
        starts = threading.Barrier(6)

        def ask(opened: CallStore, seed: int) -> None:
            keys = random.Random(seed).sample(KEYS, len(KEYS))
            starts.wait()
            for first in range(0, len(keys), 50):
                granted.append(claim(opened, keys[first : first + 50]).granted)

        threads = [threading.Thread(target=ask, args=((store, other)[seed % 2], seed)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        owned = Counter(key for keys in granted for key in keys)
        assert owned.keys() == set(KEYS)
        # The threads of one store are one owner, to which its own claims are busy as well.
        assert set(owned.values()) == {1}

    def test_processes_that_claim_the_same_calls_in_different_orders_get_each_once(self, reference: str) -> None:
        children = [process("claim_in_disorder", reference, seed) for seed in range(3)]
        granted = Counter(key for child in children for _ in range(20) for key in child.stdout.readline().split())
        assert granted == dict.fromkeys(KEYS, 1)
        for child in children:
            child.communicate(timeout=60)
            assert child.returncode == 0

    def test_claims_of_a_live_process_are_awaited_and_those_of_a_killed_one_taken_over(
        self, store: CallStore, reference: str
    ) -> None:
        with process("claim_and_hold", reference, *KEYS[:3]) as child:
            assert child.stdout.readline().strip() == "3"
            busy = claim(store, KEYS[:3]).busy
            assert set(busy) == set(KEYS[:3])
            assert str(child.pid) in busy[KEYS[0]]
            child.kill()
            child.wait(10)
            assert claim(store, KEYS[:3]).granted == KEYS[:3]

    @pytest.mark.parametrize(("timeout_s", "n_kept"), [(600, 2), (-600, 0)], ids=["may be answered", "is timed out"])
    def test_a_stopped_process_keeps_what_it_has_sent_until_its_timeout_and_asks_before_it_sends(
        self, store: CallStore, reference: str, timeout_s: int, n_kept: int
    ) -> None:
        with process("claim_and_send", reference, timeout_s, 2, *KEYS[:4]) as child:
            assert child.stdout.readline().split() == KEYS[:2]
            assert set(claim(store, KEYS[:5]).busy) == set(KEYS[:4])
            child.send_signal(signal.SIGSTOP)
            _wait_until_stopped(child.pid)
            claimed = claim(store, KEYS[:4])
            assert (claimed.granted, list(claimed.busy)) == (KEYS[n_kept:4], KEYS[:n_kept])
            assert all(f"process {child.pid} " in name and "stopped" in name for name in claimed.busy.values())
            child.send_signal(signal.SIGCONT)
            child.stdin.write("go on\n")
            assert child.communicate()[0].split() == KEYS[:n_kept]

    def test_what_a_killed_process_has_sent_is_free_at_once(self, store: CallStore, reference: str) -> None:
        with process("claim_and_send", reference, 600, 2, *KEYS[:4]) as child:
            child.stdout.readline()
            child.kill()
            child.wait(10)
            assert claim(store, KEYS[:4]).granted == KEYS[:4]

    def test_closing_releases_claims(self, reference: str) -> None:
        with open_store(reference) as one:
            claim(one, KEYS[:3])
        with open_store(reference) as two:
            assert claim(two, KEYS[:3]).granted == KEYS[:3]

    def test_a_failed_attempt_keeps_the_claim_and_a_final_one_ends_it(self, store: CallStore, other: CallStore) -> None:
        claim(store, KEYS[:1])
        record(store, FAILED)
        assert set(claim(other, KEYS[:1]).busy) == {KEYS[0]}
        record(store, attempt(KEYS[0]))
        assert claim(other, KEYS[:1]).stored == KEYS[:1]

    def test_two_builds_that_want_the_same_calls_pay_once_and_both_get_the_replies(
        self, store: CallStore, other: CallStore
    ) -> None:
        values: list[list[object]] = []
        with Stub(lambda request: reply(request.question, delay_s=0.02)) as stub:

            def build(opened: CallStore) -> None:
                engine = Engine(profile(), opened, lambda name: [stub.base_url], LogProgress())
                values.append(sorted(str(result.value) for result in engine.run("step", calls(200), text_of, 2)))

            threads = [threading.Thread(target=build, args=(opened,)) for opened in (store, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert values == [sorted(f"q{row}" for row in range(200))] * 2
            assert stub.n == 200

    def test_live_users_of_a_provider_are_counted(self, store: CallStore, other: CallStore, reference: str) -> None:
        assert store.n_users("local") == 1
        for opened in (store, other):
            opened.use("local", True)
            opened.flush()
        assert (store.n_users("local"), store.n_users("elsewhere")) == (2, 1)
        with process("use_and_die", reference) as child:
            child.wait(60)
        assert store.n_users("local") == 2, "a user that died takes no share"
        other.use("local", False)
        other.flush()
        assert store.n_users("local") == 1


def _wait_until_stopped(pid: int) -> None:
    deadline = time.monotonic() + 10
    while psutil.Process(pid).status() != psutil.STATUS_STOPPED and time.monotonic() < deadline:
        time.sleep(0.01)


class BudgetContract(_Contract):
    """What a build may spend is reserved in the claim and settled by the attempt."""

    def test_what_a_call_may_cost_is_reserved_until_its_cost_is_known(self, store: CallStore) -> None:
        budget = BuildBudget("one", Budget(usd=10.0))
        first = claim(store, KEYS[:3], budget, usd=4.0)
        assert (first.granted, first.unaffordable, first.used_up) == (KEYS[:2], [KEYS[2]], None)
        assert claim(store, KEYS[2:3], budget, usd=4.0).used_up is None, "the others may cost less than was reserved"
        record(store, attempt(KEYS[0], build="one", usd=1.0))
        assert claim(store, KEYS[2:3], budget, usd=4.0).granted == [KEYS[2]]
        record(store, attempt(KEYS[1], build="one", usd=4.0))
        record(store, attempt(KEYS[2], build="one", usd=4.0))
        refused = claim(store, KEYS[3:4], budget, usd=4.0)
        assert (refused.granted, refused.unaffordable) == ([], KEYS[3:4])
        assert refused.used_up == "$9.0000 of $10.00 are spent, the next call may cost $4.0000"
        assert claim(store, KEYS[3:4], BuildBudget("two", Budget(usd=10.0)), usd=4.0).granted == KEYS[3:4]

    def test_what_is_not_known_is_settled_at_what_was_reserved(self, store: CallStore) -> None:
        budget = BuildBudget("one", Budget(usd=10.0))
        claim(store, KEYS[:2], budget, usd=4.0)
        record(store, attempt(KEYS[0], build="one", usd=None, reserved_usd=4.0))
        timed_out = attempt(KEYS[1], Outcome.TIMED_OUT, raw=None, build="one", usd=None, reserved_usd=4.0)
        record(store, timed_out)
        store.release(KEYS[1:2])
        assert claim(store, KEYS[1:2], budget, usd=4.0).used_up is not None, "8 dollars stay set aside"
        assert claim(store, KEYS[1:2], budget, usd=2.0).granted == KEYS[1:2]

    def test_what_is_declined_is_given_back(self, store: CallStore) -> None:
        budget = BuildBudget("one", Budget(calls=1))
        claim(store, KEYS[:1], budget)
        declined = attempt(KEYS[0], Outcome.TRANSPORT_ERROR, raw=None, build="one")
        record(store, declined._replace(received=declined.received._replace(http_status=503)))
        store.release(KEYS[:1])
        assert claim(store, KEYS[1:2], budget).granted == KEYS[1:2]

    def test_a_released_claim_frees_what_it_reserved(self, store: CallStore) -> None:
        budget = BuildBudget("one", Budget(calls=1))
        assert claim(store, KEYS[:2], budget).granted == KEYS[:1]
        store.release(KEYS[:1])
        assert claim(store, KEYS[1:2], budget).granted == KEYS[1:2]

    def test_a_build_keeps_to_its_budget_across_processes(self, reference: str) -> None:
        draw = [random.Random(seed).sample(KEYS[:200], 60) for seed in range(3)]
        children = [process("spend", reference, 70, *keys) for keys in draw]
        told = [child.communicate(timeout=120)[0].split() for child in children]
        made = [key for keys in told for key in keys]
        assert len(made) == len(set(made)) == 70

    def test_reservations_of_a_killed_process_are_free_again(self, store: CallStore, reference: str) -> None:
        budget = BuildBudget("", Budget(calls=3))
        with process("claim_and_hold", reference, *KEYS[:3]) as child:
            child.stdout.readline()
            assert claim(store, KEYS[3:4], budget).unaffordable == KEYS[3:4]
            child.kill()
            child.wait(10)
            assert claim(store, KEYS[3:4], budget).granted == KEYS[3:4]


class BatchContract(_Contract):
    """Batches outlive the build that submits them."""

    def test_a_batch_is_begun_named_forgotten_and_read(self, store: CallStore, reference: str) -> None:
        store.begin_batch(BATCH, "one", "local", KEYS[:3])
        with open_store(reference) as other:
            assert other.open_batches(KEYS[:5]) == dict.fromkeys(KEYS[:3], OpenBatch(BATCH, None))
        store.name_batch(BATCH, "remote-1")
        store.forget_batch(BATCH, KEYS[:1])
        record(store, attempt(KEYS[1], batch_id=BATCH))
        assert store.open_batches(KEYS) == {KEYS[2]: OpenBatch(BATCH, "remote-1")}
        store.forget_batch(BATCH, KEYS[1:3])
        store.flush()
        assert store.open_batches(KEYS) == {}
        assert store.attempts_of(KEYS[:3])["batch_id"].to_list() == [BATCH], "what has an ending is not forgotten"

    def test_a_line_that_two_builds_read_is_stored_once(self, store: CallStore, other: CallStore) -> None:
        store.begin_batch(BATCH, "one", "local", KEYS[:1])
        assert record(store, attempt(KEYS[0], batch_id=BATCH)) == Recorded(1, True)
        assert record(other, attempt(KEYS[0], batch_id=BATCH)) == Recorded(1, False)
        assert store.attempts_of(KEYS[:1]).height == 1

    def test_a_call_whose_batch_is_on_its_way_is_charged_to_the_build_that_submitted_it(self, store: CallStore) -> None:
        store.begin_batch(BATCH, "one", "local", KEYS[:2])
        nothing_left = BuildBudget("two", Budget(calls=0))
        assert claim(store, KEYS[:1], nothing_left, joins_batch=False).unaffordable == KEYS[:1]
        assert claim(store, KEYS[:1], nothing_left, joins_batch=True).granted == KEYS[:1]
        own = claim(store, KEYS[1:3], BuildBudget("one", Budget(calls=2)), joins_batch=True)
        assert (own.granted, own.unaffordable) == ([KEYS[1]], [KEYS[2]]), (
            "its two batched calls are all that it may make"
        )

    def test_a_build_that_goes_on_counts_its_own_batch_before_other_calls(self, store: CallStore) -> None:
        store.begin_batch(BATCH, "one", "local", KEYS[:4])
        claimed = claim(store, KEYS[5::-1], BuildBudget("one", Budget(calls=5)), joins_batch=True)
        assert sorted(claimed.granted) == [*KEYS[:4], KEYS[5]]
        assert claimed.unaffordable == [KEYS[4]]


class AccountContract(_Contract):
    """Which attempts were made, for whom, and of which kind of provider."""

    def test_attempts_have_the_columns_of_llm_calls(self, store: CallStore) -> None:
        from reasonmed_assets.quality.tables.llm_calls import LlmCalls

        record(store, attempt(KEYS[0]))
        frame, empty = store.attempts_of(KEYS[:1]), store.attempts_of([])
        declared = set(LlmCalls.to_schema().columns) - {"cost_usd", "row_hash"}
        assert set(frame.columns) == set(empty.columns) == declared
        LlmCalls.validate(frame.with_columns(cost_usd=pl.lit(0.0), row_hash=pl.lit("x")))
        assert frame.to_dicts() == [
            {
                "attempt_id": f"{KEYS[0]}-1",
                "call_key": KEYS[0],
                "attempt": 1,
                "role": "verifier",
                "provider": "local",
                "provider_kind": "real",
                "model": "small",
                "revision": "r1",
                "served_model": "served",
                "outcome": "completed",
                "detail": None,
                "http_status": 200,
                "finish_reason": "stop",
                "prompt_tokens": None,
                "completion_tokens": None,
                "reasoning_tokens": None,
                "cached_tokens": None,
                "cache_write_tokens": None,
                "reserved_usd": None,
                "is_declined": False,
                "latency_ms": 12.5,
                "started_at": datetime(2026, 11, 1),
                "is_accepted": True,
                "made_for": None,
                "made_for_source": None,
                "batch_id": None,
            }
        ]

    def test_an_attempt_tells_for_which_warehouse_it_was_made(self, reference: str) -> None:
        """Two warehouses share a store: each finds what was made for it, and what the other one made is not its own."""
        with open_store(reference) as store:
            store.asker = Asker("one", "verifications", "medqa")
            record(store, FAILED)
            record(store, attempt(KEYS[1]))
            store.asker = Asker("two", "ranked_paths", "mmlu")
            record(store, attempt(KEYS[0]))
            store.asker = None
            record(store, attempt(KEYS[2]))
        with open_store(reference) as store:
            assert sorted(store.keys_made_for("one")) == KEYS[:2]
            assert list(store.keys_made_for("two")) == KEYS[:1]
            assert [store.count_made_for(warehouse) for warehouse in ("one", "two", "")] == [2, 1, 0]
            found = [store.keys_since("one", n, 9) for n in (1, 2, 3)]
            assert found == [[*KEYS[:2], KEYS[0], KEYS[2]], [KEYS[1], KEYS[0], KEYS[2]], []], "of whomever"
            assert store.keys_since("one", 1, 2) == KEYS[:2]
            assert store.keys_since("two", 1, 9) == [KEYS[0], KEYS[2]]
            assert store.keys_since("", 1, 9) == []
            store.asker = Asker("one", "verifications", "")
            record(store, attempt(KEYS[3]))
            frame = store.attempts_of(KEYS[:4], "one")
        assert frame["made_for"].to_list() == ["verifications", None, "verifications", None, "verifications"]
        assert frame["made_for_source"].to_list() == ["medqa", None, "medqa", None, None]

    def test_the_kinds_of_all_providers_are_known(self, store: CallStore) -> None:
        assert store.provider_kinds() == set()
        record(store, attempt(KEYS[0]))
        record(store, attempt(KEYS[1])._replace(provider="rehearsal", provider_kind="simulated"))
        assert store.provider_kinds() == {"real", "simulated"}


class CallStoreContract(RecordingContract, ClaimingContract, BudgetContract, BatchContract, AccountContract):
    """All of it."""
