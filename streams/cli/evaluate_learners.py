"""`evenhand evaluate learners`: which learner is best at texts of corrections, and from when on it may speak."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.progress import TextColumn

from models.errors import ConfigurationError
from models.statistics.intervals import wilson
from models.training.config import TrainingConfig
from models.training.online.candidates import candidates
from models.training.online.thresholds import Spoken, as_shipped, by_probability, by_support, least
from models.training.online.trial import (
    AFTER_DRIFT,
    JUDGED,
    STAGES,
    Measured,
    Pair,
    Part,
    Share,
    measured,
    merchants_of,
)
from streams.cli.console import print_json, progress, stdout
from streams.cli.inputs import JsonOption
from streams.cli.labelled import grid


def learners(
    learner: Annotated[
        list[str] | None, typer.Option("--learner", metavar="NAME", help="Only this one; may be given several times.")
    ] = None,
    corrections: Annotated[
        int, typer.Option(metavar="N", min=10, help="Corrections that each learns, at most.")
    ] = STAGES[-1],
    judged: Annotated[int, typer.Option(metavar="N", min=10, help="Merchants that are judged.")] = JUDGED,
    thresholds: Annotated[
        bool, typer.Option("--thresholds", metavar="", help="Choose from when on the shipped one may speak, instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure learners of River on texts of corrections: accuracy on merchants left out, speed, size, drift.

    The merchants are those of the shipped descriptors, each corrected once; merchants that begin with the same word
    are on one side of the split. --thresholds works on a third part, on which no accuracy is told.

    Example: evenhand evaluate learners --learner "softmax regression" --corrections 200 --judged 100
    """
    chosen = {name: make for name, make in candidates().items() if not learner or name in learner}
    if not chosen or (learner and len(chosen) < len(set(learner))):
        raise ConfigurationError(f"--learner takes these: {', '.join(candidates())}")
    with progress(TextColumn("{task.description}")) as display:
        task = display.add_task("reading merchants", total=None)
        parts = merchants_of(TrainingConfig())
        learn = parts[Part.LEARN]
        if thresholds:
            display.update(task, description="learning")
            _tell_thresholds(learn, parts[Part.CHOOSE][:judged], parts[Part.REPORT][:judged], as_json=as_json)
            return
        stages = [*(stage for stage in STAGES if stage < corrections), corrections]
        after = [number for number in AFTER_DRIFT if number <= corrections]
        report = parts[Part.REPORT][:judged]
        found: dict[str, Measured] = {}
        for name, make in chosen.items():
            display.update(task, description=name)
            found[name] = measured(make, learn, report, clock=time.process_time, stages=stages, after_drift=after)
    if as_json:
        print_json({"judged": len(report), "learners": {name: _data(each) for name, each in found.items()}})
        return
    head = ("", *(f"right after {number:,}" for number in stages), "said before", "per CPU s", "bytes")
    console = stdout()
    console.print(grid([head, *(_row(name, each, stages) for name, each in found.items())]))
    console.print("\nof categories that change places, right after so many corrections more")
    drifted = [("", *(f"{number:,}" for number in after)), *(_drift(name, each, after) for name, each in found.items())]
    console.print(grid(drifted))


def _tell_thresholds(learn: Sequence[Pair], choose: Sequence[Pair], report: Sequence[Pair], *, as_json: bool) -> None:
    spoken = list(by_probability(learn, choose))
    probability = least(spoken)
    few = list(by_support(learn, choose, probability)) if probability is not None else []
    shipped = list(as_shipped(learn, report))
    if as_json:
        print_json(
            {
                "as_shipped": [*map(_said, shipped)],
                "least": probability,
                "by_probability": [*map(_said, spoken)],
                "by_support": [*map(_said, few)],
            }
        )
        return
    console = stdout()
    stages = sorted({each.stage for each in spoken})
    rows = [
        (f"{threshold:.2f}", *(_share(each.right) for each in spoken if each.threshold == threshold))
        for threshold in sorted({each.threshold for each in spoken})
    ]
    console.print("right of what is said from a probability on, after so many corrections")
    console.print(grid([("", *(f"{stage:,}" for stage in stages)), *rows]))
    console.print(f"\nleast probability that is good enough at every stage: {probability}")
    console.print("\nright of what is said of a category with so few corrections")
    console.print(grid([(f"{each.threshold:.0f}", _share(each.right)) for each in few]))
    console.print(f"\nas shipped, of {len(report):,} merchants on which nothing was chosen: right of what is said")
    console.print(grid([(f"after {each.stage:,}", _share(each.right)) for each in shipped]))


def _row(name: str, each: Measured, stages: Sequence[int]) -> tuple[str, ...]:
    shares = (_share(each.accuracy.get(stage)) for stage in stages)
    return name, *shares, _share(each.prequential), f"{each.rate:,.0f}", f"{each.size:,}"


def _drift(name: str, each: Measured, after: Sequence[int]) -> tuple[str, ...]:
    return name, *(_share(each.recovery.get(number)) for number in after)


def _share(share: Share | None) -> str:
    if share is None or not share.total:
        return "-"
    low, high = wilson(*share)
    return f"{100 * share.hits / share.total:.1f}% [{100 * low:.1f}, {100 * high:.1f}] of {share.total:,}"


def _data(each: Measured) -> dict[str, Any]:
    return {
        "accuracy": {str(number): list(share) for number, share in each.accuracy.items()},
        "prequential": list(each.prequential),
        "per_cpu_second": round(each.rate),
        "bytes": each.size,
        "recovery": {str(number): list(share) for number, share in each.recovery.items()},
    }


def _said(each: Spoken) -> dict[str, Any]:
    return {"threshold": each.threshold, "corrections": each.stage, "right": list(each.right), "judged": each.judged}
