"""Who the merchant is: a clean name, a stable key, the platform in between; never a private person."""

import json
from decimal import Decimal
from functools import cache

import pytest

from models.contracts.events import Categorized, Decision
from models.contracts.wire import dump, parse
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.decisions.naming import NOBODY, merchant_named
from models.decisions.verdict import Decided
from models.voters.contract import Method
from tests.harness.voters import NOON, says, transaction


@cache
def _ensemble() -> Ensemble:
    return load_ensemble(policy="agreement")


def _decide(line: str, currency: str, amount: str = "40") -> Decided:
    given = transaction(description=line, currency=currency, amount=Decimal(amount))
    return _ensemble().decide([given], now=NOON)[0]


NAMED = """
CAD TIM HORTONS #5547 TORONTO ON -> Tim Hortons, timhortons, None
USD MCDONALD'S F1234 BOISE ID -> McDonald's, mcdonalds, None
USD SQ *BLUE DOOR CAFE -> Blue Door Cafe, bluedoorcafe, Square
USD PAYPAL *STEAM GAMES -> Steam Games, steamgames, PayPal
USD DOORDASH*SAFEWAY SAN FRANCISCO CA -> Safeway, safeway, DoorDash
USD DOORDASH WALGREENS -> Walgreens, walgreens, DoorDash
GBP DELIVEROO LONDON -> Deliveroo, deliveroo, None
USD GOOGLE *ADS12345678 -> Google Ads, googleads, None
GBP DIRECT DEBIT THAMES WATER -> Thames Water, thameswater, None
EUR IKEA 123 -> IKEA, ikea, None
USD AMZN MKTP US*2K4RT90Q1 -> Amazon Marketplace, amazonmarketplace, None
USD AMAZON MKTPL*RT5AB12C0 -> Amazon Marketplace, amazonmarketplace, None
NZD keith spry pool -> Keith Spry Pool, keithsprypool, None
USD ORIG CO NAME:ACME POWER ORIG ID:912 CO ENTRY DESCR:BILL SEC:WEB -> Acme Power, acmepower, None
INR UPI-FLIPKART-FLIPKART@AXISBANK-UTIB0000000-412345678901-PAYMENT -> Flipkart, flipkart, UPI
USD JOHN'S BAIT & TACKLE -> Johns Bait & Tackle, johnsbaittackle, None
USD SMOKE SHOP BBQ CAMBRIDGE -> Smoke Shop BBQ Cambridge, smokeshopbbqcambridge, None
"""


@pytest.mark.parametrize("row", NAMED.strip().splitlines())
def test_a_merchant_has_its_name(row: str) -> None:
    """Brands as they write themselves, others as their text reads, with the platform in between."""
    line, _, said = row.partition(" -> ")
    merchant = _decide(line[4:], line[:3]).merchant
    assert said == f"{merchant.name}, {merchant.key}, {merchant.via}"


NOBODIES = """
GBP PAYMENT TO ANIL KUMAR
GBP FASTER PAYMENT J SMITH RENT
GBP RENT MR SMITH
GBP SARAH JONES RENT
GBP MR J SMITH
USD ZELLE TO JOHN SMITH
CAD INTERAC E-TRANSFER SENT ANNA
INR UPI-ANIL KUMAR-ANIL@OKAXIS-UTIB0000001-412345678901-LUNCH
SEK SWISH BETALNING TILL ANNA
BRL PIX ENVIADO - JOAO SILVA
EUR DAUERAUFTRAG MAX MUSTERMANN MIETE
EUR VIR SEPA M DUPONT
EUR Naam: J JANSEN Omschrijving: huur IBAN: NL00BANK0000000000
USD ATM WITHDRAWAL 123 MAIN ST
USD ONLINE PAYMENT
USD MONTHLY ACCOUNT FEE
EUR MIETE MAI
USD CHECK 1234
USD 88371123
"""


@pytest.mark.parametrize("row", NOBODIES.strip().splitlines())
@pytest.mark.parametrize("amount", ["40", "-40"])
def test_people_and_the_banks_own_words_are_no_merchant(row: str, amount: str) -> None:
    """Transfers to people, rent from them, fees, cash: no name and no key."""
    merchant = _decide(row[4:], row[:3], amount).merchant
    assert (None, None) == (merchant.name, merchant.key)


PRIVATE = """
GBP JANE DOE BIRTHDAY
GBP PAYPAL *ZRINKA QUVANDZIC
GBP PAYPAL *WEI MA
EUR PAYPAL *AGNIESZKA PIOTROWSKA
GBP john.smith@gmail.com
GBP PAYPAL *jane.doe@example.org
GBP LUNCH WEI CHEN
GBP PHYSIO ADEBAYO OKONKWO
GBP HAIRCUT WEI CHEN
GBP MUM SARAH JONES
GBP DIRECT DEBIT WEI MA
"""


@pytest.mark.parametrize("row", PRIVATE.strip().splitlines())
def test_what_may_be_a_private_name_is_no_merchant(row: str) -> None:
    """Unknown names behind a wallet that people have, addresses, names beside a purpose."""
    merchant = _decide(row[4:], row[:3]).merchant
    assert (None, None) == (merchant.name, merchant.key)


@pytest.mark.parametrize("line", ["PIZZERIA", "CAFE", "APOTHEKE", "SUPERMARKET", "COFFEE SHOP"])
def test_a_word_of_a_trade_is_nobodys_key(line: str) -> None:
    """It would put all merchants of the trade together; with a name beside it, it is part of the name."""
    assert _decide(line, "EUR").merchant.key is None
    assert "pizzeriaroma" == _decide("PIZZERIA ROMA", "EUR").merchant.key
    assert "boots" == _decide("BOOTS", "GBP").merchant.key


@pytest.mark.parametrize("name", ["MEHMET YILMAZ", "Agnieszka Wojcik", "JOHN SMITH", "WEI CHEN"])
def test_a_bare_name_of_a_person_is_no_merchant(name: str) -> None:
    """Where no form and no code says who was paid, two names are a person's."""
    assert _decide(name, "GBP").merchant == NOBODY


def test_the_counterparty_is_the_merchant() -> None:
    """A firm that the bank names beside a line without a name."""
    given = transaction(description="CARD PAYMENT 49812", currency="GBP", counterparty="Tesco Stores")
    (decided,) = _ensemble().decide([given], now=NOON)
    assert "Tesco" == decided.merchant.name
    person = transaction(description="PAYMENT 49812", currency="GBP", counterparty="Mehmet Yilmaz")
    (decided,) = _ensemble().decide([person], now=NOON)
    assert decided.merchant.name is None


def test_money_from_somebody_unknown_names_nobody() -> None:
    """A bare name that pays is a person as well as a firm; a legal form, or a brand, makes it a firm."""
    assert _decide("J SMITH", "USD", "-75").merchant.name is None
    assert "Acme Widgets Limited" == _decide("ACME WIDGETS LIMITED", "GBP", "-75").merchant.name
    assert "Amazon" == _decide("AMAZON REFUND", "USD", "-75").merchant.name


@pytest.mark.parametrize("row", [*NAMED.strip().splitlines(), *NOBODIES.strip().splitlines()])
def test_the_event_has_what_the_bytes_have(row: str) -> None:
    """Spliced in or built, sure or in review: the same, and the contract reads it back."""
    decided = _decide(row[4:].partition(" -> ")[0], row[:3])
    event = decided.event()
    assert dump(event) == decided.dumped()
    assert (event, 0) == parse(type(event), decided.dumped())
    assert (decided.merchant.name, decided.merchant.key, decided.merchant.via) == (
        event.merchant,
        event.merchant_key,
        event.via,
    )


@pytest.mark.parametrize("name", ["plain", 'quo"te \\ back', "käse-☕", "ローソン"])
def test_any_name_can_be_written(name: str) -> None:
    """Names come out of lines, so anything may stand in them."""
    (decided,) = Ensemble([says(Method.TEXT, "pets", 0.95)], "m1").decide([transaction()], now=NOON)
    named = decided._replace(merchant=merchant_named(name, name, name))
    assert dump(named.event()) == named.dumped()
    assert name == json.loads(named.dumped())["merchant"]


def test_without_a_namer_nobody_is_named() -> None:
    """An ensemble of other voters writes nulls, which the contract reads."""
    (decided,) = Ensemble([says(Method.TEXT, "pets", 0.95)], "m1").decide([transaction()], now=NOON)
    assert NOBODY == decided.merchant
    assert parse(Categorized, decided.dumped())[0].merchant is None


def test_older_events_are_read_as_without_a_merchant() -> None:
    """The fields are additive: what was written before them is still an event."""
    (decided,) = Ensemble([says(Method.TEXT, "pets", 0.95)], "m1").decide([transaction()], now=NOON)
    older = {key: value for key, value in json.loads(decided.dumped()).items() if key not in ("merchant", "via")}
    assert parse(Categorized, json.dumps(older).encode())[0].via is None
    assert ("merchant", "merchant_key", "via") == tuple(Decision.model_fields)[2:5]
