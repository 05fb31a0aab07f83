"""Models trained on planted bias, and the gate on what they decide: a table of 20 seeds.

    python -m tests.monitors.audits.bias.planted_models [SEEDS]

The lines are generated (`models.training.balance`); a logistic regression over character n-grams learns from some of
them, with the bias planted in its labels, and decides on others, whose labels are true. Each name in a line has one
amount band, as shops have; lines to private people have names of several origins.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.evaluation.judged import Judged
from models.training.balance.balance import BalanceConfig, generated_rows
from models.training.balance.parts import Part, place
from models.twins.people import people
from monitors.audits.bias.gate import bias_checks
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.checks import Check, Outcome, overall

CATEGORY_ROWS, PEOPLE = 60, 40
ORIGINS = ("english", "west_african", "turkish", "slavic")
ACCEPTED_FROM = 0.5
BANDS = ((0.5, AmountBand.UNDER_100), (0.8, AmountBand.FROM_100_TO_1000), (1.0, AmountBand.OVER_1000))
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line.

    Args:
        brand: Whom it names; lines of one are no independent evidence.
        origin: Of the private person whom it names, or `NOBODY`.
    """

    text: str
    category: str
    currency: str
    band: AmountBand
    brand: str
    origin: str = NOBODY


@cache
def lines(seed: int) -> tuple[Line, ...]:
    """Lines of shops of every category, and to private people."""
    made = generated_rows(BalanceConfig(CATEGORY_ROWS, part=Part.TRAIN, seed=seed))
    found = [Line(row.description, row.category, row.currency, band_of(row.brand), row.brand) for row in made]
    for origin in ORIGINS:
        for gender in ("female", "male"):
            for person in people(origin, gender, count=PEOPLE, seed=seed):
                name = person.name.upper()
                found.append(Line(f"TRANSFER TO {name}", "transfers_cash", "GBP", band_of(name), name, origin))
    return tuple(found)


def band_of(brand: str) -> AmountBand:
    """The band of all lines of one name."""
    drawn = place(f"band {brand}")
    return next(band for below, band in BANDS if drawn < below)


def some_other(line: Line, random: Random) -> Line:
    """The line with another category."""
    return replace(line, category=random.choice([name for name in CATEGORIES if name != line.category]))


Concerns = Callable[[Line], bool]
PLANTS: dict[str, tuple[Concerns, float, str]] = {
    "small amounts mislabelled": (lambda line: line.band is AmountBand.UNDER_100, 0.6, "amount_parity"),
    "pets halved": (lambda line: line.category == "pets" and place(line.brand) < 0.5, 1.0, "category_recall"),
    "one origin's names to review": (lambda line: line.origin == "west_african", 0.8, "column_acceptance:origin"),
    "one currency worse": (lambda line: line.currency == "EUR", 0.6, "currency_parity"),
    "nothing": (lambda _: False, 0.0, ""),
}
"""What is planted: on which lines, the share of them that is mislabelled, and the check that must fail."""


def trained_checks(plant: str, seed: int) -> list[Check]:
    """Train with a planted bias, decide on other lines, and hold the decisions against the limits."""
    concerns, share, _ = PLANTS[plant]
    random = Random(f"{plant} {seed}")
    taught = [
        some_other(line, random) if concerns(line) and random.random() < share else line for line in lines(2 * seed)
    ]
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True), LogisticRegression(C=300.0)
    )
    model.fit([line.text for line in taught], [line.category for line in taught])
    asked = lines(2 * seed + 1)
    chances = model.predict_proba([line.text for line in asked])
    judged = [
        Judged(
            str(model.classes_[row.argmax()]),
            float(row.max()),
            bool(row.max() >= ACCEPTED_FROM),
            frozenset({line.category}),
            line.band,
            line.currency,
            merchant=line.brand,
            groups=(line.origin,),
        )
        for line, row in zip(asked, chances, strict=True)
    ]
    return bias_checks(judged, BiasLimits(), columns=("origin",), seed=seed)


def main(arguments: Sequence[str]) -> None:
    """Print, for each plant, in how many seeds the gate failed, and the check that was to fail did."""
    seeds = int(arguments[0]) if arguments else 20
    for plant, (_, _, name) in PLANTS.items():
        outcomes = []
        for seed in range(seeds):
            checks = trained_checks(plant, seed)
            right = not name or any(each.name == name and each.outcome is Outcome.FAIL for each in checks)
            outcomes.append((overall(checks), right))
            if not name:
                for each in checks:
                    if each.outcome is Outcome.FAIL:
                        print("  ", seed, each.why)
        failed = sum(outcome is Outcome.FAIL for outcome, _ in outcomes)
        passed = sum(outcome is Outcome.PASS for outcome, _ in outcomes)
        named = sum(right for _, right in outcomes)
        said = f", {name} in {named}" if name else ""
        print(f"{plant}: failed {failed}, passed {passed} of {seeds}{said}")


if __name__ == "__main__":
    main(sys.argv[1:])
