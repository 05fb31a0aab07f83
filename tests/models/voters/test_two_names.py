"""What the rules voter says of lines with two names: the merchant behind decides, a person is nobody's brand."""

from datetime import UTC, datetime

import pytest

from models.contracts.events import Transaction
from models.voters.contract import Ballot, Kind
from models.voters.line import Line
from models.voters.parties import names_firm
from models.voters.rules import RulesVoter

VOTER = RulesVoter()


def _vote(description: str, currency: str, amount: str = "40") -> Ballot | None:
    return VOTER.vote(
        [
            Transaction(
                transaction_id="t",
                account_id="a",
                description=description,
                amount=amount,
                currency=currency,
                timestamp=datetime(2024, 5, 1, tzinfo=UTC),
            )
        ]
    )[0]


DECIDED = """
USD DOORDASH*WALGREENS -> health_medical
USD DOORDASH*PETCO -> pets
USD DOORDASH*UNHEARD OF KITCHEN NAME -> food_dining
USD DOORDASH*DASHPASS -> food_dining
USD DOORDASH WALGREENS -> health_medical
USD UBER EATS PETCO -> pets
GBP DELIVEROO MORRISONS -> groceries
GBP JUST EAT LONDON -> food_dining
USD INSTACART*PETCO -> pets
USD INSTACART*UNHEARDOF -> groceries
GBP DELIVEROO*SAINSBURYS -> groceries
GBP UBER EATS* BOOTS -> health_medical
EUR GLOVO*MERCADONA -> groceries
USD GOOGLE *ADS123456 -> professional_services
USD GOOGLE *YouTubePremium -> subscriptions_digital
USD GOOGLE *UNHEARDOF GAMES LTD -> subscriptions_digital
USD AMZ*ZAPPOS -> clothing
EUR KLARNA*IKEA -> home_garden
EUR PayPal Europe S.a.r.l. et Cie S.C.A . Zalando SE, Ihr Einkauf bei Zalando SE -> clothing
EUR PRLV SEPA PAYPAL EUROPE 1031111111 PAYPAL . SPOTIFY -> subscriptions_digital
INR UPI-SWIGGY-SWIGGY@YBL-YESB0000001-412345678901-ORDER -> food_dining
INR UPI-FLIPKART-FLIPKART@AXISBANK-UTIB0000000-412345678901-PAYMENT -> shopping
CHF TWINT Zahlung Coop -> groceries
EUR /TRTP/iDEAL/IBAN/NL00BANK0000000000/NAME/bol.com b.v./REMI/1 bestelling/EREF/2 -> shopping
"""


@pytest.mark.parametrize("row", DECIDED.strip().splitlines())
def test_the_merchant_behind_decides(row: str) -> None:
    """A known merchant says what was bought; behind a delivery or a marketplace an unknown one what that usually is."""
    line, _, category = row.partition(" -> ")
    ballot = _vote(line[4:], line[:3])
    assert ballot is not None
    assert category == ballot.category


FORMS = (
    ("INR", "UPI-{}-{}@OKAXIS-UTIB0000001-412345678901-LUNCH"),
    ("INR", "NEFT DR-XXXX0000-{}-FDRLM0000000000"),
    ("INR", "IMPS-412345678901-{}-HDFC-XXXXXXX1234"),
    ("SEK", "SWISH BETALNING TILL {}"),
    ("NOK", "VIPPS: {}"),
    ("DKK", "MobilePay: {}"),
    ("EUR", "BIZUM A FAVOR DE {}"),
    ("BRL", "PIX ENVIADO - {}"),
    ("CHF", "TWINT GELD GESENDET AN {}"),
    ("PLN", "PRZELEW NA TELEFON DO {}"),
    ("SGD", "PAYNOW TRANSFER TO {}"),
)
PEOPLE = (
    "Anil Kumar",
    "B Shell",
    "Kelly McDonald",
    "Ross McDonald",
    "Rose Church",
    "Summer Baker",
    "Jordan Bishop",
    "Mehmet Yilmaz",
    "Adebayo Okonkwo",
    "Agnieszka Wojcik",
    "Wei Chen",
    "Lakeisha Washington",
    "Anna",
    "Jean-Pierre O'Neill",
)


@pytest.mark.parametrize(("currency", "form"), FORMS)
def test_a_person_on_a_rail_is_a_transfer_whatever_the_name(currency: str, form: str) -> None:
    """Names that are brands, words or surnames of firms: the same ballot for all of them."""
    ballots = {_vote(form.format(name, name.split()[0]), currency) for name in PEOPLE}
    assert 1 == len(ballots)
    (ballot,) = ballots
    assert ballot is not None
    assert ("transfers_cash", Kind.STATEMENT) == (ballot.category, ballot.kind)


@pytest.mark.parametrize(("currency", "form"), FORMS)
def test_a_persons_name_goes_nowhere(currency: str, form: str) -> None:
    """No voter sees it as a merchant's text."""
    for name in PEOPLE:
        line = Line(form.format(name, name.split()[0]), currency, None, False)
        assert (True, "") == (line.private, line.merchant)


def test_what_the_payment_was_for_is_still_read() -> None:
    """The bank's words beside a person's name say what the rail does not."""
    ballot = _vote("UPI-ANIL KUMAR-ANIL@OKAXIS-UTIB0000001-412345678901-HOUSE RENT", "INR", "15000")
    assert ballot is not None
    assert "housing" == ballot.category


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        ("zomato ltd", "INR"),
        ("sri ram stores", "INR"),
        ("apotea.se", "SEK"),
        ("padaria sao jose", "BRL"),
        ("zalando", "SEK"),
    ],
)
def test_firms_are_told_by_form_and_by_name(name: str, currency: str) -> None:
    """Legal forms, words of trades, web addresses and known brands."""
    assert names_firm(name, currency)
