"""Which process holds a claim on a call, and whether it is still alive."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass

from reasonmed_assets import machine

HEARTBEAT_S = 5.0
_SILENT_S = 60.0


@dataclass(frozen=True, slots=True)
class Owner(machine.Process):
    """A process that claims calls in a ledger.

    Attributes:
        owner_id: unique per opened ledger.
    """

    owner_id: str


def this_process() -> Owner:
    """A new owner for this process."""
    return Owner(**asdict(machine.this_process()), owner_id=uuid.uuid4().hex)


def is_alive(owner: Owner, silent_s: float) -> bool:
    """Whether the owner's process still runs, given the seconds since its last heartbeat by the ledger's own clock.

    Where that is not known for certain, a minute without a heartbeat counts as dead.
    """
    is_running = machine.is_running(owner)
    return silent_s < _SILENT_S if is_running is None else is_running
