"""The contract of `models.voters.contract.Voter`, which every voter keeps. A new voter joins by a line in `VOTERS`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.learned.text import LearnedText
from models.learned.text_files import from_files
from models.voters.contract import Ballot, Method, Voter
from models.voters.llm.voter import Answers
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter
from models.voters.text import TextVoter


@cache
def _learned() -> LearnedText:
    _, contents = read_artefact(DEFAULT_MODEL)
    return from_files(contents)


def _text_voter() -> TextVoter:
    return TextVoter(_learned())


def _answers() -> Answers:
    return Answers({"t0": Ballot("food_dining", 0.5, "llm small"), "t9": Ballot("groceries", 0.5, "llm small")})


VOTERS: dict[str, Callable[[], Voter]] = {
    "mcc": MccVoter,
    "rules": RulesVoter,
    "text": _text_voter,
    "llm": _answers,
}
"""Name to a function that makes the voter."""

_LINES: tuple[tuple[str, str, str, str | None], ...] = (
    ("TIM HORTONS #2317", "7.45", "CAD", "5814"),
    ("AMZN MKTP CA*MW7039SW0", "45.10", "CAD", "4816"),
    ("PAYROLL DEPOSIT 0000123456789", "-2500", "USD", None),
    ("ATM CASH WITHDRAWAL FEE", "15", "ZAR", "6011"),
    ("CHECKCARD 0412 MARIO'S PIZZA 5551234567 DENVER CO", "20.00", "USD", "5812"),
    ("4111111111111111", "1", "EUR", "9999"),
    ("????", "0.01", "JPY", "5999"),
    ("日本 ローソン", "500", "JPY", None),
    ("x" * 1024, "1", "GBP", None),
    ("WAL-MART #3111", "90.91", "CAD", "5411"),
    ("\u202eCAFE\u0301 №5", "-3", "EUR", "0000"),
)
_LONG_NUMBER = re.compile(r"\d{8}")


def _transactions() -> list[Transaction]:
    return [
        Transaction(
            transaction_id=f"t{number}",
            account_id="a1",
            description=description,
            amount=amount,
            currency=currency,
            timestamp=datetime(2024, 5, 1, tzinfo=UTC),
            mcc=mcc,
        )
        for number, (description, amount, currency, mcc) in enumerate(_LINES)
    ]


@pytest.fixture(params=VOTERS)
def voter(request: pytest.FixtureRequest) -> Voter:
    """Each voter in turn, freshly made."""
    return VOTERS[request.param]()


def _ballots(voter: Voter) -> list[Ballot]:
    return [ballot for ballot in voter.vote(_transactions()) if ballot is not None]


def test_method_is_one_of_the_known(voter: Voter) -> None:
    """The method names a weight, so it must be a member of `Method`."""
    assert isinstance(voter.method, Method)


def test_one_answer_per_transaction(voter: Voter) -> None:
    """The answer is as long as the batch."""
    assert len(_LINES) == len(voter.vote(_transactions()))


def test_empty_batch(voter: Voter) -> None:
    """No transactions, no ballots."""
    assert [] == voter.vote([])


def test_votes_on_something_and_not_on_everything(voter: Voter) -> None:
    """The lines hold at least one that a voter knows, and one that it cannot know."""
    answers = voter.vote(_transactions())
    assert any(answers)
    assert None in answers


def test_answers_keep_the_order(voter: Voter) -> None:
    """Reversed transactions give reversed answers."""
    forwards = voter.vote(_transactions())
    assert forwards[::-1] == voter.vote(_transactions()[::-1])


def test_batch_equals_one_by_one(voter: Voter) -> None:
    """A ballot does not depend on its neighbours in the batch."""
    one_by_one = [voter.vote([transaction])[0] for transaction in _transactions()]
    assert one_by_one == voter.vote(_transactions())


def test_accepts_any_sequence(voter: Voter) -> None:
    """A tuple is as good as a list."""
    assert voter.vote(_transactions()) == voter.vote(tuple(_transactions()))


def test_categories_are_in_the_taxonomy(voter: Voter) -> None:
    """Neither the category nor an alternative is made up."""
    named = {category for ballot in _ballots(voter) for category, _ in ballot.alternatives}
    assert set() == (named | {ballot.category for ballot in _ballots(voter)}) - set(CATEGORIES)


def test_confidences_are_probabilities(voter: Voter) -> None:
    """Every confidence lies in (0, 1]; a vote without confidence would be no vote."""
    values = [ballot.confidence for ballot in _ballots(voter)]
    values += [confidence for ballot in _ballots(voter) for _, confidence in ballot.alternatives]
    assert [] == [value for value in values if not 0 < value <= 1]


def test_alternatives_come_best_first_without_the_category(voter: Voter) -> None:
    """Alternatives are sorted by confidence and do not repeat the category."""
    for ballot in _ballots(voter):
        values = [confidence for _, confidence in ballot.alternatives]
        assert sorted(values, reverse=True) == values
        assert ballot.category not in dict(ballot.alternatives)


def test_evidence_is_short_text_without_long_numbers(voter: Voter) -> None:
    """Evidence goes to logs and reviewers: never empty, never an account or card number, one short line."""
    for ballot in _ballots(voter):
        assert ballot.evidence.strip()
        assert len(ballot.evidence) <= 200
        assert ballot.evidence.isprintable()
        assert _LONG_NUMBER.search(ballot.evidence) is None


def test_same_input_same_ballots(voter: Voter, request: pytest.FixtureRequest) -> None:
    """A second call and a second voter give the same: nothing is learned, nothing is drawn by lot."""
    first = voter.vote(_transactions())
    another = VOTERS[request.node.callspec.params["voter"]]()
    assert first == voter.vote(_transactions())
    assert first == another.vote(_transactions())


def test_transactions_stay_as_they_were(voter: Voter) -> None:
    """A voter changes neither the batch nor what is in it."""
    batch = _transactions()
    voter.vote(batch)
    assert _transactions() == batch
