"""The call store: every model call that was ever made, with its reply, in one ledger that several builds share.

A reply counts once it is on disk. A call is claimed before it is sent, so that two builds never pay for it twice; the
claims of a dead process are taken over. Nothing here knows HTTP, prompts or the warehouse, nor which database it is.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import zstandard

from reasonmed_assets.llm.ledger.budget import NO_BUDGET, BuildBudget
from reasonmed_assets.llm.ledger.compression import Frames, UnknownDictionaryError, trained
from reasonmed_assets.llm.ledger.operations import (
    Barrier,
    BeginBatch,
    Claim,
    ForgetBatch,
    Judge,
    Learn,
    Leave,
    NameBatch,
    Operation,
    Record,
    Release,
    Reopen,
    Send,
    Use,
)
from reasonmed_assets.llm.ledger.owners import HEARTBEAT_S, Owner, this_process
from reasonmed_assets.llm.ledger.records import (
    Asker,
    Attempt,
    Claimed,
    LedgerError,
    OpenBatch,
    Recorded,
    Stored,
    Wanted,
)
from reasonmed_assets.llm.ledger.writer import Writer
from reasonmed_assets.llm.outcomes import was_kept_by_mistake
from reasonmed_assets.llm.replies.wire import BrokenOffError, NotAReplyError, read_reply
from reasonmed_assets.vocabulary import Outcome

if TYPE_CHECKING:
    import polars as pl

_KEYS_PER_FRAME = 20_000
"""Calls whose attempts are Python objects at a time: these take six times the memory of a data frame."""


ATTEMPT_COLUMNS: dict[str, Any] = {
    "attempt_id": str,
    "call_key": str,
    "attempt": int,
    "role": str,
    "provider": str,
    "provider_kind": str,
    "model": str,
    "revision": str,
    "served_model": str,
    "outcome": str,
    "detail": str,
    "http_status": int,
    "finish_reason": str,
    "prompt_tokens": int,
    "completion_tokens": int,
    "reasoning_tokens": int,
    "cached_tokens": int,
    "cache_write_tokens": int,
    "reserved_usd": float,
    "is_declined": int,
    "latency_ms": float,
    "started_at": int,
    "is_accepted": int,
    "made_for": str,
    "made_for_source": str,
    "batch_id": str,
}
"""The account of attempts as a database gives it: microseconds since 1970 in `started_at`, 0 or 1 in `is_accepted` and
`is_declined`."""


class StoredFrame(NamedTuple):
    """A call whose ending is kept (see `Stored`), its reply as it was stored: compressed."""

    call_key: str
    outcome: str
    detail: str | None
    provider_kind: str
    attempts: int
    is_simulated: bool
    reply: bytes | None


def _typed(attempts: pl.DataFrame) -> pl.DataFrame:
    """The account of attempts with moments and truth values."""
    import polars as pl

    return attempts.with_columns(
        pl.col("started_at").cast(pl.Datetime("us")), pl.col("is_accepted", "is_declined").cast(pl.Boolean)
    )


class CallStore(ABC):
    """An opened ledger. Any number of threads may use it, any number of processes may open the same one.

    An implementation opens its database, then calls this initialiser, and gives the abstract methods. It is read from
    any thread, `_apply` is called from one. Every method raises `LedgerError` where it cannot do its work; the message
    names the ledger, never a secret.

    Args:
        name: names the ledger in messages.

    Attributes:
        asker: for whom attempts are recorded from now on; None: for nobody that keeps an account.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.asker: Asker | None = None
        self._owner = this_process()
        self._writer_lock = threading.Lock()
        self._writer: Writer | None = None
        self._frames = Frames()
        self._trainings: list[threading.Thread] = []
        self._read_dictionaries()

    def __enter__(self) -> CallStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write everything that was handed over and release all claims."""
        for training in self._trainings:
            training.join()
        with self._writer_lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.submit(Leave(self._owner.owner_id))
            writer.close()
        self._disconnect()

    def lookup(self, keys: Iterable[str]) -> dict[str, Stored]:
        """The calls among `keys` that ended, by key, their replies read again from the bytes that were received.

        Raises:
            LedgerError: the ledger cannot be read, or a reply in it is damaged.
        """
        return {stored.call_key: self._decoded(stored) for stored in self._stored(keys)}

    @abstractmethod
    def keys_made_for(self, warehouse: str) -> Iterator[str]:
        """The calls of which an attempt was made for a warehouse, whatever became of its rows, each once."""

    @abstractmethod
    def count_made_for(self, warehouse: str) -> int:
        """Attempts that were made for a warehouse."""

    @abstractmethod
    def keys_since(self, warehouse: str, n: int, at_most: int) -> list[str]:
        """The calls of all attempts from the `n`th on that was made for a warehouse, whoever made them, as they came.

        Args:
            warehouse: the warehouse.
            n: from 1; none are given where it has fewer.
            at_most: how many are given.
        """

    def attempts_of(self, keys: Iterable[str], warehouse: str = "") -> pl.DataFrame:
        """All attempts of the calls `keys`: the columns of table llm_calls apart from `cost_usd` and `row_hash`.

        Args:
            keys: the calls.
            warehouse: whose attempts say for which table and source they were made.
        """
        import polars as pl

        empty = _typed(pl.DataFrame(schema=ATTEMPT_COLUMNS))
        return pl.concat([empty, *self.attempts(dict.fromkeys(keys), warehouse)])

    def attempts(self, keys: Iterable[str], warehouse: str = "") -> Iterator[pl.DataFrame]:
        """The same, some calls at a time; each key is given once."""
        wanted = iter(keys)
        while some := list(islice(wanted, _KEYS_PER_FRAME)):
            yield _typed(self._attempts(some, warehouse))

    def body_of(self, key: str) -> dict[str, Any] | None:
        """The request body of a call as it was sent; None when the ledger does not know the key."""
        body = self._body(key)
        return None if body is None else orjson.loads(self._text(body))

    def reply_of(self, key: str) -> bytes | None:
        """The accepted reply of a call as it was received; None when the ledger keeps none."""
        frames = [stored.reply for stored in self._stored([key]) if stored.reply is not None]
        return self._text(frames[0]) if frames else None

    @abstractmethod
    def provider_kinds(self) -> set[str]:
        """Kinds of all providers that calls of this ledger were made to."""

    @abstractmethod
    def dead_owners(self) -> list[Owner]:
        """Owners whose process is known to have ended without leaving."""

    def remove_owner(self, owner_id: str) -> None:
        """Release the claims of a dead owner and delete its record; what it had sent stays set aside."""
        self._wait_for(Leave(owner_id))

    def n_users(self, provider: str) -> int:
        """How many live builds send calls to a provider now, this one included."""
        return 1 + self._n_others(provider)

    def use(self, provider: str, is_used: bool) -> None:
        """Tell the other builds that calls are sent to a provider, or no longer."""
        self._submit(Use(self._owner.owner_id, provider, is_used))

    def claim(
        self,
        calls: Sequence[Wanted],
        done: Callable[[Claimed | LedgerError], None],
        budget: BuildBudget = NO_BUDGET,
    ) -> None:
        """Claim calls before they are sent; `done` is called from another thread with the answer.

        A claim reserves what its call may cost at most, and one request; a recorded attempt settles both.
        """
        self._submit(Claim(tuple(calls), self._owner.owner_id, budget, finish=done))

    def send(
        self, keys: Iterable[str], timeout_s: float, done: Callable[[Collection[str] | LedgerError], None]
    ) -> None:
        """Note that claimed calls are about to be sent; `done` is called from another thread once that is on disk.

        It is given the keys that may not be sent: a process that was suspended has lost them to another one. What one
        of the others may cost stays set aside if this process dies before it has recorded how the call ended; it stays
        claimed for `timeout_s` seconds if this process is suspended. A note is written without waiting for more: it
        serves many calls, and the endpoint may have nothing to do before.
        """
        self._submit(Send(tuple(keys), self._owner.owner_id, timeout_s, finish=done), is_awaited=True)

    def send_now(self, keys: Iterable[str], timeout_s: float) -> Collection[str]:
        """`send`, and wait for its answer.

        Raises:
            LedgerError: it could not be written.
        """
        return self._wait_for(Send(tuple(keys), self._owner.owner_id, timeout_s))

    def record(self, attempt: Attempt, done: Callable[[Recorded | LedgerError], None]) -> None:
        """Store an attempt; `done` is called from another thread once it is on disk. A final one ends the claim."""
        self._submit(Record(attempt, self.asker, self._owner.owner_id, finish=done))
        if attempt.received.reply is not None and attempt.received.raw is not None:
            self._learn(attempt.role, (attempt.body, attempt.received.raw))

    def judge(self, key: str, outcome: Outcome, detail: str | None) -> None:
        """Note what a parser made of the stored reply of a call; written soon, or again by the next build."""
        self._submit(Judge(key, outcome, detail))

    def reopen(self, keys: Iterable[str]) -> None:
        """Let calls that ended be claimed and made again; what was recorded of them stays."""
        self._submit(Reopen(tuple(keys)))

    def release(self, keys: Iterable[str]) -> None:
        """Release claims that this object holds."""
        self._submit(Release(tuple(keys), self._owner.owner_id))

    def begin_batch(self, batch_id: str, build: str, provider: str, keys: Sequence[str]) -> None:
        """Note that calls are about to be submitted as a batch, which a build pays for; on disk when this returns.

        Raises:
            LedgerError: it could not be written.
        """
        self._wait_for(BeginBatch(batch_id, build, provider, tuple(keys)))

    def name_batch(self, batch_id: str, remote_id: str) -> None:
        """Note a batch's id at its provider; written soon, or found again by the batch's metadata."""
        self._submit(NameBatch(batch_id, remote_id))

    def forget_batch(self, batch_id: str, keys: Iterable[str]) -> None:
        """Note that calls were not sent with a batch after all."""
        self._submit(ForgetBatch(batch_id, tuple(keys)))

    @abstractmethod
    def open_batches(self, keys: Iterable[str]) -> dict[str, OpenBatch]:
        """The calls among `keys` that were submitted in a batch and have no ending yet, by key."""

    @abstractmethod
    def held_by_others(self, keys: Iterable[str]) -> set[str]:
        """The calls among `keys` that another process, which is alive, has claimed and that have no ending yet."""

    def flush(self) -> None:
        """Return once everything that was handed over is on disk.

        Raises:
            LedgerError: the last of it could not be written.
        """
        if self._writer is not None:
            self._wait_for(Barrier())

    @abstractmethod
    def _apply(self, group: Sequence[Operation], beat: Owner | None) -> list[Any]:
        """Run operations in their order, in one transaction, and return the result of each.

        All of it is on disk when this returns, and nothing of it is done when it raises. Two processes must not be
        granted one call, nor pass a budget together: a database that lets several write at once takes a lock for a
        group that holds a claim, at its beginning.

        Args:
            group: the operations.
            beat: the owner that tells with this group, by the database's clock, that it is alive.
        """

    @abstractmethod
    def _is_of_a_record(self, error: Exception) -> bool:
        """Whether an error lies in what was to be written, so that other operations of its group can be written."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Close the database, after all else."""

    @abstractmethod
    def _dictionaries(self) -> dict[str, bytes]:
        """The dictionaries of all roles."""

    @abstractmethod
    def _stored(self, keys: Iterable[str]) -> Iterable[StoredFrame]:
        """The calls among `keys` whose ending is kept."""

    @abstractmethod
    def _body(self, key: str) -> bytes | None:
        """The compressed request body of a call; None when it is not known."""

    @abstractmethod
    def _attempts(self, keys: Sequence[str], warehouse: str) -> pl.DataFrame:
        """`attempts_of` as `ATTEMPT_COLUMNS`, in the order of key and number."""

    @abstractmethod
    def _n_others(self, provider: str) -> int:
        """How many live owners beside this one use a provider."""

    def _submit(self, operation: Operation, *, is_awaited: bool = False) -> None:
        with self._writer_lock:
            if self._writer is None:
                self._writer = Writer(self.name, self._commit, HEARTBEAT_S, self._is_of_a_record)
            self._writer.submit(operation)
            if is_awaited:
                self._writer.hurry()

    def _wait_for(self, operation: Operation) -> Any:
        finished = threading.Event()
        results: list[Any] = []

        def finish(result: Any) -> None:
            results.append(result)
            finished.set()

        operation.finish = finish
        self._submit(operation, is_awaited=True)
        finished.wait()
        if isinstance(results[0], LedgerError):
            raise results[0]
        return results[0]

    def _commit(self, group: Sequence[Operation], is_beat_due: bool) -> list[Any]:
        self._compress([operation for operation in group if isinstance(operation, Record)])
        return self._apply(group, self._owner if is_beat_due else None)

    def _compress(self, records: Sequence[Record]) -> None:
        """Fill in what of attempts is stored compressed: all texts of a role in one go."""
        by_role: dict[str, list[Record]] = {}
        for record in records:
            by_role.setdefault(record.attempt.role, []).append(record)
        for role, some in by_role.items():
            answered = [record for record in some if record.attempt.received.raw]
            bodies = [record.attempt.body for record in some]
            replies = [record.attempt.received.raw or b"" for record in answered]
            frames = iter(self._frames.compress(role, bodies + replies))
            for record in some:
                record.body = next(frames)
            for record in answered:
                record.response = next(frames)

    def _learn(self, role: str, texts: Sequence[bytes]) -> None:
        """Train a role's dictionary once there is enough to train on.

        That takes a tenth of a second or two, in a thread of its own: calls go on meanwhile, and replies are written.
        """
        samples = self._frames.sample(role, texts)
        if samples:
            training = threading.Thread(target=self._train, args=(role, samples), name="dictionary-training")
            self._trainings.append(training)
            training.start()

    def _train(self, role: str, samples: list[bytes]) -> None:
        dictionary = trained(samples)
        if dictionary is not None:
            self._submit(Learn(role, dictionary, finish=partial(self._learnt, role)))

    def _learnt(self, role: str, dictionary: bytes | LedgerError) -> None:
        """Use a dictionary: it is on disk before the first frame that needs it."""
        if isinstance(dictionary, bytes):
            self._frames.add(role, dictionary)

    def _read_dictionaries(self) -> None:
        for role, dictionary in self._dictionaries().items():
            self._frames.add(role, dictionary)

    def _text(self, frame: bytes) -> bytes:
        try:
            return self._frames.decompress(frame)
        except UnknownDictionaryError:
            # Another build has trained it since.
            self._read_dictionaries()
            return self._frames.decompress(frame)

    def _decoded(self, stored: StoredFrame) -> Stored:
        key, outcome, detail, provider_kind, attempts, is_simulated, frame = stored
        try:
            reply = None if frame is None else read_reply(self._text(frame), is_simulated)
        except BrokenOffError as error:
            return Stored(key, Outcome.TRANSPORT_ERROR, str(error), provider_kind, attempts, None, is_kept=False)
        except (NotAReplyError, UnknownDictionaryError, zstandard.ZstdError) as error:
            raise LedgerError(f"ledger {self.name}: the reply of call {key} is damaged: {error}") from error
        if reply is None and outcome == Outcome.REJECTED and was_kept_by_mistake(detail):
            return Stored(key, Outcome.DECLINED, detail, provider_kind, attempts, None, is_kept=False)
        return Stored(key, Outcome(outcome), detail, provider_kind, attempts, reply)
