"""People's corrections folded into training: who counts how much, what is left out, and that nobody is named."""

import json
from collections import Counter
from random import Random

import pytest

from models.contracts.corrections import About, Correction, Scope, Standing
from models.contracts.events import AmountBand
from models.training.examples import Merchant
from models.training.people import Consent, Skipped, Taught, Terms, Word, shipped_keys, taught_by
from tests.harness.corrections import keys_of, said

ALL = Terms(Consent.ALL)


def fold(*corrections: Correction, terms: Terms = ALL) -> Taught:
    """Corrections whose every word names the merchant, folded."""
    return taught_by(corrections, terms, keys_of=keys_of)


def words(taught: Taught) -> list[tuple[str, str, float]]:
    """Merchant, category and weight of each word."""
    return [(word.text, word.category, word.weight) for word in taught.words]


def customers(number: int, category: str = "pets", *, first: int = 0) -> list[Correction]:
    """So many customers who say the same of one merchant."""
    return [
        said(first + n, "zepplo", category, actor=f"c-{first + n}", standing=Standing.CUSTOMER) for n in range(number)
    ]


def test_a_reviewers_word_counts_and_five_customers_weigh_as_much() -> None:
    """Four do not; their corrections are counted as skipped."""
    assert [("zepplo", "pets", 1.0)] == words(fold(said(1, "zepplo", "pets")))
    assert [("zepplo", "pets", 1.0)] == words(fold(*customers(5)))
    four = fold(*customers(4))
    assert ([], {Skipped.TOO_FEW: 4}) == (words(four), four.skipped)


def test_what_was_taken_back_is_not_trained_on() -> None:
    """What the same person had said before stands again."""
    both = [said(1, "zepplo", "pets"), said(2, "zepplo", "fuel", minutes=1)]
    taught = taught_by(both, ALL, keys_of=keys_of, taken_back={"c-2"})
    assert ([("zepplo", "pets", 1.0)], {Skipped.TAKEN_BACK: 1}) == (words(taught), taught.skipped)


def test_a_wish_for_ones_own_books_weighs_as_a_customers_word() -> None:
    """Whoever wrote it down."""
    wish = said(1, "zepplo", "pets", scope=Scope.ACCOUNT, account="a-1")
    assert {Skipped.TOO_FEW: 1} == fold(wish).skipped
    assert {Skipped.NO_CONSENT: 1} == fold(wish, terms=Terms()).skipped


def test_customers_are_left_out_unless_they_agreed() -> None:
    """By default nobody but the bank's own people is learned from."""
    taught = fold(*customers(9), said(90, "zepplo", "fuel"), terms=Terms())
    assert [("zepplo", "fuel", 1.0)] == words(taught)
    assert {Skipped.NO_CONSENT: 9} == taught.skipped


def test_of_what_contradicts_the_majority_counts() -> None:
    """By weight; of two that weigh the same neither is believed."""
    two = said(1, "zepplo", "pets", actor="r-1"), said(2, "zepplo", "pets", actor="r-2")
    taught = fold(*two, said(3, "zepplo", "fuel", actor="r-3"))
    assert [("zepplo", "pets", 2.0)] == words(taught)
    assert (2, {Skipped.OUTVOTED: 1}) == (taught.used, taught.skipped)
    even = fold(two[0], said(3, "zepplo", "fuel", actor="r-3"))
    assert ([], {Skipped.OUTVOTED: 2}) == (words(even), even.skipped)


def test_a_person_counts_once_for_a_merchant_with_what_they_said_last() -> None:
    """However often they say it; a repeat of one message is one."""
    first, last = said(1, "zepplo", "pets"), said(2, "zepplo", "fuel", minutes=1)
    taught = fold(last, first, first)
    assert [("zepplo", "fuel", 1.0)] == words(taught)
    assert {Skipped.SUPERSEDED: 1, Skipped.REPEATED: 1} == taught.skipped


def test_what_cannot_be_learned_from_is_counted_by_reason() -> None:
    """An actor who is left out, and a correction that does not say what line it is about."""
    mute = said(1, "zepplo", "pets").model_copy(update={"about": None})
    out = said(2, "zepplo", "pets", actor="mallory")
    taught = fold(mute, out, terms=Terms(without=frozenset(["mallory"])))
    assert {Skipped.NO_TRANSACTION: 1, Skipped.LEFT_OUT: 1} == taught.skipped


def test_the_order_in_which_they_come_is_of_no_importance() -> None:
    """Equal corrections, equal training."""
    every = [*customers(7), *(said(100 + n, "zepplo", "fuel", actor=f"r-{n}", minutes=n) for n in range(3))]
    mixed = every.copy()
    Random(1).shuffle(mixed)
    assert fold(*every) == fold(*mixed)


@pytest.mark.parametrize("description", ["ZELLE TO JANE DOE", "TRANSFER TO MARY SMITH"])
def test_a_private_persons_name_is_not_learned(description: str) -> None:
    """The same rule as for what is learned online."""
    about = About(description=description, amount="12.50", currency="USD")
    correction = said(1, "zepplo", "pets").model_copy(update={"about": about})
    taught = taught_by([correction], ALL, keys_of=shipped_keys())
    assert ([], {Skipped.NO_MERCHANT: 1}) == (words(taught), taught.skipped)


def test_the_manifest_names_nobody() -> None:
    """Counts alone: no actor, no account, no merchant."""
    told = [
        said(1, "zepplo", "pets", actor="Q-ACTOR", scope=Scope.ACCOUNT, account="Q-ACCOUNT"),
        *customers(5, first=9),
    ]
    text = json.dumps(fold(*told).summary())
    assert not [name for name in ("Q-ACTOR", "Q-ACCOUNT", "zepplo", "c-9") if name in text]
    assert '"used": 6, "merchants": 1' in text


def taught(weight: float) -> Taught:
    """One word, of so many reviewers."""
    return Taught([Word("zepplo", "pets", weight, Counter({AmountBand.UNDER_100: 1}))])


def test_words_come_beside_the_tables_and_in_their_place_where_several_agree() -> None:
    """One reviewer adds a recent row; two turn what the table says of the merchant; the tables themselves stay."""
    low, high = AmountBand.UNDER_100, AmountBand.OVER_1000
    table = Merchant("zepplo", "ZEPPLO 1", Counter({("fuel", high): 7, ("auto", low): 2}), Counter(fuel=3))
    (one,), (two,) = taught(1).over([table]), taught(2).over([table])
    assert {("fuel", high): 7, ("auto", low): 2, ("pets", low): 1} == one.counts
    assert {"fuel": 3, "pets": 1} == one.recent
    assert {("pets", high): 7, ("pets", low): 4} == two.counts
    assert {"pets": 5} == two.recent
    assert {("fuel", high): 7, ("auto", low): 2} == table.counts
    (new,) = taught(1).over([])
    assert ("zepplo", {("pets", low): 1}) == (new.description, new.counts)
