"""Makes the plan of a build: walks in scratch warehouses, what their missing calls come to in tokens and dollars."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.ledger.opening import open_for_reading
from reasonmed_assets.machine import working_folder
from reasonmed_assets.materialisation.session import read_inputs
from reasonmed_assets.orchestration.plan.asking import Missing, Step
from reasonmed_assets.orchestration.plan.differences import explain
from reasonmed_assets.orchestration.plan.history import History, Usage, seconds_at_limits, spread
from reasonmed_assets.orchestration.plan.kept import keep, what_is_planned
from reasonmed_assets.orchestration.plan.plan import NONE, ChangedRow, Interval, Plan, PlannedCall, PlannedCalls
from reasonmed_assets.orchestration.plan.reasons import UNDER_WAY, Reasons
from reasonmed_assets.orchestration.plan.scratch import Place, Walk, in_scratch, walk
from reasonmed_assets.orchestration.plan.stand_ins import Replies, StandIns
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sources import InputFiles, Reading
from reasonmed_assets.storage import Warehouse, make_or_open_warehouse, open_warehouse, scratch_over

BEFORE, AFTER = "before", "after"
_DRAWS = 5
_MANY = 400
"""Questions with missing replies of which the halves of one walk are the draws: their sum varies little."""
_LEAST_DOUBT = 0.25
"""How far what is estimated may be off at least, in parts: the next replies are of no earlier kind."""
_WIDEST = 1 / 3
"""How far the dollars of draws widen the interval at most, in parts: its upper end is then twice its lower."""
_RETRIES_LOW, _RETRIES_HIGH = 0.3, 2.0
"""Parts of the expected retries that there may be."""
_STORED = """
select
    used_by,
    source,
    role,
    provider,
    model,
    count(*) filter (cost_share = 1) + count(distinct call_key) filter (cost_share < 1)
from call_uses
inner join (select call_key, provider, model from llm_calls where attempt = 1) as calls using (call_key)
group by all
"""
"""Most calls serve one row: there is no need to look for these among the others."""

Key = tuple[str, str, str, str]
"""Source, table, role and model."""


@dataclass
class _Counts:
    """Calls of one kind in one draw."""

    stored: int = 0
    under_way: int = 0
    to_make: float = 0.0
    characters: float = 0.0
    reasons: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, characters: int, reason: str, weight: float) -> None:
        """Count a call that the ledger lacks."""
        if reason == UNDER_WAY:
            self.under_way += 1
        elif weight:
            self.to_make += weight
            self.characters += weight * characters
            self.reasons[reason] += weight


_UNSCALED = (1.0, 1.0, 1.0)


_Counted = dict[Key, _Counts]


class _Draw:
    """One walk with one set of stand-ins, and what it counted.

    Attributes:
        exact: calls that no reply to come decides about.
        estimated: the others.
        halves: the same, by half of the questions that are followed, each as if it stood for all.
        listed: the single calls behind both, where asked for.
    """

    def __init__(self, stand_ins: StandIns, reasons: Reasons, wanted: str | None) -> None:
        self.exact, self.estimated, *self.halves = (defaultdict[Key, _Counts](_Counts) for _ in range(4))
        self.listed: list[tuple[Key, Missing, str, bool]] = []
        self.stand_ins = stand_ins
        self._reasons = reasons
        self._wanted = wanted
        self._open: dict[str, set[str]] = defaultdict(set)
        self._before: frozenset[str] | None = None

    @property
    def n_open(self) -> int:
        """Questions with missing replies."""
        return sum(map(len, self._open.values()))

    def count(self, place: Place, step: Step, is_certain: bool) -> None:
        """Count what a part of one run of a step found."""
        source = place.partition or ""
        counts = (self.exact,) if is_certain else (self.estimated, *self.halves)
        if self._before is None:
            self._before = frozenset(self._open[source])
        open_before = self._before
        scales = self._scales(open_before, source)
        for model, n in step.stored.items():
            for one in counts:
                one[source, place.table, step.role, model].stored += n
        for missing, reason in zip(step.missing, self._reasons.of(place, step.missing), strict=True):
            kind = (source, place.table, missing.role, missing.model)
            if self._wanted is not None and self._wanted in (
                missing.row_id, missing.row_id.partition("/")[0], missing.question_id, missing.call_key, "",
            ):  # fmt: skip
                self.listed.append((kind, missing, reason, is_certain))
            is_new = is_certain or missing.question_id not in open_before
            weights = _UNSCALED if is_new else scales[self.stand_ins.half(missing.question_id)]
            for one, weight in zip(counts, weights, strict=False):
                one[kind].add(missing.characters, reason, weight)
            if reason != UNDER_WAY:
                self._open[source].add(missing.question_id)
        self._open[source].update(step.open_questions)
        if step.is_over:
            self._before = None

    def _scales(self, questions: Collection[str], source: str) -> Sequence[Sequence[float]]:
        """How many questions one of either half stands for: in the whole, in the first half, and in the second."""
        followed = [self.stand_ins.half(one) for one in questions if self.stand_ins.follows(one, source)]
        whole = len(questions) / len(followed) if followed else 1.0
        if len(set(followed)) < 2:
            return (whole, whole, whole), (whole, whole, whole)
        first, second = (len(questions) / followed.count(half) for half in (0, 1))
        return (whole, first, 0.0), (whole, 0.0, second)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for the scratch warehouses of one plan, removed in the end."""
    with working_folder("plan") as folder:
        yield folder


def plan(
    settings: BuildSettings,
    *,
    sources: Sequence[str] = (),
    tables: Collection[str] | None = None,
    replace: bool = False,
    wanted: str | None = None,
) -> Plan:
    """What a build with these settings would do. Nothing is changed; its figures are kept for the record of that build.

    Args:
        settings: of the build.
        sources: the sources to build; none: all that the profile declares.
        tables: the tables to make; None: every one.
        replace: the warehouse is set aside first.
        wanted: list the single calls of a row, a question or a call; empty: of all; None: of none.

    Raises:
        ReasonmedError: the build could not start.
    """
    files = InputFiles()
    made_for = what_is_planned(settings, files, sources, tables)
    with scratch_folder() as folder:
        found = plan_in(folder, settings, files, sources=sources, tables=tables, replace=replace, wanted=wanted)
    if not replace:
        keep(found, made_for, settings.warehouse_folder)
    return found


def plan_in(
    folder: Path,
    settings: BuildSettings,
    files: InputFiles,
    *,
    sources: Sequence[str] = (),
    tables: Collection[str] | None = None,
    replace: bool = False,
    wanted: str | None = None,
) -> Plan:
    """See `plan`; two warehouses stay in a folder: `BEFORE`, and `AFTER` over it, with what the build would publish."""
    readings: dict[str, Reading] = {}
    declarations, _ = read_inputs(settings, files)
    profile = settings.loaded_profile
    base = _frozen(settings, folder / BEFORE, replace=replace)
    base.bind(profile.provider_kind, str(settings.data_folder))
    with base.read() as con:
        questions = {key for (key,) in con.sql("select question_id from questions").fetchall()}
    with open_for_reading(settings.ledger_reference, folder) as ledger, ThreadPoolExecutor(1) as beside:
        # It leaves the interpreter to the walk.
        serving = beside.submit(_stored, base, profile)
        history = History(base, ledger, profile)
        replies = Replies(profile, ledger, history)
        draws: list[_Draw] = []
        first: Walk | None = None
        n_draws = 1
        while len(draws) < n_draws:
            place = folder / (AFTER if not draws else f"draw {len(draws)}")
            with scratch_over(base, place) as scratch:
                stand_ins = StandIns(profile, replies, scratch, seed=len(draws) + 1)
                draw = _Draw(stand_ins, Reasons(ledger, scratch, questions), wanted if not draws else None)
                found = walk(
                    in_scratch(settings, place),
                    scratch,
                    ledger,
                    files,
                    readings,
                    stand_ins,
                    sources=tuple(dict.fromkeys(sources or declarations)),
                    tables=TABLES if tables is None else tables,
                    on_step=draw.count,
                    is_for_calls=bool(draws),
                )
            if draws:
                shutil.rmtree(place)
            draws.append(draw)
            first = first or found
            if draw.estimated:
                n_draws = _DRAWS if draw.n_open < _MANY else 1
        assert first is not None
        unchanged = {(partition, table) for table, partition in first.unchanged}
        stored = {kind: n for kind, n in serving.result().items() if kind[:2] in unchanged}
        explained: list[ChangedRow] = []
        if wanted:
            with scratch_over(base, folder / AFTER) as after:
                explained += explain(base, after, first, wanted)
        drawn = [draw.estimated for draw in draws]
        if n_draws == 1 and draws[0].estimated:
            drawn = draws[0].halves
        return _plan(profile, history, draws[0], drawn, first, stored, explained)


def _frozen(settings: BuildSettings, folder: Path, *, replace: bool) -> Warehouse:
    if replace or not settings.warehouse_folder.is_dir():
        return make_or_open_warehouse(folder)
    original = open_warehouse(settings.warehouse_folder)
    original.refuse_other_build(settings.loaded_profile.provider_kind, str(settings.data_folder))
    original.freeze_in(folder)
    return make_or_open_warehouse(folder)


def _stored(warehouse: Warehouse, profile: Profile) -> dict[Key, int]:
    """Calls behind the rows that are published."""
    names = {(model.provider, model.name): name for name, model in profile.models.items()}
    with warehouse.read() as con:
        rows = con.execute(_STORED).fetchall()
    return {
        (source, table, role, names.get((provider, model), model)): n
        for table, source, role, provider, model, n in rows
    }


def _plan(
    profile: Profile,
    history: History,
    draw: _Draw,
    drawn: Sequence[_Counted],
    found: Walk,
    stored: Mapping[Key, int],
    explained: Sequence[ChangedRow],
) -> Plan:
    totals = _Totals(profile, history, draw, drawn, stored)
    keys = sorted({*stored, *draw.exact, *(key for one in drawn for key in one)}, key=_in_order)
    calls = [totals.add(key) for key in keys]
    return Plan(
        calls,
        found.rows,
        None if None in totals.seconds else sum(one for one in totals.seconds if one is not None),
        totals.first_usd,
        totals.first_usd + Interval.exactly(totals.again_usd).times(_RETRIES_LOW, _RETRIES_HIGH),
        totals.unpriced,
        len(drawn) if draw.estimated else 0,
        _listed(history, draw),
        explained,
        sorted(totals.notes | totals.doubts),
    )


class _Totals:
    """Adds up what calls of each kind come to.

    Attributes:
        again_usd: dollars of retries.
        unpriced: calls to be made without a price.
        seconds: how long the calls of each kind take; None where nothing tells.
        notes: what rests on little.
    """

    def __init__(
        self,
        profile: Profile,
        history: History,
        draw: _Draw,
        drawn: Sequence[_Counted],
        stored: Mapping[Key, int],
    ) -> None:
        self._profile = profile
        self._history = history
        self._draw = draw
        self._counted = drawn
        self._stored = stored
        self._sure_usd = NONE
        self._drawn_usd = [0.0] * len(drawn)
        self._doubt_usd = 0.0
        self.again_usd = 0.0
        self.unpriced = 0.0
        self.seconds: list[float | None] = []
        self.notes: set[str] = set()

    @property
    def first_usd(self) -> Interval:
        """Dollars of all calls without retries: of what is estimated the sum varies less than its parts together."""
        return self._sure_usd + self._drawn(_WIDEST)

    def _drawn(self, widest: float) -> Interval:
        mean = _mean(self._drawn_usd)
        return spread(self._drawn_usd, _LEAST_DOUBT + (self._doubt_usd / mean if mean else 0.0), widest)

    @property
    def doubts(self) -> set[str]:
        """That the draws are further apart than the interval says, where they are."""
        if self._drawn(inf) == self._drawn(_WIDEST):
            return set()
        low, high = (end(self._drawn_usd) + self._sure_usd.expected for end in (min, max))
        return {f"few questions decide: by earlier replies the calls come to ${low:,.4f} to ${high:,.4f}"}

    def add(self, key: Key) -> PlannedCalls:
        """The calls of one kind, added to the totals."""
        source, table, role, model = key
        sure = self._draw.exact.get(key, _Counts())
        drawn = [one.get(key, _Counts()) for one in self._counted]
        has = self._stored.get(key, 0) + sure.stored + round(_mean([one.stored for one in drawn]))
        waiting = sure.under_way + max(one.under_way for one in drawn)
        to_make = Interval.exactly(sure.to_make) + spread([one.to_make for one in drawn], _LEAST_DOUBT)
        if not to_make.high:
            return PlannedCalls(source, table, role, model, has, waiting, NONE, {}, 0.0, 0.0, 0.0, NONE, 0.0)
        usage = self._history.usage(role, model, source, self._draw.stand_ins.rehearsed.get(role, ()))
        again = usage.unusable_share
        n_calls = to_make.expected * (1 + again)
        prompt = (sure.characters + _mean([one.characters for one in drawn])) * usage.tokens_per_character * (1 + again)
        completion = n_calls * usage.completion_tokens
        provider = self._profile.providers[self._profile.models[model].provider]
        self.seconds.append(seconds_at_limits(provider, n_calls, prompt + completion, usage.latency_s))
        self.notes |= _notes(role, model, usage)
        usd = self._add_usd(model, usage, sure, drawn)
        if usd is None:
            self.unpriced += to_make.expected
        reasons = _averaged([one.reasons for one in drawn])
        for why, n in sure.reasons.items():
            reasons[why] = reasons.get(why, 0.0) + n
        return PlannedCalls(
            source,
            table,
            role,
            model,
            stored=has,
            under_way=waiting,
            to_make=to_make,
            reasons=dict(sorted(reasons.items(), key=lambda one: -one[1])),
            retries=to_make.expected * again,
            prompt_tokens=prompt,
            completion_tokens=completion,
            usd=usd,
            retries_usd=None if usd is None else usd.expected * again,
        )

    def _add_usd(self, model: str, usage: Usage, sure: _Counts, drawn: Sequence[_Counts]) -> Interval | None:
        """Dollars of calls of one kind; None without a price."""
        exact = self._history.usd(usage, model, sure.to_make, sure.characters)
        usds = [self._history.usd(usage, model, one.to_make, one.characters) for one in drawn]
        known = [one for one in usds if one is not None]
        if exact is None or len(known) < len(usds):
            return None
        certain = Interval.exactly(exact).times(1 / (1 + usage.doubt), 1 + usage.doubt)
        self._sure_usd = self._sure_usd + certain
        self._drawn_usd = [before + one for before, one in zip(self._drawn_usd, known, strict=True)]
        self._doubt_usd += _mean(known) * usage.doubt
        self.again_usd += (exact + _mean(known)) * usage.unusable_share
        return certain + spread(known, _LEAST_DOUBT + usage.doubt)


def _listed(history: History, draw: _Draw) -> list[PlannedCall]:
    calls = []
    for (source, table, role, model), one, reason, is_certain in draw.listed:
        usage = history.usage(role, model, source, draw.stand_ins.rehearsed.get(role, ()))
        usd = history.usd(usage, model, 1, one.characters)
        calls.append(
            PlannedCall(table, source, role, model, one.row_id, one.question_id, one.call_key, reason, is_certain, usd)
        )
    return calls


def _notes(role: str, model: str, usage: Usage) -> set[str]:
    if usage.origin == "calls of this kind":
        return set()
    what = {"nothing": "no earlier call, but the shapes of the rehearsal"}.get(usage.origin, usage.origin)
    return {f"{role} by {model}: tokens and time follow from {what}"}


def _in_order(key: Key) -> tuple[str, int, str, str]:
    source, table, role, model = key
    return source, list(TABLES).index(table), role, model


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _averaged(counters: Sequence[Mapping[str, float]]) -> dict[str, float]:
    summed: dict[str, float] = defaultdict(float)
    for one in counters:
        for name, n in one.items():
            summed[name] += n
    return {name: n / len(counters) for name, n in summed.items()}
