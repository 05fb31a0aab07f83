"""`evenhand evaluate active`: which requests a person should answer first, and who waits meanwhile."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from statistics import mean
from typing import Annotated, Any

import typer
from rich.progress import TextColumn

from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import labels_for
from models.evaluation.online.active import LEVELS, Activity, Order, Treated, treated_together
from models.statistics.counting import several
from models.statistics.shares import Share, share
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
    selection_of,
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
    draws: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often the rows are divided, and all orders played.")
    ] = _PLAYED.draws,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure in which order requests should be answered: corrections for the same accuracy, and who waits meanwhile.

    Half of the rows wait, as far as the ensemble asks for a person; each answer is the row's label. The other rows of
    merchants that are not in the model's memory are judged. The orders: random, one by one; random, uncertainty alone
    and the queue's priority, where an answer settles what else waits of the same merchant; and one that knows what is
    wrong, which no order beats by much.

    Example: evenhand evaluate active --data labelled.csv --labels mcc
    """
    settings = load_settings(model=model)
    selection = selection_of(since, until, with_mcc=with_mcc, limit=limit, sample=sample, seed=seed)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection)
    options = ActiveOptions(forget, cap, draws, seed)
    with progress(TextColumn("{task.description}")) as display:
        task = display.add_task("deciding", total=None)
        played = evaluate_active(rows, settings, options, on_part=lambda name: display.update(task, description=name))
    if as_json:
        print_json({"data": data.name, "model": played.model_version, "rows": played.rows} | _data(played.played))
        return
    console, all_played = stdout(), played.played
    first_played = all_played[0]
    before = share(sum(each.before for each in all_played), sum(each.judged for each in all_played))
    after = share(sum(each.goal for each in all_played), before.rows)
    console.print(
        f"{len(all_played)} divisions of the rows; in the first {several(first_played.waiting, 'request')} of "
        f"{several(first_played.merchants, 'merchant')} wait, and {several(first_played.judged, 'row')} are judged",
        soft_wrap=True,
    )
    console.print(f"right without corrections {_share(before)}, with all {_share(after)}", markup=False, soft_wrap=True)
    console.print("\ncorrections needed for a share of that gain: mean, least and most of the divisions")
    console.print(grid([("", *(f"{level:.0%}" for level in LEVELS)), *_needed(all_played)]))
    hits, total = (sum(each.beside[place] for each in all_played) for place in (1, 0))
    rightly = _share(share(hits, total)) if total else "none"
    console.print(f"\nsettled with another request, and rightly: {rightly}", markup=False)
    console.print(f"\nsettled after the answers that {LEVELS[1]:.0%} of the gain takes by priority, by group")
    head = ("", "of the waiting", "at random", "of the wrong")
    console.print(grid([head, *map(_group, treated_together(all_played))]))
    console.print(
        f"\n{several(played.rows, 'row')} of {data.name}, model {played.model_version}", markup=False, soft_wrap=True
    )


def _needed(played: Sequence[Activity]) -> Iterator[tuple[str, ...]]:
    for order in Order:
        yield order.value, *(_counts([each.needed(order, level) for each in played]) for level in LEVELS)


def _counts(counts: Sequence[int | None]) -> str:
    reached = [count for count in counts if count is not None]
    if not reached:
        return "no gain"
    several = f" ({min(reached):,} to {max(reached):,})" if len(reached) > 1 else ""
    return f"{mean(reached):,.0f}{several}"


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{100 * share.value:.1f}% [{100 * low:.1f}, {100 * high:.1f}] of {share.rows:,}"


def _group(each: Treated) -> tuple[str, ...]:
    wrong = _share(share(each.settled_wrong, each.wrong)) if each.wrong else "none"
    return each.name, _share(share(each.settled, each.waiting)), f"{100 * each.by_chance / each.waiting:.1f}%", wrong


def _data(played: Sequence[Activity]) -> dict[str, Any]:
    return {
        "divisions": [
            {
                "waiting": found.waiting,
                "merchants": found.merchants,
                "judged": found.judged,
                "right_before": found.before,
                "right_after": found.goal,
                "needed": {
                    order.value: {f"{level:.2f}": found.needed(order, level) for level in LEVELS} for order in Order
                },
                "courses": {
                    order.value: {str(number): right for number, right in course.right.items()}
                    for order, course in found.courses.items()
                },
            }
            for found in played
        ],
        "treated": [asdict(each) for each in treated_together(played)],
    }
