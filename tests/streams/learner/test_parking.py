"""Corrections of transactions that nobody knows wait, bounded in number and time, until somebody knows."""

from datetime import timedelta
from typing import Any

import pytest

from models.contracts.corrections import Correction, Scope
from streams.learner.parking import Parking, says_nothing
from tests.streams.categorizer.test_handler import Record

HOUR = 3_600_000


def correction(number: int, transaction: str = "t", **fields: Any) -> Correction:
    """A correction that says nothing of its transaction, unless told to."""
    return Correction.model_validate(
        {
            "correction_id": f"c{number}",
            "transaction_id": transaction,
            "category": "pets",
            "actor": f"a{number}",
            "timestamp": "2025-03-06T08:00:00Z",
        }
        | fields
    )


ABOUT = {"description": "FURRY FRIENDS", "amount": "12.00", "currency": "CAD"}
ANSWERS = {
    "category": "other",
    "confidence": 0.5,
    "amount_band": "under_100",
    "model_version": "m1",
    "merchant_key": "furry friends",
}


def record(number: int) -> Record:
    """The journal's record of a correction."""
    return Record(b"{}", offset=number, key=f"c{number}".encode(), topic="models.journal", partition=0)


def parking(most: int = 10, hours: float = 1) -> Parking:
    """An empty one."""
    return Parking(most=most, longest=timedelta(hours=hours))


@pytest.mark.parametrize(("fields", "waits"), [({}, True), ({"about": ABOUT}, False), ({"answers": ANSWERS}, False)])
def test_what_waits(fields: dict[str, Any], waits: bool) -> None:
    """Only what says neither its transaction nor the merchant."""
    place, said = parking(), correction(1, **fields)
    assert waits is says_nothing(said)
    assert ([] if waits else [said]) == list(place.take(said, record(1)))
    assert int(waits) == len(place)


@pytest.mark.parametrize("knows", [{"about": ABOUT}, {"answers": ANSWERS}])
def test_what_waits_is_learned_when_another_knows_the_transaction(knows: dict[str, Any]) -> None:
    """With what that one says, behind it, in the order in which they came; those of others go on waiting."""
    place = parking()
    for number, transaction in ((1, "t"), (2, "other"), (3, "t")):
        assert [] == list(place.take(correction(number, transaction), record(number)))
    told = correction(4, **knows)
    taken = list(place.take(told, record(4)))
    assert ["c4", "c1", "c3"] == [one.correction_id for one in taken]
    assert [(told.about, told.answers)] * 3 == [(one.about, one.answers) for one in taken]
    assert 1 == len(place)


def test_what_comes_later_need_not_wait() -> None:
    """The transaction is known by then."""
    place = parking()
    known = correction(1, about=ABOUT)
    assert [known] == list(place.take(known, record(1)))
    (late,) = place.take(correction(2), record(2))
    assert ("c2", known.about) == (late.correction_id, late.about)


@pytest.mark.parametrize("fields", [{"scope": "account"}, {"standing": "customer"}])
def test_what_one_account_says_of_a_transaction_is_told_to_nobody(fields: dict[str, str]) -> None:
    """It completes what waits for it, and is not remembered."""
    place = parking()
    own = correction(1, about=ABOUT, account_id="acc", **fields)
    assert [own] == list(place.take(own, record(1)))
    assert [] == list(place.take(correction(2), record(2)))


def test_time_is_the_journals() -> None:
    """What came an hour ago has expired, whatever a record says that comes behind with an older time."""
    place = parking()
    for number, at in ((1, 0), (2, HOUR // 2)):
        assert [] == place.expire(at)
        assert [] == list(place.take(correction(number), record(number)))
    assert not place.due(HOUR - 1)
    assert place.due(HOUR)
    assert ["c1"] == [parked.correction.correction_id for parked in place.expire(HOUR)]
    assert [] == place.expire(0)
    assert [] == list(place.take(correction(3, "late"), record(3)))
    assert ["c2"] == [parked.correction.correction_id for parked in place.expire(HOUR + HOUR // 2)]
    assert ["c3"] == [parked.correction.correction_id for parked in place.expire(2 * HOUR)]


def test_the_oldest_go_when_there_are_too_many() -> None:
    """So many wait and no more."""
    place = parking(most=2)
    for number in range(4):
        assert [] == list(place.take(correction(number, f"t{number}"), record(number)))
    assert ["c0", "c1"] == [parked.correction.correction_id for parked in place.overflow()]
    assert [] == place.overflow()


def test_an_account_that_is_forgotten_waits_for_nothing() -> None:
    """Those of others stay."""
    place = parking()
    for number, account in ((1, "a"), (2, "b"), (3, "a")):
        said = correction(number, scope=Scope.ACCOUNT, account_id=account)
        assert [] == list(place.take(said, record(number)))
    place.forget(lambda correction: correction.account_id == "a")
    assert 1 == len(place)
