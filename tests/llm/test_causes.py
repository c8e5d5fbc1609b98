"""What endpoints say instead of a reply, in the shapes of their public documentation and bug reports."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.refusals import Cause, duration_s, refusal_of, wait_in


def openai(message: str, type: str = "invalid_request_error", code: Any = None, param: Any = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": type, "param": param, "code": code}}


def anthropic(type: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": type, "message": message}, "request_id": "req_011"}


def gemini(code: int, status: str, message: str, *details: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"error": {"code": code, "message": message, "status": status, "details": list(details)}}]


def retry_info(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def quota(quota_id: str) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.QuotaFailure"
    return {"@type": kind, "violations": [{"quotaMetric": "generate_content_requests", "quotaId": quota_id}]}


def litellm(message: str, type: str | None, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": type, "param": None, "code": code}}


def openrouter(code: int, message: str, **metadata: Any) -> dict[str, Any]:
    return {"error": {"message": message, "code": code, "metadata": metadata}, "user_id": "user_2"}


FLAGGED = 'Your chosen model requires moderation and your input was flagged for "violence". No credits were charged.'
TGI_TOKENS = (
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. "
    "Given: {} `inputs` tokens and {} `max_new_tokens`"
)
QUOTA_WORDS = "You exceeded your current quota, please check your plan and billing details."
AZURE_FILTER = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {"hate": {"filtered": True, "severity": "high"}},
        },
    }
}

CASES: list[tuple[Cause, int | None, Any]] = [
    # This prompt alone.
    (Cause.PROMPT, 400, openai("This model's maximum context length is 8192 tokens.", code="context_length_exceeded")),
    (Cause.PROMPT, 400, anthropic("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum")),
    (Cause.PROMPT, 413, anthropic("request_too_large", "Request exceeds the maximum allowed number of bytes.")),
    (Cause.PROMPT, 413, "<html><head><title>413 Request Entity Too Large</title></head></html>"),
    (Cause.PROMPT, 400, gemini(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number")),
    (Cause.PROMPT, 400, {"object": "error", "message": "context length is 4096 tokens", "type": "BadRequestError"}),
    (
        Cause.PROMPT,
        400,
        {"error": {"code": 400, "message": "request (9000 tokens) exceeds the available context size (4096 tokens)"}},
    ),
    (Cause.PROMPT, 500, {"error": {"code": 500, "message": "the request exceeds the available context size"}}),
    (Cause.PROMPT, 400, {"error": "context too long"}),
    (Cause.PROMPT, 400, litellm("litellm.ContextWindowExceededError: context window exceeded", None, "400")),
    (Cause.PROMPT, 429, openai("Request too large for gpt-4o in organization org-x on tokens per min (TPM)", "tokens")),
    (Cause.PROMPT, 422, {"detail": "Input is too long for this model"}),
    (
        Cause.PROMPT,
        400,
        {"object": "error", "message": "'max_tokens' is too large: 900. The maximum context length is 4096 tokens"},
    ),
    (Cause.PROMPT, 422, {"error": TGI_TOKENS.format(5000, 512), "error_type": "validation"}),
    (Cause.PROMPT, 400, openai(TGI_TOKENS.format(4000, 512))),
    (Cause.PROMPT, 422, {"error": "Input validation error: `inputs` must have less than 4095 tokens. Given: 5000"}),
    (Cause.PROMPT, 400, {"code": "InvalidParameter", "message": "Range of input length should be [1, 30720]"}),
    (Cause.PROMPT, 400, {"errors": [{"message": "AiError: This model's max tokens exceeded", "code": 5021}]}),
    # A filter of the provider.
    (Cause.FILTER, 400, AZURE_FILTER),
    (Cause.FILTER, 403, openrouter(403, FLAGGED, reasons=["violence"], flagged_input="how to ...", provider_name="x")),
    (
        Cause.FILTER,
        400,
        openai("Invalid prompt: your prompt was flagged as violating our policy", code="invalid_prompt"),
    ),
    (Cause.FILTER, 400, anthropic("invalid_request_error", "Output blocked by content filtering policy")),
    (Cause.FILTER, 400, {"error": {"message": "Content Exists Risk", "type": "invalid_request_error"}}),
    (Cause.FILTER, 403, {"code": "forbidden", "error": "Content violates usage guidelines. SAFETY_CHECK_TYPE_BIO"}),
    (Cause.FILTER, 400, {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."}),
    (Cause.FILTER, None, {"error": {"message": "Prohibited content", "code": 403, "metadata": {"reasons": ["x"]}}}),
    (Cause.FILTER, 400, litellm("litellm.ContentPolicyViolationError: policy", None, "400")),
    # The key.
    (Cause.KEY, 401, openai("Incorrect API key provided: sk-ab***yz.", code="invalid_api_key")),
    (Cause.KEY, 400, gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")),
    (Cause.KEY, 400, gemini(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.")),
    (Cause.KEY, 401, anthropic("authentication_error", "invalid x-api-key")),
    (Cause.KEY, 400, {"error": "Incorrect API key provided"}),
    (Cause.KEY, 401, {"detail": "Unauthorized"}),
    (Cause.KEY, 403, anthropic("permission_error", "Your API key does not have permission to use the resource.")),
    (
        Cause.KEY,
        403,
        openai("Country, region, or territory not supported", "request_forbidden", "unsupported_country_x"),
    ),
    (Cause.KEY, 403, openai("Your account has been flagged for potential abuse.", "account_error")),
    (Cause.KEY, None, {"error": {"message": "No auth credentials found", "code": 401}}),
    (Cause.KEY, 401, "<html>nginx</html>"),
    (Cause.KEY, 500, litellm("litellm.AuthenticationError: OpenAIException - Incorrect API key provided", None, "401")),
    (Cause.KEY, 403, {"message": "You don't have access to the model with the specified model ID."}),
    (Cause.KEY, 403, {"message": "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel"}),
    (Cause.KEY, 403, {"message": "The security token included in the request is invalid."}),
    (Cause.KEY, 403, {"code": "Model.AccessDenied", "message": "Model access denied."}),
    (Cause.KEY, 403, openai("Project `proj_x` does not have access to model `gpt-9`", code="model_not_found")),
    (Cause.KEY, 403, gemini(403, "FORBIDDEN", "Caller does not have permission")),
    # Credit and quotas that do not come back within the build.
    (Cause.CREDIT, 402, {"error": {"message": "Insufficient Balance", "type": "unknown_error"}}),
    (Cause.CREDIT, 400, anthropic("invalid_request_error", "Your credit balance is too low to access the API.")),
    (Cause.CREDIT, 429, openai(QUOTA_WORDS, "insufficient_quota", "insufficient_quota")),
    (Cause.CREDIT, 429, openrouter(429, "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000")),
    (Cause.CREDIT, 402, openrouter(402, "This request requires more credits, or fewer max_tokens.")),
    (
        Cause.CREDIT,
        400,
        litellm("Budget has been exceeded! Current cost: 10.2, Max budget: 10", "budget_exceeded", "400"),
    ),
    (Cause.CREDIT, 400, anthropic("invalid_request_error", "You have reached your specified API usage limits.")),
    (Cause.CREDIT, 403, {"error": "Your team has used all available credits or reached its monthly spending limit"}),
    (
        Cause.CREDIT,
        429,
        gemini(
            429, "RESOURCE_EXHAUSTED", QUOTA_WORDS, quota("GenerateRequestsPerDayPerModel-FreeTier"), retry_info("37s")
        ),
    ),
    (Cause.CREDIT, None, {"error": {"message": "Insufficient credits", "code": 402}}),
    (Cause.CREDIT, 429, {"error": {"message": "tokens per day (TPD): Limit 500000, Used 500000. Try again in 7h12m"}}),
    # Limits that pass.
    (Cause.LIMIT, 429, b""),
    (Cause.LIMIT, 429, openai("Rate limit reached on requests per min (RPM). Please try again in 20s.", "requests")),
    (
        Cause.LIMIT,
        429,
        gemini(
            429,
            "RESOURCE_EXHAUSTED",
            QUOTA_WORDS,
            quota("GenerateRequestsPerMinutePerModel-FreeTier"),
            retry_info("9s"),
        ),
    ),
    (Cause.LIMIT, None, {"error": {"code": 429, "message": "Provider returned error"}, "choices": [{"text": "x"}]}),
    (Cause.LIMIT, 400, openai("Rate limit exceeded", "rate_limit_error")),
    (Cause.LIMIT, 429, {"message": "Requests rate limit exceeded"}),
    (Cause.LIMIT, 500, litellm("litellm.RateLimitError: RateLimitError: OpenAIException - slow", None, "429")),
    (Cause.LIMIT, 429, {"error": {"code": "429", "message": "Call rate limit exceeded. Retry after 26 seconds."}}),
    (Cause.LIMIT, 429, {"error": {"message": "tokens per day (TPD): Limit 500000. Please try again in 7m12s."}}),
    (Cause.LIMIT, 429, {"object": "error", "type": "service_tier_capacity_exceeded", "message": "Capacity exceeded"}),
    (Cause.LIMIT, 429, openrouter(429, "Rate limit exceeded: free-models-per-min.")),
    # Overloads.
    (Cause.OVERLOAD, 503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
    (Cause.OVERLOAD, 529, anthropic("overloaded_error", "Overloaded")),
    (Cause.OVERLOAD, None, {"error": {"message": "The model is overloaded", "code": 503}}),
    (Cause.OVERLOAD, 503, gemini(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
    (Cause.OVERLOAD, 503, b""),
    (Cause.OVERLOAD, None, anthropic("overloaded_error", "Overloaded")),
    (Cause.OVERLOAD, 500, {"error": {"message": "server is busy, please try again later"}}),
    (Cause.OVERLOAD, 400, {"errors": [{"message": "Model is at capacity"}]}),
    (Cause.OVERLOAD, 400, openai("The model is currently overloaded with other requests.")),
    (Cause.OVERLOAD, 403, {"error": "The service is temporarily unavailable"}),
    # Nobody there.
    (Cause.OUTAGE, 502, "<html><body>502 Bad Gateway</body></html>"),
    (Cause.OUTAGE, 500, litellm("litellm.InternalServerError: OpenAIException - Connection error.", None, "500")),
    (Cause.OUTAGE, 521, "<html>Web server is down</html>"),
    (Cause.OUTAGE, None, {"error": {"code": 502, "message": "Provider returned error"}}),
    (Cause.OUTAGE, 500, {"detail": "Cannot connect to host 10.0.0.3:8000"}),
    (Cause.TIMEOUT, 504, b""),
    (Cause.TIMEOUT, 408, {"error": {"message": "Request timed out."}}),
    (Cause.TIMEOUT, 500, {"error": "context deadline exceeded"}),
    (Cause.FAILURE, 500, b"oops"),
    (
        Cause.FAILURE,
        500,
        {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}},
    ),
    (Cause.FAILURE, 500, openai("The server had an error processing your request.", "server_error")),
    (Cause.FAILURE, 409, {"error": {"message": "conflict"}}),
    (Cause.FAILURE, None, {"choices": []}),
    (Cause.FAILURE, None, b"17"),
    # Declined for a reason that need not lie in the prompt.
    (Cause.DECLINED, 400, litellm("No connected db.", "no_db_connection", "400")),
    (Cause.DECLINED, 400, litellm("Invalid model name passed in model=gpt-9. Call `/v1/models`", None, "400")),
    (
        Cause.DECLINED,
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
    ),
    (Cause.DECLINED, 400, openai("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")),
    (Cause.DECLINED, 400, openai("max_tokens is too large: 32768. This model supports at most 16384.")),
    (Cause.DECLINED, 400, {"message": "'max_tokens' is too large: 8192. The maximum context length is 4096 tokens"}),
    (Cause.DECLINED, 422, {"error": TGI_TOKENS.format(50, 8192), "error_type": "validation"}),
    (Cause.DECLINED, 422, {"error": "Input validation error: `max_new_tokens` must be <= 4096. Given: 5000"}),
    (Cause.DECLINED, 400, {"message": "Range of max_tokens should be [1, 8192]"}),
    (Cause.DECLINED, 400, openai("temperature must be below the capacity of the busy loading model")),
    (Cause.DECLINED, 400, b""),
    (Cause.DECLINED, 403, b"<html>Forbidden</html>"),
    (Cause.DECLINED, 418, b"teapot"),
    (Cause.NOT_FOUND, 404, {"error": "model 'llama9' not found, try pulling it first"}),
    (
        Cause.NOT_FOUND,
        404,
        openai("The model `gpt-9` does not exist or you do not have access", code="model_not_found"),
    ),
    (Cause.NOT_FOUND, 410, b"gone"),
    (Cause.MOVED, 301, b""),
    (Cause.MOVED, 302, b"<html>login</html>"),
    (Cause.MOVED, 308, b""),
]


WORDS: dict[Cause, list[str]] = {
    Cause.PROMPT: [
        "The decoder prompt (length 40000) is longer than the maximum model length of 32768.",
        "Input length 5000 exceeds maximum allowed token size 4096",
        "prompt tokens limit exceeded: 30000 > 8192. To increase, visit the settings",
        "Your request exceeded model token limit: 8192",
        "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576",
        "Total tokens of image and text exceed max message tokens",
        "Validation: expected maxLength: 100000, actual: 120000",
        "too many total text bytes: 30000000 > 20971520",
    ],
    Cause.KEY: [
        "Access denied due to invalid subscription key or wrong API endpoint.",
        "Model access is denied due to IAM user or service role",
        "Request had insufficient authentication scopes.",
        "Token does not have the required scope",
        "Your IP is not in the allow list",
        "You are not allowed to sample from this model",
        "You must be a member of an organization to use the API",
        "Generative Language API has not been used in project 1 before or it is disabled.",
    ],
    Cause.CREDIT: [
        "Sorry, your account balance is insufficient",
        "You have exceeded your monthly included credits for Inference Providers",
        "This organization has been disabled for non-payment",
        "Key limit exceeded (total limit). Manage it in the settings",
    ],
    Cause.FILTER: [
        "The request was rejected because it was considered high risk",
        "The content of your request is considered sensitive",
        "The response was blocked due to SAFETY",
    ],
    Cause.OVERLOAD: ["All workers are busy", "Service is too busy. We advise users to temporarily switch"],
}


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize(("cause", "words"), [(cause, text) for cause, texts in WORDS.items() for text in texts])
def test_words_tell_the_cause_under_any_status_of_the_clients(cause: Cause, words: str, status: int) -> None:
    assert refusal_of(status, openai(words)).cause == cause


@pytest.mark.parametrize(("cause", "status", "body"), CASES, ids=range(len(CASES)))
def test_the_cause_is_read_from_words_and_status(cause: Cause, status: int | None, body: Any) -> None:
    raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else orjson.dumps(body)
    assert refusal_of(status, raw).cause == cause
    if not isinstance(body, bytes | str):
        assert refusal_of(status, body).cause == cause


@pytest.mark.parametrize(
    "wrap", [lambda error: {"detail": error}, lambda error: [error], lambda error: {"errors": [error]}]
)
@pytest.mark.parametrize("cause", [Cause.KEY, Cause.CREDIT, Cause.FILTER, Cause.PROMPT])
def test_an_error_is_found_in_whatever_it_is_wrapped(wrap: Any, cause: Cause) -> None:
    wrapped = [body for known, status, body in CASES if known == cause and status == 400 and isinstance(body, dict)]
    assert wrapped
    assert {refusal_of(400, wrap(body)).cause for body in wrapped} == {cause}


def test_the_error_of_the_model_behind_a_gateway_is_read() -> None:
    raw = orjson.dumps(anthropic("invalid_request_error", "prompt is too long: 3 tokens > 2 maximum")).decode()
    assert refusal_of(400, openrouter(400, "Provider returned error", raw=raw, provider_name="x")).cause == Cause.PROMPT
    raw = orjson.dumps(openai("Rate limit reached. Please try again in 26s.", code="rate_limit_exceeded")).decode()
    refusal = refusal_of(None, openrouter(429, "Provider returned error", raw=raw))
    assert (refusal.cause, refusal.wait_s) == (Cause.LIMIT, 26.0)


def test_what_an_error_quotes_of_the_request_says_nothing() -> None:
    quoted = {"type": "missing", "loc": ["body"], "msg": "Field required", "input": "my api key is not valid"}
    assert refusal_of(422, {"detail": [quoted]}).cause == Cause.DECLINED


@pytest.mark.parametrize(
    ("body", "wait_s"),
    [
        (openai("Please try again in 26s."), 26.0),
        (openai("Please try again in 6m0.5s. Visit https://x"), 360.5),
        (openai("Please try again in 250ms."), 0.25),
        (openai("Please retry after 20 seconds."), 20.0),
        (openai("Please retry in 37.123s."), 37.123),
        (openai("Wait for 1 minute and 5 seconds"), 65.0),
        (openai("Please wait 2 minutes before trying"), 120.0),
        (gemini(429, "RESOURCE_EXHAUSTED", "quota", retry_info("37s")), 37.0),
        (gemini(429, "RESOURCE_EXHAUSTED", "quota", {"retryDelay": {"seconds": 12}}), 12.0),
        ({"error": {"message": "slow", "retry_after": 3}}, 3.0),
        ({"message": "slow", "retryAfter": "1.5"}, 1.5),
        (openai("Slow down."), None),
        (openai("Limit 100 requests, used 90 in 5 minutes"), None),
    ],
)
def test_waits_are_read_from_the_body(body: Any, wait_s: float | None) -> None:
    assert refusal_of(429, body).wait_s == wait_s


def test_durations() -> None:
    assert [duration_s(text) for text in ("1m2.5s", "250ms", "2h", "1d", "soon", "")] == [
        62.5,
        0.25,
        7200,
        86400,
        None,
        None,
    ]
    assert wait_in("nothing of the kind") is None


@given(
    st.integers(200, 599) | st.none(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.text() | st.sampled_from(["error", "code", "message", "retryDelay", "detail"]), x)
        ),
        max_leaves=12,
    ),
)
def test_any_body_has_a_cause(status: int | None, body: Any) -> None:
    refusal = refusal_of(status, body)
    assert refusal.cause in Cause
    assert refusal.wait_s is None or refusal.wait_s >= 0


@given(st.integers(200, 599), st.binary(max_size=300))
def test_any_bytes_have_a_cause(status: int, body: bytes) -> None:
    assert refusal_of(status, body).cause in Cause
