"""What the rehearsal's models reply: shapes, rates, and that a reply depends on its request alone."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from tier_reference import tier_of

from reasonmed_assets.config import load_profile
from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.llm.replies.parsing import parse_reply, response_format
from reasonmed_assets.rules.alterations import ALTERATIONS
from reasonmed_assets.rules.leaks import invented_citations, leak_phrases
from reasonmed_assets.rules.similarity import edit_ratio
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys
from reasonmed_assets.servers.rehearsal.replies import Message, Rehearsal

PROFILE = load_profile("simulated")
OPTIONS = ["Pulmonary embolism", "Aortic dissection", "Pericarditis", "Myocardial infarction"]


def question(number: int) -> dict[str, Any]:
    stem = (
        f"A {number}-year-old man presents with sudden chest pain and shortness of breath. His calf is swollen, his "
        "heart rate is 118/min. He returned from a long flight two days ago. Which of the following is most likely?"
    )
    return {
        "question": stem,
        "context": None,
        "options": OPTIONS,
        "gold_letter": "A",
        "gold_text": OPTIONS[0],
    }


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    return Rehearsal(AnswerKeys((question(n)["question"], OPTIONS, OPTIONS[0]) for n in range(1000)), PROFILE.seed)


def body(role: str, fields: dict[str, Any], model: str = "qwen", **more: Any) -> dict[str, Any]:
    made = {"model": PROFILE.models[model].name, "messages": render(role, fields), "seed": 1, **more}
    if (form := response_format(role, "json_schema")) is not None:
        made["response_format"] = form
    return made


def parsed(role: str, message: Message, fields: dict[str, Any], model: str = "qwen") -> Any:
    reply = Reply(
        content=message.content,
        reasoning=message.reasoning,
        refusal=message.refusal,
        finish_reason=message.finish_reason,
        prompt_tokens=message.prompt_tokens,
        completion_tokens=message.completion_tokens,
        reasoning_tokens=None,
        served_model=model,
        system_fingerprint=None,
        is_simulated=True,
    )
    return parse_reply(role, reply, fields, PROFILE.models[model])


def usable(rehearsal: Rehearsal, role: str, fields: dict[str, Any], model: str = "qwen", seed: int = 1) -> Any:
    """The first usable reply of three, or None."""
    for retry in range(3):
        try:
            return parsed(role, rehearsal.reply(body(role, fields, model, seed=seed + 1000 * retry)), fields, model)
        except Unusable:
            continue
    return None


def test_equal_requests_get_equal_replies_and_other_seeds_other_ones(rehearsal):
    asked = body("generator", question(1))
    turned = dict(reversed(asked.items()))
    assert rehearsal.reply(asked) == rehearsal.reply(turned)
    texts = {rehearsal.reply({**asked, "seed": seed}).content for seed in range(8)}
    assert len(texts) >= 7


def test_another_endpoint_with_the_same_seed_replies_the_same(rehearsal):
    keys = AnswerKeys([(question(5)["question"], OPTIONS, OPTIONS[0])])
    assert Rehearsal(keys, PROFILE.seed).reply(body("generator", question(5))) == rehearsal.reply(
        body("generator", question(5))
    )


def test_an_unknown_question_is_answered_too():
    empty = Rehearsal(AnswerKeys(), 1)
    value = usable(empty, "generator", question(3))
    assert value is not None and value.answer_letter in "ABCD"


def test_generators_think_in_the_form_of_their_model(rehearsal):
    forms: dict[str, list[str]] = {name: [] for name in ("qwen", "deepseek", "huatuo")}
    for model, contents in forms.items():
        for number in range(60):
            message = rehearsal.reply(body("generator", question(number), model))
            if message.finish_reason == "stop" and len(message.content or "") > 600:
                contents.append(message.content or "")
    assert not any("<think>" in text or "## Thinking" in text for text in forms["qwen"])
    assert all("</think>" in text for text in forms["deepseek"])
    assert 0.2 < sum(text.startswith("<think>") for text in forms["deepseek"]) / len(forms["deepseek"]) < 0.6
    assert all(text.startswith("## Thinking") and "## Final Response" in text for text in forms["huatuo"])


def test_paths_are_six_steps_of_readable_length_without_leaks_or_citations(rehearsal):
    for number in range(60):
        value = usable(rehearsal, "generator", question(number), "huatuo")
        if value is None:
            continue
        assert 120 <= len(value.path_text.split()) <= 700
        assert leak_phrases(value.path_text) == []
        assert invented_citations(value.path_text, question(number)["question"]) == []
        assert value.path_text.splitlines()[-1].startswith("Final answer: ")


def test_tiers_are_split_as_in_real_sets_of_nine_paths(rehearsal):
    tiers: Counter[str] = Counter()
    n_correct = 0
    for number in range(400):
        fields = question(number)
        correct = 0
        for slot in PROFILE.roles.generator:
            for seed in range(3):
                value = usable(rehearsal, "generator", fields, slot.model, seed)
                if value is None or value.answer_letter != "A":
                    continue
                verdict = usable(rehearsal, "verifier", {**fields, "path_text": value.path_text})
                correct += verdict is not None and verdict.verdict == "correct"
        n_correct += correct
        tiers[tier_of(n_error=9 - correct, n_correct=correct, n=9, medium_min_correct=2)] += 1
    assert 0.57 <= tiers["easy"] / 400 <= 0.73
    assert 0.13 <= tiers["medium"] / 400 <= 0.26
    assert 0.10 <= tiers["difficult"] / 400 <= 0.20
    assert 0.64 <= n_correct / 3600 <= 0.76


def test_verdicts_depend_on_the_conclusion(rehearsal):
    def share_correct(letter: str) -> float:
        verdicts = [
            usable(
                rehearsal,
                "verifier",
                {**question(n), "path_text": f"Some steps.\n\nFinal answer: {letter}. {OPTIONS['ABCD'.index(letter)]}"},
            )
            for n in range(300)
        ]
        known = [value for value in verdicts if value is not None]
        assert len(known) >= 297
        assert all(10 < len(value.reason) < 400 for value in known)
        return sum(value.verdict == "correct" for value in known) / len(known)

    assert share_correct("A") > 0.94
    assert share_correct("C") < 0.05


def test_most_structured_replies_are_clean_and_few_are_of_no_use(rehearsal):
    fields = {**question(1), "path_text": "Steps.\n\nFinal answer: A. Pulmonary embolism"}
    clean = unusable = 0
    for seed in range(2000):
        message = rehearsal.reply(body("ranker", fields, seed=seed))
        clean += (message.content or "").startswith("{") and (message.content or "").endswith("}")
        try:
            parsed("ranker", message, fields)
        except Unusable:
            unusable += 1
    assert 0.965 <= clean / 2000 <= 0.99
    assert 0.001 <= unusable / 2000 <= 0.015


def test_generators_fail_in_every_way_that_real_ones_do(rehearsal):
    outcomes: Counter[str] = Counter()
    for number in range(1000):
        for seed in range(3):
            try:
                parsed("generator", rehearsal.reply(body("generator", question(number), seed=seed)), question(number))
                outcomes["completed"] += 1
            except Unusable as failure:
                outcomes[failure.outcome] += 1
    assert {"truncated", "answerless", "refused", "empty"} <= set(outcomes)
    assert outcomes["completed"] / 3000 >= 0.96
    assert outcomes["truncated"] / 3000 <= 0.02


def test_some_paths_stay_of_no_use_after_every_retry(rehearsal):
    failed = sum(usable(rehearsal, "generator", question(number)) is None for number in range(1000))
    assert 1 <= failed <= 15


def test_rewrites_reach_the_key_with_a_few_leaks_and_copies(rehearsal):
    base = usable(rehearsal, "generator", question(1)).path_text
    found: Counter[str] = Counter()
    for number in range(400):
        fields = {
            **question(number),
            "path_text": base,
            "verdict": "error",
            "verdict_reason": "Too little.",
            "feedback": ["(concludes B) The flight is passed over."],
        }
        value = usable(rehearsal, "refiner", fields, "small")
        if value is None:
            continue
        found["right"] += value.answer_letter == "A"
        found["leak"] += bool(leak_phrases(value.path_text))
        found["copy"] += edit_ratio(value.path_text, base) > 98
        found["long"] += not 0.5 <= len(value.path_text) / len(base) <= 3
    assert found["right"] >= 360
    assert 1 <= found["leak"] <= 24
    assert 1 <= found["copy"] <= 24
    assert found["long"] == 0


def test_the_regenerator_doubts_a_few_keys(rehearsal):
    fields = [
        {**question(n), "path_text": None, "verdict": None, "verdict_reason": None, "feedback": []} for n in range(500)
    ]
    values = [usable(rehearsal, "regenerator", one, "large") for one in fields]
    doubts = [value for value in values if value is not None and not value.json_reply.supports_key]
    assert 1 <= len(doubts) <= 20
    assert sum(value is not None and value.answer_letter == "A" for value in values) >= 460


def test_a_summary_is_short_and_keeps_the_letter(rehearsal):
    same = 0
    for number in range(100):
        path = usable(rehearsal, "generator", question(number))
        if path is None:
            continue
        fields = {**question(number), "path_text": path.path_text}
        value = usable(rehearsal, "summariser", fields, "small")
        assert value is not None
        assert 20 <= len(value.path_text.split()) <= 120
        assert edit_ratio(value.path_text, path.path_text) < 90
        same += value.answer_letter == path.answer_letter
    assert same >= 94


def test_the_evaluator_tells_right_conclusions_from_wrong_ones(rehearsal):
    def mean(letter: str) -> float:
        fields = {**question(1), "path_text": f"Steps.\n\nFinal answer: {letter}. text"}
        values = [usable(rehearsal, "evaluator", fields, "large", seed) for seed in range(50)]
        return sum(value.logic for value in values if value) / sum(value is not None for value in values)

    assert mean("A") > 7
    assert mean("B") < 6


def test_a_small_token_limit_cuts_the_reply(rehearsal):
    message = rehearsal.reply(body("generator", question(1), max_tokens=50))
    assert message.finish_reason == "length"
    assert message.completion_tokens == 50
    assert len((message.content or "").split()) <= 50


def test_other_prompts_get_a_plain_reply(rehearsal):
    message = rehearsal.reply({"model": "m", "messages": [{"role": "user", "content": "Hello"}]})
    assert message.finish_reason == "stop" and "rehearses" in (message.content or "")


def test_other_prompts_get_a_reply_in_the_form_that_is_asked_for(rehearsal):
    def said(**more: Any) -> str:
        messages = [{"role": "user", "content": "Hello"}]
        return rehearsal.reply({"model": "m", "messages": messages} | more).content or ""

    fields = {"verdict": {"enum": ["Yes", "No"]}, "n": {"type": "integer"}, "why": {"type": "string"}}
    schema = {"type": "object", "properties": fields}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    assert json.loads(said(response_format=form)) == {"verdict": "Yes", "n": 1, "why": ""}
    assert isinstance(json.loads(said(response_format={"type": "json_object"})), dict)
    told = [{"role": "system", "content": "Answer with the one word ECHO."}, {"role": "user", "content": "Hello"}]
    assert said(messages=told) == "ECHO"
    assert rehearsal.reply({"model": "m", "messages": told[1:], "max_tokens": 8}).finish_reason == "length"


def test_the_verifier_sees_most_planted_errors_and_takes_no_sound_text_for_altered(rehearsal):
    accepted: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for number in range(180):
        fields = question(number)
        path = usable(rehearsal, "generator", fields)
        if path is None or path.answer_letter != "A":
            continue
        texts = {kind: alter(path.path_text, OPTIONS, "A", 1) for kind, alter in ALTERATIONS.items()}
        for kind, text in [("none", path.path_text), *((kind, a.text) for kind, a in texts.items() if a is not None)]:
            verdict = usable(rehearsal, "verifier", {**fields, "path_text": text})
            judged[kind] += verdict is not None
            accepted[kind] += verdict is not None and verdict.verdict == "correct"
    assert all(judged[kind] >= 100 for kind in ("none", *ALTERATIONS))
    assert accepted["none"] / judged["none"] > 0.94
    assert accepted["answer_swapped"] / judged["answer_swapped"] < 0.06
    assert 0.03 <= accepted["negation_changed"] / judged["negation_changed"] <= 0.2
    assert 0.03 <= accepted["number_changed"] / judged["number_changed"] <= 0.2
