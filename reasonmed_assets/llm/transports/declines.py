"""Calls that an endpoint declines for a reason that need not lie in their prompts: is one at fault, or all of them?

A parameter that the endpoint does not know, a wrong model, a gateway's wrong key: each call is declined, and none of it
may be kept. A prompt that the endpoint cannot take is declined as well, often in no clearer words. They are told apart
by what becomes of the other calls to the model.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum, auto
from typing import TYPE_CHECKING

from reasonmed_assets.llm.outcomes import (
    FORBIDDEN_STATUSES,
    EndpointError,
    EngineError,
    Received,
    UnauthorisedError,
)

if TYPE_CHECKING:
    from reasonmed_assets.config.profile import Provider
    from reasonmed_assets.llm.transports.lanes import Job

_FEW = 3
"""After this many different calls were declined and none was ever accepted, the model accepts no call."""
_IN_A_ROW = 24
"""After this many different calls were declined in a row, the model may have stopped accepting calls."""


class Verdict(Enum):
    """What follows from a call that was declined."""

    HELD = auto()
    """It waits for what becomes of others."""
    ALONE = auto()
    """It is declined for what it says: others were accepted meanwhile."""
    OPEN = auto()
    """It is declined again, and of others nothing is known since."""
    ALL = auto()
    """The model declines every call."""


class Declines:
    """The declined calls of one endpoint.

    A call that is declined is held until another one of its model that was sent after it is accepted, or until there is
    no other one; then it is asked once more. While it is doubtful whether a model takes calls at all, one goes out at a
    time, after all that were under way have come back: what becomes of it decides.

    Args:
        accepted: models of the provider that have accepted a call, in this build or as the ledger tells; added to.
        asks_again: whether a call may be asked once more; where not, it ends when it is declined.
    """

    def __init__(self, accepted: set[str], *, asks_again: bool = True) -> None:
        self._accepted = accepted
        self._asks_again = asks_again
        self._in_a_row: Counter[str] = Counter()
        self._held: dict[str, dict[str, Job]] = {}
        self._asked: set[str] = set()
        self._probe: str | None = None

    @property
    def are_held(self) -> bool:
        """Some calls wait for others."""
        return bool(self._held)

    @property
    def are_doubtful(self) -> bool:
        """A model may take no call at all."""
        return any(model not in self._accepted or len(held) >= _IN_A_ROW for model, held in self._held.items())

    def sent(self, job: Job) -> None:
        """A call goes out alone, while it is doubtful whether its model takes any."""
        self._probe = job.key

    def accepted(self, job: Job, sent_at: float) -> list[Job]:
        """A call was accepted. Returns those that were declined before it was sent: they are to be asked again."""
        model = job.call.model
        self._accepted.add(model)
        self._in_a_row.pop(model, None)
        self._asked.discard(job.key)
        held = self._held.get(model)
        if held is None:
            return []
        held.pop(job.key, None)
        released = [one for one in held.values() if one.declined_at is not None and one.declined_at <= sent_at]
        for one in released:
            one.others_accepted = True
            del held[one.key]
        released = [one for one in released if one.key not in self._asked]
        if not held:
            self._held.pop(model, None)
        return released

    def declined(self, job: Job, now: float) -> Verdict:
        """A call was declined. Returns what follows; a call that is not held has ended."""
        model, is_first = job.call.model, job.declined_at is None
        self._asked.discard(job.key)
        if job.others_accepted:
            return Verdict.ALONE
        if not self._asks_again:
            self._in_a_row[model] += 1
            return Verdict.ALL if self._in_a_row[model] >= _IN_A_ROW else Verdict.OPEN
        if is_first:
            job.declined_at = now
        held = self._held.setdefault(model, {})
        held[job.key] = job
        is_unknown = model not in self._accepted
        if job.key == self._probe and (len(held) >= _IN_A_ROW or (is_unknown and (len(held) >= _FEW or not is_first))):
            return Verdict.ALL
        if is_first or is_unknown:
            return Verdict.HELD
        del held[job.key]
        if not held:
            del self._held[model]
        return Verdict.OPEN

    def release(self) -> list[Job]:
        """The calls that are held, to be asked once more since there are no others; they are held until they end."""
        released = [job for held in self._held.values() for job in held.values() if job.key not in self._asked]
        self._asked.update(job.key for job in released)
        return released


def declines_all(name: str, provider: Provider, url: str, job: Job, received: Received) -> EngineError:
    """The error for a model of which every call is declined; `job` is one of them."""
    variable = provider.api_key_env
    key = f"the key (environment variable {variable})" if variable else "the key, which the profile does not declare"
    told = (
        f"provider {name}: {url} declines every call to model {job.call.body['model']}: {received.detail}. "
        f"None of it is kept. Check name and parameters in [models.{job.call.model}] of the profile, the provider's "
        f"address and {key}; then run the same command again"
    )
    return (UnauthorisedError if received.http_status in FORBIDDEN_STATUSES else EndpointError)(told)
