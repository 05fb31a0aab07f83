"""Makes the learning sets of the models that `evenhand train --compare` compares, and the rows that measure them.

No brand of the test part (`models.training.balance.parts`) is learned from by any of them, under no spelling.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from models.contracts.taxonomy import CATEGORIES
from models.statements.normalise import merchant_text
from models.training import examples as source
from models.training.balance.balance import BalanceConfig, BalanceRow, By, RowOrigin, balance
from models.training.balance.generate import Generator
from models.training.balance.parts import Part, place
from models.training.config import TrainingConfig
from models.training.examples import Example, ExampleOrigin, Merchant
from models.training.train import MerchantSplit
from models.training.withheld import is_withheld

HELD_OUT = 0.3
"""Share of the merchants that no set learns from: half of them calibrate."""

AS_THEY_FALL = "as they fall"
AS_TRAINED = "as trained"
WEIGHTED = "as trained, weighted"
BY_ROW = "balanced by row"
BY_MERCHANT = "balanced by merchant"


@dataclass(frozen=True, slots=True)
class LearningSet:
    """The examples that one model learns from.

    Args:
        examples: Texts with category and weight.
    """

    name: str
    rows: int
    examples: tuple[Example, ...]


def split_at_random(merchants: Sequence[Merchant], seed: int) -> MerchantSplit:
    """Hold out `HELD_OUT` of the merchants, each with all its branches, by a hash of its first word and the seed.

    Raises:
        DataError: One of the three parts is empty.
    """
    split = MerchantSplit([], [], [])
    for merchant in merchants:
        drawn = place(f"{seed} {merchant.group}") / HELD_OUT
        part = split.calibrating if drawn < 0.5 else split.measuring if drawn < 1 else split.fitted
        part.append(merchant)
    return split.checked()


def learning_sets(
    config: TrainingConfig,
    merchants: Sequence[Merchant],
    *,
    calibrating: Iterable[Merchant],
    withheld: frozenset[str],
    per_category: int,
) -> list[LearningSet]:
    """The five sets, from the same merchants.

    Args:
        merchants: Real merchants that may be learned from.
        calibrating: Real merchants kept for the calibration.
        per_category: Rows per category of the balanced sets; the rows as they fall are as many in all.

    Raises:
        DataError: A table is missing or malformed.
    """
    trained = _as_trained(config, merchants, withheld)
    # The balanced sets draw from all descriptors, whatever the limit of the training.
    everything = replace(config, limit=None)
    without = frozenset(merchant.text for merchant in calibrating) | {
        merchant.text for merchant in source.merchants(everything) if merchant.text.replace(" ", "") in withheld
    }
    balanced = [
        _of_rows(
            name, balance(BalanceConfig(per_category, by, Part.TRAIN, config.seed, data=config.data, without=without))
        )
        for name, by in ((BY_ROW, By.ROW), (BY_MERCHANT, By.MERCHANT))
    ]
    return [
        _as_they_fall(merchants, per_category * len(CATEGORIES), config.seed),
        LearningSet(AS_TRAINED, len(trained), trained),
        LearningSet(WEIGHTED, len(trained), _alike(trained)),
        *balanced,
    ]


def _as_they_fall(merchants: Sequence[Merchant], number: int, seed: int) -> LearningSet:
    """Real rows drawn without regard to category or merchant."""
    cells = [(merchant.text, name, n) for merchant in merchants for name, n in sorted(merchant.categories().items())]
    counts = [n for _, _, n in cells]
    drawn = Counter(Random(seed).sample(cells, min(number, sum(counts)), counts=counts))
    found = sorted(Example(text, name, ExampleOrigin.DESCRIPTOR, float(n)) for (text, name, _), n in drawn.items())
    return LearningSet(AS_THEY_FALL, drawn.total(), tuple(found))


def _as_trained(config: TrainingConfig, merchants: Sequence[Merchant], withheld: frozenset[str]) -> tuple[Example, ...]:
    """The examples of `models.training.train` without the test part; its sentences from the training's templates."""
    known = [
        each
        for each in source.of_knowledge(config)
        if each.origin is not ExampleOrigin.GENERATED and not is_withheld(each.text, withheld)
    ]
    generator = Generator(part=Part.TRAIN, seed=config.seed, data=config.data)
    lines = {
        (category, merchant_text(line))
        for category in CATEGORIES
        for line in generator.lines(category, config.generated)
    }
    generated = [Example(text, category, ExampleOrigin.GENERATED, 1.0) for category, text in sorted(lines)]
    return (*source.of_merchants(list(merchants)), *known, *generated)


def _alike(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The same examples, with weights that add up to the same for each category."""
    totals: Counter[str] = Counter()
    for each in examples:
        totals[each.category] += each.weight  # type: ignore[assignment]  # a Counter may hold fractions
    mean = sum(totals.values()) / len(totals)
    return tuple(replace(each, weight=each.weight * mean / totals[each.category]) for each in examples)


def _of_rows(name: str, rows: Sequence[BalanceRow]) -> LearningSet:
    origins = {RowOrigin.REAL: ExampleOrigin.DESCRIPTOR, RowOrigin.GENERATED: ExampleOrigin.GENERATED}
    counts = Counter((merchant_text(row.description), row.category, origins[row.origin]) for row in rows)
    examples = sorted(Example(text, category, origin, float(n)) for (text, category, origin), n in counts.items())
    return LearningSet(name, len(rows), tuple(examples))
