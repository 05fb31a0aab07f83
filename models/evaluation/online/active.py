"""Whom to ask first: corrections needed for the same accuracy in several orders of the queue, and who waits meanwhile.

Half of the labelled rows wait, as far as the ensemble asks for a person; each answer is the row's label. After so many
answers the other half is judged: the rows of merchants that the model does not remember from its training.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from random import Random

from models.decisions.line_keys import trade_of
from models.decisions.review_order import priority
from models.evaluation.online.rows import OnlineRow, correction
from models.learned.online.entries import Limits
from models.learned.online.holdout import Holdout
from models.learned.online.keys import LineKeys, MerchantKey
from models.learned.online.learner import OnlineLearner
from models.learned.online.model import OnlineModel
from models.learned.online.state import Means
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights

LEVELS = (0.5, 0.8, 0.9)
"""Shares of what all answers together gain, for which corrections are counted."""

JUDGED_EVERY = 50
"""How often an order is judged on its way, at least."""

LEAST = 20
"""Waiting requests of the smallest category or band whose treatment is told."""

ALL = "all"
"""Name of the group of all that waits."""

_PATIENT = Limits(actor_rate=1_000_000)
"""One reviewer answers all, and the clock is no matter here."""


class Order(StrEnum):
    """Orders of the queue; in all but the first an answer settles what else waits of the same merchant."""

    ONE_BY_ONE = "random, one by one"
    RANDOM = "random"
    UNCERTAINTY = "uncertainty alone"
    PRIORITY = "by priority"
    KNOWING = "knowing what is wrong"
    """Those with the most wrong decisions first: nobody can, but no order is much quicker."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits.

    Args:
        uncertainty: Of the decision.
        settles: Requests of the same merchant that wait, this one among them.
    """

    row: OnlineRow
    uncertainty: float
    settles: int


@dataclass(frozen=True, slots=True)
class Course:
    """What one order came to.

    Args:
        right: Corrections made to judged rows that were right; 0 among them, the last are all.
        asked: Requests that a person answered, in order.
    """

    order: Order
    right: Mapping[int, int]
    asked: Sequence[Waiting]

    def needed(self, level: float, *, goal: int) -> int | None:
        """Corrections after which a share of a gain is reached; None where it never is.

        Args:
            goal: Right rows that are the whole gain.
        """
        wanted = self.right[0] + level * (goal - self.right[0])
        return next((number for number, right in self.right.items() if right >= wanted), None)


@dataclass(frozen=True, slots=True)
class Treated:
    """How one group fared at some time: what waited, and what of it was answered, or settled with another request.

    Args:
        name: A category, as it is in truth, or an amount band.
        wrong: Of the waiting, those that were decided wrongly.
        settled: By priority.
        settled_wrong: Of the wrong ones, by priority.
        by_chance: After as many answers in random order.
    """

    name: str
    waiting: int
    wrong: int
    settled: int
    settled_wrong: int
    by_chance: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What was found on one division of the rows.

    Args:
        waiting: Requests that wait, and of how many merchants.
        judged: Rows of the other half that are judged.
        treated: Groups, after the answers that 80% of the gain takes by priority.
        beside: Requests that were settled with another one, and for how many of them its answer is right.
    """

    waiting: int
    merchants: int
    judged: int
    courses: Mapping[Order, Course]
    treated: Sequence[Treated]
    beside: tuple[int, int]

    @property
    def before(self) -> int:
        """Right rows without corrections."""
        return self.courses[Order.PRIORITY].right[0]

    @property
    def goal(self) -> int:
        """Right rows that every order reaches in the end."""
        return min(list(course.right.values())[-1] for course in self.courses.values())

    def needed(self, order: Order, level: float) -> int | None:
        """Corrections that an order needs for a share of the gain; None where there is none to reach."""
        return self.courses[order].needed(level, goal=self.goal) if self.goal > self.before else None


def waiting_of(rows: Sequence[tuple[OnlineRow, float]]) -> list[Waiting]:
    """The requests among rows.

    Args:
        rows: With the uncertainty of their decisions.
    """
    asked = [(row, uncertainty) for row, uncertainty in rows if not row.accepted]
    counts = Counter(row.key for row, _ in asked if row.key is not None)
    return [Waiting(row, uncertainty, 1 if row.key is None else counts[row.key]) for row, uncertainty in asked]


def in_order(waiting: Sequence[Waiting], order: Order, random: Random) -> Iterator[Waiting]:
    """The requests that a person answers, in an order; what is settled with another one is left out."""
    # Shuffled before it is sorted, as equal ones come in no order of the file.
    mixed = random.sample(waiting, len(waiting))
    if order is Order.UNCERTAINTY:
        mixed.sort(key=lambda each: -each.uncertainty)
    elif order is Order.PRIORITY:
        mixed.sort(key=lambda each: -priority(each.uncertainty, 0.0, each.settles))
    elif order is Order.KNOWING:
        wrong = Counter(each.row.key for each in waiting if not each.row.right)
        mixed.sort(key=lambda each: -wrong[each.row.key] if each.row.key else -(not each.row.right))
    done: set[MerchantKey] = set()
    for each in mixed:
        key = each.row.key
        if order is not Order.ONE_BY_ONE and key is not None:
            if key in done:
                continue
            done.add(key)
        yield each


def activity(waiting: Sequence[Waiting], judged: Sequence[OnlineRow], *, seed: int) -> Activity:
    """Play all orders.

    Args:
        waiting: Requests, of one half of the rows.
        judged: Rows of the other half.
    """
    judge = _Judge(judged)
    courses: dict[Order, Course] = {}
    for order in Order:
        asked = list(in_order(waiting, order, Random(seed)))
        courses[order] = Course(order, dict(_taught(asked, judge)), asked)
    merchants = len({each.row.key for each in waiting})
    found = Activity(len(waiting), merchants, len(judged), courses, (), _beside(waiting, courses[Order.PRIORITY]))
    answers = found.needed(Order.PRIORITY, LEVELS[1])
    return found if answers is None else replace(found, treated=_treated(waiting, courses, answers))


def _taught(asked: Sequence[Waiting], judge: "_Judge") -> Iterator[tuple[int, int]]:
    """Numbers of corrections, and rows that are right after them."""
    means = Means(trade=trade_of, new_text=TextLearner, read_text=TextWeights.of)
    learner, model = (
        OnlineLearner(_PATIENT, _keys_of(asked), Holdout([]), means=means),
        OnlineModel(trade=trade_of, read_text=TextWeights.of),
    )
    yield 0, judge.right(model)
    every = max(len(asked) // JUDGED_EVERY, 1)
    for number, each in enumerate(asked, 1):
        told = correction(each.row, each.row.label, number, after=timedelta(seconds=number))
        learner.take(told, offset=number)
        if number % every == 0 or number == len(asked):
            model.apply(learner.updates())
            yield number, judge.right(model)


def _keys_of(asked: Sequence[Waiting]) -> Callable[[object], LineKeys | None]:
    """Keys of the rows that are known already, by the transaction's id."""
    keys = {each.row.transaction.transaction_id: each.row.keys for each in asked}
    return lambda told: keys[told.transaction_id]  # type: ignore[attr-defined]


class _Judge:
    """Counts rows that are right; lines that are the same in all that matters are looked up once."""

    def __init__(self, rows: Sequence[OnlineRow]) -> None:
        self._kinds = Counter((row.keys, row.decided, row.accepted, row.truth) for row in rows)

    def right(self, model: OnlineModel) -> int:
        """Rows that are right with what a worker has."""
        return sum(
            count
            for (keys, decided, accepted, truth), count in self._kinds.items()
            if _said(model, keys, decided, accepted=accepted) in truth
        )


def _said(model: OnlineModel, keys: LineKeys, decided: str, *, accepted: bool) -> str:
    found = model.merchant(keys) or model.family(keys)
    if found is None and not accepted:
        found = model.text(keys)
    return decided if found is None else found.category


def _beside(waiting: Sequence[Waiting], course: Course) -> tuple[int, int]:
    answers = {each.row.key: each for each in course.asked if each.row.key is not None}
    hits = [
        answers[each.row.key].row.label in each.row.truth
        for each in waiting
        if each.row.key in answers and answers[each.row.key] is not each
    ]
    return len(hits), sum(hits)


def _treated(waiting: Sequence[Waiting], courses: Mapping[Order, Course], answers: int) -> list[Treated]:
    by_priority = _settled(waiting, courses[Order.PRIORITY].asked[:answers])
    by_chance = _settled(waiting, courses[Order.RANDOM].asked[:answers])
    groups: dict[str, list[int]] = {}
    for place, each in enumerate(waiting):
        for name in (each.row.label, f"band {each.row.band}", ALL):
            groups.setdefault(name, []).append(place)
    found = []
    for name, places in sorted(groups.items()):
        wrong = [place for place in places if not waiting[place].row.right]
        counts = (
            sum(settled[place] for place in over)
            for settled, over in ((by_priority, places), (by_priority, wrong), (by_chance, places))
        )
        found.append(Treated(name, len(places), len(wrong), *counts))
    return found


def treated_together(played: Sequence[Activity]) -> list[Treated]:
    """The groups of several divisions, added up; those of fewer than `LEAST` waiting requests a division left out."""
    names = sorted({each.name for found in played for each in found.treated})
    added = []
    for name in names:
        parts = [each for found in played for each in found.treated if each.name == name]
        sums = [
            sum(column)
            for column in zip(
                *((p.waiting, p.wrong, p.settled, p.settled_wrong, p.by_chance) for p in parts), strict=True
            )
        ]
        if sums[0] >= LEAST * len(played):
            added.append(Treated(name, *sums))
    return added


def _settled(waiting: Sequence[Waiting], asked: Sequence[Waiting]) -> list[bool]:
    """Of each waiting request, whether it was answered, or settled with another one."""
    keys = {each.row.key for each in asked if each.row.key is not None}
    ids = {id(each) for each in asked}
    return [id(each) in ids or each.row.key in keys for each in waiting]


def capped(rows: Sequence[OnlineRow], cap: int, *, seed: int) -> list[OnlineRow]:
    """So many rows of each merchant at most, drawn at random, and all rows that name nobody; in their order.

    A few merchants have a large part of most files, and whether two or three of them are right would be all that is
    seen.
    """
    mixed = list(range(len(rows)))
    Random(seed).shuffle(mixed)
    counts: Counter[MerchantKey | None] = Counter()
    kept = []
    for place in mixed:
        key = rows[place].key
        counts[key] += 1
        if key is None or counts[key] <= cap:
            kept.append(place)
    return [rows[place] for place in sorted(kept)]
