"""Two names in one line: the platform, and who was paid behind it."""

import time

import pytest

from models.statements.normalise import merchant_text, statement_text
from models.statements.platforms import FIRM_WORDS, NAME_WORDS, PLATFORMS, Party, seen_in

BEHIND = """
DOORDASH*KROGER COLUMBUS OH -> DoorDash, kroger
DD *DOORDASH WENDYS -> DoorDash, wendys
POS DEBIT DOORDASH*PETCO 12/03 -> DoorDash, petco
UBER EATS* WALGREENS -> Uber Eats, walgreens
UBER * EATS* SUSHI STOP -> Uber Eats, sushi stop
INSTACART*PUBLIX -> Instacart, publix
IC* SPROUTS BY INSTACAR -> Instacart, sprouts
GRUBHUB*PANDA EXPRESS -> Grubhub, panda express
GRUBHUBSUBWAY -> Grubhub, subway
DELIVEROO*ASDA LEEDS GB -> Deliveroo, asda
DELIVEROO.FR*FRANPRIX -> Deliveroo, franprix
JUST EAT.CO.UK*PIZZA GOGO -> Just Eat, pizza gogo
WOLT*BLOMSTERLANDET -> Wolt, blomsterlandet
GLOVO*CARREFOUR -> Glovo, carrefour
IFOOD *PAO DE ACUCAR -> iFood, pao de acucar
IFD*MC DONALDS -> iFood, mc donalds
SKIPTHEDISHES*LOBLAWS -> SkipTheDishes, loblaws
AMZ*SHOPBOP.COM -> Amazon, shopbop.com
GOOGLE *NIANTIC -> Google, niantic
PAYPAL *EBAY -> PayPal, ebay
PayPal (Europe) S.a.r.l. et Cie., S.C.A. PP.9876.PP . H&M, Ihr Einkauf bei H&M -> PayPal, h&m
PayPal Europe S.a.r.l. et Cie S.C.A 1029384756/PP.9876.PP/. Thalia, Ihr Einkauf bei Thalia -> PayPal, thalia
PayPal Europe S.a.r.l. et Cie S.C.A . Otto GmbH, Ihr Einkauf b -> PayPal, otto gmbh
PRLV SEPA PAYPAL EUROPE S.A.R.L. ET CIE S.C.A 1039485761 . FNAC -> PayPal, fnac
GUTSCHRIFT PayPal (Europe) S.a.r.l. et Cie. PP.9876.PP About You Erstattung -> PayPal, about you
SQ *LITTLE BAKERY -> Square, little bakery
SumUp *Taxi Weber -> SumUp, taxi weber
ZETTLE_*RINGEN KIOSK -> Zettle, ringen kiosk
KLARNA*ZALANDO -> Klarna, zalando
CLEARPAY*ASOS -> Clearpay, asos
PAYPAL INST XFER HULU -> PayPal, hulu
Zahlung PayPal . Tom Tailor -> PayPal, tom tailor
GOCARDLESS RE ANYTIME FITNESS -> GoCardless, anytime fitness
Bol.com via Mollie -> Mollie, bol.com
MOBILEPAY*REMA1000 -> MobilePay, rema
MobilePay 12345 Bilka -> MobilePay, bilka
Betalning Swish 123 123 45 67 Apotek Hjartat -> Swish, apotek hjartat
CCV*BAKKERIJ BART -> CCV, bakkerij bart
Vipps*Narvesen -> Vipps, narvesen
MOBILEPAY*NETTO -> MobilePay, netto
Swish Handel: Apotea AB -> Swish, apotea
ALIPAY*TAOBAO -> Alipay, taobao
UPI-BOOKMYSHOW-BOOKMYSHOW@HDFCBANK-HDFC0000001-412345678901-PAYMENT -> UPI, bookmyshow
UPI/412345678901/Payment from Ph/dominos@icici/ICICI Bank/ICI9f8e7d -> UPI, dominos
UPI/P2M/412345678901/BLINKIT/PAYMENT/AXIS BANK -> UPI, blinkit
TO TRANSFER-UPI/DR/412345678901/OLA CABS/YESB/olacabs@y/Payment- -> UPI, ola cabs
NEFT DR-HDFC0000001-GREEN VALLEY SCHOOL-N123456789012 -> NEFT, green valley school
IMPS-412345678901-TANISHQ-HDFC-XXXXXXX1234 -> IMPS, tanishq
UPIOUT/412345678901/bigbasket@ybl/5411 -> UPI, bigbasket
BIL/BPAY/000412345678/BESCOM/XYZ -> bill or card in fields, bescom
BIL/ONL/000412345678/BSNL Mob/XYZ12AB34CD -> bill or card in fields, bsnl mob
VPS/HALDIRAM/202404021930/012345/Delhi -> bill or card in fields, haldiram
TRANSFERENCIA PIX DES: POSTO IPIRANGA 12/03 -> PIX, posto ipiranga
PAGTO PIX QR CODE DES: DROGA RAIA 12/03 -> PIX, droga raia
PIX QRS DROGASIL 12/03 -> PIX, drogasil
Pix enviado - Posto Ipiranga -> PIX, posto ipiranga
Compra Bizum MediaMarkt -> Bizum, mediamarkt
TWINT Zahlung an Migros -> TWINT, migros
BLIK ZAKUP EMPIK -> BLIK, empik
Platnosc BLIK - zalando.pl -> BLIK, zalando.pl
/TRTP/iDEAL/IBAN/NL00BANK0000000000/BIC/INGBNL2A/NAME/Coolblue B.V./REMI/123 order/EREF/1 -> iDEAL, coolblue b.v
BETALING MET DEBETKAART NUMMER 0000 XXXX XXXX 0000 COLRUYT GENT 23/04/2024 BANCONTACT REF 1 -> Bancontact, colruyt gent
"""
"""Line -> platform, merchant text."""

ITSELF = """
GOOGLE *ADS9876543210 -> Google, google ads
GOOGLE*ADWS123 -> Google, google ads
GOOGLE *YouTube Music -> Google, youtube music
GOOGLE *Google Storage -> Google, google one
GOOGLE *GSUITE_acme.com -> Google, google workspace
MICROSOFT*XBOX GAME PASS -> Microsoft, microsoft xbox
MSFT*AZURE -> Microsoft, microsoft azure
MICROSOFT*365 PERSONAL -> Microsoft, microsoft office
DOORDASH*DASHPASS -> DoorDash, doordash
SWIGGY*INSTAMART -> Swiggy, swiggy instamart
FOODPANDA*MART -> foodpanda, pandamart
"""
"""The platform's own, under the name by which it is known."""

NONE = """
AMZN MKTP US*2K4RT90Q1
AMAZON.COM*RT5AB12C0
UBER *TRIP
UBER *EATS HELP.UBER.COM
PAYPAL INST XFER
PAYPAL TRANSFER
PayPal (Europe) S.a.r.l. et Cie., S.C.A.
PRLV SEPA PAYPAL EUROPE S.A.R.L. ET CIE S.C.A ECH/120323 ID EMETTEUR/LU96
SWISH MAINTENANCE LTD
TWINT PARKING
BIZUM ENVIADO
UPI
CUPIDS ARROW FLORIST
IDEAL STANDARD PLUMBING
PIXAR STUDIO STORE
NEFTALI BAKERY
STONE TAVERN
WOLTERS KLUWER
"""
"""Nobody is named behind a platform, or the word is another one."""

PEOPLE = """
UPI/P2A/412345678901/RAVI SHARMA/AXIS BANK -> person
BIL/INFT/EDA123456/rent/ RAVI SHARMA -> anyone
TPT-RENT-RAVI SHARMA -> anyone
UPI-RAVI SHARMA-RAVI12@OKAXIS-UTIB0000001-412345678901-LUNCH -> anyone
NEFT CR-HDFC0000001-RAVI SHARMA-N123456789012 -> anyone
SWISH BETALNING TILL LARS -> anyone
Vipps: Kari Nordmann -> anyone
MobilePay: Mette Hansen -> anyone
BIZUM A FAVOR DE LUCIA GARCIA -> anyone
Pix enviado - Ana Souza -> anyone
Transferencia enviada pelo Pix - ANA SOUZA - 123.456 - BANCO X -> anyone
TWINT Geld gesendet an Urs Keller -> anyone
PRZELEW NA TELEFON DO ANNA NOWAK -> person
/TRTP/SEPA OVERBOEKING/IBAN/NL00BANK0000000000/BIC/INGBNL2A/NAME/J JANSEN/REMI/etentje -> anyone
"""
"""Rails on which a person may stand."""


def _rows(table: str) -> list[tuple[str, str]]:
    return [(line, said) for line, _, said in (row.partition(" -> ") for row in table.strip().splitlines())]


@pytest.mark.parametrize(("line", "said"), _rows(BEHIND))
def test_the_merchant_behind_a_platform_is_found(line: str, said: str) -> None:
    """Whatever stands around both: the platform by name, and the merchant as it would be read alone."""
    seen = seen_in(statement_text(line))
    assert seen is not None
    assert said == f"{seen.platform.name}, {merchant_text(seen.merchant)}"
    assert seen.behind


@pytest.mark.parametrize(("line", "said"), _rows(BEHIND))
def test_the_merchant_text_is_the_merchant_behind(line: str, said: str) -> None:
    """What is looked up is the merchant, and reading it again changes nothing."""
    text = merchant_text(line)
    assert merchant_text(said.split(", ", 1)[1]) == text == merchant_text(text)


@pytest.mark.parametrize(("line", "said"), _rows(ITSELF))
def test_a_platforms_own_services_have_their_names(line: str, said: str) -> None:
    """A number or a word behind the star is no merchant, but says which service it is."""
    seen = seen_in(statement_text(line))
    assert seen is not None
    assert (said, False) == (f"{seen.platform.name}, {seen.merchant}", seen.behind)


@pytest.mark.parametrize("line", NONE.strip().splitlines())
def test_nobody_is_made_up(line: str) -> None:
    """Codes, the platform alone, and names that hold a platform's word give no merchant behind."""
    seen = seen_in(statement_text(line))
    assert seen is None or not seen.behind


@pytest.mark.parametrize(("line", "party"), _rows(PEOPLE))
def test_a_rail_says_who_may_stand_on_it(line: str, party: str) -> None:
    """A form that only people have says so; others leave it open."""
    seen = seen_in(statement_text(line))
    assert seen is not None
    assert (True, Party(party)) == (seen.behind, seen.party)


def test_no_line_holds_up_the_stream() -> None:
    """Long lines of what the expressions look for, whichever platform they name: the search stays within bounds."""
    slowest = 0.0
    for ready in PLATFORMS:
        for filling in ("a b ", "- / ", "x* ", "paypal ", "1 "):
            for token in ready.tokens:
                line = (token + " " + filling * 300)[:1024]
                started = time.thread_time()
                seen_in(line)
                slowest = max(slowest, time.thread_time() - started)
    assert slowest < 0.3


def test_every_expression_needs_one_of_its_tokens() -> None:
    """A word's own letters are among the tokens, or lines of this platform would never be tried."""
    examples = {line: said.split(", ")[0] for table in (BEHIND, ITSELF) for line, said in _rows(table) if said}
    for line, name in examples.items():
        tokens = {token for ready in PLATFORMS if ready.platform.name == name for token in ready.tokens}
        assert any(token in statement_text(line) for token in tokens), line


def test_a_word_makes_a_firm_or_is_a_name() -> None:
    """People are called Church and Temple, so such a word alone makes nobody a firm."""
    assert frozenset() == FIRM_WORDS & NAME_WORDS
