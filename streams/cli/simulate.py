"""`evenhand simulate`: how soon the monitors find what is planted, and how often they alarm for nothing."""

import os
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn

from models.training.config import SAMPLE_ROWS
from streams.cli.console import print_json, progress, stdout
from streams.cli.inputs import JsonOption
from streams.settings.settings import load_settings
from streams.trials.simulate.report import data, text
from streams.trials.simulate.run import SimulationOptions
from streams.trials.simulate.run import simulate as run_fleets
from streams.trials.simulate.scenarios import NULL, SCENARIOS

NullOption = Annotated[bool, typer.Option("--null", metavar="", help="Only fleets in which nothing is planted.")]
ScenarioOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only this scenario; may be repeated.", show_default="all")
]
FleetsOption = Annotated[int, typer.Option(metavar="N", min=1, help="Fleets of each scenario.")]
SeedOption = Annotated[int, typer.Option(metavar="N", min=0, help="Seed of all draws.")]
BaseErrorOption = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        min=0,
        max=0.5,
        help="Share of accepted decisions that is wrong.",
        show_default="measured without card codes",
    ),
]
DaysOption = Annotated[
    float | None,
    typer.Option(
        metavar="DAYS", min=0.01, max=60, help="Length of each stream in event time.", show_default="the scenario's"
    ),
]
LabelsOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Blind labels a day, about.", show_default="the scenario's")
]
BlindShareOption = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        min=0.001,
        max=1,
        help="Share of accepted decisions that people are asked about.",
        show_default="the scenario's",
    ),
]
RowsOption = Annotated[
    int, typer.Option(metavar="N", min=100, max=SAMPLE_ROWS, help="Draw from the latest so many rows of the sample.")
]
ProcessesOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Processes at once.", show_default="one for each core")
]


def simulate(
    null: NullOption = False,
    scenario: ScenarioOption = None,
    fleets: FleetsOption = 20,
    seed: SeedOption = 0,
    base_error: BaseErrorOption = None,
    days: DaysOption = None,
    labels_per_day: LabelsOption = None,
    blind_share: BlindShareOption = None,
    rows: RowsOption = SAMPLE_ROWS,
    processes: ProcessesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the fairness monitors on simulated streams: delay to detection, false alarms, with intervals.

    A fleet is one stream of real transactions, decided by the real model and judged by the real handlers and monitors,
    with an uneven treatment planted at a known moment, or with none. No broker is needed. The same seed gives the same
    figures, whatever the number of processes. A bar that is missed is information: exit code 0.

    Example: evenhand simulate --null --fleets 1000
    """
    if unknown := set(scenario or ()) - SCENARIOS.keys():
        raise typer.BadParameter(
            f"no {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}", param_hint="--scenario"
        )
    if null and scenario:
        raise typer.BadParameter("--null is --scenario none: give one of them", param_hint="--null")
    names = [NULL.name] if null else list(dict.fromkeys(scenario or SCENARIOS))
    options = SimulationOptions(
        scenarios=[SCENARIOS[name] for name in names],
        fleets=fleets,
        seed=seed,
        rows=rows,
        processes=processes or os.cpu_count() or 1,
        error=base_error,
        days=days,
        labels_per_day=labels_per_day,
        blind_share=blind_share,
    )
    settings = load_settings()
    with progress(BarColumn(), MofNCompleteColumn()) as display:
        task = display.add_task("", total=fleets * len(names))
        found = run_fleets(options, settings, lambda step, done: display.update(task, description=step, completed=done))
    if as_json:
        print_json(data(found))
    else:
        stdout().print(text(found), markup=False)
