"""The process in which vLLM runs a model: requests come in on stdin and answers go out on stdout, a JSON line each.

The first line holds the arguments of `vllm.LLM`, every further one `{"id": ..., "body": chat-completions request}`.
The answers are `{"ready": true}` once the model is loaded, then per request `{"id": ..., "reply": chat-completions
response}`, or `rejected` or `failed` with the reason instead of the reply. The process ends when its stdin closes,
and so when its parent is killed.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

_END_S = 20.0
_CHUNK_BYTES = 1 << 20
_NO_PARAMETERS = frozenset({"model", "messages", "response_format", "chat_template_kwargs"})
_FAILED = frozenset({"abort", "error"})

Requests = queue.SimpleQueue[dict[str, Any] | None]


class RejectedError(ValueError):
    """A request that vLLM rejects: it is too long for the model, or has an unknown parameter."""


class Model:
    """A model that vLLM has loaded. vLLM is imported here, in this process only.

    Args:
        options: arguments of `vllm.LLM`.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        from vllm import LLM

        self._llm = LLM(**options)
        self._name = str(options["model"])
        self._defaults = self._llm.model_config.get_diff_sampling_param()
        self._parser = self._reasoning_parser(options.get("reasoning_parser"))
        self._under_way: dict[str, dict[str, Any]] = {}

    @property
    def is_busy(self) -> bool:
        """There are requests without an answer."""
        return bool(self._under_way)

    def add(self, request: dict[str, Any]) -> None:
        """Take a request.

        Raises:
            RejectedError: vLLM rejects it.
        """
        from vllm.exceptions import VLLMClientError

        try:
            added = self._enqueue(request["body"])
        except (TypeError, ValueError, VLLMClientError) as error:
            raise RejectedError(f"{type(error).__name__}: {error}") from error
        # vLLM returns its internal id, which has a suffix after a hyphen; its outputs carry the plain one.
        self._under_way[added.partition("-")[0]] = request

    def _enqueue(self, body: dict[str, Any]) -> str:
        from vllm.sampling_params import SamplingParams

        asked = {key: value for key, value in body.items() if key not in _NO_PARAMETERS}
        if "max_completion_tokens" in asked:
            asked["max_tokens"] = asked.pop("max_completion_tokens")
        params = SamplingParams.from_optional(
            **{**self._defaults, **asked}, structured_outputs=_structured(body.get("response_format"))
        )
        template = {key: body[key] for key in ("chat_template_kwargs",) if key in body}
        (added,) = self._llm.enqueue_chat([body["messages"]], params, use_tqdm=False, **template)
        return str(added)

    def step(self) -> list[dict[str, Any]]:
        """Run the model for one step; returns the answers that are complete by then.

        `LLM.chat` does the same until its last answer is complete. Here each answer is returned when it is complete: no
        slot stays empty while one long reply is awaited, and a crash loses only the requests in progress.
        """
        finished = [output for output in self._llm.llm_engine.step() if output.finished]
        return [self._answer(self._under_way.pop(output.request_id), output) for output in finished]

    def _answer(self, request: dict[str, Any], output: Any) -> dict[str, Any]:
        (choice,) = output.outputs
        if choice.finish_reason in _FAILED:
            return {"id": request["id"], "failed": f"vLLM ended the request ({choice.finish_reason})"}
        message: dict[str, Any] = {"role": "assistant", "content": choice.text}
        usage: dict[str, Any] = {
            "prompt_tokens": len(output.prompt_token_ids),
            "completion_tokens": len(choice.token_ids),
        }
        if self._parser is not None:
            reasoning, content = self._parser.extract_reasoning(choice.text, _as_request(request["body"]))
            message |= {"content": content, "reasoning": reasoning}
            # A parser that cannot count reports zero as well.
            if n_tokens := self._parser.count_reasoning_tokens(list(choice.token_ids)):
                usage["completion_tokens_details"] = {"reasoning_tokens": n_tokens}
        reply = {
            "object": "chat.completion",
            "model": self._name,
            "choices": [{"index": 0, "message": message, "finish_reason": choice.finish_reason}],
            "usage": usage,
        }
        return {"id": request["id"], "reply": reply}

    def _reasoning_parser(self, name: str | None) -> Any:
        if not name:
            return None
        from vllm.reasoning import ReasoningParserManager

        return ReasoningParserManager.get_reasoning_parser(name)(self._llm.get_tokenizer())


def _structured(response_format: dict[str, Any] | None) -> Any:
    from vllm.sampling_params import StructuredOutputsParams

    if response_format is None:
        return None
    if response_format["type"] == "json_object":
        return StructuredOutputsParams(json_object=True)
    return StructuredOutputsParams(json=response_format["json_schema"]["schema"])


def _as_request(body: dict[str, Any]) -> Any:
    from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest

    return ChatCompletionRequest(messages=body["messages"], model=body["model"])


def answer_requests(model: Model, requests: Requests, answers: BinaryIO) -> None:
    """Answer requests until there is None among them."""
    while True:
        while not model.is_busy or not requests.empty():
            request = requests.get()
            if request is None:
                return
            try:
                model.add(request)
            except RejectedError as error:
                _write(answers, {"id": request["id"], "rejected": str(error)})
        for answer in model.step():
            _write(answers, answer)


def _write(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(orjson.dumps(answer) + b"\n")
    answers.flush()


def _lines() -> Iterator[bytes]:
    """Lines of stdin. Python's own reader makes the interpreter abort if it ends while a thread waits in it."""
    rest = b""
    while chunk := os.read(0, _CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _read(lines: Iterator[bytes], requests: Requests) -> None:
    for line in lines:
        requests.put(orjson.loads(line))
    requests.put(None)
    # While a model is being loaded nothing reads the queue; vLLM's own processes are in this group.
    time.sleep(_END_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Load the model and answer. Must lead a process group of its own."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # vLLM and its libraries print on stdout, where the answers are
    lines = _lines()
    options = orjson.loads(next(lines))
    requests: Requests = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines, requests), name="requests", daemon=True).start()
    model = Model(options)
    _write(answers, {"ready": True})
    answer_requests(model, requests, answers)


if __name__ == "__main__":
    main()
