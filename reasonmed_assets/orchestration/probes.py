"""What `reasonmed doctor --probe` asks a model, and what its answers say of the endpoint: one list, `PROBES`.

Here belongs what is asked and how answers are judged, as data and pure functions. What a probe costs, and how its calls
are made, is in `probing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reasonmed_assets.config.profile import Model, Provider
from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.replies.finish_reasons import Finish, finish_of
from reasonmed_assets.llm.replies.reply_text import forms_in, json_objects, split_reasoning

State = Literal["ok", "change", "wrong", "note"]
"""As declared; a line of the profile is to be changed; no line helps; nothing to do, or not known."""

BOUNDS = {"standard": "max_tokens", "reasoning": "max_completion_tokens"}
"""The key that bounds a reply's tokens, by a model's `parameters`."""
STRUCTURED = ("json_schema", "json_object", "none")
"""Ways to ask for a structured reply, the strictest first."""
FORMS: dict[str, str] = {
    "reasoning_content": "field",
    "reasoning": "field",
    "parts of the content": "field",
    "<think> in the content": "think",
    "headings in the content": "headings",
}
"""Where a model may think, and the model's `reasoning` that says so."""

_FEW_TOKENS = 16
_COLOUR = "Name a colour. Answer with one word."
_SKY = "Reply with a JSON object about the word sky."
_WORD = "VERMILION"
_SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["Correct", "Error"]}, "steps": {"type": "integer"}},
    "required": ["verdict", "steps"],
    "additionalProperties": False,
}
_SENTENCE = "Write one sentence of ten words about the weather."


@dataclass(frozen=True)
class Ask:
    """A request of a probe.

    Attributes:
        user: the user message.
        adds: keys of the body beside model, messages and the bound on tokens.
        beside: further keys, each where the endpoint has taken it.
        system: the system message, if any.
    """

    user: str
    adds: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    system: str | None = None


@dataclass(frozen=True)
class Answer:
    """What an endpoint answered.

    Attributes:
        reply: None where there is none.
        message: the message as the endpoint wrote it; empty where that is unknown.
        problem: what came instead of a reply, in words.
        is_declined: the endpoint declined the request as it was.
    """

    reply: Reply | None = None
    message: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    is_declined: bool = False

    @property
    def text(self) -> str:
        """The reply's content."""
        return (self.reply.content if self.reply else None) or ""

    @property
    def said(self) -> str:
        """The part of it that answers."""
        return split_reasoning(self.text, None, "think").answer or ""


@dataclass
class Subject:
    """A model that is probed.

    Attributes:
        name: in the profile's models.
        model, provider: as declared.
        parameters: what `parameters` of the model has to be, by the answers so far.
        answers: by the label of the request.
    """

    name: str
    model: Model
    provider: Provider
    parameters: str
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def replies(self) -> list[tuple[str, Reply]]:
        """The replies so far, by label."""
        return [(label, answer.reply) for label, answer in self.answers.items() if answer.reply is not None]

    def takes(self, label: str) -> bool:
        """The endpoint has answered a request."""
        return label in self.answers and self.answers[label].reply is not None

    @property
    def is_usable(self) -> bool:
        """The endpoint takes one of the bounds on tokens, so that more can be asked."""
        return any(map(self.takes, BOUNDS.values()))


@dataclass(frozen=True)
class Change:
    """A line of the profile that an answer advises.

    Attributes:
        table: "models" or "providers".
        name: which of them.
        key, value: what it is to be; a list adds to the one that is declared.
    """

    table: str
    name: str
    key: str
    value: Any


@dataclass(frozen=True)
class Judgement:
    """What answers say.

    Attributes:
        state: see `State`.
        found: in words.
        declared: what the profile says of it.
        change: the line that would agree with what was found.
    """

    state: State
    found: str
    declared: str
    change: Change | None = None


@dataclass(frozen=True)
class Probe:
    """One thing to find out.

    Attributes:
        name: of what is found out.
        judge: what the answers to its requests, or to those of earlier probes, say.
        asks: its requests by label; none where it only reads what others brought.
    """

    name: str
    judge: Callable[[Subject], Judgement]
    asks: Mapping[str, Ask] = field(default_factory=dict)


def _bound(subject: Subject) -> Judgement:
    declared = BOUNDS[subject.model.parameters]
    taken = next((kind for kind in (subject.model.parameters, *BOUNDS) if subject.takes(BOUNDS[kind])), None)
    if taken is None:
        return Judgement("wrong", _problem(subject.answers[declared]), declared)
    reply = subject.answers[BOUNDS[taken]].reply
    assert reply is not None
    said, refused = f"{BOUNDS[taken]} is taken", subject.answers[declared]
    if taken != subject.model.parameters and refused.is_declined:
        subject.parameters = taken
        found = f"{said}, {declared} is {_problem(refused)}"
        return Judgement("change", found, declared, Change("models", subject.name, "parameters", taken))
    if taken != subject.model.parameters:
        return Judgement("note", f"{said}; {declared} had {_problem(refused)}", declared)
    n = reply.completion_tokens
    if n is None or n <= _FEW_TOKENS:
        return Judgement("ok", said, declared)
    if _is_cut_off(reply):
        return Judgement("note", f"{said}; a reply cut off at {_FEW_TOKENS} tokens counts {n:,}", declared)
    return Judgement("wrong", f"{said} and not kept to: a reply had {n:,} tokens of {_FEW_TOKENS}", declared)


def _parameter(key: str) -> Callable[[Subject], Judgement]:
    """How a sampling parameter is judged that an endpoint may decline."""

    def judge(subject: Subject) -> Judgement:
        answer = subject.answers[key]
        is_omitted = key in (*subject.provider.omit, *subject.model.omit)
        is_sent = subject.parameters == "standard" and not is_omitted
        declared = "sent" if is_sent else "not sent"
        if answer.reply is not None:
            return Judgement("ok", "taken", declared)
        if not answer.is_declined:
            return Judgement("note", _problem(answer), declared)
        if not is_sent:
            return Judgement("ok", _problem(answer), declared)
        return Judgement("change", _problem(answer), declared, Change("models", subject.name, "omit", [key]))

    return judge


def _seed(subject: Subject) -> Judgement:
    judged = _parameter("seed")(subject)
    second = subject.answers["seed again"]
    if judged.state != "ok" or not subject.takes("seed") or second.reply is None:
        return judged
    is_equal = second.text == subject.answers["seed"].text
    hint = "two replies with one seed are equal" if is_equal else "two replies with one seed differ"
    return Judgement("ok", f"taken; {hint} (a hint only)", judged.declared)


def _structured(subject: Subject) -> Judgement:
    declared = subject.provider.structured
    found: dict[str, bool | None] = {"none": True}
    words = []
    for way in STRUCTURED[:-1]:
        found[way], word = _is_structured(subject.answers[way], way)
        words.append(f"{way} is {word}")
    if found[declared]:
        return Judgement("ok", "; ".join(words), declared)
    if found[declared] is None:
        return Judgement("note", "; ".join(words), declared)
    best = next(way for way in STRUCTURED if found[way])
    return Judgement(
        "change", "; ".join(words), declared, Change("providers", subject.model.provider, "structured", best)
    )


def _is_structured(answer: Answer, way: str) -> tuple[bool | None, str]:
    """Whether a reply has the requested form, and that in words; None where it does not tell."""
    if answer.is_declined:
        return False, _problem(answer)
    if answer.reply is None:
        return None, f"not known ({answer.problem})"
    if _is_cut_off(answer.reply):
        return None, "not known (the reply was cut off)"
    objects = json_objects(answer.said) if answer.said.startswith("{") and answer.said.endswith("}") else []
    if way == "json_object":
        return (True, "honoured") if len(objects) == 1 else (False, "ignored")
    return (True, "honoured") if len(objects) == 1 and _fits(objects[0]) else (False, "ignored")


def _fits(found: dict[str, Any]) -> bool:
    """Whether an object is one by `_SCHEMA`."""
    is_whole = set(found) == {"verdict", "steps"}
    return is_whole and found["verdict"] in ("Correct", "Error") and type(found["steps"]) is int


def _system(subject: Subject) -> Judgement:
    answer = subject.answers["system"]
    declared = "every prompt has one"
    if answer.is_declined:
        return Judgement("wrong", _problem(answer), declared)
    is_followed = _WORD in answer.said.upper()
    if answer.reply is None or (_is_cut_off(answer.reply) and not is_followed):
        return Judgement("note", f"not known ({answer.problem or 'the reply was cut off'})", declared)
    return Judgement("ok" if is_followed else "note", "followed" if is_followed else "taken, not followed", declared)


def _reasoning(subject: Subject) -> Judgement:
    places = list(dict.fromkeys(place for answer in subject.answers.values() for place in _places(answer)))
    declared = subject.model.reasoning
    if not places:
        counted = sum(reply.reasoning_tokens or 0 for _, reply in subject.replies)
        hidden = f"; {counted:,} tokens of it are counted" if counted else ""
        state: State = "ok" if declared == "none" else "note"
        return Judgement(state, f"nowhere in the replies{hidden}", declared)
    form = next(form for place, form in FORMS.items() if place in places)
    found = ", ".join(places)
    if form == declared:
        return Judgement("ok", found, declared)
    return Judgement("change", found, declared, Change("models", subject.name, "reasoning", form))


def _places(answer: Answer) -> Iterator[str]:
    """Where a reply thinks."""
    fields = [name for name in ("reasoning_content", "reasoning") if answer.message.get(name)]
    content = answer.message.get("content")
    parts = content if isinstance(content, list) else []
    kinds = [str(part.get("type")) for part in parts if isinstance(part, dict)]
    yield from fields
    if any(kind in ("thinking", "reasoning", "redacted_thinking") for kind in kinds):
        yield "parts of the content"
    elif not fields and answer.reply is not None and answer.reply.reasoning:
        yield "reasoning"  # the message could not be read as it came, the reply could
    places = {"think": "<think> in the content", "headings": "headings in the content"}
    yield from (places[form] for form in forms_in(answer.text))


def _finish(subject: Subject) -> Judgement:
    at_bound, otherwise = dict[str | None, None](), dict[str | None, None]()
    for label, reply in subject.replies:
        (at_bound if label in BOUNDS.values() else otherwise)[reply.finish_reason] = None
    found = f"{_quoted(at_bound)} where a reply reaches its bound"
    found += f"; otherwise {_quoted(word for word in otherwise if word not in at_bound) or 'not known'}"
    if unknown := [word for word in {**at_bound, **otherwise} if finish_of(word) == Finish.UNKNOWN]:
        return Judgement("note", f"{found}; not known: {_quoted(unknown)}, such a reply is taken for whole", "")
    is_cut_off = any(finish_of(word) == Finish.TRUNCATED for word in at_bound)
    return Judgement("ok" if is_cut_off else "note", found, "")


def _quoted(words: Iterable[str | None]) -> str:
    return ", ".join("none" if word is None else f'"{word}"' for word in words)


def _usage(subject: Subject) -> Judgement:
    known = [reply for _, reply in subject.replies if None not in (reply.prompt_tokens, reply.completion_tokens)]
    if len(known) == len(subject.replies):
        return Judgement("ok", "reported with every reply", "")
    found = f"reported with {len(known)} of {len(subject.replies)} replies: the cost of the others is not known"
    return Judgement("note", found, "")


def _cached(subject: Subject) -> Judgement:
    counts = [reply.cached_tokens for _, reply in subject.replies if reply.cached_tokens is not None]
    if not counts:
        return Judgement("note", "not reported: all input is costed at its full price", "")
    return Judgement("ok", f"reported: {sum(counts):,} tokens of input were read from a cache", "")


def _is_cut_off(reply: Reply) -> bool:
    return finish_of(reply.finish_reason) == Finish.TRUNCATED


def _problem(answer: Answer) -> str:
    return f"declined: {answer.problem}" if answer.is_declined else f"no answer: {answer.problem}"


PROBES = (
    Probe(
        "bound on tokens",
        _bound,
        {key: Ask("Count from 1 to 500, separated by commas.", {key: _FEW_TOKENS}) for key in BOUNDS.values()},
    ),
    Probe("temperature", _parameter("temperature"), {"temperature": Ask(_COLOUR, {"temperature": 0.7})}),
    Probe("top_p", _parameter("top_p"), {"top_p": Ask(_COLOUR, {"top_p": 0.9})}),
    Probe(
        "seed",
        _seed,
        {label: Ask(_SENTENCE, {"seed": 7}, {"temperature": 1.0}) for label in ("seed", "seed again")},
    ),
    Probe(
        "structured replies",
        _structured,
        {
            "json_schema": Ask(
                _SKY,
                {
                    "response_format": {
                        "type": "json_schema",
                        "json_schema": {"name": "probe", "strict": False, "schema": _SCHEMA},
                    }
                },
            ),
            "json_object": Ask(_SKY, {"response_format": {"type": "json_object"}}),
        },
    ),
    Probe(
        "system message",
        _system,
        {"system": Ask(_COLOUR, system=f"Whatever you are asked, answer with the one word {_WORD}.")},
    ),
    Probe("reasoning", _reasoning),
    Probe("finish reason", _finish),
    Probe("usage", _usage),
    Probe("cached usage", _cached),
)
"""What is found out of a model, in this order. A request is made in the order of its probe; the first probe decides by
which key the requests of the others are bounded."""
