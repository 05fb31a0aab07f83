"""All parts of `evenhand evaluate online`, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from models.decisions.ensemble import Ensemble
from models.decisions.known_merchants import KnownMerchants
from models.decisions.line_keys import CorrectionKeys
from models.evaluation.online.attacks import collusion, wrong_corrections
from models.evaluation.online.figures import Figure
from models.evaluation.online.lessons import families, look_alikes, merchants
from models.evaluation.online.rows import OnlineRow, Stage, correction
from models.learned.memory import MerchantMemory

_RATE = 2_000
"""Corrections in a second of event time, where the speed is measured."""

STEP = 100
"""Corrections between two times that the updates are asked for, where the speed is measured."""


@dataclass(frozen=True, slots=True)
class OnlineOptions:
    """How much is played.

    Args:
        merchants: That are corrected.
        draws: Of families.
        pairs: Of names that look alike.
        wrong: Corrections of one actor.
        hours: Over which they are spread.
        actors: In collusion, with `each` corrections.
        timed: Corrections whose time is taken.
    """

    merchants: int = 50
    draws: int = 10
    pairs: int = 500
    wrong: int = 10_000
    hours: float = 24.0
    actors: int = 1_000
    each: int = 10
    timed: int = 10_000
    seed: int = 0


Parts = Sequence[tuple[str, Sequence[Figure]]]


def stage_of(ensemble: Ensemble, memory: MerchantMemory, rows: Sequence[OnlineRow], *, seed: int) -> Stage:
    """Half of the rows are guarded by the learner, drawn at random; the others are measured on."""
    guarded = set(Random(seed).sample(range(len(rows)), len(rows) // 2))
    return Stage(
        ensemble,
        KnownMerchants(memory, ensemble),
        [row for place, row in enumerate(rows) if place in guarded],
        [row for place, row in enumerate(rows) if place not in guarded],
    )


def run(
    stage: Stage,
    options: OnlineOptions,
    *,
    fresh: Callable[[], Ensemble],
    clock: Callable[[], float],
    on_part: Callable[[str], None] = lambda _name: None,
) -> Parts:
    """Play all parts.

    Args:
        fresh: The same ensemble, with nothing in its memories of lines.
        clock: CPU time in seconds.
        on_part: Told the name of each part when it begins.
    """
    seed = options.seed
    parts: dict[str, Callable[[], list[Figure]]] = {
        "corrections of merchants": lambda: merchants(stage, number=options.merchants, seed=seed),
        "families": lambda: families(stage, draws=options.draws, seed=seed),
        "look-alikes": lambda: look_alikes(stage, number=options.pairs, seed=seed),
        "wrong corrections of one actor": lambda: wrong_corrections(
            stage, number=options.wrong, hours=options.hours, seed=seed
        ),
        "collusion": lambda: collusion(stage, actors=options.actors, each=options.each, seed=seed),
        "speed": lambda: speed(stage, fresh, number=options.timed, seed=seed, clock=clock),
    }
    played = []
    for name, play in parts.items():
        on_part(name)
        played.append((name, play()))
    return played


def speed(
    stage: Stage, fresh: Callable[[], Ensemble], *, number: int, seed: int, clock: Callable[[], float]
) -> list[Figure]:
    """Corrections that a learner takes in a CPU second: their keys, what they teach, and updates for workers.

    Args:
        fresh: Makes one that has seen none of their lines; it looks at `STEP` together, as the learner's process does.
    """
    random = Random(seed)
    rows = [random.choice(stage.rows) for _ in range(number)]
    lines = len({row.transaction.description for row in rows})
    given = [
        correction(row, row.label, place, actor=f"reviewer-{place % 100}", after=timedelta(seconds=place / _RATE))
        for place, row in enumerate(rows)
    ]
    figures = []
    for name, texts in (("memory of merchants", False), ("with the model of texts", True)):
        learner, keys = replace(stage, ensemble=(ensemble := fresh())).learner(texts=texts), CorrectionKeys(ensemble)
        begin = clock()
        for start in range(0, number, STEP):
            keys.prepare(given[start : start + STEP])
            for place, each in enumerate(given[start : start + STEP], start):
                learner.take(each, offset=place)
            learner.updates()
        rate = number / (clock() - begin)
        figures.append(Figure(f"corrections a CPU second, {name}", rate, number, bar=2_000, note=f"{lines:,} lines"))
    return figures
