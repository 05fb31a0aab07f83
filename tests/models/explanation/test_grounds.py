"""Evidence of every form is understood: of the voters as they are, and of what decides before them."""

import csv
import gzip
from pathlib import Path

import pytest

from models.contracts.events import Transaction, Vote
from models.explanation.grounds import Ground, ground_of
from models.learned.text import LearnedText
from models.voters.contract import Ballot, Method, Voter
from models.voters.house.evidence import Decisive, evidence_of
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter
from tests.harness.voters import transaction

SAMPLE = Path(__file__).parents[3] / "models" / "data" / "sample_transactions.csv.gz"
ROWS = 400


def ground(method: str, evidence: str) -> Ground | None:
    """What a vote with this evidence tells."""
    return ground_of(Vote(method=method, category="pets", confidence=0.9, weight=1.0, evidence=evidence))


def of_ballot(voter: Voter, ballot: Ballot) -> Ground | None:
    """What a ballot tells."""
    return ground(voter.method, ballot.evidence)


@pytest.mark.parametrize(
    ("line", "fields", "expected"),
    [
        ("TIM HORTONS", {"currency": "CAD"}, Ground.BRAND),
        ("STARBUKCS", {"currency": "CAD"}, Ground.BRAND_SPELLING),
        ("LUIGI PIZZA", {}, Ground.WORD),
        ("DOMINOS PIZZA", {}, Ground.BRAND_AND_WORD),
        ("ATM CASH WITHDRAWAL FEE", {}, Ground.WORDING),
        ("ZELLE TO JOHN SMITH", {}, Ground.PRIVATE_PERSON),
        ("4471 0092", {"channel": "atm"}, Ground.CHANNEL),
        ("TST* QXZV", {}, Ground.TILL),
        ("88371123", {"amount": "40.00"}, Ground.CIRCUMSTANCES),
        ("88371123", {"amount": "-2500.00"}, Ground.CIRCUMSTANCES),
    ],
)
def test_what_rules_say_is_understood(line: str, fields: dict[str, str], expected: Ground) -> None:
    """By the form of their evidence."""
    voter = RulesVoter()
    (ballot,) = voter.vote([transaction(description=line, **fields)])
    assert ballot is not None

    assert expected is of_ballot(voter, ballot)


@pytest.mark.parametrize(
    ("mcc", "line", "expected"),
    [("5814", "XYZZY", Ground.CODE), ("4816", "AMZN MKTP CA*MW7039SW0", Ground.CODE_SET_ASIDE)],
)
def test_what_a_code_says_is_understood(mcc: str, line: str, expected: Ground) -> None:
    """Also where the merchant is known to sell something else."""
    voter = MccVoter()
    (ballot,) = voter.vote([transaction(description=line, mcc=mcc)])
    assert ballot is not None

    assert expected is of_ballot(voter, ballot)


def test_no_vote_on_the_sample_is_of_an_unknown_form(learned: LearnedText) -> None:
    """Rules, codes and texts, as shipped; texts by memory, and by likeness where nobody remembers them."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(ROWS), strict=False)]
    batch: list[Transaction] = [
        transaction(description=row["description"], amount=row["amount"], currency=row["currency"], mcc=row["mcc"])
        for row in rows
    ]
    batch.append(transaction(description="ZZGQ RIVERSIDE NOODLE KITCHEN"))
    voters: list[Voter] = [MccVoter(), RulesVoter(), TextVoter(learned)]
    cast = [(voter, ballot) for voter in voters for ballot in voter.vote(batch) if ballot is not None]
    told = {(voter.method, of_ballot(voter, ballot)) for voter, ballot in cast}

    assert [] == [ballot.evidence for voter, ballot in cast if of_ballot(voter, ballot) is None]
    assert {(Method.TEXT, Ground.KNOWN_BUSINESS), (Method.TEXT, Ground.LIKENESS)} <= told


@pytest.mark.parametrize(
    ("method", "evidence", "expected"),
    [
        (Method.HOUSE, evidence_of(Decisive("R-12", "0a1b2c3d4e5f")), Ground.HOUSE_RULE),
        (Method.ACCOUNT, "corrected for this account", Ground.OWN_CORRECTION),
        (Method.ONLINE, "corrected by 1 person", Ground.CORRECTED),
        (Method.ONLINE, "corrected for 3 merchants of that name", Ground.CORRECTED_NAMES),
        (Method.ONLINE, "like lines that people corrected", Ground.CORRECTED_TEXT),
        (Method.LLM, "llm some-model", Ground.LANGUAGE_MODEL),
        (Method.TEXT, 'text, by elimination, like "other"', Ground.ELIMINATION),
        (Method.RULES, "counterparty: brand a (written); description: brand b (written)", Ground.OTHER_PARTY),
        (Method.RULES, "cue word ale, no brand true north (shop/supermarket)", Ground.WORD),
        (Method.RULES, "platform Deliveroo", Ground.PLATFORM),
        (Method.RULES, "PayPal names a person", Ground.PRIVATE_PERSON),
        (Method.RULES, "something new", None),
        ("tomorrow", "brand a", None),
    ],
)
def test_other_evidence_is_understood(method: str, evidence: str, expected: Ground | None) -> None:
    """What was never of a known form tells nothing."""
    assert expected is ground(method, evidence)
