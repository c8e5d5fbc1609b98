"""The lines of a batch's files: calls that go up, replies and errors that come back."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection
from typing import Any

import orjson

from reasonmed_assets.llm.transports.batches.api import PATH, RemoteBatch, count_in, read_object
from reasonmed_assets.llm.transports.lanes import Job


class Gathering:
    """The calls of one model that wait for a batch: a file holds one model only."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._n_bytes = 0

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        """The call waits."""
        self._jobs.append(job)
        self._n_bytes += len(line_of(job))

    def fills(self, max_requests: int, max_bytes: int) -> bool:
        """Whether no further call would fit into the same file."""
        return len(self._jobs) >= max_requests or self._n_bytes >= max_bytes

    def take(self, max_requests: int, max_bytes: int) -> list[Job]:
        """The calls of the next file, at least one."""
        taken: list[Job] = []
        n_bytes = 0
        while self._jobs and len(taken) < max_requests:
            n_bytes += len(line_of(self._jobs[0]))
            if taken and n_bytes > max_bytes:
                break
            taken.append(self._jobs.popleft())
        self._n_bytes -= sum(len(line_of(job)) for job in taken)
        return taken


def line_of(job: Job) -> bytes:
    """The call as a line of a batch's input file."""
    return b'{"custom_id":"%b","method":"POST","url":"%b","body":%b}\n' % (job.key.encode(), PATH.encode(), job.body)


class Answered:
    """Which requests of a batch its files have told of so far, whether this run wants them or not.

    A line with a reply counts for more than one with an error, wherever both are: in one file, in two, or in two
    readings of them.

    Attributes:
        errors: the last line of each request that has none with a reply, by `custom_id`.
    """

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._with_response: set[str] = set()
        self._replied: set[str] = set()
        self._files: set[str] = set()
        self.errors: dict[str, dict[str, Any]] = {}

    def add(self, line: bytes, file_id: str) -> tuple[str, dict[str, Any]] | None:
        """The `custom_id` and the content of a line with a reply; None for any other one.

        What is no line is passed over. Errors are kept until the files have been read.
        """
        answer = read_object(line)
        custom_id = None if answer is None else answer.get("custom_id")
        if answer is None or not isinstance(custom_id, str):
            return None
        self._files.add(file_id)
        self._lines.add(custom_id)
        status, _ = response_of(answer)
        if status is not None:
            self._with_response.add(custom_id)
        if status is not None and 200 <= status < 300:
            self._replied.add(custom_id)
            self.errors.pop(custom_id, None)
            return custom_id, answer
        if custom_id not in self._replied:
            self.errors[custom_id] = answer
        return None

    def lacks_some(self, remote: RemoteBatch, wanted: Collection[str]) -> bool:
        """Whether the files of a batch that has ended tell of fewer requests than there must be.

        Those of a batch that was completed have a line for each request, unless it counts fewer than all as done. Of
        another one only replies are compared with its counts: what expired or was cancelled may have no line.
        """
        if all(key in self._lines for key in wanted):
            return False
        n_done = remote.n_completed + remote.n_failed
        is_whole = remote.status == "completed" and (n_done == 0 or n_done >= remote.n_requests)
        if is_whole:
            return True
        if n_done == 0:
            return any(file_id not in self._files for file_id in remote.file_ids)
        has_all_lines = remote.status != "completed" or len(self._lines) >= n_done
        return not has_all_lines or len(self._with_response) < remote.n_completed


def response_of(answer: dict[str, Any]) -> tuple[int | None, Any]:
    """Status and body of the response in a line; None for one that tells of an error only."""
    response = answer.get("response")
    if not isinstance(response, dict):
        return None, None
    body = response.get("body")
    # Some leave the status out where the request went well.
    status = count_in(response, "status_code") or (200 if isinstance(body, dict) and "choices" in body else None)
    return status, body


def body_bytes(body: Any) -> bytes:
    """The body of a response in a line, as an endpoint would have sent it."""
    if isinstance(body, str):
        return body.encode(errors="surrogatepass")
    try:
        return orjson.dumps(body)
    except TypeError:  # half an emoji, or an integer of more than 64 bits
        return json.dumps(body).encode()
