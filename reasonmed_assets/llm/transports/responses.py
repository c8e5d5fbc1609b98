"""What a response is: a reply, or why it is none. One judgement for HTTP, batches and vLLM.

The bytes of every response are kept in the ledger, whatever they are: all of a reply, else their beginning. Nothing
that goes wrong while they are read loses them.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.outcomes import UNAUTHORISED_STATUSES, detail_of_status, outcome_of_status
from reasonmed_assets.llm.replies.wire import BrokenOffError, NotAReplyError, read_reply
from reasonmed_assets.vocabulary import Outcome

LARGEST_BYTES = 64 * 1024 * 1024
"""A longer response is not read to its end, and is no reply."""
_KEPT_BYTES = 256 * 1024
"""How much is kept of what is no reply."""

_log = logging.getLogger(__name__)


class Judged(NamedTuple):
    """What a response is.

    Attributes:
        outcome: before a reply's text is parsed.
        detail: why it is no reply, in words.
        status: what the endpoint reports: of the response, or of an error in it.
        raw: the bytes to keep; None where there are none, or where they may hold parts of a key that is refused.
        reply: the reply; None where it is none.
        partial: what came of a reply that was broken off.
    """

    outcome: Outcome
    detail: str | None
    status: int
    raw: bytes | None
    reply: Reply | None = None
    partial: Reply | None = None


def judged(status: int, raw: bytes, is_marked_simulated: bool = False) -> Judged:
    """What a response is, by its status and its bytes."""
    if not 200 <= status < 300:
        detail = detail_of_status(status, raw.decode(errors="replace"))
        return Judged(outcome_of_status(status), detail, status, _kept(status, raw))
    try:
        return Judged(Outcome.COMPLETED, None, status, raw, read_reply(raw, is_marked_simulated))
    except BrokenOffError as error:
        said = _status_in(error.report)
        if said is None:
            return Judged(Outcome.TRANSPORT_ERROR, str(error), status, _kept(status, raw), partial=error.partial)
        detail = f"{detail_of_status(said, str(error))} (within a response with status {status})"
        return Judged(outcome_of_status(said), detail, said, _kept(said, raw), partial=error.partial)
    except NotAReplyError as error:
        return Judged(Outcome.TRANSPORT_ERROR, str(error), status, _kept(status, raw))
    except Exception as error:
        _log.exception("a response could not be read; its bytes are kept")
        detail = f"the response could not be read ({type(error).__name__}: {error})"
        return Judged(Outcome.TRANSPORT_ERROR, detail, status, _kept(status, raw))


def _kept(status: int, raw: bytes) -> bytes | None:
    return None if status in UNAUTHORISED_STATUSES else raw[:_KEPT_BYTES] or None


def _status_in(report: Any) -> int | None:
    """The HTTP status that an error names as its code."""
    codes = [str(report.get(name)) for name in ("code", "status", "status_code")] if isinstance(report, dict) else []
    return next((int(code) for code in codes if code.isascii() and code.isdigit() and 400 <= int(code) < 600), None)
