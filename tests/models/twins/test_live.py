"""Twins of live transactions: one thing differs, the same one every time, and only where it is well defined."""

import random
from decimal import Decimal

import pytest

from models.contracts.amount_bands import amount_band
from models.contracts.events import Transaction
from models.twins.live import Attribute, Twin, Twins, other_amount
from models.voters.line import Line, key_of
from tests.harness.voters import transaction

ROOT = Twins.shipped("a seed")


def differing(twin: Twin, event: Transaction) -> set[str]:
    """Names of the fields that are not the same."""
    return {name for name, value in vars(event).items() if vars(twin.transaction)[name] != value}


def twin(description: str, counterparty: str | None = None, **fields: object) -> tuple[Transaction, Twin]:
    """A transaction and its twin."""
    event = transaction(description=description, counterparty=counterparty, **fields)
    found = ROOT.of(event)
    assert found is not None
    return event, found


@pytest.mark.parametrize(
    ("description", "before", "behind"),
    [
        ("FASTER PAYMENT TO MR JOHN SMITH REF RENT", "FASTER PAYMENT TO MR ", " REF RENT"),
        ("Zelle to Zoë Müller", "Zelle to ", ""),
        ("E-TRANSFER TO ANNA AND JOHN SMITH", "E-TRANSFER TO ", ""),
        ("ZELLE TO J SMITH", "ZELLE TO ", ""),
    ],
)
def test_a_name_is_replaced_and_the_rest_of_the_line_stays(description: str, before: str, behind: str) -> None:
    """As many words, in the capitals of the old name, with its title; nothing else of the transaction differs."""
    event, found = twin(description)
    text = found.transaction.description
    name = text.removeprefix(before).removesuffix(behind)
    assert (Attribute.NAME, {"description"}) == (found.attribute, differing(found, event))
    assert text == f"{before}{name}{behind}"
    old = description.removeprefix(before).removesuffix(behind).split()
    assert [len(word) == 1 for word in old] == [len(word) == 1 for word in name.split()]
    assert description.isupper() == text.isupper()
    assert not {"SMITH", "JOHN", "Müller", "Zoë"} & set(text.split())


def test_a_counterpartys_name_goes_with_that_in_the_line() -> None:
    """A person has one name: it is another one in both fields, or there is no twin."""
    _, found = twin("PAYMENT TO ADEBAYO OKONKWO", "Adebayo Okonkwo")
    changed = found.transaction
    assert changed.counterparty is not None
    assert changed.description == f"PAYMENT TO {changed.counterparty.upper()}"
    apart = transaction(description="PAYMENT TO ADEBAYO OKONKWO", counterparty="OKONKWO, ADEBAYO")
    assert None is ROOT.of(apart)


def test_a_firm_that_bears_a_name_is_nobody() -> None:
    """Only what the voters hide as a person's is replaced."""
    event = transaction(description="PAYMENT TO THAMES WATER", currency="GBP")
    found = ROOT.of(event)
    assert found is None or found.attribute is not Attribute.NAME


def test_a_town_is_replaced_by_one_of_its_area() -> None:
    """Behind a merchant, with its code; a town that is part of a name stays."""
    twins = [
        found
        for number in range(40)
        if (
            found := ROOT.of(
                transaction(f"t{number}", description="TIM HORTONS #0419 TORONTO ON", amount=Decimal("4.31"))
            )
        )
    ]
    towns = {
        found.transaction.description.removeprefix("TIM HORTONS #0419 ")
        for found in twins
        if found.attribute is Attribute.TOWN
    }
    assert len(towns) > 3
    assert all(town.endswith(" ON") and town != "TORONTO ON" for town in towns)
    assert {Attribute.TOWN, Attribute.AMOUNT} == {found.attribute for found in twins}
    curve = (ROOT.of(transaction(f"t{number}", description="CURVE LEICESTER", currency="GBP")) for number in range(40))
    assert not any(found and found.attribute is Attribute.TOWN for found in curve)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("amount", ["4.31", "-95.10", "103.77", "1044.02", "-2500.50", "0.07"])
def test_an_amount_stays_a_tenth_from_what_it_was(amount: str, seed: int) -> None:
    """Same direction, same decimals, and over the edge of a band where one is that near."""
    before = Decimal(amount)
    other = other_amount(before, "USD", random.Random(seed))
    assert other is not None
    assert 0.89 < other / before < 1.13 or abs(other - before) == Decimal("0.01")
    assert before.as_tuple().exponent == other.as_tuple().exponent
    crossed = amount_band(other, "USD") is not amount_band(before, "USD")
    assert crossed == (amount in ("-95.10", "103.77", "1044.02"))


def test_the_same_transaction_has_the_same_twin() -> None:
    """Reading again after a crash makes the same twin; another seed makes another one."""
    event = transaction(description="ZELLE TO JOHN SMITH")
    assert Twins.shipped("a seed").of(event) == Twins(ROOT.names, ROOT.towns, "a seed").of(event)
    others = {Twins(ROOT.names, ROOT.towns, f"seed {number}").of(event) for number in range(10)}
    assert len(others) > 5


def test_what_replaces_a_name_is_of_all_origins() -> None:
    """No origin is left out, and people of both genders are drawn."""
    assert 18 == len({(person.origin, person.gender) for person in ROOT.names.people})
    line = Line(*key_of(transaction(description="ZELLE TO JOHN SMITH")))
    drawn = {ROOT.names.renamed(line, None, random.Random(number)) for number in range(50)}
    assert len(drawn) > 40
