"""Providers and gateways that serve models of others."""

from __future__ import annotations

from reasonmed_assets.servers.personas import responses as sent
from reasonmed_assets.servers.personas import shapes
from reasonmed_assets.servers.personas.persona import BatchHabits, Event, Persona, Response

_SOON = {"Retry-After": "0.1"}
_ROUTER_FLAGGED = {
    "error": {
        "code": 403,
        "message": "Your chosen model requires moderation and your input was flagged",
        "metadata": {"reasons": ["self-harm"], "flagged_input": "A 30-year-old...", "provider_name": "OpenAI"},
    }
}
_ROUTER_DOWN = {
    "error": {
        "code": 502,
        "message": "Provider returned error",
        "metadata": {"provider_name": "Chutes", "raw": "ERROR"},
    }
}
_ROUTER_LIMIT = {"error": {"code": 429, "message": "Rate limit exceeded: limit_rpm/model. High demand."}}

HOSTS = (
    Persona(
        "together-batch",
        "Together's Batch API",
        "States in capitals, an empty text for no file, a file that is there a moment after its batch.",
        ("https://docs.together.ai/docs/inference/batch/manage",),
        shapes.answer_only,
        shapes.plain_counts,
        (
            Event("503 in a line", sent.declined(503, sent.error("Service unavailable", "service_unavailable"))),
            Event("NaN in a line", sent.as_bytes(sent.with_a_nan), answers=True),
            sent.TRUNCATED,
        ),
        stop="eos",
        batch=BatchHabits(
            status="COMPLETED",
            no_file_id="",
            first_read=Response(404, b'{"error":{"message":"No such File object","type":"invalid_request_error"}}'),
        ),
        provider={"transport": "batch", "batch_price_factor": 0.5},
        untried="a queue of hours, expiry",
    ),
    Persona(
        "openrouter",
        "OpenRouter",
        "A provider that fails is an error under 200, with a part of a text or none; a prompt is flagged with 403.",
        ("https://openrouter.ai/docs/api-reference/errors",),
        shapes.in_fields("reasoning"),
        shapes.openai_counts,
        (
            sent.filtered_prompt("403 flags the prompt", sent.declined(403, _ROUTER_FLAGGED)),
            Event("502 within 200", sent.error_in_200(_ROUTER_DOWN)),
            Event(
                "502 beside a part of a text",
                sent.broken_off("error", **_ROUTER_DOWN, native_finish_reason="error"),
            ),
            Event("502 beside an empty choice", sent.without_text(None, beside=_ROUTER_DOWN)),
            Event("429 within 200", sent.error_in_200(_ROUTER_LIMIT, _SOON), times=2),
            Event("comments before the reply", sent.as_bytes(sent.after_comments), answers=True),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        in_response={"provider": "Chutes"},
        in_choice={"native_finish_reason": "stop", "logprobs": None},
        model={"reasoning": "field"},
        untried="which providers it chooses, its bill",
    ),
    Persona(
        "bedrock-gateway",
        "gateways in front of Amazon Bedrock",
        "Anthropic's reasons (`end_turn`, `max_tokens`, `guardrail_intervened`) and 424 while a model is not ready.",
        ("https://github.com/aws-samples/bedrock-access-gateway",),
        shapes.in_reasoning_parts,
        shapes.plain_counts,
        (
            Event("finish_reason guardrail_intervened", sent.broken_off("guardrail_intervened"), ends="filtered"),
            Event("finish_reason max_tokens", sent.broken_off("max_tokens"), ends="truncated"),
            Event("424 model not ready", sent.declined(424, {"message": "ModelNotReadyException"})),
            Event(
                "429 throttled",
                sent.declined(429, {"message": "Too many requests, please wait before trying again."}),
                times=2,
            ),
            Event("503 of the gateway, a page", sent.page(503, "503 Service Temporarily Unavailable")),
        ),
        thinks=True,
        stop="end_turn",
        length="max_tokens",
        model={"reasoning": "field"},
        untried="its accounts and regions",
    ),
    Persona(
        "together",
        "Together",
        "`eos` for stop; 524 and 520 pages of the network in front of it; choices out of order.",
        ("https://docs.together.ai/docs/error-codes",),
        shapes.in_tags,
        shapes.plain_counts,
        (
            Event("524, a page", sent.page(524, "524: A timeout occurred")),
            Event(
                "503 service_unavailable", sent.declined(503, sent.error("Unavailable", "service_unavailable")), times=2
            ),
            Event("two choices, the second first", sent.two_choices, answers=True),
            Event("finish_reason error", sent.broken_off_uncounted("error")),
            sent.TRUNCATED,
        ),
        thinks=True,
        stop="eos",
        in_response={"prompt": []},
        model={"reasoning": "think"},
        untried="its limits by model, its bill",
    ),
    Persona(
        "groq",
        "Groq",
        "The wait in words, 498 when a tier is full, thoughts in `reasoning`, usage a second time.",
        (
            "https://github.com/Aider-AI/aider/issues/3265",
            "https://console.groq.com/docs/errors",
        ),
        shapes.in_fields("reasoning"),
        shapes.openai_counts,
        (
            Event(
                "429 with the wait in words",
                sent.declined(
                    429,
                    sent.error(
                        "Rate limit reached for model gemma2-9b-it on tokens per minute (TPM): Limit 15000, "
                        "Used 11972, Requested 4351. Please try again in 0.089s.",
                        "tokens",
                        "rate_limit_exceeded",
                    ),
                ),
                times=2,
            ),
            Event(
                "498 capacity_exceeded",
                sent.declined(498, sent.error("Flex tier is full", "capacity_exceeded")),
                times=2,
            ),
            Event("502, a page", sent.page(502, "502 Bad Gateway")),
            sent.TRUNCATED,
        ),
        thinks=True,
        in_response={"x_groq": {"id": "req_0"}, "service_tier": "on_demand"},
        model={"reasoning": "field"},
        untried="its limits by day",
    ),
    Persona(
        "fireworks",
        "Fireworks",
        "429 and 503 while a deployment grows; the content opens with a tag that only closes.",
        ("https://docs.fireworks.ai/guides/inference-error-codes",),
        shapes.after_a_closing_tag,
        shapes.openai_counts,
        (
            Event(
                "503 growing",
                sent.declined(503, sent.error("The deployment is scaling up", "unavailable"), _SOON),
                times=2,
            ),
            Event("500, a text", sent.declined(500, "upstream connect error or disconnect/reset before headers")),
            Event("half a character in the body", sent.as_bytes(sent.with_half_a_character), answers=True),
            sent.TRUNCATED,
        ),
        thinks=True,
        caches=True,
        model={"reasoning": "think"},
        untried="how long a deployment grows",
    ),
    Persona(
        "cerebras",
        "Cerebras",
        "Thoughts in `reasoning`; 429 when its queue is full; seconds in the response.",
        ("https://inference-docs.cerebras.ai/api-reference/chat-completions",),
        shapes.in_fields("reasoning"),
        shapes.openai_counts,
        (
            Event(
                "429 queue_exceeded",
                sent.declined(
                    429,
                    {
                        "message": "We're experiencing high traffic right now! Please try again soon.",
                        "type": "too_many_requests_error",
                        "param": "queue",
                        "code": "queue_exceeded",
                    },
                ),
                times=3,
            ),
            Event("half a body", sent.half_a_body),
            Event("500", sent.declined(500, {"message": "Internal server error", "type": "server_error"})),
            sent.TRUNCATED,
        ),
        thinks=True,
        in_response={"time_info": {"queue_time": 0.00007, "total_time": 0.022}},
        model={"reasoning": "field"},
        untried="its limits by day",
    ),
    Persona(
        "siliconflow",
        "SiliconFlow",
        "Errors as a number and a text; 503 and 504 under load, the latter a page.",
        ("https://docs.siliconflow.cn/en/faqs/error-code",),
        shapes.in_fields("reasoning_content"),
        shapes.openai_counts,
        (
            Event(
                "503, a number",
                sent.declined(503, {"code": 50505, "message": "Model service overloaded.", "data": None}),
            ),
            Event("504, a page", sent.page(504, "504 Gateway Time-out")),
            Event(
                "429, a number",
                sent.declined(
                    429, {"code": 20015, "message": "Request was rejected due to rate limiting.", "data": None}
                ),
                times=2,
            ),
            sent.TRUNCATED,
        ),
        thinks=True,
        model={"reasoning": "field"},
        untried="its limits by tier",
    ),
    Persona(
        "huggingface",
        "the router of Hugging Face",
        "Pages of gateways, and replies of several providers, one of which counts nothing.",
        ("https://huggingface.co/docs/inference-providers/index",),
        shapes.answer_only,
        shapes.no_counts,
        (
            Event("504, a page", sent.page(504, "504 Gateway Time-out")),
            Event("503 loading", sent.declined(503, {"error": "Model is currently loading", "estimated_time": 0.2})),
            Event("429, a text", sent.declined(429, "Too Many Requests", {"Content-Type": "text/plain"}), times=2),
            sent.TRUNCATED,
        ),
        untried="which providers it chooses, its bill",
    ),
)
