"""Remembered lines change nothing: the same verdicts with the memory, without it, after it forgot, in any batches."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.generations import Generations
from models.decisions.known_lines import KnownLines
from models.decisions.loading import calibrated_policy, load_ensemble
from models.voters.contract import Ballot, LineVoter, Method
from models.voters.line import LONGEST_REMEMBERED, Line
from tests.harness.voters import NOON, says, transaction

_DESCRIPTIONS = (
    "TIM HORTONS #5547",
    "tim hortons #5547",
    "AMZN MKTP CA*MW7039SW0",
    "ATM CASH WITHDRAWAL FEE",
    "PAYROLL DEPOSIT",
    "LUIGIS PIZZA TORONTO ON",
    "QZX WVU",
    "88371123",
    "日本 ローソン",
    "DOORDASH*SAFEWAY",
    "SWISH BETALNING TILL ANNA",
)
_AMOUNTS = ("-2100", "-5", "12.50", "60", "99.99", "100", "1000.01")
TRANSACTIONS = st.lists(
    st.builds(
        lambda description, amount, currency, mcc, day: transaction(
            description=description,
            amount=Decimal(amount),
            currency=currency,
            mcc=mcc,
            timestamp=NOON.replace(day=day),
        ),
        st.sampled_from(_DESCRIPTIONS),
        st.sampled_from(_AMOUNTS),
        st.sampled_from(("CAD", "GBP")),
        st.sampled_from((None, "5814", "4816")),
        st.sampled_from((2, 9)),
    ),
    max_size=40,
)


@cache
def _ensemble(remembered: int) -> Ensemble:
    loaded = load_ensemble()
    policy = calibrated_policy(read_artefact(DEFAULT_MODEL)[1], 0.95)
    return Ensemble(loaded.voters, "m", policy=policy, remembered=remembered, namer=loaded.namer)


def _decided(ensemble: Ensemble, batches: Sequence[Sequence[Transaction]]) -> list[bytes]:
    return [decided.dumped() for batch in batches for decided in ensemble.decide(batch, now=NOON)]


@pytest.mark.parametrize("remembered", [1, 3, 16_384])
@given(TRANSACTIONS, st.sets(st.integers(1, 39)))
@settings(max_examples=30, deadline=None)
def test_the_memory_changes_no_decision(remembered: int, rows: list[Transaction], cuts: set[int]) -> None:
    """One by one without a memory; in some batches with one, forward, again, and backward: the same bytes."""
    ends = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    batches = [rows[first:last] for first, last in pairwise(ends)]
    expected = _decided(_ensemble(0), [[row] for row in rows])

    ensemble = _ensemble(remembered)
    assert expected == _decided(ensemble, batches)
    assert expected == _decided(ensemble, batches)
    assert expected == _decided(ensemble, [[row] for row in reversed(rows)])[::-1]


@given(TRANSACTIONS)
@settings(max_examples=30, deadline=None)
def test_a_voter_is_asked_the_same_by_lines(rows: list[Transaction]) -> None:
    """A row from the memory is what the voters themselves say of the transaction."""
    voters = [voter for voter in _ensemble(0).voters if isinstance(voter, LineVoter)]
    lines = KnownLines(voters, size=4)
    found = [lines.row(known, row) for known, row in zip(lines.find(rows), rows, strict=True)]
    assert list(zip(*(voter.vote(rows) for voter in voters), strict=True)) == found


class Listening(LineVoter):
    """Knows nothing, and keeps what it was asked."""

    method = Method.TEXT

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """No vote on any."""
        self.asked += [line.description for line in lines]
        return [None] * len(lines)


def test_a_line_is_asked_about_once_while_it_is_remembered() -> None:
    """Twice in a batch and again in the next; a line that recurs survives the generations, one that does not goes."""
    voter = Listening()
    lines = KnownLines([voter], size=2)
    for names in ("aa", "ab", "ca", "da", "b"):
        lines.find([transaction(description=name) for name in names])
    assert ["a", "b", "c", "d", "b"] == voter.asked


def test_other_currency_code_or_direction_is_another_line() -> None:
    """All that a voter may look at is in the key; the amount within a direction is not."""
    voter = Listening()
    other = [{}, {"amount": Decimal(5000)}, {"amount": Decimal(-1)}, {"currency": "EUR"}, {"mcc": "5814"}]
    KnownLines([voter]).find([transaction(**fields) for fields in other])
    assert 4 == len(voter.asked)


@pytest.mark.parametrize("size", [0, 1, 5])
def test_lines_remembered_are_bounded(size: int) -> None:
    """Two generations at most, however many pass by."""
    lines = KnownLines([Listening()], size=size)
    for number in range(40):
        lines.find([transaction(description=f"shop {number}"), transaction(description=f"shop {number // 2}")])
        assert len(lines) <= 2 * size


def test_very_long_lines_are_read_each_time() -> None:
    """Who writes a thousand letters into each line must not make a worker grow."""
    voter = Listening()
    lines = KnownLines([voter])
    for _ in range(2):
        lines.find([transaction(description="x" * LONGEST_REMEMBERED), transaction(description="y" * 1000)])
    assert (1, 3) == (len(lines), len(voter.asked))


@given(st.integers(1, 5), st.lists(st.integers(0, 12)))
def test_generations_never_forget_what_was_used_lately(size: int, keys: list[int]) -> None:
    """What is found is what was put, and the last `size` keys that were used are always found."""
    memory = Generations[int, str](size=size)
    used: list[int] = []
    for key in keys:
        (found,) = memory.find([key])
        assert found in (None, str(key))
        assert found is not None or key not in used[-size:]
        if found is None:
            memory.put(key, str(key))
        used = [*(each for each in used if each != key), key]
        assert len(memory) <= 2 * size


def test_who_looks_at_more_than_the_line_is_asked_every_time() -> None:
    """A voter that is no `LineVoter` keeps its place among those that are, and hears of each transaction."""
    voter = Listening()
    mixed = Ensemble([says(Method.MCC, "fuel", 0.9), voter, says(Method.RULES, "pets", 0.6)], "m")
    first, second = mixed.categorize([transaction("a"), transaction("b")], now=NOON)
    assert [("mcc", "fuel"), ("rules", "pets")] == [(vote.method, vote.category.value) for vote in first.votes]
    assert first.votes == second.votes
    assert 1 == len(voter.asked)
