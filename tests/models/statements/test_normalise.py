"""Statement text and merchant text: examples of every kind of statement, and properties that hold for any text."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.statements.normalise import merchant_text, statement_text

_PIECES = st.sampled_from(
    [
        "SQ *", "TST* ", "PAYPAL *", "POS PURCHASE ", "CHECKCARD 0412 ", "PURCHASE AUTHORIZED ON 01/25 ", "Yoco *",
        "McDonald's", "Café", "ÅNGSTRÖM", "ß", "ﬁ", "İ", "Wal-Mart", "TOYS R US", "7-ELEVEN", "H&M", "日本", "한국",
        "#5547", "STORE 123", "XXXX", "****1234", "F733", "02/17/22", "2024-05-01", "416-555-0199", "FY7HQ0P43",
        "TORONTO ON", "DENVER CO", "BOISE ID USA", "CAUS", "Card 25", "-69.99", "18 Sep", ",", "|", "'", " s", "*",
        "\u0301", "\u3099", "か", "\u0345", "x", "us", "la", "co", "\u00a0", "No.",
    ]
)  # fmt: skip
_STATEMENTS = st.lists(st.one_of(_PIECES, st.sampled_from([" ", ""])), max_size=8).map(" ".join) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("SQ *BLUE BOTTLE COFFEE", "blue bottle coffee"),
        ("TST* NORTH RAMEN", "north ramen"),
        ("PAYPAL *OHTN", "ohtn"),
        ("PP*SPOTIFY", "spotify"),
        ("SP RED SKY CANDLES", "red sky candles"),
        ("SP PLUS PARKING", "sp plus parking"),
        ("IZ *CORNER SHOP", "corner shop"),
        ("SumUp *Bakery", "bakery"),
        ("Yoco *Rosebank Car Spa", "rosebank car spa"),
        ("POS PURCHASE SHELL", "shell"),
        ("POS WITHDRAWAL METRO", "metro"),
        ("CHECKCARD 0412 TACO BELL", "taco bell"),
        ("PURCHASE AUTHORIZED ON 01/25 TIM HORTONS", "tim hortons"),
        ("DEBIT CARD PURCHASE TESCO", "tesco"),
        ("CARD PAYMENT TO ARGOS", "argos"),
        ("VISA DDA PUR 123456 SHELL OIL", "shell oil"),
        ("RECURRING PAYMENT AUTHORIZED ON 03/09 OFFICE CHAIRS", "office chairs"),
    ],
)
def test_processors_and_bank_words_go(description: str, expected: str) -> None:
    """What the bank or the card processor puts in front is not the merchant."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("BEST BUY #977", "best buy"),
        ("DOLLARAMA # 540", "dollarama"),
        ("TESCO STORE 2296", "tesco"),
        ("SHOPPERSDRUGMART1271", "shoppersdrugmart"),
        ("PIZZA PIZZA 274", "pizza pizza"),
        ("COSTCO WHOLESALE W535", "costco wholesale"),
        ("AMAZON.CA FY7HQ0P43", "amazon.ca"),
        ("AMZN MKTP CA*MW7039SW0", "amzn mktp"),
        ("amazon.co.uk503mk1hi5 am", "amazon.co.uk"),
        ("AIR CAN* 0142100129743", "air can"),
        ("TACO BELL ****1234", "taco bell"),
        ("CORNER MART # XXXXX", "corner mart"),
        ("Powells 18 Sep", "powells"),
        ("LADBROKES 416-555-0199", "ladbrokes"),
        ("GYM 12.50 Card 25", "gym"),
    ],
)
def test_numbers_and_codes_go(description: str, expected: str) -> None:
    """Store numbers, references, masks, dates, phone numbers and amounts differ between visits to one merchant."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("WENDY'S F733 BOISE ID USA", "wendys"),
        ("TIM HORTONS #123, TORONTO, ON", "tim hortons"),
        ("HARBOR COFFEE DENVER CO", "harbor coffee"),
        ("LUIGI SMALLVILLE IL", "luigi smallville"),
        ("TOYS R US", "toys r us"),
        ("DENVER CO", "denver"),
    ],
)
def test_places_go_where_they_are_sure(description: str, expected: str) -> None:
    """A city goes only before a state, after a break or when it is well known; a name always stays."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    "description", ["407 etr", "99 ranch", "3m", "h&m", "7 eleven", "forever 21", "motel 6", "card factory", "phase8"]
)
def test_numbers_and_words_that_are_the_name_stay(description: str) -> None:
    """What looks like a number or a bank word may be the merchant."""
    assert description == merchant_text(description)


def test_genitives_are_one_word_however_written() -> None:
    """Banks drop or replace the apostrophe."""
    assert {"mcdonalds"} == {merchant_text(text) for text in ("McDonald's", "MCDONALD’S", "MCDONALD S", "MCDONALDS")}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("amzprinting saver", "printing saver"),
        ("AMZN MKTP", "amzn mktp"),
        ("amz uk digital", "amz uk digital"),
        ("wp-aspire coaching", "aspire coaching"),
        ("EB *WEB DESIGN ACCESSI", "eventbrite"),
        ("EB GAMES 1823", "eb games"),
        ("sq kool badges", "kool badges"),
        ("sq capital", "sq capital"),
        ("upt - the gate shopping", "the gate shopping"),
        ("3c_angel central shop", "angel central shop"),
        ("nochex-british sign", "british sign"),
        ("klarna micro scooters", "micro scooters"),
        ("klarna bank", "klarna bank"),
        ("paypal 1staidforms", "1staidforms"),
        ("paypal 3 rate", "paypal 3 rate"),
        ("UBER TRIP C57VQ HELP.U", "uber trip"),
        ("ebay o24-07287-89955", "ebay"),
    ],
)
def test_processors_without_an_asterisk_go(description: str, expected: str) -> None:
    """Fields too short for the asterisk glue the processor to the name; its own services keep its name."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("wwwweukhostcom", "weukhost.com"),
        ("WWW COSTCO CA", "costco"),
        ("www anyvan com", "anyvan.com"),
        ("www payment", "www payment"),
        ("safetysignsup.couk", "safetysignsup.co.uk"),
        ("www pet supermarket co uk", "pet supermarket.co.uk"),
        ("fishpond co nz", "fishpond.co.nz"),
        ("http shop.ican.org.u", "shop.ican.org.uk"),
        ("https://jumpxtreme.co.", "jumpxtreme.co.uk"),
        ("quaybooks.c", "quaybooks.com"),
        ("hmcourts.g", "hmcourts.gov.uk"),
        ("galahotels.com/istanbul", "galahotels.com"),
        ("gov.uk/dart-charge", "gov.uk dart charge"),
    ],
)
def test_web_addresses_have_one_form(description: str, expected: str) -> None:
    """Split, glued or cut short, an address is written with its dots and its whole ending."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("capita bus svs-moto", "capita bus svs"),
        ("antalis ltd moto", "antalis ltd"),
        ("town moto", "town moto"),
        ("team sport v/t", "team sport"),
        ("edf energy-ivr", "edf energy"),
        ("asda petrol/upt", "asda petrol"),
        ("elc-internet", "elc"),
        ("rogers internet", "rogers internet"),
        ("aldi 77", "aldi"),
        ("j d sports 70", "j d sports"),
    ],
)
def test_channels_and_store_numbers_go(description: str, expected: str) -> None:
    """How it was paid for, and which store it was, is not the merchant."""
    assert expected == merchant_text(description)


@pytest.mark.parametrize(
    "name",
    [
        *("studio 54", "route 66", "pier 1", "super 8", "channel 4", "mitre 10", "1 1"),
        *("trading 212", "bet 365", "bet365", "life360", "apollo2000", "cruise118"),
        *("digital id", "photo me", "trade me", "caf de", "starlite drive in"),
        *("leap card", "one4all gift card", "sp energy", "sumup fees", "curve leicester"),
    ],
)
def test_brands_with_numbers_states_and_cards_stay(name: str) -> None:
    """What looks like a store number, a state or a bank's card is the name here."""
    assert name == merchant_text(name)


@pytest.mark.parametrize("description", ["POS PURCHASE", "SQ *", "12345678", "XXXX"])
def test_nothing_left_gives_the_folded_text(description: str) -> None:
    """A line without a merchant stays a line."""
    assert description.lower() == merchant_text(description)


@pytest.mark.parametrize(
    "piece",
    ["x", "xx-", "xxx ", "pos ", "visa debit ", "debit order ", "(card", "#", "* ", "1234 ", "-. (", "a.", "s ", "ca "],
)
def test_long_runs_take_no_longer(piece: str) -> None:
    """A line of the greatest length, made to set expressions searching, is done in milliseconds and stalls nobody."""
    lines = [(piece * 1024)[:1024], "POS PURCHASE " + (piece * 1024)[:1000], (piece * 1024)[:1000] + " zz"]
    begun = time.process_time()
    for line in lines:
        merchant_text(line)
    assert time.process_time() - begun < 0.5


def test_statement_text_keeps_the_bank_words() -> None:
    """The grammar needs every word, without accents, case or doubled blanks."""
    assert "atm retrait cafe fee #12" == statement_text("ATM  Retrait\tCAFÉ FEE #12")


@given(_STATEMENTS)
@example("a'\u3099か")
@example("THE PIZZA CO DENVER CO")
@example("amzamzon ltd moto bpay")
@example("www acme co u 12 35 cybs upt")
def test_merchant_text_is_idempotent(description: str) -> None:
    """Normalising what is normal changes nothing, so keys can be made from keys."""
    once = merchant_text(description)
    assert once == merchant_text(once)


@given(_STATEMENTS)
def test_statement_text_is_idempotent(description: str) -> None:
    """The same for the folded line."""
    once = statement_text(description)
    assert once == statement_text(once)


@given(_STATEMENTS)
def test_letters_never_become_nothing(description: str) -> None:
    """Where there were letters, something is left to vote on and to key by."""
    assert merchant_text(description) or not any(map(str.isalpha, statement_text(description)))
