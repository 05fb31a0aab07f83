"""The text voter: what it says does not depend on batches or on its cache, and it knows when it knows nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from models.artefact import DEFAULT_MODEL, read_artefact
from models.events import Transaction
from models.normalise import merchant_text
from models.text_files import from_files
from models.text_model import TextModel
from models.voters.text import TextVoter
from models.voting import Ballot

DESCRIPTIONS = (
    "TIM HORTONS #1234 TORONTO ON",
    "SHELL OIL 57442",
    "MONTHLY RENT MAPLE COURT",
    "TIM HORTONS #77",
    "PAYROLL ACME CORP",
    "зщжц",
    "HOME DEPOT 7001",
)


@pytest.fixture(scope="module")
def model() -> TextModel:
    """The model that comes with the package."""
    _, contents = read_artefact(DEFAULT_MODEL)
    return from_files(contents)


def transactions(descriptions: Sequence[str]) -> list[Transaction]:
    """One transaction per description."""
    return [
        Transaction(
            transaction_id=f"t{number}",
            account_id="a1",
            description=description,
            amount="12.50",
            currency="CAD",
            timestamp=datetime(2024, 5, 1, tzinfo=UTC),
        )
        for number, description in enumerate(descriptions)
    ]


def only(ballots: Sequence[Ballot | None]) -> Ballot:
    """The single ballot of a vote."""
    (ballot,) = ballots
    assert ballot is not None
    return ballot


@pytest.mark.parametrize("cache_size", [0, 1, 3, 1_000])
def test_ballots_depend_on_neither_batch_nor_cache(model: TextModel, cache_size: int) -> None:
    """One at a time, all at once, again from the cache: the same."""
    voter = TextVoter(model, cache_size=cache_size)
    stream = transactions(DESCRIPTIONS)
    together = voter.vote(stream)
    one_by_one = [voter.vote([transaction])[0] for transaction in stream]
    assert together == one_by_one
    assert together == voter.vote(stream)


@pytest.mark.parametrize("cache_size", [0, 1, 5])
def test_cache_stays_bounded(model: TextModel, cache_size: int) -> None:
    """However many merchants pass by."""
    voter = TextVoter(model, cache_size=cache_size)
    voter.vote(transactions([f"cafe {chr(97 + number)}{chr(110 + number)}" for number in range(12)]))
    assert cache_size == len(voter.remembered())


def test_recently_used_stays_in_the_cache(model: TextModel) -> None:
    """The one used longest ago goes first."""
    voter = TextVoter(model, cache_size=2)
    for description in ("alpha cafe", "bravo cafe", "alpha cafe", "charlie cafe"):
        voter.vote(transactions([description]))
    assert ["alpha cafe", "charlie cafe"] == list(voter.remembered())


def test_nothing_known_is_no_vote(model: TextModel) -> None:
    """A text without one known n-gram gets no ballot; its neighbours do."""
    known, unknown = TextVoter(model).vote(transactions(["STARBUCKS", "ჯჰჴ ჵჶ"]))
    assert known is not None
    assert unknown is None


def test_no_transactions_no_ballots(model: TextModel) -> None:
    """An empty batch is fine."""
    assert [] == TextVoter(model).vote([])


def test_ballot_is_a_distribution_with_evidence(model: TextModel) -> None:
    """Best first, no more than 1 in all, up to three alternatives, and evidence that stands in the text."""
    for description in DESCRIPTIONS[:5]:
        ballot = only(TextVoter(model).vote(transactions([description])))
        shares = [ballot.confidence, *(share for _, share in ballot.alternatives)]
        assert sorted(shares, reverse=True) == shares
        assert sum(shares) <= 1 + 1e-5
        assert len(shares) == len({ballot.category, *(category for category, _ in ballot.alternatives)}) <= 4
        quoted = ballot.evidence.split('"')[1::2]
        assert quoted
        assert all(name in merchant_text(description) for name in quoted)


@pytest.mark.parametrize(
    ("description", "category"),
    [
        ("TIM HORTONS #1234 TORONTO ON", "food_dining"),
        ("MONTHLY RENT MAPLE COURT", "housing"),
        ("PAYROLL ACME CORP", "income"),
        ("OVERDRAFT FEE", "loans_fees"),
        ("TRANSFER TO SAVINGS", "transfers_cash"),
        ("AVIVA CAR INSURANCE", "insurance"),
        ("HOME DEPOT 7001", "home_garden"),
        ("UNICEF DONATION", "charity_donations"),
    ],
)
def test_purchases_and_bank_lines_are_known(model: TextModel, description: str, category: str) -> None:
    """Merchants of the purchase-card data, and lines that such data lacks."""
    assert category == only(TextVoter(model).vote(transactions([description]))).category


@pytest.mark.parametrize("description", ["QWZXV KJHGF", "BLORPT ZANNIK", "XYLQUOR VVEX"])
def test_unfamiliar_text_is_not_sure(model: TextModel, description: str) -> None:
    """A string that shares few n-grams with training goes to a person."""
    ballot = TextVoter(model).vote(transactions([description]))[0]
    assert ballot is None or ballot.confidence < 0.6


def test_name_of_a_person_does_not_decide(model: TextModel) -> None:
    """The same transfer to people whose names come from several languages is a transfer each time, nearly as sure."""
    names = ("JAMES SMITH", "FATIMA KHAN", "WEI CHEN", "OLGA IVANOVA", "KWAME MENSAH", "PRIYA PATEL", "AISHA DIALLO")
    ballots = TextVoter(model).vote(transactions([f"E-TRANSFER TO {name}" for name in names]))
    assert {"transfers_cash"} == {ballot.category for ballot in ballots if ballot}
