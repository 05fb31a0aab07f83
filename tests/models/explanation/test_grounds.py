"""Evidence of every form is understood: of the voters as they are, and of what decides before them."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from models.contracts.events import Transaction, Vote
from models.explanation.grounds import Ground, ground_of
from models.learned.text import LearnedText
from models.voters.contract import Ballot, Kind, Method, Voter
from models.voters.house.evidence import Decisive, evidence_of
from models.voters.llm.breaker import Breaker
from models.voters.llm.budget import Budget
from models.voters.llm.protocol import PROTOCOLS, ProtocolName
from models.voters.llm.voter import LlmVoter
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter
from tests.harness.corrections import followed, keys_of_text, said, taken
from tests.harness.voters import transaction

SAMPLE = Path(__file__).parents[3] / "models" / "data" / "sample_transactions.csv.gz"
ROWS = 400


SAID: dict[Kind, tuple[Method, str, Ground]] = {
    Kind.CODE: (Method.MCC, "mcc 5814 fast food", Ground.CODE),
    Kind.STATEMENT: (Method.RULES, "statement says bank fee", Ground.WORDING),
    Kind.BRAND: (Method.RULES, "brand a (written)", Ground.BRAND),
    Kind.BRAND_BEFORE: (Method.RULES, "brand a (written)", Ground.BRAND),
    Kind.BRAND_INSIDE: (Method.RULES, "brand a (written)", Ground.BRAND),
    Kind.BRAND_ABROAD: (Method.RULES, "brand a (written)", Ground.BRAND),
    Kind.CONTRADICTED: (Method.RULES, "cue word ale, no brand true north (written)", Ground.WORD),
    Kind.INDEX: (Method.RULES, "brand a (shop/supermarket)", Ground.BRAND),
    Kind.MISSPELT: (Method.RULES, "brand a (written, one letter off)", Ground.BRAND_SPELLING),
    Kind.CUE: (Method.RULES, "cue word ale", Ground.WORD),
    Kind.TILL: (Method.RULES, "till toast", Ground.TILL),
    Kind.CIRCUMSTANCE: (Method.RULES, "round amount and no name", Ground.CIRCUMSTANCES),
    Kind.NAME_AND_CUE: (Method.RULES, "brand a (written), cue word ale", Ground.BRAND_AND_WORD),
    Kind.SEEN: (Method.TEXT, "seen before, 9 of 9 times so", Ground.KNOWN_BUSINESS),
    Kind.SEEN_SELDOM: (Method.TEXT, "seen before, 1 of 1 times so", Ground.KNOWN_BUSINESS),
    Kind.SEEN_ABROAD: (Method.TEXT, "seen before, 1 of 1 times so", Ground.KNOWN_BUSINESS),
    Kind.LEARNED: (Method.TEXT, 'text ~ "ale"', Ground.LIKENESS),
    Kind.HUNCH: (Method.TEXT, "text, by elimination", Ground.ELIMINATION),
    Kind.RARE: (Method.TEXT, 'text ~ "ale", like "other"', Ground.LIKENESS),
    Kind.RARE_HUNCH: (Method.TEXT, 'text, by elimination, like "other"', Ground.ELIMINATION),
    Kind.LLM: (Method.LLM, "llm some-model", Ground.LANGUAGE_MODEL),
    Kind.CORRECTED: (Method.ONLINE, "corrected by 1 person", Ground.CORRECTED),
    Kind.CORRECTED_TWICE: (Method.ONLINE, "corrected by 2 people", Ground.CORRECTED),
    Kind.CORRECTED_OFTEN: (Method.ONLINE, "corrected by 3 people", Ground.CORRECTED),
    Kind.CORRECTED_DISPUTED: (Method.ONLINE, "corrected by 4 people", Ground.CORRECTED),
    Kind.CORRECTED_FAMILY: (Method.ONLINE, "corrected for 3 merchants of that name", Ground.CORRECTED_NAMES),
    Kind.ONLINE: (Method.ONLINE, "like lines that people corrected", Ground.CORRECTED_TEXT),
    Kind.ACCOUNT: (Method.ACCOUNT, "corrected for this account", Ground.OWN_CORRECTION),
    Kind.HOUSE: (Method.HOUSE, evidence_of(Decisive("R-12", "0a1b2c3d4e5f")), Ground.HOUSE_RULE),
}
"""Each kind of ballot with evidence of its form and what customers are told of it; a new kind needs its line."""


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
    assert [] == [ballot for _, ballot in cast if ballot.kind not in SAID]
    assert {(Method.TEXT, Ground.KNOWN_BUSINESS), (Method.TEXT, Ground.LIKENESS)} <= told


def test_every_kind_of_ballot_tells_something() -> None:
    """Of every method, and every kind that there is; grounds that no vote tells come from the decision itself."""
    assert set(Kind) == set(SAID)
    assert set(Method) == {method for method, _, _ in SAID.values()}
    assert {kind: expected for kind, (_, _, expected) in SAID.items()} == {
        kind: ground(method, evidence) for kind, (method, evidence, _) in SAID.items()
    }


def test_corrections_and_answers_of_an_llm_are_understood() -> None:
    """As the worker's model of corrections and the LLM's voter write them."""
    stores = [said(number, f"glen tire {town}", "auto") for number, town in enumerate(("ajax", "barrie", "12"))]
    learned = followed(taken(stores))
    merchant = learned.merchant(keys_of_text("glen tire ajax"))
    family = learned.family(keys_of_text("glen tire whitby"))
    llm = LlmVoter(
        PROTOCOLS[ProtocolName.OLLAMA],
        "small",
        24,
        Breaker(failures=2, pause_seconds=30),
        Budget(calls_per_minute=60, tokens_per_day=10**6),
    )
    _, ballot = llm.answered(json.dumps({"message": {"content": '{"category": "pets"}'}, "done": True}).encode(), now=0)
    assert merchant is not None
    assert family is not None
    assert ballot is not None

    assert Ground.CORRECTED is ground(Method.ONLINE, merchant.evidence)
    assert Ground.CORRECTED_NAMES is ground(Method.ONLINE, family.evidence)
    assert Ground.LANGUAGE_MODEL is ground(Method.LLM, ballot.evidence)


@pytest.mark.parametrize(
    ("method", "evidence", "expected"),
    [
        (Method.RULES, "counterparty: brand a (written); description: brand b (written)", Ground.OTHER_PARTY),
        (Method.RULES, "platform Deliveroo", Ground.PLATFORM),
        (Method.RULES, "PayPal names a person", Ground.PRIVATE_PERSON),
        (Method.RULES, "something new", None),
        ("tomorrow", "brand a", None),
    ],
)
def test_other_evidence_is_understood(method: str, evidence: str, expected: Ground | None) -> None:
    """What was never of a known form tells nothing."""
    assert expected is ground(method, evidence)
