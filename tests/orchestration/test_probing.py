"""Endpoints that honour different things, probed over HTTP: what is found, and that the advised lines agree with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from builds import called
from stub import Answer, Request, Stub, reply

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.llm.outcomes import BudgetError
from reasonmed_assets.orchestration.probes import PROBES, Change
from reasonmed_assets.orchestration.probing import Probed, advised_lines, plan, probe
from reasonmed_assets.roles import ROLES

Endpoint = Callable[[Request], Answer]
N_CALLS = sum(len(one.asks) for one in PROBES)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of hundredths of a second."""
    monkeypatch.setattr("reasonmed_assets.llm.transports.limits._BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr("reasonmed_assets.orchestration.probing._PAUSE_S", 0.01)


def completion(body: dict[str, Any], content: Any = None, usage: bool = True, **message: Any) -> Answer:
    """What a model says that does everything that it is asked for."""
    bound = body.get("max_tokens") or body.get("max_completion_tokens") or 1_000
    form = body.get("response_format", {}).get("type")
    if content is None:
        content = '{"verdict": "Correct", "steps": 3}' if form else "one " * min(bound, 40)
        content = "Vermilion." if body["messages"][0]["role"] == "system" else content
    counts = {"prompt_tokens": 12, "completion_tokens": min(bound, 40), "prompt_tokens_details": {"cached_tokens": 3}}
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}}
    choice["finish_reason"] = "length" if bound < 40 else "stop"
    return reply(None, choices=[choice], usage=counts if usage else None)


def declined(status: int, message: str) -> Answer:
    error = {"error": {"message": message, "type": "invalid_request_error"}}
    return Answer(status, orjson.dumps(error), {"Content-Type": "application/json"})


def honours_all(request: Request) -> Answer:
    return completion(request.body)


def declines(*keys: str, status: int = 400) -> Endpoint:
    def answer(request: Request) -> Answer:
        extra = [key for key in keys if key in request.body]
        return declined(status, f"Unsupported parameter: {extra[0]}") if extra else completion(request.body)

    return answer


def ignores_schemas_and_thinks_in_tags(request: Request) -> Answer:
    said = "Vermilion." if request.body["messages"][0]["role"] == "system" else "The sky is blue."
    return completion(request.body, f"<think>Well, {request.body['messages'][-1]['content']}</think>{said}")


def takes_json_objects_only(request: Request) -> Answer:
    form = request.body.get("response_format", {}).get("type")
    return completion(request.body, '{"sky": "blue"}' if form else None)


def thinks(**message: Any) -> Endpoint:
    return lambda request: completion(request.body, **message)


def thinks_in_parts(request: Request) -> Answer:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    return completion(request.body, [thought, {"type": "text", "text": text_of(request)}])


def text_of(request: Request) -> str:
    """What `honours_all` says to it."""
    return orjson.loads(completion(request.body).body)["choices"][0]["message"]["content"]


def finishes(whole: str, cut_off: str) -> Endpoint:
    def answer(request: Request) -> Answer:
        said = completion(request.body)
        body = said.body.replace(b'"stop"', b'"%s"' % whole.encode()).replace(b'"length"', b'"%s"' % cut_off.encode())
        return Answer(body=body, headers=said.headers)

    return answer


def profile_file(folder: Path, base_url: str, model: str = "", provider: str = "", more: str = "") -> Path:
    """A profile of one real provider with one model, which plays every role."""
    roles = [f'[roles.{role}]\nmodel = "small"' for role in ROLES if role != "generator"]
    generator = '[[roles.generator]]\nslot = "g"\nmodel = "small"\ntemperatures = [0.7]'
    file = folder / "mine.toml"
    file.write_text(
        'description = "one model"\n[providers.local]\nkind = "real"\noutage_s = 0.2\n'
        f'base_url = "{base_url}"\n{provider}\n'
        f'[models.small]\nprovider = "local"\nname = "small-1b"\nrevision = "r1"\nprompt_usd_per_million = 1.0\n'
        f"completion_usd_per_million = 2.0\n{model}\n{generator}\n"
        + "\n".join(roles)
        + f"\n[rules]\nevaluator_may_generate = true\n{more}\n",
        encoding="utf-8",
    )
    return file


def settings(file: Path) -> BuildSettings:
    return BuildSettings(profile=str(file), warehouse=str(file.parent / "w"))


def probed(file: Path) -> Probed:
    """What a probe finds of the one model of a profile."""
    (found,) = probe(settings(file), plan(settings(file).loaded_profile), CallStats())
    return found


def states(found: Probed) -> dict[str, str]:
    """What is not as declared."""
    return {name: one.state for name, one in found.judgements.items() if one.state != "ok"}


def lines(file: Path, found: Probed) -> list[str]:
    changes = [one.change for one in found.judgements.values() if one.change]
    return advised_lines(settings(file).loaded_profile, changes).splitlines()


CASES: dict[str, tuple[Endpoint, list[str], dict[str, str]]] = {
    "honours all": (honours_all, [], {}),
    "declines seed with 422": (declines("seed", status=422), ["[models.small]", 'omit = ["seed"]'], {"seed": "change"}),
    "declines two parameters": (
        declines("top_p", "temperature"),
        ["[models.small]", 'omit = ["temperature", "top_p"]'],
        {"temperature": "change", "top_p": "change"},
    ),
    "a hosted reasoning model": (
        declines("max_tokens", "temperature", "top_p", "seed"),
        ["[models.small]", 'parameters = "reasoning"'],
        {"bound on tokens": "change"},
    ),
    "ignores schemas, thinks in tags": (
        ignores_schemas_and_thinks_in_tags,
        ["[providers.local]", 'structured = "none"', "", "[models.small]", 'reasoning = "think"'],
        {"structured replies": "change", "reasoning": "change"},
    ),
    "JSON without a schema": (
        takes_json_objects_only,
        ["[providers.local]", 'structured = "json_object"'],
        {"structured replies": "change"},
    ),
    "declines response_format": (
        declines("response_format"),
        ["[providers.local]", 'structured = "none"'],
        {"structured replies": "change"},
    ),
    "reasoning_content": (
        thinks(reasoning_content="Hm."), ["[models.small]", 'reasoning = "field"'], {"reasoning": "change"}
    ),
    "reasoning": (thinks(reasoning="Hm."), ["[models.small]", 'reasoning = "field"'], {"reasoning": "change"}),
    "parts": (thinks_in_parts, ["[models.small]", 'reasoning = "field"'], {"reasoning": "change"}),
    "honours all, thinks in tags": (
        lambda request: completion(request.body, f"<think>Hm.</think>{text_of(request)}"),
        ["[models.small]", 'reasoning = "think"'],
        {"reasoning": "change"},
    ),
    "other finish reasons": (finishes("end_turn", "MAX_TOKENS"), [], {}),
    "unknown finish reasons": (finishes("fertig", "voll"), [], {"finish reason": "note"}),
    "no usage": (
        lambda request: completion(request.body, usage=False), [], {"usage": "note", "cached usage": "note"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_an_endpoint_honours_is_found_and_the_advised_lines_agree_with_it(case: str, tmp_path: Path) -> None:
    endpoint, advised, differing = CASES[case]
    with Stub(endpoint) as stub:
        file = profile_file(tmp_path, stub.base_url)
        found = probed(file)
        assert stub.n == N_CALLS
        assert states(found) == differing
        assert lines(file, found) == advised
        assert found.is_fine is not bool(advised)
        corrected = tmp_path / "corrected.toml"
        corrected.write_text('extends = "mine.toml"\n' + "\n".join(advised), encoding="utf-8")
        again = probed(corrected)
        assert stub.n == 2 * N_CALLS
    assert [state for state in states(again).values() if state != "note"] == []


def test_what_is_found_is_told_beside_what_is_declared(tmp_path: Path) -> None:
    with Stub(declines("seed", status=422)) as stub:
        found = probed(profile_file(tmp_path, stub.base_url))
    told = {name: (one.found, one.declared) for name, one in found.judgements.items()}
    assert told["bound on tokens"] == ("max_tokens is taken", "max_tokens")
    assert "HTTP 422" in told["seed"][0] and "Unsupported parameter: seed" in told["seed"][0]
    assert told["seed"][1] == "sent"
    assert told["structured replies"] == ("json_schema is honoured; json_object is honoured", "json_schema")
    assert told["system message"][0] == "followed"
    assert told["cached usage"][0] == "reported: 21 tokens of input were read from a cache"
    assert told["reasoning"] == ("nowhere in the replies", "none")
    assert told["finish reason"][0] == '"length" where a reply reaches its bound; otherwise "stop"'


@pytest.mark.parametrize(("is_equal", "said"), [(True, "are equal"), (False, "differ")])
def test_whether_a_seed_repeats_a_reply_is_a_hint(is_equal: bool, said: str, tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return completion(request.body, None if is_equal else f"{request.nth} and a word")

    with Stub(answer) as stub:
        found = probed(profile_file(tmp_path, stub.base_url)).judgements["seed"]
        seeded = [request for request in stub.requests if "seed" in request.body]
    assert found.state == "ok"
    assert f"two replies with one seed {said}" in found.found
    assert [request.nth for request in seeded] == [1, 2]
    assert seeded[0].body["temperature"] == 1.0


def test_a_probe_asks_as_a_build_would(tmp_path: Path) -> None:
    added = 'extra_body = { service_tier = "flex" }\nheaders = { X-Tier = "1" }\nomit = ["seed"]'
    with Stub(honours_all) as stub:
        found = probed(profile_file(tmp_path, stub.base_url, model=added))
        bodies = [request.body for request in stub.requests]
    assert all(body["service_tier"] == "flex" and body["model"] == "small-1b" for body in bodies)
    assert {request.headers["X-Tier"] for request in stub.requests} == {"1"}
    assert [body["seed"] for body in bodies if "seed" in body] == [7, 7]
    assert found.judgements["seed"].declared == "not sent"
    assert found.is_fine


def test_a_bound_that_is_not_kept_to_is_told(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 400}
    with Stub(lambda request: reply("one, two", usage=usage)) as stub:
        found = probed(profile_file(tmp_path, stub.base_url))
    assert not found.is_fine
    assert found.judgements["bound on tokens"].state == "wrong"
    assert "a reply had 400 tokens of 16" in found.judgements["bound on tokens"].found
    assert found.judgements["finish reason"].state == "note"


def test_a_bound_that_reasoning_is_not_counted_in_is_a_note(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 400}
    with Stub(lambda request: reply("one, two", "length", usage=usage)) as stub:
        found = probed(profile_file(tmp_path, stub.base_url))
    assert found.judgements["bound on tokens"].state == "note"


def test_a_request_that_fails_is_made_again(tmp_path: Path) -> None:
    with Stub(lambda request: Answer(500) if request.nth == 1 else completion(request.body)) as stub:
        found = probed(profile_file(tmp_path, stub.base_url))
        assert stub.n < 2 * N_CALLS
    assert found.is_fine and states(found) == {}


def test_a_declined_system_message_is_wrong(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        has_system = request.body["messages"][0]["role"] == "system"
        return declined(400, "Developer instruction is not enabled") if has_system else completion(request.body)

    with Stub(answer) as stub:
        found = probed(profile_file(tmp_path, stub.base_url))
    assert states(found) == {"system message": "wrong"}
    assert not found.is_fine


def test_a_model_is_asked_anew_each_time_and_every_call_is_an_attempt_in_the_ledger(tmp_path: Path) -> None:
    with Stub(declines("seed")) as stub:
        file = profile_file(tmp_path, stub.base_url)
        probed(file)
        probed(file)
        assert stub.n == 2 * N_CALLS
    with sqlite3.connect(tmp_path / "w" / "ledger.sqlite") as ledger:
        counted = ledger.execute("select role, outcome = 'completed', count(*) from attempts group by 1, 2").fetchall()
        assert ledger.execute("select count(*) from claims").fetchall() == [(0,)]
    assert sorted(counted) == [("probe", 0, 4), ("probe", 1, 2 * N_CALLS - 4)]


UNUSABLE: dict[str, tuple[Endpoint, str]] = {
    "wrong key": (lambda request: declined(401, "Incorrect API key provided"), "does not accept the key"),
    "unknown model": (
        lambda request: declined(404, "The model `small-1b` does not exist"),
        "`small-1b` does not exist",
    ),
    "LiteLLM, unknown model": (
        lambda request: declined(400, "Invalid model name passed in model=small-1b"),
        "Invalid model name passed in model=small-1b",
    ),
    "down": (lambda request: Answer(how="reset"), "mine"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_model_that_cannot_be_used_is_one_line(case: str, tmp_path: Path) -> None:
    endpoint, said = UNUSABLE[case]
    with Stub(endpoint) as stub:
        found = probed(profile_file(tmp_path, stub.base_url, provider="transport_retries = 0"))
        assert stub.n <= (2 if case != "down" else 20)
    assert not found.is_fine
    assert found.judgements == {}
    assert "\n" not in found.problem
    assert said in found.problem or case == "down"


def test_a_key_that_is_not_accepted_is_tried_once(tmp_path: Path) -> None:
    other = '[models.other]\nprovider = "local"\nname = "other"\nrevision = "r1"\nprompt_usd_per_million = 1.0\n'
    with Stub(lambda request: declined(401, "no")) as stub:
        file = profile_file(tmp_path, stub.base_url, more=other)
        chosen = BuildSettings(profile=str(file), warehouse=str(tmp_path / "w"), set={"roles.verifier.model": "other"})
        found = list(probe(chosen, plan(chosen.loaded_profile), CallStats()))
        assert stub.n == 1
    assert [one.name for one in found] == ["small", "other"] or [one.name for one in found] == ["other", "small"]
    assert found[0].problem == found[1].problem


def test_the_budget_of_the_profile_holds(tmp_path: Path) -> None:
    with Stub(honours_all) as stub:
        file = profile_file(tmp_path, stub.base_url, more="[budget]\ncalls = 3")
        with pytest.raises(BudgetError, match="3 of 3 calls"):
            probed(file)
        assert stub.n == 3


def test_the_plan_says_how_many_calls_and_the_most_that_they_cost(tmp_path: Path) -> None:
    with Stub(honours_all) as stub:
        file = profile_file(tmp_path, stub.base_url)
        planned, stats = plan(settings(file).loaded_profile), CallStats()
        assert (planned.models, planned.n_calls, planned.is_free) == (["small"], N_CALLS, False)
        list(probe(settings(file), planned, stats))
    assert stats.attempts == planned.n_calls
    assert 0 < stats.bill.usd < planned.usd < 0.01


def test_a_model_without_a_price_is_named_and_not_free(tmp_path: Path) -> None:
    file = profile_file(tmp_path, "http://127.0.0.1:1/v1")
    text = file.read_text(encoding="utf-8")
    file.write_text("\n".join(line for line in text.splitlines() if "usd_per_million" not in line), encoding="utf-8")
    planned = plan(settings(file).loaded_profile)
    assert (planned.unpriced, planned.is_free) == (["small"], False)


def test_models_that_are_not_asked_over_chat_completions_are_named(tmp_path: Path) -> None:
    vllm = 'transport = "vllm"\nvllm = { model = "x" }'
    file = profile_file(tmp_path, "http://127.0.0.1:1/v1", provider='transport = "batch"')
    assert plan(settings(file).loaded_profile).not_probed == {"small": "its calls go out as batches"}
    file.write_text(file.read_text(encoding="utf-8").replace('transport = "batch"', vllm).replace(
        'base_url = "http://127.0.0.1:1/v1"\n', ""), encoding="utf-8")  # fmt: skip
    planned = plan(settings(file).loaded_profile)
    assert (planned.models, planned.n_calls, planned.is_free) == ([], 0, True)
    assert planned.not_probed == {"small": "the build loads it itself"}


def test_lines_that_several_models_advise_are_stated_once(tmp_path: Path) -> None:
    file = profile_file(tmp_path, "http://127.0.0.1:1/v1", model='omit = ["top_p"]')
    changes = [
        Change("providers", "local", "structured", "none"),
        Change("models", "small", "omit", ["seed"]),
        Change("providers", "local", "structured", "json_object"),
        Change("models", "small", "omit", ["temperature", "seed"]),
    ]
    assert advised_lines(settings(file).loaded_profile, changes).splitlines() == [
        "[providers.local]",
        'structured = "none"',
        "",
        "[models.small]",
        'omit = ["top_p", "seed", "temperature"]',
    ]


def test_the_command_says_the_cost_before_it_asks_and_the_line_to_change_after(tmp_path: Path) -> None:
    with Stub(declines("seed", status=422)) as stub:
        file = profile_file(tmp_path, stub.base_url)
        options = ["doctor", "--probe", "--profile", str(file), "--warehouse", str(tmp_path / "w")]
        unconfirmed = called(*options)
        assert unconfirmed.returncode == 1
        assert f"Probe: {N_CALLS} calls to small, at most $0.00" in unconfirmed.stdout
        assert stub.n == 0
        done = called(*options, "--yes")
        assert stub.n == N_CALLS
        corrected = called(*options, "--yes", "--set", 'models.small.omit=["seed"]')
    assert done.returncode == 1, done.stdout + done.stderr
    assert f'In {file}:\n\n[models.small]\nomit = ["seed"]' in done.stdout
    assert f"{N_CALLS} requests were made, for $0.00" in done.stdout
    (seed,) = [line for line in done.stdout.splitlines() if line.startswith("change")]
    assert "HTTP 422" in seed and "(declared: sent)" in seed
    assert corrected.returncode == 0, corrected.stdout + corrected.stderr
    assert "\nIn " not in corrected.stdout


def test_the_rehearsal_honours_what_its_profile_declares(tmp_path: Path) -> None:
    chosen = BuildSettings(profile="simulated", warehouse=str(tmp_path / "w"))
    planned = plan(chosen.loaded_profile)
    assert planned.is_free
    assert all(one.is_fine for one in probe(chosen, planned, CallStats()))
