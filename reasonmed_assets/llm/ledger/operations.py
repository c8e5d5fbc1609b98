"""The changes that the call store knows, as data. What each does to a database is in its implementation.

A database runs them in groups, and may have to run a group twice: nothing in them changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from reasonmed_assets.llm.ledger.budget import BuildBudget
from reasonmed_assets.llm.ledger.records import Asker, Attempt, Wanted
from reasonmed_assets.vocabulary import Outcome


def _nobody(result: Any) -> None:
    """Nobody waits for the result."""


@dataclass(slots=True)
class Operation:
    """One change.

    Attributes:
        comes_last: it may be written after all others of its group, so that these can share statements.
        finish: called from the writing thread with the result once it is on disk, or with a `LedgerError`.
    """

    comes_last: ClassVar[bool] = False

    finish: Callable[[Any], None] = field(default=_nobody, kw_only=True)


@dataclass(slots=True)
class Claim(Operation):
    """Claim calls that are neither stored nor claimed by a live owner, as far as the budget goes. Result: `Claimed`.

    The owners of other claims that are found dead lose what they hold; those that are suspended (stopped, or silent for
    too long) lose what they have not sent, and what they have sent once its timeout is over.

    What the budget has left and who holds a call
    must not change between the decision and the claim.
    """

    calls: tuple[Wanted, ...]
    owner_id: str
    budget: BuildBudget


@dataclass(slots=True)
class Release(Operation):
    """Release claims of an owner."""

    keys: tuple[str, ...]
    owner_id: str


@dataclass(slots=True)
class Send(Operation):
    """Note that claimed calls are about to be sent. Result: the keys of those whose claim the owner has lost.

    If their owner dies, what they may cost stays set aside; if it is suspended, they stay claimed.

    Attributes:
        timeout_s: seconds after which a reply would not be waited for any longer.
    """

    comes_last = True

    keys: tuple[str, ...]
    owner_id: str
    timeout_s: float


@dataclass(slots=True)
class Use(Operation):
    """Note that an owner begins or ends to send calls to a provider."""

    owner_id: str
    provider: str
    is_used: bool


@dataclass(slots=True)
class Leave(Operation):
    """Release all claims of an owner and delete its record."""

    owner_id: str


@dataclass(slots=True)
class Record(Operation):
    """Store an attempt, with the call and its body where they are new. Result: `Recorded`.

    Attempts of a call are numbered from 1 without gaps. Each that was not declined is settled: what it cost, or may
    have cost, is spent by its build. The first final one is kept and ends the claim. A line of a batch that is there
    already is not stored again.

    Attributes:
        asker: for whom it was made; None: for nobody that keeps an account.
        owner_id: who made it.
        body, response: what of the attempt is stored compressed; filled in before the database gets to see it. The
            response is kept whether or not it is a reply, and apart from replies where it is none.
    """

    attempt: Attempt
    asker: Asker | None
    owner_id: str
    body: bytes = b""
    response: bytes | None = None


@dataclass(slots=True)
class Learn(Operation):
    """Keep a role's dictionary, unless there is one. Result: the one that the ledger holds now."""

    role: str
    dictionary: bytes


@dataclass(slots=True)
class Judge(Operation):
    """Note what a parser made of the reply that is kept for a call."""

    key: str
    outcome: Outcome
    detail: str | None


@dataclass(slots=True)
class Reopen(Operation):
    """Keep no attempt of these calls, so that they can be made again; the attempts stay."""

    keys: tuple[str, ...]


@dataclass(slots=True)
class BeginBatch(Operation):
    """Note a batch, which a build pays for, and its calls before any of it is sent."""

    batch_id: str
    build: str
    provider: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class NameBatch(Operation):
    """Note a batch's id at its provider."""

    batch_id: str
    remote_id: str


@dataclass(slots=True)
class ForgetBatch(Operation):
    """Take calls out of a batch in which they were not sent; those with an ending stay."""

    batch_id: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class Barrier(Operation):
    """Changes nothing: all that was handed over before is on disk when it is finished."""
