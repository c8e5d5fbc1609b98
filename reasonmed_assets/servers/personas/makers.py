"""Providers that serve their own models."""

from __future__ import annotations

from reasonmed_assets.servers.personas import responses as sent
from reasonmed_assets.servers.personas import shapes
from reasonmed_assets.servers.personas.persona import BatchHabits, Event, Limit, Persona

_SOON = {"Retry-After": "0.1"}
_OPENAI_DOWN = sent.error("The server had an error while processing your request. Sorry about that!", "server_error")
_OPENAI_LIMIT = sent.error(
    "Rate limit reached for gpt-4o-mini on requests per min (RPM): Limit 500, Used 500, Requested 1. "
    "Please try again in 120ms.",
    "requests",
    "rate_limit_exceeded",
)
_REFUSAL = Event(
    "a refusal in its own field",
    sent.without_text("stop", refusal="I'm sorry, I can't help with that."),
    ends="refused",
)
_AZURE_FILTERED = sent.error(
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify "
    "your prompt and retry.",
    None,
    "content_filter",
    status=400,
    innererror={
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"self_harm": {"filtered": True, "severity": "medium"}},
    },
)
_GEMINI_LIMIT = [
    {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota. Please retry in 0.05s.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.05s"}],
        }
    }
]
_GEMINI_BUSY = [
    {"error": {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}}
]
_MISTRAL_FULL = {
    "object": "error",
    "message": "Service tier capacity exceeded for this model.",
    "type": "service_tier_capacity_exceeded",
    "param": None,
    "code": "3505",
}
_OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_0"}

_FOR_REASONING_MODELS = sent.declined(
    400,
    sent.error(
        "Unsupported parameter: not supported with this model.", "invalid_request_error", "unsupported_parameter"
    ),
)
_NO_SEED = sent.declined(
    422,
    {
        "object": "error",
        "message": {
            "detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]
        },
        "type": "invalid_request_error",
    },
)

MAKERS = (
    Persona(
        "openai",
        "OpenAI's chat completions",
        "Limits name the time to wait in words and headers; refusals have a field; cached input is counted.",
        (
            "https://platform.openai.com/docs/guides/error-codes",
            "https://platform.openai.com/docs/guides/rate-limits",
        ),
        shapes.answer_only,
        shapes.openai_counts,
        (
            Event("500", sent.declined(500, _OPENAI_DOWN), times=2),
            Event(
                "503 overloaded",
                sent.declined(
                    503, sent.error("The engine is currently overloaded, please try again later", "overloaded")
                ),
            ),
            Event("finish_reason content_filter", sent.broken_off("content_filter"), ends="filtered"),
            _REFUSAL,
            sent.TRUNCATED,
        ),
        caches=True,
        in_response={"system_fingerprint": "fp_44709d6fcb", "service_tier": "default"},
        headers={"openai-processing-ms": "12", "x-request-id": "req_0"},
        limit=Limit(400, 40, sent.declined(429, _OPENAI_LIMIT, {"retry-after-ms": "120"})),
        untried="its limits by tier, its bill",
    ),
    Persona(
        "openai-reasoning",
        "OpenAI's reasoning models",
        "Thoughts are counted and not shown, may use up the limit, and several parameters are declined.",
        ("https://platform.openai.com/docs/guides/reasoning",),
        shapes.answer_only,
        shapes.openai_counts,
        (
            Event("limit used up by the thought", sent.all_thought, ends="truncated"),
            Event("500", sent.declined(500, _OPENAI_DOWN)),
            _REFUSAL,
        ),
        thinks=True,
        caches=True,
        declines=dict.fromkeys(("max_tokens", "temperature", "top_p", "seed"), _FOR_REASONING_MODELS),
        model={"parameters": "reasoning"},
        untried="its bill",
    ),
    Persona(
        "openai-batch",
        "OpenAI's Batch API",
        "Lines in any order, those that failed in a file of their own with a status each.",
        ("https://platform.openai.com/docs/guides/batch",),
        shapes.answer_only,
        shapes.openai_counts,
        (
            Event("500 in a line", sent.declined(500, _OPENAI_DOWN)),
            Event("429 in a line", sent.declined(429, _OPENAI_LIMIT)),
            _REFUSAL,
            sent.TRUNCATED,
        ),
        caches=True,
        batch=BatchHabits(has_error_file=True),
        provider={"transport": "batch", "batch_price_factor": 0.5},
        untried="a queue of hours, expiry",
    ),
    Persona(
        "azure",
        "Azure OpenAI",
        "The deployment in the path; prompts filtered with 400, texts with a finish reason; waits in the body.",
        (
            "https://github.com/compl-ai/compl-ai/issues/20",
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter",
        ),
        shapes.answer_only,
        shapes.openai_counts,
        (
            sent.filtered_prompt("400 content_filter", sent.declined(400, _AZURE_FILTERED)),
            Event("finish_reason content_filter", sent.broken_off("content_filter"), ends="filtered"),
            Event(
                "429 with the wait in the body",
                sent.declined(
                    429,
                    sent.error(
                        "Requests to the ChatCompletions_Create Operation have exceeded the call rate limit of your "
                        "current pricing tier. Please retry after 0.05 seconds.",
                        None,
                        "429",
                    ),
                ),
                times=2,
            ),
            Event("408", sent.declined(408, sent.error("The operation was timeout.", None, "Timeout"))),
            sent.TRUNCATED,
        ),
        caches=True,
        in_response={"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
        in_choice={"content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}},
        headers={"x-ms-region": "Sweden Central"},
        provider={"azure_api_version": "2024-10-21"},
        untried="its filters' judgement of medical prompts",
    ),
    Persona(
        "deepseek",
        "DeepSeek",
        "Blank lines while the request waits; a generation that lacks resources breaks off under 200.",
        (
            "https://api-docs.deepseek.com/api/create-chat-completion",
            "https://api-docs.deepseek.com/quick_start/rate_limit",
        ),
        shapes.in_fields("reasoning_content"),
        shapes.hit_and_miss,
        (
            Event("insufficient_system_resource", sent.broken_off("insufficient_system_resource"), times=2),
            Event("blank lines before the reply", sent.as_bytes(sent.after_blank_lines), 0.2, answers=True),
            Event(
                "503 overloaded",
                sent.declined(
                    503, sent.error("Service is too busy.", "service_unavailable_error", "service_unavailable")
                ),
            ),
            Event("finish_reason content_filter", sent.broken_off("content_filter"), ends="filtered"),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        model={"reasoning": "field"},
        untried="its bill",
    ),
    Persona(
        "mistral",
        "Mistral",
        "Thoughts as parts of the content; `model_length` and `error`; a limit without a time; no parameter `seed`.",
        (
            "https://docs.mistral.ai/capabilities/reasoning/",
            "https://docs.rs/crate/mistral-openapi-client/latest/source/src/models/chat_completion_choice.rs",
        ),
        shapes.in_thinking_parts,
        shapes.plain_counts,
        (
            Event("finish_reason model_length", sent.broken_off("model_length"), ends="truncated"),
            Event("finish_reason error", sent.broken_off("error")),
            Event("429 capacity exceeded", sent.declined(429, _MISTRAL_FULL), times=3),
            Event("502, a page", sent.page(502, "502 Bad Gateway")),
        ),
        thinks=True,
        declines={"seed": _NO_SEED},
        provider={"omit": ["seed"]},
        model={"reasoning": "field"},
        untried="its limits by tier, its bill",
    ),
    Persona(
        "gemini",
        "Gemini's OpenAI-compatible layer",
        "Errors in an array, the wait in `retryDelay`; thoughts in the total only; a text stopped for safety.",
        (
            "https://github.com/n4ze3m/page-assist/issues/406",
            "https://ai.google.dev/gemini-api/docs/openai",
            "https://github.com/agentjido/req_llm/issues/935",
        ),
        shapes.answer_only,
        shapes.thoughts_in_the_total_only,
        (
            Event("429 RESOURCE_EXHAUSTED", sent.declined(429, _GEMINI_LIMIT), times=2),
            Event("503 overloaded", sent.declined(503, _GEMINI_BUSY)),
            Event("finish_reason SAFETY", sent.broken_off("SAFETY"), ends="filtered"),
            Event("finish_reason RECITATION", sent.broken_off("RECITATION"), ends="filtered"),
            Event("finish_reason MAX_TOKENS", sent.broken_off("MAX_TOKENS"), ends="truncated"),
        ),
        thinks=True,
        untried="its quotas by day",
    ),
    Persona(
        "anthropic",
        "Anthropic's OpenAI-compatible layer",
        "529 overloaded; the model stops itself with `refusal`; most parameters are ignored.",
        ("https://docs.anthropic.com/en/api/openai-sdk", "https://docs.anthropic.com/en/api/errors"),
        shapes.answer_only,
        shapes.null_details,
        (
            Event("529 overloaded", sent.declined(529, _OVERLOADED), times=3),
            Event(
                "429 with Retry-After",
                sent.declined(
                    429,
                    {"type": "error", "error": {"type": "rate_limit_error", "message": "This would exceed the limit."}},
                    _SOON,
                ),
            ),
            Event("529 as an event under 200", sent.error_event(_OVERLOADED)),
            Event("500 api_error", sent.declined(500, sent.error("Internal server error", "api_error"))),
            sent.TRUNCATED,
        ),
        untried="its bill, prompt caching (the layer has none)",
    ),
    Persona(
        "xai",
        "xAI",
        "Thoughts are counted beside the completion; errors are two texts; an empty finish reason.",
        (
            "https://github.com/vercel/ai/pull/12425",
            "https://docs.x.ai/docs/key-information/consumption-and-rate-limits",
        ),
        shapes.in_fields("reasoning_content"),
        shapes.thoughts_apart,
        (
            Event(
                "429, two texts",
                sent.declined(
                    429,
                    {"code": "Some resource has been exhausted", "error": "Too many requests for team. RPS: 8/8."},
                ),
                times=2,
            ),
            Event(
                "503 at capacity", sent.declined(503, {"code": "The service is unavailable", "error": "At capacity."})
            ),
            Event("finish_reason empty", sent.finished_with(""), answers=True),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        model={"reasoning": "field"},
        untried="its bill",
    ),
    Persona(
        "dashscope",
        "Alibaba's DashScope (Qwen)",
        "A prompt that its inspection stops is a 400; limits are 429 with a code of their own.",
        ("https://www.alibabacloud.com/help/en/model-studio/error-code",),
        shapes.in_fields("reasoning_content"),
        shapes.openai_counts,
        (
            sent.filtered_prompt(
                "400 data_inspection_failed",
                sent.declined(
                    400,
                    sent.error(
                        "Input data may contain inappropriate content.",
                        "data_inspection_failed",
                        "data_inspection_failed",
                    ),
                ),
            ),
            Event(
                "429 limit_requests",
                sent.declined(
                    429, sent.error("You exceeded your current requests list.", "limit_requests", "limit_requests")
                ),
                times=2,
            ),
            Event("500 internal_error", sent.declined(500, sent.error("Internal error", "internal_error"))),
            sent.TRUNCATED,
        ),
        thinks=True,
        model={"reasoning": "field"},
        untried="its inspection's judgement of medical prompts",
    ),
    Persona(
        "moonshot",
        "Moonshot (Kimi)",
        "An overloaded engine is a 429 of its own type; a filtered prompt a 400 of type content_filter.",
        ("https://platform.moonshot.ai/docs/api/chat#error-code",),
        shapes.in_fields("reasoning_content"),
        shapes.openai_counts,
        (
            Event(
                "429 engine_overloaded_error",
                sent.declined(
                    429,
                    sent.error("The engine is currently overloaded, please try again later", "engine_overloaded_error"),
                ),
                times=3,
            ),
            sent.filtered_prompt(
                "400 content_filter",
                sent.declined(
                    400, sent.error("The request was rejected because it was considered high risk", "content_filter")
                ),
            ),
            Event("NaN in the body", sent.as_bytes(sent.with_a_nan), answers=True),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        model={"reasoning": "field"},
        untried="its limits by tier",
    ),
)
