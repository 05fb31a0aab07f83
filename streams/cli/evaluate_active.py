"""`evenhand evaluate active`: which requests a person should answer first, and who waits meanwhile."""

from collections.abc import Iterator
from statistics import mean
from typing import Annotated, Any

import typer
from rich.progress import TextColumn

from models.evaluation.data.labelled_file import LabelledFile, RowSelection
from models.evaluation.data.labels import labels_for
from models.evaluation.online.active import LEVELS, Activity, Order, Treated
from models.statistics.shares import Share
from streams.cli.console import print_json, progress, stdout
from streams.cli.inputs import JsonOption, ModelOption
from streams.cli.labelled import (
    DataOption,
    LabelsOption,
    LimitOption,
    MapOption,
    SampleOption,
    SeedOption,
    SinceOption,
    UntilOption,
    WithMccOption,
    grid,
)
from streams.files.evaluate_active import ActiveOptions, evaluate_active
from streams.settings.settings import load_settings

_PLAYED = ActiveOptions()


def active(
    data: DataOption,
    labels: LabelsOption,
    label_map: MapOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    with_mcc: WithMccOption = False,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = 0,
    forget: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=1, help="Merchants that the model's memory is made to forget.")
    ] = _PLAYED.forget,
    cap: Annotated[int, typer.Option(metavar="N", min=1, help="Rows of one merchant, at most.")] = _PLAYED.cap,
    draws: Annotated[int, typer.Option(metavar="N", min=1, help="How often random orders are drawn.")] = _PLAYED.draws,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure in which order requests should be answered: corrections for the same accuracy, and who waits meanwhile.

    Half of the rows wait, as far as the ensemble asks for a person; each answer is the row's label. The other rows of
    merchants that are not in the model's memory are judged. The orders: random, one by one; random, uncertainty alone
    and the queue's priority, where an answer settles what else waits of the same merchant.

    Example: evenhand evaluate active --data labelled.csv --labels mcc
    """
    settings = load_settings(model=model)
    first, last = since.date() if since else None, until.date() if until else None
    selection = RowSelection(first, last, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection)
    options = ActiveOptions(forget, cap, draws, seed)
    with progress(TextColumn("{task.description}")) as display:
        task = display.add_task("deciding", total=None)
        played = evaluate_active(rows, settings, options, on_part=lambda name: display.update(task, description=name))
    if as_json:
        print_json({"data": data.name, "model": played.model_version, "rows": played.rows} | _data(played.found))
        return
    console, found = stdout(), played.found
    console.print(f"{found.waiting:,} requests of {found.merchants:,} merchants wait, {found.judged:,} rows are judged")
    console.print(f"right without corrections {_share(found.before)}, with all {_share(found.after)}", markup=False)
    console.print("\ncorrections needed for a share of that gain; of random orders the mean, least and most")
    console.print(grid([("", *(f"{level:.0%}" for level in LEVELS)), *_needed(found)]))
    console.print(f"\nsettled with another request, and rightly: {_share(found.settled_right)}", markup=False)
    console.print(f"\nsettled after the answers that {LEVELS[1]:.0%} of the gain takes by priority, by group")
    console.print(grid([("", "waiting", "by priority", "at random"), *map(_group, found.treated)]))
    console.print(f"\n{played.rows:,} rows of {data.name}, model {played.model_version}", markup=False, soft_wrap=True)


def _needed(found: Activity) -> Iterator[tuple[str, ...]]:
    for order in Order:
        yield order.value, *(_counts(found.needed(order, level)) for level in LEVELS)


def _counts(counts: list[int]) -> str:
    if not counts:
        return "never"
    several = f" ({min(counts):,} to {max(counts):,})" if len(counts) > 1 else ""
    return f"{mean(counts):,.0f}{several}"


def _share(share: Share | None) -> str:
    if share is None:
        return "none"
    low, high = share.interval
    return f"{100 * share.value:.1f}% [{100 * low:.1f}, {100 * high:.1f}] of {share.rows:,}"


def _group(each: Treated) -> tuple[str, ...]:
    return each.name, f"{each.settled.rows:,}", _share(each.settled), f"{100 * each.by_chance:.1f}%"


def _data(found: Activity) -> dict[str, Any]:
    return {
        "waiting": found.waiting,
        "merchants": found.merchants,
        "judged": found.judged,
        "right_before": _plain(found.before),
        "right_after": _plain(found.after),
        "settled_right": _plain(found.settled_right),
        "needed": {order.value: {f"{level:.2f}": found.needed(order, level) for level in LEVELS} for order in Order},
        "courses": {
            order.value: [{str(number): right for number, right in course.right.items()} for course in courses]
            for order, courses in found.courses.items()
        },
        "treated": [
            {"group": each.name, "settled": _plain(each.settled), "at_random": round(each.by_chance, 4)}
            for each in found.treated
        ],
    }


def _plain(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {
        "share": round(share.value, 4),
        "rows": share.rows,
        "interval": [round(bound, 4) for bound in share.interval],
    }
