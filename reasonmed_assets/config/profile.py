"""What a profile holds, with types, units and bounds. Reading TOML and naming errors is in `reading.py`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue, create_model, model_validator

from reasonmed_assets.config.addresses import is_read_on_the_way, problem_of
from reasonmed_assets.config.prices import Price, Prices, price_at
from reasonmed_assets.config.requests import Additions, refuse_credentials
from reasonmed_assets.roles import ROLES, RoleError, role_named
from reasonmed_assets.roles.declaration import Section

Share = Annotated[float, Field(ge=0, le=1)]
SOURCE_NAME = r"^[a-z][a-z0-9_]*$"
"""What is no such name, where a source is named, is the path of its declaration."""


class MismatchError(ValueError):
    """A value that does not go with another one; `key` says which."""

    def __init__(self, key: tuple[str | int, ...], problem: str) -> None:
        super().__init__(problem)
        self.key = key


class Batches(Section):
    """How calls become batches and how often a batch is polled; the highest sizes are OpenAI's."""

    max_requests: int = Field(default=50_000, ge=1, le=50_000)
    """Calls of one file."""
    max_bytes: int = Field(default=200_000_000, ge=1, le=200_000_000)
    """Size of one file; a larger single call has a file of its own."""
    max_batches: int = Field(default=4, ge=1)
    """Batches of a step under way at once. As many calls as fit into them are kept in memory."""
    gather_s: float = Field(default=20, ge=0)
    """A file that is not full is submitted when no new call came for so long."""
    poll_first_s: float = Field(default=5, gt=0)
    """Pause before a batch is polled for the second time; each further pause is half as long again."""
    poll_longest_s: float = Field(default=300, gt=0)
    find_s: float = Field(default=60, ge=0)
    """How long a batch is looked for that a killed build may have created, before its calls count as never sent."""


class Provider(Additions):
    """An OpenAI-compatible endpoint (or a server that the build starts), and what it may be asked for."""

    kind: Literal["real", "simulated", "demonstration"]
    server: Literal["none", "simulated", "embedded"] = "none"
    """`none`: others serve `base_url`. `simulated`, `embedded`: the build starts it on 127.0.0.1 and stops it."""
    base_url: str | tuple[str, ...] | None = None
    """Address up to and including the version. Of several, a question's calls stay with one while that one is up;
    what else is declared here holds for each of them."""
    azure_api_version: str | None = None
    """Azure OpenAI: `base_url` is the resource, a model's name the deployment, and this the version of the API."""
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; the key itself stands nowhere."""
    api_key_over_http: bool = False
    """Whether the key may go to another host over http, where everybody on the way can read it."""
    structured: Literal["json_schema", "json_object", "none"] = "json_schema"
    """How the endpoint is asked for structured replies; `none` asks in words only."""
    transport: Literal["http", "batch", "vllm"] = "http"
    """`http`: one request per call. `batch`: OpenAI's Batch API at `base_url`. `vllm`: a model loaded by the build."""
    batch: Batches = Batches()
    batch_price_factor: float = Field(default=1, ge=0, le=1)
    """What a call in a batch costs, in parts of the model's price."""
    vllm: dict[str, JsonValue] = {}
    """Arguments of `vllm.LLM`: `model` and what else its engine takes. A `model` that begins with `./`, `../` or `/` is
    relative to the profile's folder."""
    vllm_environment: dict[str, str] = {}
    """Environment variables of the process in which it runs, `CUDA_VISIBLE_DEVICES` for one."""
    max_in_flight: int = Field(default=64, ge=1)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    timeout_s: float = Field(default=600, gt=0)
    transport_retries: int = Field(default=5, ge=0)
    """Further attempts after a transport error, a time-out, a 429 or a 5xx."""
    outage_s: float = Field(default=900, gt=0)
    """How long a provider that is down is waited for before the build stops, to be resumed."""

    @model_validator(mode="after")
    def _has_an_address(self) -> Provider:
        if self.transport == "vllm":
            if self.headers:
                raise ValueError("transport = 'vllm' sends no requests, so it has no headers")
            refuse_credentials(self.vllm, "vllm", "a variable of the environment, such as HF_TOKEN,")
            if self.base_urls or self.server != "none" or not isinstance(self.vllm.get("model"), str):
                raise ValueError("transport = 'vllm' needs [vllm] with model = '...', and neither base_url nor server")
            return self
        if self.vllm or self.vllm_environment:
            raise ValueError("vllm and vllm_environment go with transport = 'vllm'")
        if (self.server == "none") != bool(self.base_urls):
            raise ValueError("give either base_url or server = 'simulated' | 'embedded'")
        for url in self.base_urls:
            if problem := problem_of(url):
                raise ValueError(problem)
            if self.api_key_env and is_read_on_the_way(url) and not self.api_key_over_http:
                raise ValueError(
                    f"base_url {url} is another host over http, where the key of {self.api_key_env} could be read on "
                    "the way: give an https address, or declare api_key_over_http = true"
                )
        if self.transport == "batch" and self.server == "embedded":
            raise ValueError("transport = 'batch' goes with a base_url or server = 'simulated'")
        if self.transport == "batch" and (len(self.base_urls) > 1 or self.azure_api_version):
            raise ValueError("transport = 'batch' goes with one base_url, and without azure_api_version")
        return self

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The declared addresses; none where the build starts the server."""
        return (self.base_url,) if isinstance(self.base_url, str) else self.base_url or ()


ReasoningMark = Annotated[str, Field(min_length=3)]


class Model(Additions):
    """One model behind a provider. Its identity is provider, name and revision."""

    provider: str
    name: str
    revision: str
    """Weights, quantisation and chat template, in one declared string."""
    reasoning: Literal["none", "field", "think", "headings"] = "none"
    """Where a reasoning model thinks: a reply field, `<think>`, or `## Thinking` / `## Final Response`."""
    reasoning_marks: tuple[ReasoningMark, ReasoningMark] | None = None
    """What opens and what closes its thinking, where that is none of the known marks, which are read in any case."""
    path_text: Literal["answer", "reasoning_and_answer"] = "answer"
    """What of a reply is the path."""
    writes: Literal["text", "form"] = "text"
    """`form`: paths and summaries are asked for as a JSON form, for a model too small to keep to a form in words."""
    parameters: Literal["standard", "reasoning"] = "standard"
    """`reasoning`: a hosted reasoning model, which takes `max_completion_tokens` and no temperature, top_p or seed."""
    terms: str | None = None
    """Under which terms its texts may be used, SPDX where there is one, for the card of a release; None: unknown. It is
    no part of the model's identity."""
    prices: Prices = ()
    """US dollars per million tokens, from a date on each: `0` for a free model, one table, or an array of them."""
    prompt_usd_per_million: float | None = Field(default=None, ge=0)
    """Another way to say `prices.input`, of a model with one price."""
    completion_usd_per_million: float | None = Field(default=None, ge=0)
    """Another way to say `prices.output`."""

    @model_validator(mode="after")
    def _has_one_price(self) -> Model:
        if self._priced_by_name and self.prices:
            raise ValueError("give either prices, or prompt_usd_per_million and completion_usd_per_million")
        return self

    @property
    def _priced_by_name(self) -> bool:
        return self.prompt_usd_per_million is not None or self.completion_usd_per_million is not None

    @cached_property
    def price_periods(self) -> tuple[Price, ...]:
        """The declared prices in the order of their dates; none where none is declared."""
        if not self._priced_by_name:
            return self.prices
        # Where only one of the two is given, the other costs nothing.
        return (Price(input=self.prompt_usd_per_million or 0.0, output=self.completion_usd_per_million or 0.0),)


class RoleSections(Section):
    """The section of every role, by the role's name."""

    @model_validator(mode="before")
    @classmethod
    def _take_sections_of_others(cls, given: Any) -> Any:
        """A role that is sampled as another one has that one's section where it has none of its own."""
        if not isinstance(given, dict):
            return given
        taken = {name: given[role.sampled_as] for name, role in ROLES.items() if role.sampled_as in given}
        return taken | given

    def __getitem__(self, role: str) -> Any:
        return getattr(self, role)

    def models(self) -> dict[tuple[str | int, ...], str]:
        """The keys under which the sections name models -> the name in the profile's models."""
        return {("roles", role, *key): name for role in ROLES for key, name in self[role].models().items()}


if TYPE_CHECKING:

    class Roles(RoleSections):
        def __getattr__(self, role: str) -> Any: ...

else:
    Roles = create_model("Roles", __base__=RoleSections, **{name: (role.section, ...) for name, role in ROLES.items()})


class Sources(Section):
    """Which sources are built from, and where their files are."""

    declared: tuple[str, ...] = ("medqa", "medmcqa", "pubmedqa", "mmlu")
    """Names of shipped sources, or declaration files relative to the profile's folder (what is no plain name, as
    `./mine.toml`), in order of priority among duplicates."""
    data_dir: str | None = None
    """Folder of the source files, relative to the profile's folder; None: the sample that comes with the package."""
    overrides: str | None = None
    """File of people's decisions on single questions (docs/guides/trust.md), relative to the profile's folder."""
    split_roles: dict[str, Literal["train", "benchmark", "stand_in", "unused"]] = {}
    """Roles that differ from the declaration, by "source.split"."""


class Rules(Section):
    """The method's switches (see docs/evidence/departures.md)."""

    near_duplicate_ratio: float = Field(default=90, ge=0, le=100)
    group_ratio: float = Field(default=80, ge=0, le=100)
    contamination_ratio: float = Field(default=90, ge=0, le=100)
    reject_duplicates: bool = True
    reject_contaminated: bool = True
    shuffle_options: Literal["none", "seeded"] = "none"
    validation_share: Share = 0.05
    verdict_rule: Literal["verifier_and_answer", "verifier", "answer"] = "verifier_and_answer"
    audit_share: Share = 0.01
    """Share of the verified paths that are judged a second time, and as many planted errors; 0: none."""
    audit_rows_min: int = Field(default=9, ge=1)
    """The least number of a source's paths, if it has as many."""
    medium_min_correct: int = Field(default=2, ge=0)
    label_doubt: Literal["exclude", "keep"] = "exclude"
    label_doubt_share: Share = 7 / 9
    difficult_base: Literal["raw", "refined", "none"] = "raw"
    verify_rewrites: bool = True
    rewrite_rounds: int = Field(default=3, ge=1, le=5)
    fallback_paths: int = Field(default=1, ge=0)
    """How many next-ranked paths are tried per slot when the rounds of one are used up."""
    near_copy_ratio: float = Field(default=95, ge=0, le=100)
    template: Literal["plain", "think"] = "plain"
    evaluator_may_generate: bool = False
    """Whether the evaluator's model may be a generator's too: a judge of its own work is kind to it."""
    evaluator_sample: int = Field(default=3000, ge=0)
    """Final examples scored per build, spread over sources and tiers."""
    review_sample: int = Field(default=60, ge=1)
    """Final examples that people are asked about, spread over sources and tiers."""
    usable_retries: int = Field(default=2, ge=0)
    """New calls after a reply that is truncated, empty, refused, answerless or malformed."""


class Thresholds(Section):
    """Bounds of the checks (method.md); a rate holds from `min_rows_for_rates` rows on, below that what the macro
    `exceeds` of sql/macros.sql says."""

    min_rows_for_rates: int = Field(default=200, ge=1)
    shrink_share_max: Share = 0.2
    unreadable_share_max: Share = 0.01
    explanation_agreement_min: Share = 0.95
    letter_share_max: Share = 0.45
    truncated_share_max: Share = 0.02
    truncated_share_warn: Share = 0.01
    repeated_path_share_max: Share = 0.01
    looping_path_share_max: Share = 0.005
    foreign_script_share_max: Share = 0.005
    letter_found_share_min: Share = 0.97
    length_factor_max: float = Field(default=2.0, gt=1)
    missing_share_max: Share = 0.005
    one_verdict_share_max: Share = 0.99
    acceptance_min: Share = 0.40
    acceptance_max: Share = 0.95
    correct_with_wrong_letter_max: Share = 0.02
    false_accept_share_max: Share = 0.2
    tier_shift_max: Share = 0.05
    one_score_share_max: Share = 0.90
    selection_shift_max: Share = 0.10
    unchanged_rewrite_share_max: Share = 0.05
    rewrite_length_factor_min: float = Field(default=0.5, gt=0)
    rewrite_length_factor_max: float = Field(default=3.0, gt=1)
    invented_citation_share_max: Share = 0.02
    summary_tokens_min: int = 20
    summary_tokens_max: int = 400
    summary_copy_ratio_max: float = 90
    summary_failed_share_max: Share = 0.005
    cutoff_tokens: int = 8192
    over_cutoff_share_max: Share = 0.005
    letter_shift_max: Share = 0.03


class Checks(Section):
    """How the checks act."""

    model_checks: Literal["declared", "warn"] = "declared"
    """`warn`: checks that judge the model (5 to 13 of the method) never block; for the demonstration model."""
    thresholds: Thresholds = Thresholds()


def _role(name: str) -> str:
    try:
        return role_named(name).name
    except RoleError as error:
        raise ValueError(str(error)) from error


class Spending(Section):
    """What may be spent: None is no limit."""

    usd: float | None = Field(default=None, ge=0)
    """US dollars, at the models' declared prices."""
    calls: int | None = Field(default=None, ge=0)
    """Requests that are sent, retries included; not those that the endpoint declines. What the ledger holds is free."""


class Budget(Spending):
    """What one build may spend, all roles together and each; it stops before the call that would go beyond."""

    roles: dict[Annotated[str, AfterValidator(_role)], Spending] = {}


class Machine(Section):
    """What builds take of the machine that they run on. No row depends on it."""

    shard_questions: int = Field(default=10_000, ge=1)
    """The most questions of a source, on average, that a table of model calls stages at a time."""
    memory_gb: float | None = Field(default=None, ge=0.1)
    """What DuckDB may take of the memory, all processes of a build together; None: 2, or half of what this machine or
    its control group has where that is less. What does not fit is spilled into the warehouse's folder."""
    threads: int | None = Field(default=None, ge=1)
    """Threads that DuckDB computes with; None: one per processor that this machine or its control group allows, and one
    alone where the file of the build is under 32 MiB."""
    snapshot_minutes: float = Field(default=5, ge=0)
    """How long users see the same snapshot while several runs are at work; after the last one they see everything."""

    @property
    def snapshot_every_s(self) -> float:
        """The same in seconds."""
        return 60 * self.snapshot_minutes


class Profile(Section):
    """Everything that a build is made by, apart from where it is stored."""

    name: str
    description: str
    seed: int = 20260101
    limit: int | None = Field(default=None, ge=1)
    """Questions per source, by smallest seeded hash; None: all."""
    limits: dict[str, Annotated[int, Field(ge=1)] | None] = {}
    """Questions of single sources, by name, in place of `limit`."""
    sources: Sources = Sources()
    providers: dict[str, Provider]
    models: dict[str, Model]
    roles: Roles
    rules: Rules = Rules()
    checks: Checks = Checks()
    budget: Budget = Budget()
    machine: Machine = Machine()

    @model_validator(mode="after")
    def _references_exist(self) -> Profile:
        for name, model in self.models.items():
            if model.provider not in self.providers:
                there = f"it is {model.provider!r}, which is not among the providers: {', '.join(self.providers)}"
                raise MismatchError(("models", name, "provider"), there)
            if model.headers and self.providers[model.provider].transport != "http":
                there = f"provider {model.provider} sends no request of its own for a call, so a model has no headers"
                raise MismatchError(("models", name, "headers"), there)
        for key, name in self.roles.models().items():
            if name not in self.models:
                raise MismatchError(key, f"it is {name!r}, which is not among the models: {', '.join(self.models)}")
        generators = self.roles.generator.models().values()
        if self.roles.evaluator.model in generators and not self.rules.evaluator_may_generate:
            raise MismatchError(
                ("roles", "evaluator", "model"),
                f"it is {self.roles.evaluator.model!r}, which is a generator too: name another model, or set "
                "rules.evaluator_may_generate = true",
            )
        return self

    @model_validator(mode="after")
    def _holds_no_key(self) -> Profile:
        variables = {provider.api_key_env for provider in self.providers.values() if provider.api_key_env}
        keys = {variable: os.environ.get(variable, "").strip() for variable in variables}
        for table, declared in (("providers", self.providers), ("models", self.models)):
            for name, additions in declared.items():
                for key, text in additions.texts():
                    for variable, secret in keys.items():
                        if secret and secret in text:
                            there = f"it holds the value of the environment variable {variable}: write no key here"
                            raise MismatchError((table, name, key), there)
        return self

    def whole_body(self, model_name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body of a request to a model, with what the model and its provider add to it and leave out of it."""
        model = self.models[model_name]
        provider = self.providers[model.provider]
        omitted = {*provider.omit, *model.omit}
        kept = {key: value for key, value in body.items() if key not in omitted}
        return kept | provider.extra_body | model.extra_body

    def without_keys(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment of a process that makes no calls: without the variables that hold the providers' keys."""
        keys = {provider.api_key_env for provider in self.providers.values()}
        return {name: value for name, value in environment.items() if name not in keys}

    @property
    def provider_kind(self) -> str:
        """The kind of provider behind the roles; `real` and another kind do not mix.

        Raises:
            ValueError: the roles' providers are of different kinds.
        """
        kinds = {self.providers[self.models[name].provider].kind for name in self.roles.models().values()}
        if len(kinds) > 1:
            raise ValueError(f"profile {self.name}: the roles mix providers of kinds {', '.join(sorted(kinds))}")
        return kinds.pop()

    @model_validator(mode="after")
    def _dollars_can_be_counted(self) -> Profile:
        """A limit in dollars holds only where each model that it covers has a price."""
        today = datetime.now(UTC).date()
        of_role = {
            ("budget", "roles", role, "usd"): {role}
            for role, limit in self.budget.roles.items()
            if limit.usd is not None
        }
        limits = of_role | ({("budget", "usd"): set(ROLES)} if self.budget.usd is not None else {})
        for key, roles in limits.items():
            models = {name for (_, role, *_), name in self.roles.models().items() if role in roles}
            unpriced = [name for name in sorted(models) if not self._has_price(name, today)]
            if unpriced:
                raise MismatchError(
                    key,
                    f"it is a limit in dollars, and no price is declared for {', '.join(unpriced)}: give "
                    + ", ".join(f"models.{name}.prices" for name in unpriced)
                    + " (write 0 for a free one)",
                )
        return self

    def _has_price(self, model_name: str, day: date) -> bool:
        price = price_at(self.models[model_name].price_periods, day)
        return price is not None and price.is_known

    def cost_usd(
        self,
        model_name: str,
        when: datetime,
        prompt_tokens: int | None,
        completion_tokens: int | None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
    ) -> float | None:
        """What a call to a declared model costs in US dollars, by its prices on the day and its provider's transport.

        None where a count or a price is unknown (see `Price.cost_usd`).
        """
        model = self.models[model_name]
        price = price_at(model.price_periods, when)
        if price is None:
            return None
        usd = price.cost_usd(prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens)
        provider = self.providers[model.provider]
        if usd is None or provider.transport != "batch":
            return usd
        return usd * (provider.batch_price_factor if price.batch_factor is None else price.batch_factor)

    @property
    def paths_per_question(self) -> int:
        """N: generated paths per question."""
        return sum(len(slot.temperatures) for slot in self.roles.generator)
