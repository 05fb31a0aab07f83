"""Votes for calibration are those of the worker: unseen merchants unseen, seen ones without their own row."""

from collections import Counter
from dataclasses import replace
from math import log

import pytest

from models.contracts.events import AmountBand, amount_band
from models.gazetteer.table import Gazetteer
from models.learned.memory import MerchantMemory
from models.training.examples import Labelled, Merchant, unseen_rows
from models.training.votes import cast_seen, cast_votes, transaction
from models.voters.contract import Kind
from models.voters.cues import Cue, Cues
from models.voters.rules import RulesVoter
from tests.harness.learned import small

LOW, MIDDLE, HIGH = AmountBand
HOME = frozenset(("CAD",))


def rules() -> RulesVoter:
    """Rules that know one cue and no brand."""
    return RulesVoter(gazetteer=Gazetteer({}), cues=Cues([Cue("cafe", "food_dining", 0.7)]))


def row(description: str, band: AmountBand = LOW) -> Labelled:
    """A labelled row."""
    return Labelled(description, "CAD", band, frozenset(("food_dining",)), 2.0)


@pytest.mark.parametrize("currency", ["CAD", "JPY", "KWD"])
@pytest.mark.parametrize("band", AmountBand)
def test_a_row_becomes_a_transaction_of_its_band(band: AmountBand, currency: str) -> None:
    """The voters get an amount that lies in the band, by the edges of its currency."""
    made = transaction(replace(row("CAFE", band), currency=currency))
    assert band == amount_band(made.amount, made.currency)


def test_rows_without_a_vote_are_left_out() -> None:
    """No policy accepts them; the others keep band, truth and weight."""
    found = cast_votes([row("CAFE", HIGH), row("ZXQV")], small(), rules())
    assert [(HIGH, frozenset(("food_dining",)), 2.0)] == [(each.band, each.truth, each.weight) for each in found]
    assert [Kind.CUE, Kind.LEARNED] == [ballot.kind for ballot in found[0].ballots]


def test_what_the_memory_has_counts_as_seen() -> None:
    """The kind of the text's ballot says so."""
    learned = small(MerchantMemory([("cafe", "food_dining", 3)]), currencies=HOME)
    assert Kind.SEEN == cast_votes([row("CAFE")], learned, rules())[0].ballots[-1].kind


def test_a_seen_row_is_judged_without_itself() -> None:
    """A merchant with one row each of two categories: each row is remembered as the other one.

    Both together weigh 1 + ln 2.
    """
    both = Merchant("shop", "SHOP", Counter({("groceries", LOW): 1, ("fuel", HIGH): 1}))
    found = cast_seen([both], "CAD", small(strength=0.01), rules())
    assert [("fuel", "groceries", HIGH), ("groceries", "fuel", LOW)] == [
        (min(each.truth), each.ballots[0].category, each.band) for each in found
    ]
    assert {Kind.SEEN_SELDOM} == {each.ballots[0].kind for each in found}
    assert pytest.approx(1 + log(2)) == sum(each.weight for each in found)


def test_a_merchant_of_one_row_was_never_seen_before() -> None:
    """It says nothing of merchants that were."""
    assert [] == cast_seen([Merchant("shop", "SHOP", Counter({("fuel", LOW): 1}))], "CAD", small(), rules())


def test_unseen_rows_are_one_per_band() -> None:
    """Each band with its usual category; a merchant of five rows weighs 1 + ln 5, shared by rows."""
    merchant = Merchant("shop", "SHOP", Counter({("fuel", LOW): 1, ("groceries", LOW): 3, ("fuel", HIGH): 1}))
    found = {each.band: each for each in unseen_rows([merchant], "CAD")}
    assert {LOW: frozenset(("groceries",)), HIGH: frozenset(("fuel",))} == {
        band: each.truth for band, each in found.items()
    }
    assert pytest.approx((1 + log(5)) * 4 / 5) == found[LOW].weight
    assert pytest.approx((1 + log(5)) / 5) == found[HIGH].weight
