"""The stage that all fleets share: the ensemble with voters that remember, and the rules of the monitors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.decisions.ensemble import Ensemble
from models.decisions.llm_guard import LlmGuard
from models.voters.contract import Ballot, Kind, Method
from models.voters.llm.voter import CONFIDENCE
from streams.monitor.judging import Judging
from streams.trials.simulate.population import Population
from streams.trials.simulate.scenarios import Variant

_WITHOUT_A_DAY = datetime(2026, 1, 5, tzinfo=UTC)


def name_of(place: int, row: int, variant: int) -> str:
    """Id of a transaction: its place in the fleet, and the row and form that it is, by which the voters remember it.

    >>> read_name(name_of(17, 4711, Variant.CUT))
    (17, 4711, 3)
    """
    return f"{place}-{row}-{variant}"


def read_name(transaction_id: str) -> tuple[int, int, int]:
    """Place, row and variant of an id."""
    place, row, variant = transaction_id.split("-")
    return int(place), int(row), int(variant)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A voter that says what the real one of its method said of the row.

    Args:
        column: Place of the real one among the voters.
    """

    method: Method
    column: int
    population: Population = field(repr=False)

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """The ballot of each transaction, by its id."""
        return [self._ballot(transaction.transaction_id) for transaction in transactions]

    def _ballot(self, transaction_id: str) -> Ballot | None:
        _, row, variant = read_name(transaction_id)
        return self.population.casts[Variant(variant)].ballots[row][self.column]


_LLM: Mapping[str, Ballot] = {name: Ballot(name, CONFIDENCE, "llm scripted", kind=Kind.LLM) for name in CATEGORIES}


@dataclass(frozen=True, slots=True)
class Scripted:
    """The LLM as a voter: where it is asked, it says what the others decided, so that its share alone changes."""

    population: Population = field(repr=False)
    method: Method = field(default=Method.LLM, init=False)

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """The ballot of each transaction, by its id."""
        return [self._ballot(transaction.transaction_id) for transaction in transactions]

    def _ballot(self, transaction_id: str) -> Ballot | None:
        _, row, variant = read_name(transaction_id)
        return _LLM[CATEGORIES[self.population.decided[row]]] if variant == Variant.ASKED else None


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that all fleets share.

    Args:
        ensemble: The real one, with voters that remember.
        with_llm: The same, with the LLM's ballots, under the guard that the slow lane puts it.
        start: Event time of the first transaction: the day after the training of the model.
    """

    population: Population
    ensemble: Ensemble
    with_llm: Ensemble
    judging: Judging
    start: datetime

    @classmethod
    def of(cls, population: Population, ensemble: Ensemble, judging: Judging) -> "Stage":
        """Set the stage for a population that the ensemble, with its real voters, has decided on."""
        voters = [Remembered(method, column, population) for column, method in enumerate(population.methods)]
        remembering = replace(ensemble, voters=voters)
        trained_on = judging.reference.trained_on
        return cls(
            population,
            remembering,
            replace(ensemble, voters=[*voters, Scripted(population)], policy=LlmGuard(ensemble.policy)),
            judging,
            datetime.combine(trained_on + timedelta(days=1), time(), UTC) if trained_on else _WITHOUT_A_DAY,
        )
