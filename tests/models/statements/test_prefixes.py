"""What banks, processors and clearing houses put around a merchant, and the places that close a line."""

import pytest

from models.statements.normalise import merchant_text
from models.statements.places import without_place
from models.statements.prefixes import named_company, without_front

NORTH_AMERICA = """
POS DEBIT VISA CHECK CARD 1234 WALGREENS STORE 99 DENVER CO -> walgreens
PURCHASE AUTHORIZED ON 03/04 TRADER JOES #123 SEATTLE WA S123456789 CARD 1234 -> trader joes
DEBIT CARD PURCHASE -VISA CHIPOTLE 1234 COLUMBUS OH -> chipotle
Recurring Card Purchase 03/04 NETFLIX.COM LOS GATOS CA Card 1234 -> netflix.com
VISA DDA PUR AP 123456 SHELL OIL ORLANDO FL -> shell oil
DDA PUR 998877 TARGET T-1234 CHANDLER AZ -> target
ORIG CO NAME:ACME POWER ORIG ID:912 DESC DATE:220104 CO ENTRY DESCR:BILL PAY SEC:WEB -> acme power
NORTHWIND GAS DES:BILL PMT ID:12345 INDN:A PERSON CO ID:99 WEB -> northwind gas
PAYPAL DES:INST XFER ID:STEAMY TEA INDN:A PERSON CO ID:PAYPALSI77 WEB -> steamy tea
ACH Withdrawal TYPE: INS PREM CO: ACME MUTUAL NAME: A PERSON -> acme mutual
PREAUTHORIZED DEBIT ROGERS -> rogers
MISC PAYMENT HYDRO ONE -> hydro one
Contactless Interac purchase - 1234 TIM HORTONS #99 -> tim hortons
[PR]CANADIAN TIRE #12 -> canadian tire
POINT OF SALE PURCHASE METRO 123 OTTAWA ON -> metro
"""
BRITAIN = """
CARD PAYMENT TO TESCO STORES 3456,12.34 GBP, RATE 1.00/GBP ON 12-03-2023 -> tesco stores
CARD PAYMENT TO PRET A MANGER ON 12 MAR -> pret a manger
CONTACTLESS PAYMENT GREGGS PLC -> greggs plc
1234 03MAR21 C SAINSBURYS LONDON GB -> sainsburys
VIS WAITROSE 123 LONDON GB -> waitrose
TESCO STORES 3456 CD 1234 -> tesco stores
INT'L 0012345678 ACME GAMES -> acme games
STARBUCKS 4.50 USD @ 1.27 VISA RATE NON-STERLING TRANSACTION -> starbucks
DIRECT DEBIT PAYMENT TO ACME WATER REF Q123456, MANDATE NO 0012 -> acme water
WAGAMAMA LONDON W1D 3QG -> wagamama
BOOTS 1234 BIRMINGHAM B17 9QG -> boots
COSTA COFFEE MANCHESTER GBR -> costa coffee
"""
SOUTH = """
POS PURCHASE WOOLWORTHS SANDTON JOHANNESBURG ZA -> woolworths
CHEQUE CARD PURCHASE CHECKERS CAPE TOWN -> checkers
C*CHECKERS HYPER 412345*1234 01 MAR -> checkers hyper
Banking App External Payment: Joes Garage -> joes garage
DEBIT ORDER ACME COVER 12345 -> acme cover
WOOLWORTHS 1234 SYDNEY NSW AUS Card xx1234 Value Date: 12/03/2021 -> woolworths
EFTPOS PURCHASE COLES 0456 MELBOURNE VIC AU -> coles
V1234 12/03 BUNNINGS 345 BRISBANE QLD -> bunnings
"""
EURO = """
CARTE 12/03/23 MONOPRIX CB*1234 -> monoprix
PAIEMENT PAR CARTE X1234 CARREFOUR 12/03 -> carrefour
PRLV SEPA ACME MOBILE ECH/120323 ID EMETTEUR/FR12 MDT/ABC REF/123 -> acme mobile
Kartenzahlung REWE SAGT DANKE 12345 -> rewe
SEPA-Lastschrift Stadtwerke Musterstadt -> stadtwerke musterstadt
BEA, Betaalpas Albert Heijn 1234,PAS123 NR:ABC 12.03.23/10:11 AMSTERDAM -> albert heijn
Naam: ACME ENERGIE Omschrijving: termijn IBAN: NL00 -> acme energie
COMPRA EN MERCADONA -> mercadona
PAGAMENTO POS ESSELUNGA -> esselunga
TWINT Zahlung COOP -> coop
Bezahlung mit Debitkarte HOFER -> hofer
Folgelastschrift ACME ENERGIE -> acme energie
STORNO POS ESSELUNGA -> esselunga
BETALING MET BANCONTACT COLRUYT -> colruyt
"""
CARDS = """
AMAZON.COM*2K4RT90Q1 AMZN.COM/BILL WA -> amazon.com
AMAZON MKTPL*RT5AB12C0 -> amazon mktpl
amazon.co.uk3s7x89oo5 am -> amazon.co.uk
AMAZON PRIMEAB1CD23E4 -> amazon prime
EBAY O*12-34567-89012 -> ebay
UBER* TRIP HELP.UBER.COM -> uber trip
UBER *EATS -> uber eats
LYFT *RIDE SUN 7PM LYFT.COM CA -> lyft ride
GOOGLE *YOUTUBE G.CO/HELPPAY#CA -> youtube
APPLE.COM/BILL 866-555-0199 CA -> apple.com bill
IC* INSTACART*123 -> instacart
DD *DOORDASH CHIPOTLE -> chipotle
FH* HARBOR KAYAK TOURS -> harbor kayak tours
SQ *SQ *TACO -> taco
PAYPAL *ACME GAMES 4025550199 -> acme games
PAYPAL CANDLESHOP EB -> candleshop
WHOLEFDS MKT 10234 AUSTIN TX APPLE PAY -> wholefds mkt
ACME CAFE USD 12.00 -> acme cafe
ACME CAFE AUTH CODE 12345 -> acme cafe
ACME CAFE 01JAN -> acme cafe
ACME CAFE ON 12 MAR -> acme cafe
ACME CAFE 2023-01-05 -> acme cafe
REFUND FROM ACME SHOES -> acme shoes
POS REFUND ACME SHOES -> acme shoes
REVERSAL - ACME SHOES -> acme shoes
"""
KEPT = """
city of cape town
the university of manchester
bank of montreal
toys r us
so energy
bp express
check into cash
card factory
visa application centre
sheridan nurseries nor
pos malaysia
dde gourmet
twint parking
university of manchester
leeds city council
birmingham airport
flights to sydney
v8 garage
"""


def _rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split(" -> ")) for line in table.strip().splitlines()]


@pytest.mark.parametrize("table", [NORTH_AMERICA, BRITAIN, SOUTH, EURO, CARDS])
def test_the_merchant_is_left(table: str) -> None:
    """Lines of each family of dialects, and what card networks and web shops add."""
    rows = _rows(table)
    assert rows == [(line, merchant_text(line)) for line, _ in rows]


@pytest.mark.parametrize("name", KEPT.strip().splitlines())
def test_names_that_look_wrapped_stay(name: str) -> None:
    """A first word of a bank, or a place that is part of the name."""
    assert name == merchant_text(name)


def test_wrappers_may_stand_in_each_other() -> None:
    """A bank wraps what a processor wrapped."""
    assert "blue door" == without_front("recurring debit card purchase 0412 sq *blue door")


def test_wrapper_without_a_merchant_is_cut_to_nothing_here() -> None:
    """The caller keeps the line where nothing is left."""
    assert "" == without_front("pos purchase")
    assert "pos purchase" == merchant_text("POS PURCHASE")


def test_line_without_fields_names_no_company() -> None:
    """A colon alone is no field."""
    assert "acme: cafe" == named_company("acme: cafe")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("acme london gb", "acme"),
        ("acme b17 9qg", "acme"),
        ("acme b23", "acme"),
        ("acme m25", "acme m25"),
        ("acme | reading", "acme |"),
        ("acme reading", "acme reading"),
        ("acme tamworth", "acme"),
        ("acme east london", "acme"),
        ("eden co uk", "eden co uk"),
        ("acme mesquite tx", "acme"),
        ("city of mesquite tx", "city of mesquite"),
        ("acme vic", "acme vic"),
        ("acme melbourne vic", "acme"),
        ("acme gb", "acme"),
        ("acme us", "acme us"),
        ("hotel london gb", "hotel london"),
        ("ab london gb", "ab london"),
    ],
)
def test_places_abroad(line: str, left: str) -> None:
    """A country or state abroad goes with its city; what names the merchant stays."""
    assert left == " ".join(without_place(line.split()))
