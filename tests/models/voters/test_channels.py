"""What a bank sends beside the text: the firm or the person on the other side, and the channel."""

from decimal import Decimal

import pytest

from models.contracts.events import Transaction
from models.decisions.known_lines import KnownLines
from models.decisions.loading import load_ensemble
from models.voters.channels import Channels
from models.voters.line import Line
from models.voters.rules import RulesVoter
from tests.harness.voters import NOON, transaction

NOTHING_SAID = "PAYMENT 49812"


def line(description: str, *, counterparty: str = "", channel: str = "", amount: str = "25.00") -> Transaction:
    return transaction(
        description=description,
        counterparty=counterparty or None,
        channel=channel or None,
        amount=Decimal(amount),
        currency="GBP",
    )


def said(of: Transaction) -> str | None:
    (ballot,) = RulesVoter().vote([of])
    return ballot.category if ballot else None


@pytest.mark.parametrize("description", ["CARD PAYMENT 49812", "FASTER PAYMENT 1234", "TRANSFER", "49812", "XQZ"])
@pytest.mark.parametrize(
    ("counterparty", "category"),
    [
        ("Tesco Stores", "groceries"),
        ("THAMES WATER", "utilities_telecom"),
        ("Netflix", "subscriptions_digital"),
        ("British Gas", "utilities_telecom"),
        ("Greggs", "food_dining"),
    ],
)
def test_the_firm_on_the_other_side_is_looked_up_first(description: str, counterparty: str, category: str) -> None:
    """Words of how money moved do not hide it."""
    assert category == said(line(description, counterparty=counterparty))


@pytest.mark.parametrize(
    ("description", "amount", "category"),
    [
        ("SALARY MAY", "-2500", "income"),
        ("RENT JUNE", "900", "housing"),
        ("OVERDRAFT FEE", "5", "loans_fees"),
        ("INTEREST CHARGED", "12", "loans_fees"),
    ],
)
def test_the_banks_words_of_the_purpose_go_before_a_firm(description: str, amount: str, category: str) -> None:
    """Tesco pays wages, too; and no voter reads its name then."""
    assert category == said(line(description, counterparty="Tesco Stores", amount=amount))
    assert "tesco" not in Line(description, "GBP", None, Decimal(amount) < 0, "Tesco Stores").compared


@pytest.mark.parametrize("name", ["John Smith", "Adebayo Okonkwo", "Wei Chen", "MR B SHELL", "Lakeisha Washington"])
def test_a_person_on_the_other_side_is_hidden(name: str) -> None:
    """By form, whatever the name is; also where the description repeats it."""
    for description in ("FASTER PAYMENT 1234", f"FASTER PAYMENT {name}"):
        read = Line(description, "GBP", None, credit=False, counterparty=name)
        assert read.names_person
        assert read.firm == ""
        assert not set(name.casefold().split()) & set(f"{read.statement} {read.merchant} {read.compared}".split())
    assert "transfers_cash" == said(line("FASTER PAYMENT 1234", counterparty=name))


def test_equal_lines_with_people_get_equal_decisions() -> None:
    """Votes, confidence and outcome, whoever is on the other side."""
    people = ("John Smith", "Adebayo Okonkwo", "Wei Chen", "Lakeisha Washington", "Mehmet Yılmaz", "Rose Church")
    lines = [line(NOTHING_SAID, counterparty=name, channel="transfer") for name in people]
    events = load_ensemble().categorize(lines, now=NOON)
    assert {"transfers_cash"} == {event.category for event in events}
    assert 1 == len({(event.votes, event.confidence, event.requires_review) for event in events})


def test_a_processor_hides_the_merchant() -> None:
    """The description is read then."""
    assert "subscriptions_digital" == said(line("SPOTIFY AB", counterparty="PayPal Europe S.a.r.l."))


@pytest.mark.parametrize(
    ("channel", "description", "amount", "category"),
    [
        ("atm", "TESCO 1234 LONDON", "60", "transfers_cash"),
        ("ATM", "XQZ", "60", "transfers_cash"),
        ("cash withdrawal", "TESCO EXPRESS", "60", "transfers_cash"),
        ("atm", "ATM FEE", "2", "loans_fees"),
        ("fee", "XQZ", "2", "loans_fees"),
        ("interest", "XQZ", "-2", "income"),
        ("interest", "XQZ", "2", "loans_fees"),
        ("payroll", "XQZ", "-2100", "income"),
        ("payroll", "XQZ", "2100", None),
        ("carrier pigeon", "XQZ", "60.01", None),
    ],
)
def test_a_channel_says_what_it_settles(channel: str, description: str, amount: str, category: str | None) -> None:
    """Where the bank's words do not say more; one that is not known says nothing."""
    assert category == said(line(description, channel=channel, amount=amount))


def test_a_card_pays_no_person_and_no_bill_of_a_card() -> None:
    assert not Line("PAYMENT TO ROSE CHURCH", "GBP", None, credit=False, channel="card").names_person
    assert "transfers_cash" == said(line("CARD PAYMENT 49812"))
    assert said(line("CARD PAYMENT 49812", channel="card")) is None


def test_a_transfer_may_be_nothing_but_a_name() -> None:
    for name in ("WEI CHEN", "J SMITH", "LAKEISHA WASHINGTON"):
        assert Line(name, "GBP", None, credit=False, channel="bank_transfer").names_person
        assert not Line(name, "GBP", None, credit=False, channel="card").names_person
    assert not Line("TESCO STORES", "GBP", None, credit=False, channel="transfer").names_person


def test_known_lines_differ_by_counterparty_and_channel() -> None:
    """A line that was decided on for one of them is not taken for another."""
    lines = KnownLines([RulesVoter()])
    variants = [
        line("FASTER PAYMENT 1234"),
        line("FASTER PAYMENT 1234", counterparty="Tesco Stores"),
        line("FASTER PAYMENT 1234", counterparty="Thames Water"),
        line("FASTER PAYMENT 1234", channel="fee"),
    ]
    categories = [known.row[0].category for known in lines.find(variants) if known.row[0]]
    assert ["transfers_cash", "groceries", "utilities_telecom", "loans_fees"] == categories
    assert 4 == len(lines)
    again = [known.row[0].category for known in lines.find(variants) if known.row[0]]
    assert categories == again


def test_channels_are_named_as_they_are_compared_and_once() -> None:
    """Else a name would never be found."""
    channels = Channels.shipped()
    assert all(channels.find(name) is channel for name, channel in channels.by_name.items())


@pytest.mark.parametrize(("description", "party"), [("SHELL LONDON", "Tesco"), ("UBER TRIP", "Tesco")])
def test_two_known_firms_of_two_trades_wait_for_a_person(description: str, party: str) -> None:
    """One of the two is wrong; the evidence names both."""
    (event,) = load_ensemble().categorize([line(description, counterparty=party)], now=NOON)
    assert event.requires_review
    assert any("counterparty" in vote.evidence and "description" in vote.evidence for vote in event.votes)


@pytest.mark.parametrize(
    ("description", "party"), [("TESCO STORES 1234", "Tesco Stores Ltd"), ("SAINSBURYS", "Tesco"), ("XQZ", "Tesco")]
)
def test_names_that_agree_on_the_category_stay_sure(description: str, party: str) -> None:
    """Two firms of one trade, or one firm written twice."""
    (event,) = load_ensemble().categorize([line(description, counterparty=party)], now=NOON)
    assert ("groceries", False) == (event.category, event.requires_review)
