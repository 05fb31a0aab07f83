"""The tail of a line, such as a fee that the amount includes, is not what the line is about."""

import pytest

from models.statements.normalise import merchant_text, statement_text
from models.statements.tails import without_tail
from models.voters.grammar import Flow, match_grammar

INCLUDED = """
AMSTERDAM NLD FOREIGN CURRENCY FEE INCLUDED 0.35
GERMANY AMOUNT IN EUR 21.00 ON 03 JUN VISA 1.16 FINAL GBP AMOUNT INCLUDES NON-STERLING TRANS FEE £0.50
12,40 EUR inkl. Fremdwährungsgebühr 0,22 EUR
CHF 20.00 KURS 1,0412 inkl. 1,75% Auslandseinsatzentgelt 0,35
NL 12.00 EUR INCL FOREIGN TRANSACTION FEE
NON-STERLING TRANSACTION FEE 0.90
4.50 USD @ 1.27 VISA RATE NON-STERLING TRANSACTION
PARIS INCL. FX FEE 0.40
STOCKHOLM SE EUR 12.00 VRATE 1.1634 N-S TRN FEE 0.30
STOCKHOLM N-S TRN FEE 0.30
USD 12.99 INC O/S FEE $0.45
SGP 12.99 USD (INC. FOREIGN FEE 0.45)
INTNL TRANSACTION FEE 0.45
LOS GATOS USD 12.99 @ 1.60 INCL OFFSHORE MARGIN 0.40
OFFSHORE SERVICE MARGIN 0.30
03/14 EURO 12.00 X 1.0833 (EXCHG RTE)
LOS GATOS 12.99 U.S. DOLLAR CURRENCY CONVERSION: 1.25 COMMISSION AMT 0.30
COMMISSIONI 0,00
TX 1,0834 COMMISSION 0,30
KURS 4,32 PROWIZJA 0,50
EUR 50.00 @ RATE 1.1634 NON-STG FEE 1.20
NON-STG PURCHASE FEE 1.20
INTERNATIONAL TRANSACTION FEE AUD 0.45
EXCHANGE RATE 1.0834
EUR 40.00 RATE 1.1532 COMMISSION 0.00
TASSO DI CAMBIO 1,08
TAUX DE CHANGE 1,1723 DONT FRAIS 0,30 EUR
NOK 199,00 kurs 11,52
(INCL. CURRENCY CONVERSION FEE OF 0.22)
FX FEE INCL
inkl. valutapåslag 2,10
12,00 EUR INCL. COMISION CAMBIO 0,36
""".strip().splitlines()

WHOLE = """
FOREIGN CURRENCY FEE INCLUDED 0.35
NON-STERLING TRANSACTION FEE
NON-STERLING TRANSACTION FEE £0.50
VISA FOREIGN TRANSACTION FEE
INTERNATIONAL TRANSACTION FEE 1.20
DEBIT CARD NON-STERLING TRANSACTION FEE
ATM FEE 2.50
MONTHLY FEE INCL TAX
COMMISSION 12.00
LATE FEE 35.00
MONTHLY FEE 0.00
OFFSHORE SERVICE MARGIN 0.30
SCHOOL FEES INCL LUNCH
YOGA KURS 12
ALL INCLUSIVE FEES GYM
""".strip().splitlines()


@pytest.mark.parametrize("tail", INCLUDED)
@pytest.mark.parametrize("merchant", ["spotify", "booking.com", "ikea"])
def test_merchant_is_the_subject(merchant: str, tail: str) -> None:
    """The fee or rate behind it is gone for the grammar and for the merchant's text."""
    line = f"{merchant} {tail}"
    subject = without_tail(statement_text(line))
    assert subject.startswith(merchant)
    assert match_grammar(subject, Flow.OUT) is None
    assert merchant_text(line).startswith(merchant)
    assert "fee" not in merchant_text(line)


@pytest.mark.parametrize("line", WHOLE)
def test_line_that_is_its_tail_stays(line: str) -> None:
    """Where nobody is named in front, the fee is what the line is about."""
    statement = statement_text(line)
    assert statement == without_tail(statement)


def test_fee_by_itself_is_a_fee() -> None:
    """The first eight of the lines above, and their categories."""
    rules = [match_grammar(without_tail(statement_text(line)), Flow.OUT) for line in WHOLE[:8]]
    assert {"loans_fees"} == {rule.category if rule else line for rule, line in zip(rules, WHOLE, strict=False)}


def test_cash_abroad_is_cash() -> None:
    """A withdrawal with a fee in it is a withdrawal."""
    rule = match_grammar(without_tail(statement_text("CASH WITHDRAWAL BERLIN INCL. FX FEE 1.20")), Flow.OUT)
    assert rule is not None
    assert "transfers_cash" == rule.category
