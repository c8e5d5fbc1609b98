"""The probe of a profile's models: what it may cost, its calls, and the lines of the profile that its answers advise.

What is asked, and what an answer says, is in `probes.py`. Every call is one of the call engine's: an attempt in the
ledger, within the profile's budget.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from reasonmed_assets import interruption
from reasonmed_assets.config.profile import Model, Profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.config.toml import dotted, inline
from reasonmed_assets.llm.calls import Call, call_key
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import CallStats, LogProgress
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.outcomes import BudgetError, EngineError, UnauthorisedError
from reasonmed_assets.llm.transports.lanes import Job
from reasonmed_assets.orchestration.probes import (
    BOUNDS,
    PROBES,
    STRUCTURED,
    Answer,
    Ask,
    Change,
    Judgement,
    Subject,
)
from reasonmed_assets.servers.process import Servers
from reasonmed_assets.vocabulary import Outcome

_ROLE = "probe"
"""Of its attempts in the ledger."""
_TOKENS = 64
_THINKING_TOKENS = 512
"""The most tokens of a reply, and of one by a model that thinks before it answers."""
_TIMEOUT_S = 120.0
_OUTAGE_S = 10.0
_TRIES = 3
_PAUSE_S = 1.0
_DECLINED = frozenset({Outcome.REJECTED, Outcome.DECLINED})
_NOT_PROBED = {
    "batch": "its calls go out as batches",
    "vllm": "the build loads it itself",
}


@dataclass(frozen=True)
class Plan:
    """What a probe will ask.

    Attributes:
        models: the models that are probed, in the profile's order.
        not_probed: the other ones that play a role -> why.
        n_calls: calls, where each is answered.
        usd: the most that they may cost at the declared prices, as far as these are known.
        unpriced: the models without a known price.
    """

    models: list[str]
    not_probed: dict[str, str]
    n_calls: int
    usd: float
    unpriced: list[str]

    @property
    def is_free(self) -> bool:
        """It costs nothing for certain."""
        return self.usd == 0 and not self.unpriced


@dataclass
class Probed:
    """What was found of a model.

    Attributes:
        name: in the profile's models.
        judgements: by the name of the probe; none where the model could not be used at all.
        problem: why it could not.
    """

    name: str
    judgements: dict[str, Judgement] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_fine(self) -> bool:
        """The model does what the profile says."""
        return not self.problem and all(one.state in ("ok", "note") for one in self.judgements.values())


def plan(profile: Profile) -> Plan:
    """The models that play a role, and what their probe may cost."""
    names = list(dict.fromkeys(profile.roles.models().values()))
    transports = {name: profile.providers[profile.models[name].provider].transport for name in names}
    models = [name for name in names if transports[name] not in _NOT_PROBED]
    not_probed = {name: _NOT_PROBED[transports[name]] for name in names if name not in models}
    costs = {name: [_most_usd(profile, call) for call in _calls(profile, name)] for name in models}
    known = [usd for some in costs.values() for usd in some if usd is not None]
    return Plan(
        models, not_probed, sum(map(len, costs.values())), sum(known), [name for name in models if None in costs[name]]
    )


def probe(settings: BuildSettings, planned: Plan, stats: CallStats) -> Iterator[Probed]:
    """Probe one model after the other.

    Args:
        settings: profile and ledger.
        planned: names the models.
        stats: receives how many requests were made, and their cost.

    Raises:
        BudgetError: the profile's budget does not cover the next call.
        LedgerError: the ledger cannot be used.
        ServerError: a server that a build would start does not start.
    """
    profile = _impatient(settings.loaded_profile)
    refused: dict[str, str] = {}
    with open_store(settings.ledger_reference) as ledger, Servers(profile, settings.data_folder) as servers:
        engine = Engine(profile, ledger, servers.base_urls_of, LogProgress())
        for name in planned.models:
            provider = profile.models[name].provider
            if provider in refused:
                yield Probed(name, problem=refused[provider])
                continue
            try:
                yield _probed(profile, name, engine, ledger)
            except BudgetError:
                raise
            except UnauthorisedError as error:
                refused[provider] = str(error)
                yield Probed(name, problem=str(error))
            except EngineError as error:
                yield Probed(name, problem=str(error))
            finally:
                _add(stats, engine)


def advised_lines(profile: Profile, changes: Iterable[Change]) -> str:
    """The lines of a profile that changes come to, in TOML; a key that several models change is stated once."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for change in changes:
        table = tables.setdefault((change.table, change.name), {})
        if isinstance(change.value, list):
            declared = getattr(getattr(profile, change.table)[change.name], change.key)
            before = table.get(change.key, list(declared))
            table[change.key] = list(dict.fromkeys([*before, *change.value]))
        elif change.key == "structured":
            table[change.key] = max(table.get(change.key, change.value), change.value, key=STRUCTURED.index)
        else:
            table[change.key] = change.value
    blocks = []
    for at, table in tables.items():
        lines = [f"[{dotted(at)}]", *(f"{key} = {inline(value)}" for key, value in table.items())]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _probed(profile: Profile, name: str, engine: Engine, ledger: CallStore) -> Probed:
    """Ask a model everything.

    Raises:
        EngineError: it cannot be used at all.
    """
    subject = _subject(profile, name)
    found = Probed(name)
    for probed in PROBES:
        for label, ask in probed.asks.items():
            subject.answers[label] = _patiently(profile, subject, label, ask, engine, ledger)
        found.judgements[probed.name] = probed.judge(subject)
        if not subject.is_usable:
            told = found.judgements.pop(probed.name).found
            return Probed(name, problem=f"{told}; check its name and its provider in the profile")
    return found


def _patiently(profile: Profile, subject: Subject, label: str, ask: Ask, engine: Engine, ledger: CallStore) -> Answer:
    """The answer to a request, made again a few times where there is none."""
    for n in range(_TRIES):
        # A probe is to learn how things are now, so its calls are new ones each time.
        call = _call(profile, subject, label, ask, time.time_ns() // 1_000)
        answer = _answer(profile, call, engine, ledger)
        if answer.reply is not None or answer.is_declined:
            break
        interruption.check()
        time.sleep(_PAUSE_S * n)
    return answer


def _answer(profile: Profile, call: Call, engine: Engine, ledger: CallStore) -> Answer:
    model = profile.models[call.model]
    key = call_key(call.provider, model.name, model.revision, call.body, call.sample, call.headers)
    try:
        (result,) = engine.run(f"probe of {call.model}", [call], lambda reply, fields: reply, usable_retries=0)
    except EngineError as error:
        last = ledger.attempts_of([key]).tail(1).to_dicts()
        if not last or last[0]["outcome"] not in _DECLINED or isinstance(error, UnauthorisedError):
            raise
        return Answer(problem=_short(last[0]["detail"] or last[0]["outcome"]), is_declined=True)
    if result.reply is not None:
        return Answer(result.reply, _message(ledger.reply_of(key)))
    return Answer(problem=_short(result.detail or str(result.outcome)), is_declined=result.outcome in _DECLINED)


def _short(detail: str) -> str:
    """What an endpoint said, by the message in it where it is JSON."""
    said = re.search(r'"(?:message|msg)": *"((?:[^"\\]|\\.)+)"', detail)
    return f"{detail.partition(':')[0]}: {said[1]}" if said and detail.startswith("HTTP ") else detail


def _message(raw: bytes | None) -> dict[str, Any]:
    """The message of a response as it came; empty where it takes more than that to read it."""
    try:
        message = orjson.loads(raw or b"")["choices"][0]["message"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return {}
    return message if isinstance(message, dict) else {}


def _subject(profile: Profile, name: str) -> Subject:
    model = profile.models[name]
    return Subject(name, model, profile.providers[model.provider], model.parameters)


def _calls(profile: Profile, name: str) -> list[Call]:
    subject = _subject(profile, name)
    return [_call(profile, subject, label, ask, 0) for one in PROBES for label, ask in one.asks.items()]


def _call(profile: Profile, subject: Subject, label: str, ask: Ask, sample: int) -> Call:
    model = subject.model
    system = [] if ask.system is None else [{"role": "system", "content": ask.system}]
    body: dict[str, Any] = {"model": model.name, "messages": [*system, {"role": "user", "content": ask.user}]}
    if not set(BOUNDS.values()) & set(ask.adds):
        body[BOUNDS[subject.parameters]] = _tokens(model)
    body |= {key: value for key, value in ask.beside.items() if subject.takes(key)}
    whole = profile.whole_body(subject.name, body) | dict(ask.adds)
    headers = {name.lower(): value for name, value in model.headers.items()}
    return Call(label, subject.name, _ROLE, model.provider, subject.name, whole, sample, headers=headers)


def _tokens(model: Model) -> int:
    return _TOKENS if model.reasoning == "none" and model.parameters == "standard" else _THINKING_TOKENS


def _most_usd(profile: Profile, call: Call) -> float | None:
    """The most that a call may cost in US dollars; None where a price is unknown."""
    job = Job("", call)
    return profile.cost_usd(call.model, datetime.now(UTC), job.prompt_tokens, job.completion_tokens)


def _impatient(profile: Profile) -> Profile:
    """The profile with a person waiting: an endpoint that is down is not waited for; `_patiently` makes calls again."""
    providers = {
        name: provider.model_copy(
            update={
                "timeout_s": min(provider.timeout_s, _TIMEOUT_S),
                "outage_s": min(provider.outage_s, _OUTAGE_S),
                "transport_retries": 0,
            }
        )
        for name, provider in profile.providers.items()
    }
    return profile.model_copy(update={"providers": providers})


def _add(stats: CallStats, engine: Engine) -> None:
    """Move what the engine has counted to `stats`."""
    for one in engine.stats.values():
        stats.attempts += one.attempts
        stats.bill.add(one.bill)
    engine.stats.clear()
