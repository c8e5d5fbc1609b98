"""Programs that people run themselves, and gateways in front of others."""

from __future__ import annotations

from reasonmed_assets.servers.personas import responses as sent
from reasonmed_assets.servers.personas import shapes
from reasonmed_assets.servers.personas.persona import Event, Outage, Persona

_LOST = (Event("connection reset", sent.reset), Event("half a body", sent.half_a_body))
_VLLM_DOWN = {
    "error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "param": None, "code": 500}
}
_VLLM_ABORT = Event("finish_reason abort", sent.broken_off("abort", stop_reason=None))
_QUEUE_FULL = {
    "object": "error",
    "message": "The request queue is full.",
    "type": "SERVICE_UNAVAILABLE",
    "param": None,
    "code": 503,
}

LOCAL = (
    Persona(
        "vllm",
        "vLLM without a reasoning parser",
        "Thoughts stay in the content; a generation that the engine gives up ends under 200 with `abort`.",
        ("https://github.com/vllm-project/vllm/issues/57082",),
        shapes.in_tags,
        shapes.null_details,
        (
            _VLLM_ABORT,
            sent.TRUNCATED,
            Event("500 of the engine", sent.declined(500, _VLLM_DOWN), times=2),
            *_LOST,
        ),
        thinks=True,
        in_choice={"logprobs": None, "stop_reason": None},
        model={"reasoning": "think"},
        untried="what it does while it runs out of GPU memory",
    ),
    Persona(
        "vllm-parser",
        "vLLM with a reasoning parser",
        "Thoughts in fields of two names; with a schema the parser takes the JSON for a thought and leaves no content.",
        (
            "https://docs.vllm.ai/en/latest/features/reasoning_outputs/",
            "https://github.com/vllm-project/vllm/issues/57082",
        ),
        shapes.json_in_the_thought,
        shapes.openai_counts,
        (
            _VLLM_ABORT,
            sent.TRUNCATED,
            Event("finish_reason repetition", sent.broken_off("repetition"), ends="truncated"),
            Event("500 of the engine", sent.declined(500, _VLLM_DOWN)),
        ),
        thinks=True,
        caches=True,
        in_choice={"stop_reason": None, "token_ids": None},
        model={"reasoning": "field"},
        untried="which of its parsers take which template's JSON for a thought",
    ),
    Persona(
        "sglang",
        "SGLang",
        "A full queue is 503 or, in a stream, an error event under 200; scheduler aborts end in `abort`.",
        (
            "https://github.com/radixark/miles/pull/3337",
            "https://github.com/can1357/oh-my-pi/issues/9812",
        ),
        shapes.in_fields("reasoning_content"),
        shapes.reasoning_beside,
        (
            Event("503 queue full", sent.declined(503, _QUEUE_FULL), times=2),
            Event("queue full as an event under 200", sent.error_event({"error": _QUEUE_FULL})),
            Event("finish_reason abort", sent.broken_off("abort")),
            Event("abort without a text", sent.without_text("abort")),
            sent.TRUNCATED,
        ),
        thinks=True,
        in_choice={"logprobs": None, "matched_stop": 151645},
        model={"reasoning": "field"},
        untried="disaggregated prefill, where a decode worker is killed",
    ),
    Persona(
        "llama.cpp",
        "llama.cpp's server",
        "503 while it loads its model; a context that another slot has filled is a 500 under load.",
        (
            "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
            "https://github.com/ggml-org/llama.cpp/issues/19774",
        ),
        shapes.in_fields("reasoning_content"),
        shapes.openai_counts,
        (
            Event(
                "500 context of all slots exceeded",
                sent.declined(
                    500, {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}
                ),
            ),
            sent.TRUNCATED,
            *_LOST,
        ),
        thinks=True,
        caches=True,
        in_response={"timings": {"prompt_n": 12, "predicted_per_second": 41.5}},
        outage=Outage(
            0.0,
            0.25,
            sent.declined(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
        ),
        model={"reasoning": "field"},
        untried="slots that wait for one another on a GPU",
    ),
    Persona(
        "llama-cpp-python",
        "the server of llama-cpp-python",
        "Errors as OpenAI words them, an internal one as 500; one request at a time, so others are cut off.",
        ("https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/server/errors.py",),
        shapes.answer_only,
        shapes.plain_counts,
        (
            Event(
                "500 internal_server_error",
                sent.declined(
                    500,
                    {"error": {"message": "[Errno 32]", "type": "internal_server_error", "param": None, "code": None}},
                ),
                times=2,
            ),
            sent.TRUNCATED,
            *_LOST,
        ),
        untried="",
    ),
    Persona(
        "ollama",
        "Ollama's /v1",
        "The reason `load` when a request only loaded the model; 503 while too many wait; errors as a text.",
        (
            "https://github.com/ollama/ollama/pull/4144",
            "https://github.com/ollama/ollama/issues/15934",
        ),
        shapes.in_fields("reasoning"),
        shapes.plain_counts,
        (
            Event("finish_reason load, no text", sent.without_text("load"), ends="empty"),
            Event(
                "503 server busy",
                sent.declined(503, {"error": "server busy, please try again.  maximum pending requests exceeded"}),
                times=2,
            ),
            Event(
                "500 runner ended",
                sent.declined(
                    500,
                    {
                        "error": {
                            "message": "llama runner process no longer running: -1",
                            "type": "api_error",
                            "param": None,
                            "code": None,
                        }
                    },
                ),
            ),
            sent.TRUNCATED,
        ),
        thinks=True,
        in_response={"system_fingerprint": "fp_ollama"},
        model={"reasoning": "field"},
        untried="its cloud models",
    ),
    Persona(
        "lm-studio",
        "LM Studio's local server",
        "An error as a text under 200; an empty reply where the prompt fills the context.",
        ("https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2339",),
        shapes.in_fields("reasoning_content"),
        shapes.plain_counts,
        (
            Event("an error under 200", sent.error_in_200({"error": "The model has crashed. (Exit code: 6)"})),
            Event("no text", sent.without_text("stop"), ends="empty"),
            Event("server-sent events", sent.server_sent_events, answers=True),
            sent.TRUNCATED,
        ),
        thinks=True,
        in_response={"stats": {}},
        model={"reasoning": "field"},
        untried="the program (no package in a registry)",
    ),
    Persona(
        "tgi",
        "Hugging Face's Text Generation Inference",
        "Finish reasons of its own, and 429 overloaded with errors as texts.",
        ("https://huggingface.co/docs/text-generation-inference/reference/api_reference",),
        shapes.answer_only,
        shapes.plain_counts,
        (
            Event(
                "429 overloaded",
                sent.declined(429, {"error": "Model is overloaded", "error_type": "overloaded"}),
                times=3,
            ),
            Event("finish_reason stop_sequence", sent.finished_with("stop_sequence"), answers=True),
            Event(
                "424 generation failed",
                sent.declined(424, {"error": "Request failed during generation", "error_type": "generation"}),
            ),
            sent.TRUNCATED,
        ),
        stop="eos_token",
        untried="the program (a container, not a package)",
    ),
    Persona(
        "tensorrt-llm",
        "TensorRT-LLM and NIM",
        "What is given up ends in `cancelled` or `timeout`; a worker that is not ready answers 503 without JSON.",
        ("https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/trtllm-serve.html",),
        shapes.after_a_closing_tag,
        shapes.openai_counts,
        (
            Event("finish_reason cancelled", sent.broken_off("cancelled")),
            Event("503 not ready, a text", sent.declined(503, "no healthy upstream", {"Content-Type": "text/plain"})),
            Event("finish_reason timeout", sent.broken_off("timeout")),
            sent.TRUNCATED,
        ),
        thinks=True,
        model={"reasoning": "think"},
        untried="the program (it needs a GPU)",
    ),
    Persona(
        "litellm",
        "LiteLLM's proxy",
        "A model server that is down is a 500 of the proxy; its own limits name themselves in 429.",
        ("https://docs.litellm.ai/docs/exception_mapping", "https://github.com/BerriAI/litellm/pull/16231"),
        shapes.in_fields("reasoning_content"),
        shapes.openai_counts,
        (
            Event(
                "429 of the model server",
                sent.declined(
                    429,
                    {
                        "error": {
                            "message": "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached. "
                            "Please try again in 60ms. Received Model Group=small",
                            "type": "throttling_error",
                            "param": None,
                            "code": "429",
                        }
                    },
                ),
                times=2,
            ),
            sent.filtered_prompt(
                "400 content policy",
                sent.declined(
                    400,
                    {
                        "error": {
                            "message": "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - "
                            "The response was filtered due to the prompt triggering Azure OpenAI's content management "
                            "policy.",
                            "type": None,
                            "param": None,
                            "code": "400",
                            "provider_specific_fields": {"innererror": {"code": "ResponsibleAIPolicyViolation"}},
                        }
                    },
                ),
            ),
            Event(
                "408 of the model server",
                sent.declined(
                    408, {"error": {"message": "litellm.Timeout: Request timed out.", "type": None, "code": "408"}}
                ),
            ),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        outage=Outage(
            0.3,
            0.3,
            sent.declined(
                500,
                {
                    "error": {
                        "message": "litellm.InternalServerError: InternalServerError: OpenAIException - Connection "
                        "error.. Received Model Group=small",
                        "type": None,
                        "param": None,
                        "code": "500",
                    }
                },
            ),
        ),
        model={"reasoning": "field"},
        untried="its database of keys and budgets",
    ),
    Persona(
        "one-api",
        "gateways of resold keys (One API and the like)",
        "Anthropic's names for reasons and counts; 201, a byte order mark, streams and tool calls unasked.",
        ("https://github.com/songquanpeng/one-api",),
        shapes.json_in_a_tool_call,
        shapes.input_and_output,
        (
            Event("status 201", sent.as_bytes(bytes, status=201), answers=True),
            Event("byte order mark", sent.as_bytes(sent.with_a_mark), answers=True),
            Event("server-sent events", sent.server_sent_events, answers=True),
            Event("a page under 200", sent.page(200, "Bad gateway")),
            Event("no usage", sent.unmetered, answers=True),
            Event("finish_reason max_tokens", sent.broken_off("max_tokens"), ends="truncated"),
            Event(
                "429 within 200",
                sent.error_in_200(
                    {"error": {"message": "upstream saturated", "type": "new_api_error", "code": "rate_limit_exceeded"}}
                ),
                times=2,
            ),
        ),
        stop="end_turn",
        length="max_tokens",
        untried="any one gateway: they differ",
    ),
    Persona(
        "home-made",
        "gateways that a company writes itself",
        "Counts as texts or with a fraction, a page for an error, and whatever a proxy does to bytes on their way.",
        ("https://github.com/BerriAI/litellm/issues", "https://github.com/vllm-project/vllm/issues"),
        shapes.answer_only,
        shapes.texts_or_floats,
        (
            Event("half a character in the body", sent.as_bytes(sent.with_half_a_character), answers=True),
            Event("NaN in the body", sent.as_bytes(sent.with_a_nan), answers=True),
            Event("no usage", sent.unmetered, answers=True),
            Event("502, a page", sent.page(502, "502 Bad Gateway")),
            Event("a page under 200", sent.page(200, "Please sign in")),
            Event("an error and no choice", sent.error_in_200({"error": {"message": "upstream", "code": 503}})),
            *_LOST,
            sent.TRUNCATED,
        ),
        untried="any one gateway: they differ",
    ),
)
