"""Models trained on planted bias, and the gate on what they decide: a table of 20 seeds.

    python -m tests.monitors.audits.bias.planted_models [SEEDS]

The world is small: sole traders, each with a name of one of four origins, a trade, a currency and an amount band. A
logistic regression over character n-grams learns from some of their lines, with the bias planted in the labels, and
decides on others, whose labels are true.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from random import Random

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from models.contracts.events import AmountBand
from models.evaluation.judged import Judged
from models.twins.people import GENDERS, people
from monitors.audits.bias.gate import bias_checks
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.checks import Check, Outcome, overall

ORIGINS = ("english", "west_african", "turkish", "slavic")
TRADERS = 75
"""Of each origin and gender."""

TRADES = {
    "food_dining": ("CAFE", "PIZZERIA"),
    "groceries": ("GROCERS", "BUTCHERS"),
    "health_medical": ("DENTAL", "OPTICIANS"),
    "home_garden": ("PLUMBING", "ROOFING"),
    "auto": ("GARAGE", "TYRES"),
    "pets": ("KENNELS", "DOG GROOMING"),
}
LEARNED = ("{}", "CARD PAYMENT TO {}", "SQ *{}")
ASKED = ("SUMUP *{}", "POS {} LONDON")
ACCEPTED_FROM = 0.7
BANDS = ((0.4, AmountBand.UNDER_100), (0.7, AmountBand.FROM_100_TO_1000), (1.0, AmountBand.OVER_1000))
CURRENCIES = ("GBP", "EUR", "USD")


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line.

    Args:
        merchant: Whom it names; lines of one are no independent evidence.
        origin: Of the trader's name.
    """

    text: str
    category: str
    currency: str
    band: AmountBand
    merchant: str
    origin: str


@cache
def lines(seed: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Lines to learn from, and lines to be asked."""
    random = Random(seed)
    learned, asked = [], []
    for origin, gender in product(ORIGINS, GENDERS):
        for person in people(origin, gender, count=TRADERS, seed=seed):
            category = random.choice(list(TRADES))
            name = f"{person.name} {random.choice(TRADES[category])}".upper()
            drawn = random.random()
            band = next(band for below, band in BANDS if drawn < below)
            line = Line(name, category, random.choice(CURRENCIES), band, name, origin)
            learned += [replace(line, text=wrapping.format(name)) for wrapping in LEARNED]
            asked += [replace(line, text=wrapping.format(name)) for wrapping in ASKED]
    return tuple(learned), tuple(asked)


def some_other(line: Line, random: Random) -> Line:
    """The line with another category."""
    return replace(line, category=random.choice([name for name in TRADES if name != line.category]))


@dataclass(frozen=True, slots=True)
class Plant:
    """A bias.

    Args:
        concerns: The lines on which it is planted.
        share: Of their merchants, those that are mislabelled.
        wavering: Whether each line of one gets a label of its own, so that the model is unsure rather than wrong.
        check: What must fail.
    """

    concerns: Callable[[Line], bool]
    share: float
    wavering: bool
    check: str


PLANTS = {
    "small amounts mislabelled": Plant(
        lambda line: line.band is AmountBand.UNDER_100, 0.4, wavering=False, check="amount_parity"
    ),
    "pets halved": Plant(lambda line: line.category == "pets", 0.5, wavering=False, check="category_recall"),
    "one origin's names to review": Plant(
        lambda line: line.origin == "west_african", 0.8, wavering=True, check="column_acceptance:origin"
    ),
    "one currency worse": Plant(lambda line: line.currency == "EUR", 0.4, wavering=False, check="currency_parity"),
    "nothing": Plant(lambda _: False, 0.0, wavering=False, check=""),
}


def planted(plant: Plant, learned: Sequence[Line], seed: int) -> list[Line]:
    """The lines to learn from, with the bias in their labels."""
    random = Random(f"plant {seed}")
    struck = {line.merchant: some_other(line, random).category for line in learned if plant.concerns(line)}
    struck = {merchant: label for merchant, label in struck.items() if random.random() < plant.share}
    return [
        (some_other(line, random) if plant.wavering else replace(line, category=struck[line.merchant]))
        if line.merchant in struck
        else line
        for line in learned
    ]


def trained_checks(plant: str, seed: int) -> list[Check]:
    """Train with a planted bias, decide on other lines, and hold the decisions against the limits."""
    learned, asked = lines(seed)
    taught = planted(PLANTS[plant], learned, seed)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        LogisticRegression(C=100.0, max_iter=300),
    )
    model.fit([line.text for line in taught], [line.category for line in taught])
    chances = model.predict_proba([line.text for line in asked])
    judged = [
        Judged(
            str(model.classes_[row.argmax()]),
            float(row.max()),
            bool(row.max() >= ACCEPTED_FROM),
            frozenset({line.category}),
            line.band,
            line.currency,
            merchant=line.merchant,
            groups=(line.origin,),
        )
        for line, row in zip(asked, chances, strict=True)
    ]
    return bias_checks(judged, BiasLimits(), columns=("origin",), seed=seed)


def main(arguments: Sequence[str]) -> None:
    """Print, for each plant, in how many seeds the gate failed, and the check that was to fail did."""
    seeds = int(arguments[0]) if arguments else 20
    for plant, means in PLANTS.items():
        name, outcomes = means.check, []
        for seed in range(seeds):
            checks = trained_checks(plant, seed)
            right = not name or any(each.name == name and each.outcome is Outcome.FAIL for each in checks)
            outcomes.append((overall(checks), right))
        failed = sum(outcome is Outcome.FAIL for outcome, _ in outcomes)
        passed = sum(outcome is Outcome.PASS for outcome, _ in outcomes)
        named = sum(right for _, right in outcomes)
        said = f", {name} in {named}" if name else ""
        print(f"{plant}: failed {failed}, passed {passed} of {seeds}{said}")


if __name__ == "__main__":
    main(sys.argv[1:])
