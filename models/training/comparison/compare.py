"""Is balancing free? Trains on imbalanced and on balanced sets and measures all of them on the same rows.

Each set gets the project's own n-grams and neighbours and the same calibration on the same real merchants. Three
deciders are measured: the text alone; text and rules under the policy `calibrated`, the rules without the brands of
the test part; and the same with all brands of the knowledge base, as the shipped system has them. The merchant memory
is empty: every merchant of the tests is one never seen.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.contracts.events import Transaction, amount_band
from models.contracts.taxonomy import CATEGORIES
from models.decisions.calibrated import PolicyModel
from models.errors import DataError
from models.evaluation.judged import Judged
from models.learned.encoder import OnnxEncoder
from models.learned.text import LearnedText
from models.statistics.intervals import paired_difference
from models.training import examples as source
from models.training import train as training
from models.training.balance.balance import BalanceConfig, BalanceRow, By, generated_rows
from models.training.balance.parts import Part, part_of_brand
from models.training.comparison.learning_sets import (
    AS_THEY_FALL,
    AS_TRAINED,
    BY_MERCHANT,
    BY_ROW,
    WEIGHTED,
    learning_sets,
    split_at_random,
)
from models.training.comparison.measures import Measures, measures
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Labelled, Merchant
from models.training.fit_policy import fit_policy
from models.training.policy_metrics import decided
from models.training.stand_ins import StandIn, as_new, together
from models.training.train import Progress, encoder_of
from models.training.votes import Cast, casts, transaction
from models.training.withheld import gazetteer_without, is_withheld, withheld_keys
from models.voters.contract import Ballot
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter

REAL, SYNTHETIC, REPEATED = "real", "synthetic", "synthetic, brands and templates repeated"
"""The tests: real merchants held out; generated rows of unseen brands and templates; generated rows of the brands and
templates that the balanced sets were made of, which show what a test without that separation would report."""

TEXT, WITHHELD, KNOWN = "text", "+ rules, brands withheld", "+ rules, brands known"
"""The deciders."""

RAREST = 10
TEST_ROWS = 300
"""Generated rows per category at most."""

PAIRS = (
    (BY_ROW, AS_THEY_FALL),
    (BY_MERCHANT, AS_THEY_FALL),
    (WEIGHTED, AS_TRAINED),
    (BY_ROW, AS_TRAINED),
    (BY_MERCHANT, AS_TRAINED),
)
"""Balanced beside imbalanced: equally many rows in the first two pairs, the same examples in the third."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Rows with their truth."""

    transactions: tuple[Transaction, ...]
    truths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One set, one decider, one test.

    Args:
        rows: Rows or names that it was made of.
        accepted: Measures of those that stand without review; None for the text alone, or where none does.
        coverage: Share accepted; 0 for the text alone.
    """

    learning_set: str
    rows: int
    decider: str
    test: str
    decided: Measures
    accepted: Measures | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Accuracy of a balanced set minus that of an imbalanced one, on the same rows, with its 95% interval."""

    balanced: str
    imbalanced: str
    decider: str
    test: str
    gap: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was measured.

    Args:
        per_category: Rows per category of the balanced sets.
        seed: Of the split and the draws.
        limit: Rows used of each table, or None for all.
        rarest: The categories that are rarest in the real rows.
        differences: Of the pairs in `PAIRS`.
    """

    per_category: int
    seed: int
    limit: int | None
    rarest: tuple[str, ...]
    results: tuple[Result, ...]
    differences: tuple[Difference, ...]


def compare(config: TrainingConfig, *, per_category: int, progress: Progress | None = None) -> Comparison:
    """Train on each set and measure.

    Args:
        config: Settings; all sets are trained alike.
        per_category: Rows per category of the balanced sets.

    Raises:
        DataError: A table is missing, malformed or too small.
        ArtefactError: There is no encoder where `config` says.
    """
    say = progress or (lambda _: None)
    say("reading tables")
    withheld = withheld_keys(config)
    merchants = source.merchants(config)
    seen = [merchant for merchant in merchants if not is_withheld(merchant.text, withheld)]
    split = split_at_random(seen, config.seed)
    unseen = [merchant for merchant in merchants if part_of_brand(merchant.text) is Part.TEST]
    fitted = [*split.fitted, *split.measuring]
    if not unseen:
        raise DataError("none of the descriptors belongs to the test part; raise `limit`")
    sets = learning_sets(config, fitted, calibrating=split.calibrating, withheld=withheld, per_category=per_category)
    tests = {
        REAL: _of_labelled(source.unseen_rows(unseen, CURRENCY)),
        SYNTHETIC: _synthetic(config, per_category, Part.TEST),
        REPEATED: _synthetic(config, per_category, Part.TRAIN),
    }
    rules = {WITHHELD: RulesVoter(gazetteer=gazetteer_without(config, withheld)), KNOWN: RulesVoter()}
    bench = _Bench(config, split.calibrating, tests, rules, rarest(merchants))
    encoder = training.EncodedOnce(OnnxEncoder(encoder_of(config.encoder))) if config.encoder else None
    results: list[Result] = []
    for each in sets:
        say(f"fitting: {each.name}, {len(each.examples):,} examples")
        learned = training.fit_learned([], list(each.examples), config, encoder)
        learned = training.calibrate(learned, split.calibrating)
        say(f"measuring: {each.name}")
        results += bench.measure(each.name, each.rows, learned)
    return Comparison(per_category, config.seed, config.limit, bench.rarest, tuple(results), bench.differences())


def rarest(merchants: Sequence[Merchant]) -> tuple[str, ...]:
    """The categories with the fewest real rows, the rarest first."""
    rows: defaultdict[str, int] = defaultdict(int)
    for merchant in merchants:
        for category, count in merchant.categories().items():
            rows[category] += count
    return tuple(sorted(CATEGORIES, key=lambda category: (rows[category], category))[:RAREST])


class _Bench:
    """Holds what is the same for every set: the tests, the votes of the rules, the rows that calibrate."""

    def __init__(
        self,
        config: TrainingConfig,
        calibrating: list[Merchant],
        tests: Mapping[str, Tested],
        rules: Mapping[str, RulesVoter],
        rarest: tuple[str, ...],
    ) -> None:
        self.rarest = rarest
        self._tests = tests
        self._fitting = (source.unseen_rows(calibrating, CURRENCY), source.council(config))
        self._fitting_rows = [[transaction(row) for row in part] for part in self._fitting]
        self._rules = {
            name: (
                [voter.vote(rows) for rows in self._fitting_rows],
                {test: voter.vote(tested.transactions) for test, tested in tests.items()},
            )
            for name, voter in rules.items()
        }
        self._right: dict[tuple[str, str, str], list[bool]] = {}

    def measure(self, name: str, rows: int, learned: LearnedText) -> list[Result]:
        """All deciders on all tests with one model."""
        voter = TextVoter(learned)
        fitting = [voter.vote(part) for part in self._fitting_rows]
        votes = {test: voter.vote(tested.transactions) for test, tested in self._tests.items()}
        found = []
        for decider in (TEXT, *self._rules):
            policy = None if decider == TEXT else self._policy(decider, fitting)
            for test, tested in self._tests.items():
                said = [None] * len(tested.truths) if policy is None else self._rules[decider][1][test]
                judged = _judged(tested, said, votes[test], policy)
                self._right[name, decider, test] = [each.right for each in judged]
                found.append(self._result(name, rows, decider, test, judged))
        return found

    def differences(self) -> tuple[Difference, ...]:
        """Of `PAIRS`, for every decider and test."""
        return tuple(
            Difference(first, second, decider, test, *paired_difference(right, self._right[second, decider, test]))
            for first, second in PAIRS
            for (name, decider, test), right in self._right.items()
            if name == first
        )

    def _policy(self, decider: str, fitting: Sequence[Sequence[Ballot | None]]) -> PolicyModel:
        left_out, council = (
            casts(rows, first, second)
            for rows, first, second in zip(self._fitting, self._rules[decider][0], fitting, strict=True)
        )
        parts = (
            StandIn("rare", 1.0, left_out),
            StandIn("new", 1.0, as_new(left_out)),
            StandIn("council", 1.0, council),
        )
        return fit_policy(together(parts))

    def _result(self, name: str, rows: int, decider: str, test: str, judged: Sequence[Judged]) -> Result:
        accepted = [each for each in judged if each.accepted]
        decided = measures(judged, self.rarest)
        standing = measures(accepted, self.rarest) if accepted else None
        return Result(name, rows, decider, test, decided, standing, len(accepted) / len(judged))


def _judged(
    tested: Tested,
    first: Sequence[Ballot | None],
    second: Sequence[Ballot | None],
    policy: PolicyModel | None,
) -> list[Judged]:
    """Decisions; without a vote it is `other` and a person decides, as in the policy."""
    found = []
    for each, truth, one, other in zip(tested.transactions, tested.truths, first, second, strict=True):
        ballots = tuple(ballot for ballot in (one, other) if ballot is not None)
        band, said, sure, accepted = amount_band(each.amount, each.currency), "other", 0.0, False
        if ballots and policy is None:
            said, sure = ballots[0].category, ballots[0].confidence
        elif ballots and policy is not None:
            cast = Cast(ballots, band, frozenset((truth,)), 1.0)
            (said,), (sure,), (accepted,) = decided([cast], policy)
        found.append(Judged(said, float(sure), bool(accepted), frozenset((truth,)), band))
    return found


def _of_labelled(rows: Sequence[Labelled]) -> Tested:
    return Tested(tuple(map(transaction, rows)), tuple(min(row.truth) for row in rows))


def _synthetic(config: TrainingConfig, per_category: int, part: Part) -> Tested:
    other_seed = config.seed + 1  # than that of the balanced sets
    wanted = BalanceConfig(min(per_category, TEST_ROWS), By.MERCHANT, part, other_seed, data=config.data)
    rows = generated_rows(wanted)
    return Tested(tuple(map(_of_row, rows)), tuple(row.category for row in rows))


def _of_row(row: BalanceRow) -> Transaction:
    return Transaction(
        transaction_id=row.transaction_id,
        account_id="-",
        description=row.description,
        amount=row.amount,
        currency=row.currency,
        timestamp=datetime.fromisoformat(row.timestamp),
    )
