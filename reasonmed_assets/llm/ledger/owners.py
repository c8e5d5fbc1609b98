"""Which process holds a claim on a call, and whether it is still alive."""

from __future__ import annotations

import time
import uuid
from dataclasses import asdict, dataclass

from reasonmed_assets import machine

HEARTBEAT_S = 5.0
SILENT_S = 60.0
"""After how long without a heartbeat an owner is suspended. One whose process is not seen from here may be dead."""


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

    Where that is not known for certain, one that has been silent for too long counts as dead.
    """
    is_running = machine.is_running(owner)
    return silent_s < SILENT_S if is_running is None else is_running


class Silences:
    """How long each owner has been silent, as this process has seen it: by the time in which it was awake itself.

    The wall clock may be set, and a machine, a container or a process that was suspended has not listened meanwhile:
    between two looks at most twice the interval of the heartbeats counts.
    """

    def __init__(self) -> None:
        self._awake_s = 0.0
        self._looked_at = time.monotonic()
        self._heard: dict[str, tuple[float, float]] = {}

    def look(self) -> None:
        """Count the time since the last look; to be called at each heartbeat."""
        now = time.monotonic()
        self._awake_s += min(now - self._looked_at, 2 * HEARTBEAT_S)
        self._looked_at = now

    def of(self, owner_id: str, heartbeat_at: float) -> float:
        """Seconds since an owner's last heartbeat was first seen."""
        last, since = self._heard.get(owner_id, (None, 0.0))
        if last != heartbeat_at:
            self._heard[owner_id] = heartbeat_at, self._awake_s
            return 0.0
        return self._awake_s - since
