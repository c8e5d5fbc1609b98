"""`reasonmed doctor`: whether a build could start, before it does, and what its models honour."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from reasonmed_assets.cli.options import RecipeOptions, plain_errors, takes

if TYPE_CHECKING:
    from rich.console import Console

    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.llm.engine.progress import CallStats
    from reasonmed_assets.orchestration.probing import Plan, Probed

_MARKS = {
    "ok": ("ok    ", "green"),
    "change": ("change", "red"),
    "wrong": ("wrong ", "red"),
    "note": ("note  ", "yellow"),
}


@takes(RecipeOptions)
def doctor(
    options: RecipeOptions,
    probe: Annotated[bool, typer.Option("--probe", help="Find out by a few calls what each model honours.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Probe without asking, whatever it costs.")] = False,
) -> None:
    """Check profile, overrides, source files, endpoints, keys, disk and versions, and report problems."""
    from rich.text import Text

    from reasonmed_assets.cli.terminal import new_console
    from reasonmed_assets.config.recipes.recipe import RecipeError
    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.orchestration.doctor import diagnose
    from reasonmed_assets.orchestration.starting import begin

    with plain_errors():
        settings = BuildSettings.begin(options.given)
        with suppress(RecipeError):
            # What an earlier version does not tell is asked for by the next build.
            settings = begin(options.given)
    console = new_console()
    findings = diagnose(settings)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        mark = ("ok   ", "green") if finding.is_fine else ("wrong", "red")
        detail = finding.detail.replace("\n", "\n" + " " * (width + 9))
        console.print(Text.assemble(mark, f"  {finding.subject:<{width}}  {detail}"), soft_wrap=True)
    is_fine = all(finding.is_fine for finding in findings)
    if probe:
        with plain_errors():
            is_fine &= _probe(console, settings, yes)
    if not is_fine:
        raise typer.Exit(1)


def _probe(console: Console, settings: BuildSettings, yes: bool) -> bool:
    """Probe the profile's models; returns whether each does what the profile says."""
    from reasonmed_assets import interruption
    from reasonmed_assets.llm.engine.progress import CallStats
    from reasonmed_assets.orchestration.probing import plan, probe

    planned = plan(settings.loaded_profile)
    console.print(f"\nProbe: {_announced(planned)}", soft_wrap=True)
    if not planned.is_free and not yes:
        typer.confirm("Make these calls?", abort=True)
    stats, found = CallStats(), []
    try:
        with interruption.heeded():
            for one in probe(settings, planned, stats):
                _print_model(console, settings, one)
                found.append(one)
    finally:
        console.print(f"\n{_spent(stats)}; they are in {settings.ledger_reference}", soft_wrap=True)
    _print_lines(console, settings, found)
    return all(one.is_fine for one in found)


def _announced(planned: Plan) -> str:
    """What a probe will ask, and what it may cost."""
    lines = [f"{planned.n_calls} calls to {', '.join(planned.models) or 'no model'}"]
    if planned.unpriced:
        known = f"${planned.usd:,.4f} for the others and " if planned.usd else ""
        lines[0] += f", at most {known}an unknown price for {', '.join(planned.unpriced)}"
    else:
        lines[0] += f", at most ${planned.usd:,.4f}" if planned.usd else ", free"
    lines += [f"not probed: {name}, {why}" for name, why in planned.not_probed.items()]
    return "\n".join(lines)


def _spent(stats: CallStats) -> str:
    bill = stats.bill
    unknown = f" and {bill.n_unknown} of unknown cost" if bill.n_unknown else ""
    return f"{stats.attempts} requests were made, for ${bill.usd:,.4f}{unknown}"


def _print_model(console: Console, settings: BuildSettings, found: Probed) -> None:
    from rich.text import Text

    model = settings.loaded_profile.models[found.name]
    console.print(f"\n{found.name}: {model.name} of provider {model.provider}", soft_wrap=True)
    if found.problem:
        console.print(Text.assemble(_MARKS["wrong"], f"  {found.problem}"), soft_wrap=True)
    width = max(map(len, found.judgements), default=0)
    for name, one in found.judgements.items():
        declared = f"  (declared: {one.declared})" if one.declared else ""
        console.print(
            Text.assemble(_MARKS[one.state], f"  {name:<{width}}  {one.found}", (declared, "dim")), soft_wrap=True
        )


def _print_lines(console: Console, settings: BuildSettings, found: list[Probed]) -> None:
    """The lines of the profile to change."""
    from reasonmed_assets.config.reading import shipped_profiles
    from reasonmed_assets.orchestration.probing import advised_lines

    changes = [one.change for model in found for one in model.judgements.values() if one.change is not None]
    if not changes:
        return
    is_shipped = settings.profile in shipped_profiles()
    where = f'a profile with extends = "{settings.profile}"' if is_shipped else settings.profile
    console.print(f"\nIn {where}:\n\n{advised_lines(settings.loaded_profile, changes)}", soft_wrap=True)
