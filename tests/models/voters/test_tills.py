"""Tills: the mark in front of a merchant is evidence where neither a name nor a word of the line says more."""

from datetime import UTC, datetime

import pytest

from models.contracts.events import Transaction
from models.statements.normalise import merchant_text, statement_text
from models.statements.wrapping import TABLES
from models.voters.contract import Ballot, Kind
from models.voters.hearing import SURE_TILL, heard
from models.voters.line import Line
from models.voters.rules import RulesVoter
from models.voters.tills import DOUBTED, beside_till, till_vote

_PLAIN = {r"zettle_?": "zettle_", r"zapper\d?": "zapper", "tock(?: at)?": "tock at", r"paddle(?:\.net)?": "paddle.net"}
MARKS = [_PLAIN.get(mark, mark).removesuffix("p?") for till in TABLES.till for mark in till.marks]
FOOD = [till.marks[0] for till in TABLES.till if not till.small and "food_dining" in till.usual]
ANYBODY = [mark for till in TABLES.till if till.small for mark in till.marks]


def _vote(description: str, amount: str = "18") -> Ballot | None:
    when = datetime(2024, 3, 12, tzinfo=UTC)
    transaction = Transaction(
        transaction_id="t", account_id="a", description=description, amount=amount, currency="USD", timestamp=when
    )
    return RulesVoter().vote([transaction])[0]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("front", ["", "CHECKCARD 0314 ", "POS PURCHASE "])
def test_mark_is_read_and_cut(mark: str, front: str) -> None:
    """Behind a bank's words too; the merchant is what stands behind it."""
    line = f"{front}{mark} *NOSHLY"
    assert till_vote(statement_text(line)) is not None
    assert "noshly" == merchant_text(line)


@pytest.mark.parametrize("till", TABLES.till, ids=lambda till: till.name)
def test_shares_are_shares(till: object) -> None:
    """Of one till's lines, so no more than all."""
    assert isinstance(till, type(TABLES.till[0]))
    assert 0 < sum(till.usual.values()) <= 1


@pytest.mark.parametrize("line", ["NOSHLY", "TST NOSHLY", "LATST* NOSHLY", "NOSHLY 5*2", "WISP *NOSHLY"])
def test_no_mark_no_till(line: str) -> None:
    """A mark is a word of its own with a star behind it."""
    assert till_vote(statement_text(line)) is None


@pytest.mark.parametrize("amount", ["18", "180", "1800", "-18"])
@pytest.mark.parametrize("name", ["NOSHLY", "GILDED BRUSH", "TRUE NORTH", "SMOKE SHOP", "MAPLE & VINE", "BLUE SALON"])
def test_till_of_restaurants_outweighs_what_a_name_resembles(name: str, amount: str) -> None:
    """Whatever the amount and the name's other meanings."""
    vote = _vote(f"TST* {name}", amount)
    assert vote is not None
    assert ("food_dining", Kind.TILL, "till toast") == (vote.category, vote.kind, vote.evidence)


@pytest.mark.parametrize("mark", ANYBODY)
def test_till_of_anybody_is_a_guess_at_small_amounts(mark: str) -> None:
    """From 100 on it says nothing, and of no money that comes in."""
    said = [_vote(f"{_PLAIN.get(mark, mark).removesuffix('p?')} *NOSHLY", amount) for amount in ("18", "99.99", "100")]
    assert [Kind.TILL, Kind.TILL] == [vote.kind if vote else None for vote in said[:2]]
    assert said[0] is not None
    assert said[0].confidence <= 0.7
    assert said[2] is None or said[2].kind is not Kind.TILL


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("SQ *BELLA HAIR SALON", "personal_care"),
        ("SQ *FIRST BAPTIST CHURCH", "charity_donations"),
        ("SQ *YOGA WITH ANNA", "sports_fitness"),
        ("SumUp *CITY TAXI", "transport"),
        ("TST* STARBUCKS", "food_dining"),
    ],
)
def test_name_or_word_of_a_trade_says_more_than_a_guess(line: str, category: str) -> None:
    """A salon with a till that cafes use is a salon."""
    vote = _vote(line)
    assert vote is not None
    assert category == vote.category


def test_small_till_doubts_an_unsure_name_only() -> None:
    """A chain has a till of its own, so a name that is hardly sure is another one's; a word of a trade is no name."""
    unsure = Ballot("fuel", DOUBTED - 0.01, "brand loro", kind=Kind.INDEX)
    sure = Ballot("fuel", DOUBTED, "brand loro", kind=Kind.BRAND)
    word = Ballot("pets", DOUBTED - 0.01, "cue word dog", kind=Kind.CUE)
    assert beside_till(unsure, "sq *loro") is None
    assert beside_till(unsure, "loro") is unsure
    assert [sure, word] == [beside_till(said, "sq *loro") for said in (sure, word)]


@pytest.mark.parametrize("kind", [Kind.SEEN, Kind.LEARNED, Kind.RARE])
def test_resemblance_does_not_contradict_a_sure_till(kind: Kind) -> None:
    """And is heard where it agrees, and beside tills of anybody."""
    fuel = Ballot("fuel", 0.95, "seen before", kind=kind)
    food = Ballot("food_dining", 0.6, "seen before", kind=kind)
    assert heard(fuel, Line("TST* TRUE NORTH", "USD", None, 0)) is None
    assert heard(food, Line("TST* TRUE NORTH", "USD", None, 0)) is food
    assert heard(fuel, Line("SQ *TRUE NORTH", "USD", None, 0)) is fuel
    assert {"toast", "slice", "phreesia", "ticketmaster"} == {
        t.name for t in TABLES.till if max(t.usual.values()) >= SURE_TILL
    }


def test_unknown_names_without_a_till_stay_unknown() -> None:
    """Nothing is raised for names in general."""
    assert _vote("NOSHLY") is None
