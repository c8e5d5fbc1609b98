"""What a response is: a reply, or why it is none. One judgement for HTTP, batches and vLLM.

The bytes of every response are kept in the ledger, whatever they are: all of a reply, else their beginning. Nothing
that goes wrong while they are read loses them.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.outcomes import detail_of
from reasonmed_assets.llm.refusals import Cause, refusal_of
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
        cause: why there is no reply; None where there is one.
        wait_s: seconds to wait, by the words of the error.
    """

    outcome: Outcome
    detail: str | None
    status: int
    raw: bytes | None
    reply: Reply | None = None
    partial: Reply | None = None
    cause: Cause | None = None
    wait_s: float | None = None


def judged(status: int, raw: bytes, is_marked_simulated: bool = False) -> Judged:
    """What a response is, by its status and its bytes."""
    if len(raw) > LARGEST_BYTES:
        return _failed(status, raw, f"the response is longer than {LARGEST_BYTES:,} bytes")
    if not 200 <= status < 300:
        return _refused(status, raw, raw, raw.decode(errors="replace"))
    try:
        return Judged(Outcome.COMPLETED, None, status, raw, read_reply(raw, is_marked_simulated))
    except BrokenOffError as error:
        if error.report is None:
            return _failed(status, raw, str(error), error.partial)
        said = _status_in(error.report)
        found = _refused(said, error.report, raw, str(error), error.partial)
        return found._replace(status=said or status, detail=f"{found.detail} (within a response with status {status})")
    except NotAReplyError as error:
        return _failed(status, raw, str(error))
    except Exception as error:
        _log.exception("a response could not be read; its bytes are kept")
        return _failed(status, raw, f"the response could not be read ({type(error).__name__}: {error})")


def _failed(status: int, raw: bytes, detail: str, partial: Reply | None = None) -> Judged:
    """No reply, and no error that says why: in such bytes no word counts, they may be those of a text."""
    return Judged(Outcome.TRANSPORT_ERROR, detail, status, raw[:_KEPT_BYTES] or None, None, partial, Cause.FAILURE)


def _refused(status: int | None, error: Any, raw: bytes, said: str, partial: Reply | None = None) -> Judged:
    refusal = refusal_of(status, error)
    cause = refusal.cause
    kept = None if cause in (Cause.KEY, Cause.CREDIT) else raw[:_KEPT_BYTES] or None
    detail = detail_of(status, refusal, said)
    return Judged(cause.outcome, detail, status or 0, kept, None, partial, cause, refusal.wait_s)


def _status_in(report: Any) -> int | None:
    """The HTTP status that an error names as its code."""
    codes = [str(report.get(name)) for name in ("code", "status", "status_code")] if isinstance(report, dict) else []
    return next((int(code) for code in codes if code.isascii() and code.isdigit() and 400 <= int(code) < 600), None)
