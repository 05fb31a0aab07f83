"""The table of merchant category codes and the traps in it."""

from datetime import UTC, datetime

import iso18245
import pytest

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.voters.contract import Ballot, Kind
from models.voters.mcc import (
    USUAL_CONFIDENCE,
    MccVoter,
    catch_all_codes,
    code_category,
    code_table,
    mcc_table,
)


def _vote(description: str, mcc: str | None) -> Ballot | None:
    transaction = Transaction(
        transaction_id="t1",
        account_id="a1",
        description=description,
        amount="10",
        currency="CAD",
        timestamp=datetime(2024, 5, 1, tzinfo=UTC),
        mcc=mcc,
    )
    return MccVoter().vote([transaction])[0]


def test_every_code_of_the_standard_is_in_the_table() -> None:
    """A code that the standard knows must get a vote."""
    assert set() == {code.mcc for code in iso18245.get_all_mccs()} - set(mcc_table())


def test_table_names_only_categories_and_says_what_codes_are() -> None:
    """Categories are the taxonomy's; every code has a description for its evidence."""
    assert set() == {category for category, _ in mcc_table().values()} - set(CATEGORIES)
    assert [] == [code for code, (_, description) in mcc_table().items() if not description]


@pytest.mark.parametrize(
    ("mcc", "expected"),
    [
        ("4121", "transport"),
        ("7523", "transport"),
        ("4784", "transport"),
        ("5912", "health_medical"),
        ("4215", "professional_services"),
        ("2741", "professional_services"),
        ("7311", "professional_services"),
        ("3009", "travel"),
        ("3390", "travel"),
        ("3501", "travel"),
        ("4722", "travel"),
        ("7512", "travel"),
        ("7542", "auto"),
        ("4900", "utilities_telecom"),
        ("5411", "groceries"),
        ("5945", "shopping"),
        ("6513", "housing"),
    ],
)
def test_codes_follow_the_taxonomy(mcc: str, expected: str) -> None:
    """The lines that the taxonomy draws between neighbours."""
    assert expected == mcc_table()[mcc][0]


def test_evidence_is_the_official_description() -> None:
    """A reviewer reads the code and what it stands for."""
    ballot = _vote("ANY LUNCH", "5814")
    assert Ballot("food_dining", USUAL_CONFIDENCE, "mcc 5814 fast food restaurants", kind=Kind.CODE) == ballot


def test_catch_all_codes_are_less_sure() -> None:
    """Miscellaneous retail tells less than a restaurant."""
    ballot = _vote("ANY SHOP", "5999")
    assert ballot is not None
    assert ballot.confidence < 0.5


@pytest.mark.parametrize(
    ("description", "mcc", "expected"),
    [
        ("AMZN MKTP CA*MW7039SW0", "4816", "shopping"),
        ("AMAZON.CA PRIME MEMBER", "5968", "subscriptions_digital"),
        ("GODADDY.COM", "4816", "subscriptions_digital"),
        ("NETFLIX.COM", "4899", "subscriptions_digital"),
        ("ROGERS CABLE", "4899", "utilities_telecom"),
        ("TERANET EXPRESS", "7375", "government_taxes"),
        ("APL* ITUNES.COM/BILL", "5735", "subscriptions_digital"),
        ("GOOGLE *ADWS1234", "5968", "professional_services"),
        ("HM LAND REGISTRY", "7375", "government_taxes"),
        ("LAND TITLES OFFICE", "7375", "government_taxes"),
        ("HARBOUR ELECTRIC SUPPLY", "7629", "home_garden"),
        ("CITY ELECTRICAL FACTORS", "7629", "home_garden"),
        ("REXEL UK", "5722", "home_garden"),
        ("CITYWIDE LOCKSMITHS", "7393", "home_garden"),
        ("NORTH END LOCK & SAFE", "7393", "home_garden"),
        ("RIVERSIDE PARTY RENTALS", "7394", "gifts_occasions"),
        ("BOUNCY CASTLE HIRE LEEDS", "7394", "gifts_occasions"),
        ("GREEN VALLEY HAULAGE", "4214", "professional_services"),
        ("TWO BROTHERS MOVERS", "4214", "home_garden"),
        ("U-HAUL MOVING & STORAGE", "7513", "home_garden"),
        ("CITY TRUCK RENTAL", "7513", "travel"),
        ("MORNING POST CIRCULATION", "5994", "subscriptions_digital"),
        ("NEW YORK TIMES", "5192", "subscriptions_digital"),
        ("CORNER NEWSAGENT", "5994", "shopping"),
        ("MUSEUM OF MODERN ART", "5971", "entertainment"),
        ("HILL STREET ART GALLERY", "5971", "shopping"),
        ("CANVA* PRO MONTHLY", "7221", "subscriptions_digital"),
        ("MICROSOFT*OFFICE 365", "5816", "subscriptions_digital"),
        ("MICROSOFT*XBOX GAME", "5816", "entertainment"),
        ("ETSY.COM - SOMESHOP", "5699", "shopping"),
        ("EBAY O*12-34567", "5947", "shopping"),
        ("CITY PARKING METERS", "9399", "transport"),
        ("CITY PARKING VIOLATIONS", "9399", "government_taxes"),
        ("MOTOR VEHICLE LICENCES", "9399", "government_taxes"),
        ("AUTO SHARE CAR SHARING", "7512", "transport"),
        ("RIDEAU FEED CO-OP", "0763", "home_garden"),
    ],
)
def test_traps_say_what_the_merchant_sells(description: str, mcc: str, expected: str) -> None:
    """A known merchant overrules a code that means something else for it, in votes and in training data."""
    ballot = _vote(description, mcc)
    assert ballot is not None
    assert expected == ballot.category
    assert expected == code_category(mcc, description)


def test_flipping_merchants_keep_their_code_with_less_trust() -> None:
    """Wal-Mart is a grocer in one store and a discount shop in the next."""
    usual, flipping = _vote("METRO #712", "5411"), _vote("WAL-MART #3111", "5411")
    assert usual is not None
    assert flipping is not None
    assert "groceries" == flipping.category
    assert flipping.confidence < usual.confidence


@pytest.mark.parametrize(("description", "mcc"), [("SHOPPERS DRUG MART #08", "9402"), ("HIGH ST PHARMACY", "9402")])
def test_the_post_in_a_pharmacy_keeps_its_code_with_less_trust(description: str, mcc: str) -> None:
    """The code says what was bought and the name where: neither may settle it alone."""
    counter, office = _vote(description, mcc), _vote("MAIN STREET POST OFFICE", mcc)
    assert counter is not None
    assert office is not None
    assert counter.category == office.category == "professional_services"
    assert counter.confidence < office.confidence


def test_catch_all_codes_say_little_and_no_trade_is_among_them() -> None:
    """Those that the issue names, at less than even odds; a grocer, a dentist or a garage is a trade."""
    assert {"4816", "5968", "5969", "5999", "7299", "7399", "8999"} <= catch_all_codes()
    assert {"5411", "5812", "7538", "8021"}.isdisjoint(catch_all_codes())
    for code in catch_all_codes():
        ballot = _vote("ANY NAME", code)
        assert ballot is not None
        assert ballot.confidence < 0.5


def test_a_code_is_doubted_once() -> None:
    """Of two doubts about one code the later would win without a word."""
    codes = [code for doubt in code_table().doubt for code in doubt.codes]
    assert [] == sorted({code for code in codes if codes.count(code) > 1})


def test_codes_of_intermediaries_are_no_vote() -> None:
    """A catch-all code behind a payment service is the service's."""
    assert _vote("PAYPAL *CLOUDCITYDR", "7399") is None
    assert _vote("CLOUD CITY DRAPERY", "7399") is not None


@pytest.mark.parametrize("mcc", [None, "0000", "9998"])
def test_no_code_or_an_unknown_one_is_no_vote(mcc: str | None) -> None:
    """Where there is no code there is nothing to say."""
    assert _vote("TIM HORTONS", mcc) is None


def test_traps_name_codes_of_the_table() -> None:
    """A trap or doubt about a code that is not in the table would never fire."""
    trapped = {code for trap in code_table().trap for code in trap.codes}
    doubted = {code for doubt in code_table().doubt for code in doubt.codes}
    assert set() == (trapped | doubted) - set(mcc_table())
