"""Money that comes in: pay, interest, dividends and benefits, whoever pays; what a merchant gives back is its own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.contracts.events import Transaction
from models.decisions.loading import load_ensemble
from models.statements.normalise import statement_text
from models.statements.tails import without_tail
from models.voters.contract import Ballot, Kind
from models.voters.grammar import Flow, Grammar, match_grammar
from models.voters.hearing import heard
from models.voters.line import LARGE_CREDIT, SMALL_CREDIT, Line, key_of
from models.voters.rules import RulesVoter
from tests.harness.voters import NOON, transaction

PAYERS = ("WALMART INC", "STARBUCKS CORP", "SHELL PLC", "TIM HORTONS", "ACME LTD")
WORDS = """
DES:PAYROLL ID:123 INDN:A PERSON CO ID:9 PPD
CASH DIV
DIV 03/14
DIVIDEND
QUARTERLY DIV
JULY SALARY
WAGES WK12
JUNPAY BGC
PAYCHEQUE
PAYOUT G-ABC123
EDI PAYMENTS
PAY
DIRECT DEP
""".strip().splitlines()
LARGE = """
MINISTRY FOR PRIMARY
MINISTRY OF DEFENCE
DEPT OF EDUCATION
CITY OF DAYTON
LEEDS CITY COUNCIL
ST MARYS NHS TRUST
DAYTON SCHOOL DISTRICT
UNIVERSITY OF LEEDS
BANK GIRO CREDIT REF PWC, 000000
FASTER PAYMENT FROM NORTHWIND LTD
NORTHWIND HOLDINGS PPD ID: 123456789
ACH CREDIT NORTHWIND
NORTHWIND LLC
NORDTECH LIMITED BGC
BACS ACME
NORCONSULT AS FAKTURA 42018
PAYMENT INVOICE 1234 NORTHWIND
""".strip().splitlines()
BACK = """
AMAZON REFUND
STARBUCKS APPLE PAY
TESCO STORES GOOGLE PAY
REFUND ZARA
KROGER 511
CITY PARKING REFUND
PURCHASE RETURN AUTHORIZED ON 03/14 KROGER
""".strip().splitlines()


def _said(description: str, *, large: bool, flow: Flow = Flow.IN) -> str | None:
    rule = match_grammar(without_tail(statement_text(description)), flow, large=large)
    return rule.category if rule else None


def _vote(description: str, amount: str, currency: str = "USD") -> Ballot | None:
    when = datetime(2024, 3, 12, tzinfo=UTC)
    transaction = Transaction(
        transaction_id="t", account_id="a", description=description, amount=amount, currency=currency, timestamp=when
    )
    return RulesVoter().vote([transaction])[0]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("payer", PAYERS)
def test_words_of_a_payer_are_income(payer: str, words: str) -> None:
    """Also of a merchant whom everybody knows, and of any size."""
    assert "income" == _said(f"{payer} {words}", large=False)


@pytest.mark.parametrize("line", LARGE)
def test_offices_and_firms_pay_what_is_as_large_as_pay(line: str) -> None:
    """A small sum from the same payer may be anything, such as a fee paid back."""
    assert "income" == _said(line, large=True)
    assert "income" != _said(line, large=False)


@pytest.mark.parametrize("line", BACK)
@pytest.mark.parametrize("large", [False, True])
def test_what_a_merchant_gives_back_is_no_income(line: str, *, large: bool) -> None:
    """A refund stays the merchant's, and a wallet's name is no pay."""
    assert "income" != _said(line, large=large)


@pytest.mark.parametrize(
    ("line", "out", "coming"),
    [
        ("ZINSEN", "loans_fees", "income"),
        ("ABSCHLUSS PER 31.12. ZINSEN", "loans_fees", "income"),
        ("ZINSABSCHLUSS PER 31.12.", "loans_fees", "income"),
        ("STUDENT FINANCE", "education", "income"),
        ("HMRC", "government_taxes", "income"),
        ("POT_00009SD1AAAA", "transfers_cash", "transfers_cash"),
        ("AMEX GROCERY REWARDS FEE", "loans_fees", "loans_fees"),
        ("LEEDS CITY COUNCIL", "government_taxes", "government_taxes"),
        ("CASH BACK REDEMPTION", "transfers_cash", "income"),
        ("CHASE CREDIT CRD AUTO PAY", "transfers_cash", "transfers_cash"),
        ("CITI CARD ONLINE PAY", "transfers_cash", "transfers_cash"),
    ],
)
def test_direction_tells_pay_from_cost(line: str, out: str, coming: str) -> None:
    """The same words cost where money goes out; a card that is paid off is a transfer either way."""
    assert (out, coming) == (_said(line, large=False, flow=Flow.OUT), _said(line, large=False))


@pytest.mark.parametrize(
    "line",
    [
        "TRANSFER FROM SAVINGS ACME LTD",
        "FID BKG SVC LLC MONEYLINE PPD ID: 123",
        "ZELLE FROM ACME LLC",
        "ATM DEPOSIT ACME INC",
    ],
)
def test_form_of_a_firm_is_asked_last(line: str) -> None:
    """What says how the money moved comes first."""
    assert "transfers_cash" == _said(line, large=True)


@pytest.mark.parametrize(("amount", "credit"), [("20", 0), ("0", 0), ("-299.99", 1), ("-300", 2), ("-2842.77", 2)])
def test_line_knows_the_size_of_a_credit(amount: str, credit: int) -> None:
    """Nothing, less than pay, or as much."""
    when = datetime(2024, 3, 12, tzinfo=UTC)
    transaction = Transaction(
        transaction_id="t", account_id="a", description="x", amount=amount, currency="USD", timestamp=when
    )
    _, _, _, size, _, _ = key_of(transaction)
    assert credit == size
    assert (0, 1, 2) == (0, SMALL_CREDIT, LARGE_CREDIT)


def test_size_of_the_credit_reaches_the_grammar() -> None:
    """The same line, as pay and as something small."""
    votes = [_vote("MINISTRY FOR PRIMARY", amount, "NZD") for amount in ("-2842.77", "-28.42", "28.42")]
    assert ["income", "government_taxes", "government_taxes"] == [vote.category if vote else None for vote in votes]


def _heard(description: str, credit: int, kind: Kind, category: str = "groceries") -> bool:
    ballot = Ballot(category, 0.9, "seen before", kind=kind)
    return heard(ballot, Line(description, "USD", None, credit)) is ballot


@pytest.mark.parametrize(
    "description",
    [
        "SALARY MARCH",
        "SALARY JOHN SMITH",
        "WAGES ANIL KUMAR",
        "PAYROLL",
        "ADP PAYROLL",
        "DWP CHILD BENEFIT",
        "PENSION CREDIT",
        "DIVIDEND VANGUARD",
        "INTEREST EARNED",
        "TAX REFUND",
        "RENDIMENTO POUPANCA",
        "GEHALT MAI",
        "NOMINA",
        "UNEMPLOYMENT BENEFIT",
    ],
)
def test_money_out_is_no_income(description: str) -> None:
    """Whoever pays it to whom: neither the bank's words, nor a payer's name, nor resemblance makes it one."""
    given = [transaction(description=description, amount=Decimal(amount)) for amount in ("2000", "20")]
    assert "income" not in [event.category for event in load_ensemble().categorize(given, now=NOON)]


def test_no_rule_calls_money_out_income() -> None:
    """Rules that do not say a direction hold for both."""
    assert [] == [rule for rule in Grammar.shipped().rules if rule.category == "income" and rule.flow is not Flow.IN]


def test_payroll_silences_what_the_payer_sells() -> None:
    """The memory of a supermarket says nothing of the wages that it pays, but all of what it gives back."""
    assert not _heard("WALMART INC DES:PAYROLL", SMALL_CREDIT, Kind.SEEN)
    assert _heard("WALMART INC DES:PAYROLL", 0, Kind.SEEN)
    assert _heard("WALMART INC DES:PAYROLL", SMALL_CREDIT, Kind.SEEN, "income")
    assert _heard("WALMART 1234", SMALL_CREDIT, Kind.SEEN)
    assert _heard("WALMART 1234", LARGE_CREDIT, Kind.SEEN)


def test_resemblance_says_nothing_of_a_large_credit() -> None:
    """Unless the line says that somebody gives back, and then it is no income."""
    assert not _heard("BLUEWATER", LARGE_CREDIT, Kind.LEARNED)
    assert _heard("BLUEWATER", SMALL_CREDIT, Kind.LEARNED)
    assert _heard("BLUEWATER REFUND", LARGE_CREDIT, Kind.LEARNED)
    assert not _heard("BLUEWATER REFUND", LARGE_CREDIT, Kind.LEARNED, "income")
