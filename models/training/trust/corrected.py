"""Simulates corrections on merchants that nothing was learned from: some rows are corrected, the others are judged.

The rows' codes stand for what people would say. Codes err more often than people do, so that the shares are low rather
than high; that the rows of one merchant are one piece of evidence is left to the fit.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import accumulate
from math import log
from random import Random
from typing import NamedTuple

from models.contracts.amount_bands import AmountBand
from models.contracts.corrections import Scope, Standing
from models.decisions.calibrated import PolicyModel, assess
from models.decisions.line_keys import line_keys, trade_of
from models.decisions.precedence.precedence import kind_of
from models.decisions.precedence.trust import Stance
from models.learned.memory import MerchantMemory, memory_key
from models.learned.online import records
from models.learned.online.entries import Limits, Said
from models.learned.online.keys import LineKeys, MerchantKey
from models.learned.online.memories.families import Families
from models.learned.online.memories.words import Words
from models.learned.online.model import Found, Ground, OnlineModel
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights
from models.learned.text import LearnedText
from models.training.config import CURRENCY
from models.training.examples import Labelled, Merchant
from models.training.policy_metrics import PRECISION
from models.training.stand_ins import Informed, as_new
from models.training.votes import Cast, casts, transaction
from models.voters.contract import Ballot, Kind
from models.voters.line import Line
from models.voters.text import TextVoter

PEOPLE = (1, 2, 3, 5)
"""How many people correct a merchant."""

DRAWS = 5
"""How often the rows that they correct are drawn."""

SHARES = (0.1, 0.25, 0.5)
"""Shares of the merchants that are corrected, where families and texts are judged on the others."""

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Who spoke when shows by their order."""

Cell = tuple[str, AmountBand]
"""Category and band of some rows of a merchant."""


class Judged(NamedTuple):
    """Rows that a correction decided.

    Args:
        group: The merchant: its rows are one piece of evidence.
        right: Whether it was right of them.
    """

    kind: Kind
    stance: Stance
    group: str
    right: bool
    weight: float


class Answer(NamedTuple):
    """What the ensemble says by itself."""

    category: str
    accepted: bool

    def stance(self, category: str) -> Stance:
        """What that says of a category that people gave."""
        if self.category == category:
            return Stance.AGREES
        return Stance.AGAINST if self.accepted else Stance.UNSURE


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was simulated.

    Args:
        judged: Rows that corrections decide.
        texts: Votes where nobody decides and the ensemble is unsure, with the ballot of the model of texts.
    """

    judged: list[Judged] = field(default_factory=list)
    texts: list[Cast] = field(default_factory=list)


def simulate(chosen: Sequence[Merchant], informed: Informed, policy: PolicyModel, *, seed: int) -> Corrected:
    """Correct some rows of merchants, and judge others.

    Args:
        chosen: Merchants that `informed` did not learn from.
        policy: Says what the ensemble accepts by itself.
    """
    found = Corrected()
    asked = [_Asked.of(merchant) for merchant in chosen]
    for name, rows in _views(asked, informed).items():
        answers = _answers(rows, policy)
        found.judged.extend(_of_merchants(asked, answers, Random(f"{seed} {name} merchants")))
        if name != "seen":
            random = Random(f"{seed} {name} others")
            for share in SHARES:
                _of_others(asked, share, answers, rows, random, found)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A merchant with its keys.

    Args:
        cells: Its rows by category and band, in a fixed order.
    """

    merchant: Merchant
    keys: LineKeys
    cells: tuple[tuple[Cell, int], ...]

    @classmethod
    def of(cls, merchant: Merchant) -> "_Asked":
        return cls(
            merchant,
            line_keys(Line(merchant.description, CURRENCY, None, 0)),
            tuple(sorted(merchant.counts.items())),
        )

    @property
    def rows(self) -> int:
        return sum(count for _, count in self.cells)

    @property
    def bands(self) -> tuple[AmountBand, ...]:
        return tuple(dict.fromkeys(band for (_, band), _ in self.cells))

    def drawn(self, number: int, random: Random) -> list[Cell]:
        """So many of its rows, in the order in which they are corrected."""
        ends = list(accumulate(count for _, count in self.cells))
        places = random.sample(range(self.rows), number)
        return [self.cells[next(n for n, end in enumerate(ends) if place < end)][0] for place in places]


_Rows = Mapping[tuple[str, AmountBand], Cast | None]
"""Votes by a merchant's text and a band; None where nobody votes."""


def _views(asked: Sequence[_Asked], informed: Informed) -> dict[str, _Rows]:
    """What the voters say: of rare merchants, of those of a new source, and of those that the memory knows."""
    places = [(each.merchant.text, band) for each in asked for band in each.bands]
    labelled = [
        Labelled(each.merchant.description, CURRENCY, band, frozenset((_truth(each.merchant, band),)))
        for each in asked
        for band in each.bands
    ]
    transactions = [transaction(row) for row in labelled]
    rules = informed.whole.vote(transactions)
    remembering = replace(informed.learned, memory=_memory([each.merchant for each in asked]))

    def view(learned: LearnedText) -> list[Cast | None]:
        ballots = TextVoter(learned).vote(transactions)
        found = iter(casts(labelled, rules, ballots))
        return [next(found) if first or second else None for first, second in zip(rules, ballots, strict=True)]

    rare, seen = view(informed.learned), view(remembering)
    new = [row and as_new([row])[0] for row in rare]
    return {name: dict(zip(places, rows, strict=True)) for name, rows in (("rare", rare), ("new", new), ("seen", seen))}


def _truth(merchant: Merchant, band: AmountBand) -> str:
    counts = Counter({category: count for (category, each), count in merchant.counts.items() if each is band})
    return min(counts.items(), key=lambda item: (-item[1], item[0]))[0]


def _memory(chosen: Sequence[Merchant]) -> MerchantMemory:
    return MerchantMemory(
        (memory_key(merchant.text), category, count)
        for merchant in chosen
        for category, count in sorted(merchant.categories().items())
    )


def _answers(rows: _Rows, policy: PolicyModel) -> dict[tuple[str, AmountBand], Answer]:
    """What the ensemble says by itself; where nobody votes it is unsure, and of no category."""
    cast = {place: row for place, row in rows.items() if row is not None}
    assessed = assess([(row.ballots, row.band) for row in cast.values()], policy)
    lines = policy.acceptance[PRECISION]
    answers = dict.fromkeys(rows, Answer("", accepted=False))
    for (place, row), each in zip(cast.items(), assessed, strict=True):
        answers[place] = Answer(each.evidence.category, each.under(lines, row.band).accepted)
    return answers


def standing(categories: Sequence[str]) -> records.Standing:
    """What stands for a merchant, as the learner has it, once as many people have said something, one after the other.

    Of as many words for each the last stands.

    >>> standing(["pets", "fuel"]).category, standing(["fuel", "fuel", "pets"]).category
    ('fuel', 'fuel')
    """
    limits = Limits()
    key: MerchantKey = ("out", "")
    words = Words(agreement=limits.agreement, frequent=limits.frequent)
    for place, category in enumerate(categories):
        name = str(place)
        words.put(key, Said(name, category, name, Standing.REVIEWER, Scope.EVERYONE, None, _NO_TIME, place, None, None))
    found = words.standing(key, None)
    assert found is not None  # somebody said something
    return found


def _of_merchants(
    asked: Sequence[_Asked], answers: Mapping[tuple[str, AmountBand], Answer], random: Random
) -> Iterator[Judged]:
    for each in asked:
        total = each.rows
        for people in PEOPLE:
            for _ in range(DRAWS if people < total else 0):
                drawn = each.drawn(people, random)
                corrected, (said, support, of) = Counter(drawn), standing([category for category, _ in drawn])
                kind = kind_of(Found(said, "", support, support / of, Ground.CORRECTED))
                for cell, count in each.cells:
                    category, band = cell
                    left = count - corrected[cell]
                    if left:
                        weight = (1 + log(total)) * left / (total - people) / DRAWS
                        stance = answers[each.merchant.text, band].stance(said)
                        yield Judged(kind, stance, each.merchant.text, category == said, weight)


def _of_others(
    asked: Sequence[_Asked],
    share: float,
    answers: Mapping[tuple[str, AmountBand], Answer],
    rows: _Rows,
    random: Random,
    found: Corrected,
) -> None:
    """Correct one row each of some merchants; judge the others by families, and let the text vote on the rest."""
    corrected = random.sample(asked, int(len(asked) * share))
    others = {each.merchant.text: each for each in asked}
    model, learner = OnlineModel(trade=trade_of, read_text=TextWeights.of), TextLearner()
    limits = Limits()
    families = Families(stores=limits.family_stores, share=limits.family_share, trade=trade_of)
    touched = {}
    for each in corrected:
        others.pop(each.merchant.text, None)
        ((category, _),) = each.drawn(1, random)
        if each.keys.merchant is not None:
            key = (each.keys.flow, each.keys.merchant)
            touched.update(dict.fromkeys(families.put(key, each.keys.family, category)))
            learner.learn(each.keys.text, category)
    for beginning in touched:
        if (standing := families.standing(beginning)) is not None:
            model.apply([(records.family_part(beginning), records.standing_bytes(standing))])
    model.apply([(records.TEXT, learner.snapshot())])
    for each in others.values():
        family, text = model.family(each.keys), model.text(each.keys)
        for cell, count in each.cells if family or text else ():
            category, band = cell
            place = each.merchant.text, band
            weight = (1 + log(each.rows)) * count / each.rows
            row = rows[place]
            if family is not None:
                stance = answers[place].stance(family.category)
                right = family.category == category
                found.judged.append(Judged(Kind.CORRECTED_FAMILY, stance, each.merchant.text, right, weight))
            elif text is not None and not answers[place].accepted and row is not None:
                ballot = Ballot(text.category, text.share, text.evidence, kind=Kind.ONLINE)
                found.texts.append(Cast((*row.ballots, ballot), band, frozenset((category,)), weight))
