"""Probes: what is compared, that it changes nothing, and that what goes wrong in it does not get out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from models.contracts.events import Transaction, of_checked
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.decisions.probing import Flip, Probe, Probes
from models.statistics.keyed_sample import KeyedSample
from models.twins.live import Attribute, Twin, Twins
from models.voters.contract import Ballot, Method
from models.voters.house.rules import HouseRules
from tests.harness.voters import TripsOver, sure_of, transaction

ALL = KeyedSample(share=1.0, seed="")
RULE = b"id,text,category,who,why\nr1,other,fuel,o,y\n"


@dataclass(frozen=True, slots=True)
class Reads:
    """Votes by the description, as a voter would that reads a name."""

    ballots: dict[str, Ballot]
    method: Method = Method.TEXT

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """The ballot of each description."""
        return [self.ballots[one.description] for one in transactions]


def other(event: Transaction) -> Twin:
    """The same transaction with another description, as a twin of another name."""
    return Twin(Attribute.NAME, of_checked(Transaction, {**vars(event), "description": "OTHER"}))


def probed(ensemble: Ensemble, *events: Transaction, probes: Probes | None = None) -> dict[str, Probe]:
    """What probes of these transactions show."""
    findings = ensemble.findings(events)
    decided = [(event, found.verdict) for event, found in zip(events, findings, strict=True)]
    return (probes or Probes(ALL, other)).of(decided, ensemble)


@pytest.mark.parametrize(
    ("category", "confidence", "flip"),
    [
        ("fuel", 0.95, Flip.NOTHING),
        ("fuel", 0.93, Flip.CONFIDENCE),
        ("fuel", 0.30, Flip.REVIEW),
        ("pets", 0.95, Flip.CATEGORY),
        ("pets", 0.30, Flip.BOTH),
    ],
)
def test_a_planted_difference_is_told(category: str, confidence: float, flip: Flip) -> None:
    """A voter that reads the name: what it makes another decision of is what the probe says."""
    voter = Reads({"NAME": Ballot("fuel", 0.95, "x"), "OTHER": Ballot(category, confidence, "x")})
    found = probed(Ensemble([voter], "test"), transaction(description="NAME"))
    assert {"t1": Probe(Attribute.NAME, flip)} == found


def test_a_twin_that_trips_the_ensemble_is_a_flip_and_hurts_nobody() -> None:
    """The twin's own transaction would have become a dead letter; the others of the batch are compared all the same."""
    events = [transaction(f"t{number}") for number in range(3)]

    def second_trips(event: Transaction) -> Twin:
        name = "TRIPS" if event.transaction_id == "t1" else "OTHER"
        return Twin(Attribute.NAME, of_checked(Transaction, {**vars(event), "description": name}))

    found = probed(Ensemble([TripsOver("TRIPS")], "test"), *events, probes=Probes(ALL, second_trips))
    assert [Flip.NOTHING, Flip.FAILED, Flip.NOTHING] == [found[event.transaction_id].flip for event in events]


def test_a_fault_in_making_a_twin_is_counted_and_hurts_nobody() -> None:
    """No attribute, as there was no twin."""

    def broken(event: Transaction) -> Twin:
        raise ZeroDivisionError(event.currency)

    assert {"t1": Probe(None, Flip.FAILED)} == probed(sure_of("fuel"), transaction(), probes=Probes(ALL, broken))


def test_the_same_ones_are_drawn_again_whatever_the_batches() -> None:
    """Reading again after a crash, in other batches, gives the same probes; another seed draws others."""
    events = [transaction(f"t{number}", amount=Decimal("4.31")) for number in range(2_000)]
    ensemble = sure_of("fuel")

    def draw(seed: str, size: int) -> dict[str, Probe]:
        found: dict[str, Probe] = {}
        for start in range(0, len(events), size):
            probes = Probes(KeyedSample(share=0.05, seed=seed), Twins.shipped("").of)
            found |= probed(ensemble, *events[start : start + size], probes=probes)
        return found

    assert draw("a", 2_000) == draw("a", 7)
    assert 60 < len(draw("a", 500)) < 140
    assert draw("a", 500).keys() != draw("b", 500).keys()


def test_what_somebody_laid_down_is_not_probed_and_hits_are_not_counted() -> None:
    """A rule for a name depends on the name, rightly; a twin that meets one does not count among its hits."""
    house = HouseRules.read(RULE)
    ensemble = sure_of("pets").under(house)
    assert {} == probed(ensemble, transaction(description="OTHER"))
    assert Counter({"r1": 1}) == house.hits
    assert Flip.CATEGORY is probed(ensemble, transaction())["t1"].flip
    assert Counter({"r1": 1}) == house.hits


def test_a_twin_is_remembered_nowhere() -> None:
    """The memory of lines of the ensemble that decides has its own lines only."""
    ensemble = load_ensemble()
    events = [transaction(f"t{number}", description=f"ZELLE TO JOHN SMITH {number}") for number in range(20)]
    found = probed(ensemble, *events, probes=Probes(ALL, Twins.shipped("").of))
    assert {Attribute.NAME} == {probe.attribute for probe in found.values()}
    assert {Flip.NOTHING} == {probe.flip for probe in found.values()}
    assert 20 == len(ensemble._lines)
    assert 0 == len(ensemble.beside()._lines)
