"""A chat-completions endpoint for measurements: answers at once or later, misbehaves where told, logs all of it.

    python benchmarks/endpoint.py [--delay-ms N] [--fault-share S]

It prints its port and serves on 127.0.0.1 until its standard input ends. Replies are of the size and kind of a
reasoning path. `GET /log` tells, by hash of the request body, what was done with each request. It speaks just as much
HTTP as it needs, so that it takes little of the processor from the client that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import orjson

from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.sources import SAMPLE_DIR, load_declaration, read_source

N_TEXTS = 200
STORM_EVERY = 5_000
STORM_S = 0.5
"""After every so many requests, all are turned away with status 429 or 503 for a while."""
DRIP_PIECES = 4
DRIP_S = 0.1
HUGE_CHARACTERS = 1_000_000

FAULTS = (
    "500",
    "reset",
    "stall",
    "half a body",
    "no JSON",
    "HTML with status 200",
    "no choices",
    "null content",
    "huge reply",
    "id of another reply",
    "slow drip",
)


def texts() -> list[str]:
    """Simulated reasoning paths on the shipped sample of questions, about 2 KB each."""
    sources = ("medqa", "medmcqa")
    rehearsal = Rehearsal(read_answer_keys(SAMPLE_DIR, sources, {}), 1)
    questions = [q for name in sources for q in read_source(load_declaration(name), SAMPLE_DIR, {}).questions]
    written = []
    for n in range(N_TEXTS):
        question = questions[n % len(questions)]
        fields = {"question": question.question, "context": question.context, "options": question.options}
        body = {"model": "simulated/qwen2.5", "messages": render("generator", fields), "temperature": 0.7, "seed": n}
        written.append(rehearsal.reply({**body, "max_tokens": 8192}).content or "")
    return written


def completion(content: str | None, number: int) -> bytes:
    """A response of status 200 with its headers."""
    message = {"role": "assistant", "content": content}
    body = {
        "id": f"chatcmpl-{number:024x}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "small-1b",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 450, "completion_tokens": 480, "total_tokens": 930},
        "system_fingerprint": "fp_1",
    }
    return response(orjson.dumps(body))


def response(body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    """A response with its headers."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


class Endpoint:
    """What is done with requests, and the log of it.

    Args:
        delay_s: before each answer.
        fault_share: share of requests that meet one of `FAULTS`, chosen by body and number of the attempt.
    """

    def __init__(self, delay_s: float, fault_share: float) -> None:
        self.delay_s = delay_s
        self.fault_share = fault_share
        self.n_requests = 0
        self.n_answered = 0
        self.most_in_flight = 0
        self._storm_until = 0.0
        self.log: defaultdict[str, list[str]] = defaultdict(list)
        self._texts = texts()
        self._plain = [completion(text, number) for number, text in enumerate(self._texts)]

    def action(self, body: bytes) -> str:
        """What is done with the next request, which is logged."""
        self.n_requests += 1
        self.most_in_flight = max(self.most_in_flight, self.n_requests - self.n_answered)
        key = hashlib.sha256(body).hexdigest()[:32]
        action = self._drawn(key, len(self.log[key])) if self.fault_share else "reply"
        self.log[key].append(action)
        return action

    def _drawn(self, key: str, n_before: int) -> str:
        now = time.monotonic()
        if self.n_requests % STORM_EVERY == 0:
            self._storm_until = now + STORM_S
        if now < self._storm_until:
            return ("429", "503")[self.n_requests // STORM_EVERY % 2]
        draw = random.Random(f"{key} {n_before}")
        return draw.choice(FAULTS) if draw.random() < self.fault_share else "reply"

    def plain(self) -> bytes:
        """The reply of a measurement, one of many."""
        return self._plain[self.n_requests % N_TEXTS]

    def answer(self, action: str, body: bytes) -> bytes:
        """A response; the text of a reply says to which question, so that a mix-up is seen."""
        if action == "429":
            return response(b"slow down", "429 Too Many Requests", "text/plain", "Retry-After: 0.05\r\n")
        if action in ("500", "503"):
            return response(b"not now", f"{action} Failed", "text/plain")
        if action == "HTML with status 200":
            return response(b"<html><body>Bad gateway</body></html>", kind="text/html")
        if action == "no JSON":
            return response(b'{"choices": [{"message": {"content": "cut o')
        if action == "no choices":
            return response(b'{"id": "x", "object": "chat.completion", "choices": []}')
        if action == "null content":
            return completion(None, self.n_requests)
        asked = orjson.loads(body)["messages"][-1]["content"]
        text = f"{asked}\n{self._texts[self.n_requests % N_TEXTS]}"
        if action == "huge reply":
            text += "and so on " * (HUGE_CHARACTERS // 10)
        return completion(text, 0 if action == "id of another reply" else self.n_requests)

    def report(self) -> bytes:
        """The log."""
        counts = {"requests": self.n_requests, "answered": self.n_answered, "most_in_flight": self.most_in_flight}
        return orjson.dumps({**counts, "log": self.log if self.fault_share else {}})


class Connection(asyncio.Protocol):
    """One connection: requests one after another."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle each request as soon as it is there."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + size], self._buffer[end + 4 + size :]
            self._handle(head, body)

    def _handle(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get"):
            self._transport.write(response(self._endpoint.report()))
            return
        action = self._endpoint.action(body)
        if not self._endpoint.fault_share:
            self._later(self._endpoint.delay_s, self._write, self._endpoint.plain())
        elif action != "stall":
            self._later(self._endpoint.delay_s, self._misbehave, action, body)

    def _later(self, delay_s: float, do: Callable[..., None], *arguments: object) -> None:
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, do, *arguments)
        else:
            do(*arguments)

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)
            self._endpoint.n_answered += 1

    def _misbehave(self, action: str, body: bytes) -> None:
        if action == "reset":
            self._transport.abort()
            return
        data = self._endpoint.answer(action, body)
        if action == "half a body":
            self._write(data[: len(data) // 2])
            self._transport.close()
        elif action == "slow drip":
            self._drip(data, len(data) // DRIP_PIECES + 1)
        else:
            self._write(data)

    def _drip(self, data: bytes, size: int) -> None:
        if not self._transport.is_closing():
            self._transport.write(data[:size])
        if data[size:]:
            self._later(DRIP_S, self._drip, data[size:], size)


async def serve(endpoint: Endpoint) -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(endpoint), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Read the options, serve."""
    parser = argparse.ArgumentParser(description="A chat-completions endpoint for measurements.")
    parser.add_argument("--delay-ms", type=float, default=0)
    parser.add_argument("--fault-share", type=float, default=0)
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(Endpoint(options.delay_ms / 1000, options.fault_share)))


if __name__ == "__main__":
    main()
