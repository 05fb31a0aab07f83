"""Alarms of level rules that are right where nothing is planted, as the monitors say of all that is drawn from.

A share of the population that lies beyond its limit is no false alarm when it is found in a fleet.
"""

from datetime import timedelta

import numpy as np

from monitors.base.contract import View
from monitors.counts.cells import Counts, empty
from monitors.counts.observation import BUCKET_SECONDS, decode
from monitors.counts.windows import LENGTHS
from streams.trials.simulate.fleet import WorkerSide
from streams.trials.simulate.plan import draw
from streams.trials.simulate.scenarios import NULL, Subject, Traffic
from streams.trials.simulate.stage import Stage

_DRAWN = Traffic(days=1, labels_per_day=10_000, batch=500)
_TIMES = 1_000
"""How often what was drawn is counted, so that no interval is wide."""


def rightly_alarmed(stage: Stage, *, error: float, seed: int) -> frozenset[Subject]:
    """Subjects whose alarm is right without anything planted.

    Tests of a series are not asked: without a shift there is none in the population.
    """
    plan = draw(stage.population, NULL, _DRAWN, error=error, random=np.random.default_rng([seed]))
    worker = WorkerSide(stage, plan, with_llm=False, seed=str(seed))
    total, answered = empty(), [0, 0]
    for number in range(_DRAWN.batches):
        for output in worker.batch(number)[0]:
            observation = decode(output.value or b"")
            for cells in observation.cells.values():
                np.add.at(total, list(cells), list(cells.values()))
            for changed, confirmed in observation.answered.values():
                answered = [answered[0] + changed, answered[1] + confirmed]
    return _alarmed(stage, total * _TIMES, (answered[0] * _TIMES, answered[1] * _TIMES))


def _alarmed(stage: Stage, cells: Counts, answered: tuple[int, int]) -> frozenset[Subject]:
    judging = stage.judging
    newest = int((stage.start + timedelta(days=1)).timestamp()) // BUCKET_SECONDS
    found: set[Subject] = set()
    for monitor in judging.monitors:
        if monitor.sequential:
            continue
        part = monitor.add(monitor.initial(), cells)
        view = View(
            parts=dict.fromkeys(LENGTHS, part),
            before=part,
            series=(),
            answered=answered,
            newest=newest,
            rules=judging.rules,
            reference=judging.reference,
            today=stage.start.date(),
        )
        found.update(reading.subject for reading in monitor.result(view) if reading.state.severity)
    return frozenset(found)
