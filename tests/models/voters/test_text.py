"""The text voter: what it says does not depend on batches or on its cache, and it knows when it knows nothing."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from models.contracts.events import Transaction
from models.learned.memory import MerchantMemory
from models.learned.text import LearnedText
from models.statements.normalise import merchant_text
from models.voters.contract import Ballot, Kind
from models.voters.text import TextVoter
from tests.harness.learned import small

DESCRIPTIONS = (
    "TIM HORTONS #1234 TORONTO ON",
    "SHELL OIL 57442",
    "MONTHLY RENT MAPLE COURT",
    "TIM HORTONS #77",
    "PAYROLL ACME CORP",
    "зщжц",
    "HOME DEPOT 7001",
)


def transactions(descriptions: Sequence[str], currency: str = "CAD") -> list[Transaction]:
    """One transaction per description; pay is money in."""
    return [
        Transaction(
            transaction_id=f"t{number}",
            account_id="a1",
            description=description,
            amount="-1250" if description.startswith("PAYROLL") else "12.50",
            currency=currency,
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
def test_ballots_depend_on_neither_batch_nor_cache(learned: LearnedText, cache_size: int) -> None:
    """One at a time, all at once, again from the cache: the same."""
    voter = TextVoter(learned, cache_size=cache_size)
    stream = transactions(DESCRIPTIONS)
    together = voter.vote(stream)
    one_by_one = [voter.vote([transaction])[0] for transaction in stream]
    assert together == one_by_one
    assert together == voter.vote(stream)


@pytest.mark.parametrize("cache_size", [0, 1, 5])
def test_cache_stays_bounded(learned: LearnedText, cache_size: int) -> None:
    """However many merchants pass by."""
    voter = TextVoter(learned, cache_size=cache_size)
    voter.vote(transactions([f"cafe {chr(97 + number)}{chr(110 + number)}" for number in range(12)]))
    assert cache_size == len(voter.remembered())


def test_recently_used_stays_in_the_cache(learned: LearnedText) -> None:
    """The one used longest ago goes first."""
    voter = TextVoter(learned, cache_size=2)
    for description in ("cafe qx", "cafe qy", "cafe qx", "cafe qz"):
        voter.vote(transactions([description]))
    assert ["cafe qx", "cafe qz"] == list(voter.remembered())


def test_nothing_known_is_no_vote(learned: LearnedText) -> None:
    """A text without one known n-gram gets no ballot; its neighbours do."""
    known, unknown = TextVoter(learned).vote(transactions(["STARBUCKS", "ჯჰჴ ჵჶ"]))
    assert ("food_dining", None) == (known and known.category, unknown)


def test_no_transactions_no_ballots(learned: LearnedText) -> None:
    """An empty batch is fine."""
    assert [] == TextVoter(learned).vote([])


def test_ballot_is_a_distribution_with_evidence(learned: LearnedText) -> None:
    """Best first, no more than 1 in all, up to three alternatives, and evidence that stands in the text.

    After "like" comes the nearest known text instead, and a merchant that was seen says how often.
    """
    for description in DESCRIPTIONS[:5]:
        ballot = only(TextVoter(learned).vote(transactions([description])))
        shares = [ballot.confidence, *(share for _, share in ballot.alternatives)]
        assert sorted(shares, reverse=True) == shares
        assert sum(shares) <= 1 + 1e-5
        assert len(shares) == len({ballot.category, *(category for category, _ in ballot.alternatives)}) <= 4
        if ballot.kind is Kind.SEEN:
            assert re.fullmatch(r"seen before, \d+ of \d+ times so", ballot.evidence)
        else:
            quoted = ballot.evidence.partition(", like ")[0].split('"')[1::2]
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
def test_purchases_and_bank_lines_are_known(learned: LearnedText, description: str, category: str) -> None:
    """Merchants of the purchase-card data, and lines that such data lacks."""
    assert category == only(TextVoter(learned).vote(transactions([description]))).category


@pytest.mark.parametrize("description", ["QWZXV KJHGF", "BLORPT ZANNIK", "XYLQUOR VVEX"])
def test_unfamiliar_text_is_not_sure(learned: LearnedText, description: str) -> None:
    """A string that shares few n-grams with training goes to a person."""
    ballot = TextVoter(learned).vote(transactions([description]))[0]
    assert ballot is None or ballot.confidence < 0.6


def test_name_of_a_person_does_not_decide(learned: LearnedText) -> None:
    """The same transfer to people whose names come from several languages is a transfer each time, nearly as sure."""
    names = ("JAMES SMITH", "FATIMA KHAN", "WEI CHEN", "OLGA IVANOVA", "KWAME MENSAH", "PRIYA PATEL", "AISHA DIALLO")
    ballots = TextVoter(learned).vote(transactions([f"E-TRANSFER TO {name}" for name in names]))
    assert {"transfers_cash"} == {ballot.category for ballot in ballots if ballot}


def ballot(learned: LearnedText, description: str, currency: str = "CAD") -> Ballot:
    """What the voter says of one description."""
    return only(TextVoter(learned).vote(transactions([description], currency)))


def test_evidence_says_what_it_rests_on() -> None:
    """Words of the text; the nearest text where it was asked; how often it was seen; or that nothing speaks for it."""
    seen = small(MerchantMemory([("cafe", "fuel", 8), ("cafe", "groceries", 2)]), currencies=frozenset(("CAD",)))
    said = [
        ballot(small(), "CAFE").evidence,
        ballot(small(), "HIS SHOP").evidence,
        ballot(seen, "CAFE").evidence,
    ]
    assert ['text ~ "cafe"', 'text ~ "shop", like "corner shop"', "seen before, 8 of 10 times so"] == said


def test_memory_that_does_not_decide_is_no_evidence() -> None:
    """Where the opinion outweighs one sighting, the evidence is that of the opinion."""
    learned = small(MerchantMemory([("cafe", "fuel", 1)]), strength=20, currencies=frozenset(("CAD",)))
    found = ballot(learned, "CAFE")
    assert ("food_dining", 'text ~ "cafe"', Kind.SEEN_SELDOM) == (found.category, found.evidence, found.kind)


def test_kind_says_whether_the_merchant_is_seen_rare_or_new() -> None:
    """A merchant that was never seen is a rare one where the memory is at home, and may be a frequent one elsewhere.

    The answer is the same, also from the cache; what it is worth is not.
    """
    learned = small(MerchantMemory([("shop", "groceries", 5)]), currencies=frozenset(("CAD",)))
    voter = TextVoter(learned)
    for _ in range(2):
        home, abroad = (voter.vote(transactions(["CAFE", "SHOP"], currency)) for currency in ("CAD", "GBP"))
        assert [Kind.RARE, Kind.SEEN] == [each.kind for each in home if each]
        assert [Kind.LEARNED, Kind.SEEN_ABROAD] == [each.kind for each in abroad if each]
        assert [each and each.category for each in home] == [each and each.category for each in abroad]


@pytest.mark.parametrize(("rows", "kind"), [(1, Kind.SEEN_SELDOM), (2, Kind.SEEN_SELDOM), (3, Kind.SEEN)])
def test_few_rows_are_a_kind_of_their_own(rows: int, kind: Kind) -> None:
    """One or two sightings may be chance."""
    learned = small(MerchantMemory([("shop", "fuel", rows)]), currencies=frozenset(("CAD",)))
    assert kind == ballot(learned, "SHOP").kind


@pytest.mark.parametrize("rows", [1, 3, 1_000])
def test_abroad_a_memory_is_an_opinion_among_others(rows: int) -> None:
    """However often it was seen elsewhere, it is worth as much as the other parts at most; few rows are worth less."""
    learned = small(MerchantMemory([("cafe", "fuel", rows)]), currencies=frozenset(("CAD",)))
    opinion = float(small().opinions(["cafe"]).probabilities[0, 1])
    weight = min(rows / 3, 1)
    said = ballot(learned, "CAFE", "GBP")
    shares = {said.category: said.confidence, **dict(said.alternatives)}
    assert shares["fuel"] == pytest.approx((weight + opinion) / (weight + 1), abs=1e-4)


def test_the_shipped_memory_knows_its_merchants(learned: LearnedText) -> None:
    """A merchant of the purchase cards is seen, under any store number; one that does not exist is rare there."""
    assert Kind.SEEN == ballot(learned, "TIM HORTONS #9876").kind
    assert Kind.RARE == ballot(learned, "AMBERLOW BAKERY").kind
    assert Kind.LEARNED == ballot(learned, "AMBERLOW BAKERY", "GBP").kind
