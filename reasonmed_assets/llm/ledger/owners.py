"""Which process holds a claim on a call, and whether it is still alive."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass

from reasonmed_assets.machine import boot_id, pid_space, start_of

HEARTBEAT_S = 5.0
_SILENT_S = 60.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that claims calls in a ledger.

    Attributes:
        owner_id: unique per opened ledger.
        host: host name, for messages.
        pid: process id on that host.
        started_ticks: when the process started (kernel ticks since boot), so that a reused pid is not taken for it.
        boot_id: the kernel's id of this boot.
        pid_space: the namespace in which the pid counts (containers of one machine have their own).
    """

    owner_id: str
    host: str
    pid: int
    started_ticks: int
    boot_id: str
    pid_space: str

    @property
    def name(self) -> str:
        """For messages."""
        return f"process {self.pid} on {self.host}"


def this_process() -> Owner:
    """A new owner for this process."""
    pid = os.getpid()
    return Owner(
        owner_id=uuid.uuid4().hex,
        host=socket.gethostname(),
        pid=pid,
        started_ticks=start_of(pid) or 0,
        boot_id=boot_id(),
        pid_space=pid_space(),
    )


def is_alive(owner: Owner, silent_s: float) -> bool:
    """Whether the owner's process still runs, given the seconds since its last heartbeat by the ledger's own clock.

    Known for certain where this process sees that one's pid, and after a reboot of its host; elsewhere a minute
    without a heartbeat counts as dead.
    """
    is_same_boot = owner.boot_id == boot_id()
    if is_same_boot and owner.pid_space == pid_space():
        return start_of(owner.pid) == owner.started_ticks
    if not is_same_boot and owner.host == socket.gethostname():
        return False
    return silent_s < _SILENT_S
