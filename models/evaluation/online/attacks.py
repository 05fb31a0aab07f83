"""What corrections that are meant to harm cost, and that they can be unlearned."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from models.contracts.corrections import Correction, Standing
from models.contracts.instructions import Action, Instruction
from models.contracts.taxonomy import CATEGORIES
from models.evaluation.online.figures import Figure, loss_figure
from models.evaluation.online.lessons import by_merchant, wrong_merchants
from models.evaluation.online.rows import (
    BEGIN,
    OnlineRow,
    Stage,
    correction,
    decided,
    follower,
    loss,
    seen,
    worst_loss,
)

ATTACKER = "attacker"

UNSEEN = "QUORVEX TRELLIN 12"
"""A line of a merchant that there is none of."""


def wrong_category(row: OnlineRow, random: Random) -> str:
    """A category that is wrong for a row."""
    return random.choice([category for category in CATEGORIES if category not in row.truth])


def wrong_corrections(stage: Stage, *, number: int, hours: float, seed: int) -> list[Figure]:
    """Wrong corrections of one actor, of random transactions, spread evenly over some hours.

    A tenth as many honest ones stand before them, and must stand after them when the actor is forgotten.
    """
    random = Random(seed)
    known = [row for row in stage.rows if row.key is not None]
    honest = [(row, row.label) for row in random.sample(known, min(number // 10, len(known)))]
    learner, without, statuses = stage.learner(), stage.learner(), Counter[str]()
    offset = 0
    for offset, (row, category) in enumerate(honest):
        given = correction(row, category, offset, actor=f"reviewer-{offset % 20}", after=timedelta(seconds=offset))
        learner.take(given, offset=offset)
        without.take(given, offset=offset)
    before, step = follower(learner), timedelta(hours=hours) / number
    for place in range(number):
        row = random.choice(stage.rows)
        wrong = correction(row, wrong_category(row, random), place, actor=ATTACKER, after=place * step)
        statuses[learner.take(wrong, offset=offset + 1 + place).status.value] += 1
    after = follower(learner)
    name, worst = worst_loss(after, stage.rows) or ("", None)
    told = ", ".join(f"{count:,} {status}" for status, count in sorted(statuses.items()))
    figures = [
        loss_figure("loss on the learner's holdout", loss(after, stage.holdout), bar=0.005),
        loss_figure("loss on rows that it does not know", loss(after, stage.rows), bar=0.005, note=told),
        loss_figure("largest loss of a category or band there", worst, note=name),
        loss_figure("the same rows with the honest corrections alone", loss(before, stage.rows)),
    ]
    forget = Instruction(
        instruction_id="forget",
        action=Action.FORGET_ACTOR,
        target=ATTACKER,
        actor="approver",
        standing=Standing.APPROVER,
        timestamp=BEGIN,
    )
    learner.take(forget, offset=offset + number + 1)
    same = (learner.digest, learner.state_digest) == (without.digest, without.state_digest)
    return [*figures, Figure("digest of a run without them, when the actor is forgotten", int(same), 1, bar=1)]


def _without_answers(given: Correction, _row: OnlineRow) -> Correction:
    return given.model_copy(update={"answers": None})


def _by_key(given: Correction, row: OnlineRow) -> Correction:
    assert given.answers is not None  # `correction` gives them
    answers = given.answers.model_copy(update={"merchant_key": row.keys.merchant})
    return given.model_copy(update={"about": None, "answers": answers})


def _dishonest(given: Correction, _row: OnlineRow) -> Correction:
    assert given.answers is not None  # `correction` gives them
    return given.model_copy(update={"answers": given.answers.model_copy(update={"category": given.category})})


MANNERS: Mapping[str, Callable[[Correction, OnlineRow], Correction]] = {
    "as they are": lambda given, _row: given,
    "without the decision": _without_answers,
    "by the bare key": _by_key,
    "claiming that it was decided so": _dishonest,
}
"""How corrections in collusion are written."""


def collusion(stage: Stage, *, actors: int, each: int, seed: int) -> list[Figure]:
    """Many new actors say the same wrong thing of one merchant within an hour, in each of the manners.

    Of a frequent merchant, of the most frequent one that the ensemble gets wrong (they contradict what was decided, and
    are wrong too), and of one that nobody has ever seen.
    """
    random = Random(seed)
    held = by_merchant(stage.rows)
    known = held[max(held, key=lambda key: (sum(row.right for row in held[key]), key))]
    targets = [("the most frequent merchant", known)]
    if wrong := wrong_merchants(stage.rows):
        targets.append(("a merchant it gets wrong", wrong[max(wrong, key=lambda key: (len(wrong[key]), key))]))
    unseen = known[0].transaction.model_copy(update={"description": UNSEEN, "counterparty": None, "mcc": None})
    targets.append(("a merchant that nobody has seen", seen(stage.ensemble, [(unseen, frozenset())])))
    figures = []
    for name, rows in targets:
        said = {decided_wrongly for row in rows for decided_wrongly in (row.decided, *row.truth)}
        category = random.choice([category for category in CATEGORIES if category not in said])
        for manner in MANNERS:
            figure = _colluded(stage, rows, category, manner, actors=actors, each=each)
            figures.append(replace(figure, name=f"decisions changed on {name}, {manner}"))
    return figures


def _colluded(stage: Stage, rows: Sequence[OnlineRow], category: str, manner: str, *, actors: int, each: int) -> Figure:
    """Decisions that change on a merchant's rows, with how many of the corrections wait."""
    learner, number = stage.learner(), actors * each
    for place in range(number):
        after = timedelta(hours=1) * place / number
        given = correction(rows[0], category, place, actor=f"new-{place % actors}", after=after)
        learner.take(MANNERS[manner](given, rows[0]), offset=place)
    model = follower(learner)
    changed = sum(decided(model, row) != row.decided for row in rows)
    note = f"{learner.report()['quarantine_total']:,} of {number:,} wait"
    return Figure("", changed, len(rows), bar=0, at_least=False, note=note)
