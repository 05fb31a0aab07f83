"""The bank's phrases, by family of dialects: what they mean, and which names of merchants they must not read."""

import pytest

from models.training.shipped.grammar_check import hits, shipped_lines
from models.voters.grammar import Flow, Grammar, GrammarRule, match_grammar
from models.voters.grammar.phrases import parse_phrase
from tests.harness.grammar_lines import rows_of, said

_FLOOR = 0.6
_FEW = 3
"""Up to so many hits one merchant more or less decides, so such rules are not judged."""

COMMON = """
ATM WITHDRAWAL FEE -> loans_fees
LATE PAYMENT FEE -> loans_fees
CASH ADVANCE FEE -> loans_fees
CARD REPLACEMENT FEE -> loans_fees
FOREIGN TRANSACTION FEE 0412 -> loans_fees
WIRE TRANSFER FEE -> loans_fees
STOP PAYMENT FEE -> loans_fees
RETURNED ITEM FEE NSF -> loans_fees
OVERDRAFT FEE REVERSAL < loans_fees
INTEREST CHARGED ON PURCHASES -> loans_fees
INTEREST PAID THIS PERIOD < income
INTEREST EARNED < income
SAVINGS INTEREST < income
ACME LTD SALARY < income
WAGES WEEK 12 < income
PENSION PAYMENT < income
DIVIDEND 200 SHARES < income
EXPENSES REIMBURSEMENT < income
TRANSFER TO SAVINGS -> transfers_cash
TRANSFER FROM CHECKING < transfers_cash
ROUND UP TRANSFER -> transfers_cash
CASH WITHDRAWAL HIGH ST -> transfers_cash
CASHBACK 20.00 -> transfers_cash
CHEQUE 001234 -> transfers_cash
CREDIT CARD PAYMENT -> transfers_cash
PAYMENT RECEIVED THANK YOU < transfers_cash
WESTERN UNION LONDON -> transfers_cash
PAYPAL TRANSFER -> transfers_cash
MONTHLY RENT -> housing
J SMITH RENT -> housing
MORTGAGE PAYMENT -> housing
HOME LOAN INSTALMENT -> housing
CAR LOAN PAYMENT -> loans_fees
PERSONAL LOAN REPAYMENT -> loans_fees
PROPERTY TAX -> government_taxes
TAX REFUND < income
CAR INSURANCE -> insurance
LIFE INSURANCE PREMIUM -> insurance
WATER BILL -> utilities_telecom
PHONE BILL -> utilities_telecom
GROCERIES -> groceries
GYM -> sports_fitness
CHILDCARE -> education
BIRTHDAY PRESENT -> gifts_occasions
LUNCH -> food_dining
TUITION FEES -> education
CHURCH DONATION -> charity_donations
"""
NORTH_AMERICA = """
ORIG CO NAME:ACME ROOFING ORIG ID:9123 CO ENTRY DESCR:PAYROLL SEC:PPD < income
NORTHWIND LLC DES:DIRECT DEP ID:12345 INDN:A PERSON CO ID:1 PPD < income
SSA TREAS 310 XXSOC SEC < income
UNEMPLOYMENT BENEFITS STATE UI < income
CANADA CHILD BENEFIT < income
GST CANADA < income
EI CANADA < income
DEPOT PAIE < income
IRS USATAXPYMT -> government_taxes
IRS TREAS 310 TAX REF < income
CANADA REVENUE TAX PMT -> government_taxes
PAIEMENT IMPOT -> government_taxes
NAVIENT STUDENT LN -> loans_fees
DEPT EDUCATION STUDENT LN -> loans_fees
TOYOTA FINANCIAL PAYMENT -> loans_fees
MONTHLY MAINTENANCE FEE -> loans_fees
EXTENDED OVERDRAFT CHARGE -> loans_fees
OVERDRAWN HANDLING CHGS -> loans_fees
NON-NETWORK ATM FEE -> loans_fees
FRAIS MENSUELS -> loans_fees
ZELLE PAYMENT TO JANE -> transfers_cash
VENMO CASHOUT < transfers_cash
CASH APP*JOHN -> transfers_cash
INTERAC E-TRF SENT -> transfers_cash
SEND E-TFR ***ABC -> transfers_cash
VIREMENT INTERAC -> transfers_cash
TFR-TO C/C -> transfers_cash
ONLINE TRANSFER TO SAV ...1234 -> transfers_cash
KEEP THE CHANGE TRANSFER -> transfers_cash
CHASE CREDIT CRD AUTOPAY -> transfers_cash
DISCOVER E-PAYMENT -> transfers_cash
APPLECARD GSBANK PAYMENT -> transfers_cash
PAYMENT TO CHASE CARD ENDING IN 1234 -> transfers_cash
CHECK # 1043 -> transfers_cash
REMOTE ONLINE DEPOSIT < transfers_cash
MOBILE CHEQUE DEPOSIT < transfers_cash
INSTANT TELLER WITHDRAWAL -> transfers_cash
SCHWAB BROKERAGE MONEYLINK -> transfers_cash
HOA DUES -> housing
LOYER AVRIL -> housing
MR COOPER NATIONSTAR -> housing
GEICO PREM COLL -> insurance
STATE FARM RO 27 -> insurance
UTILITY BILL PMT -> utilities_telecom
COMCAST PAYMENT -> utilities_telecom
"""
BRITAIN = """
NON-STERLING TRANSACTION FEE -> loans_fees
UNARRANGED OVERDRAFT -> loans_fees
DAILY OD INT -> loans_fees
DWP UNIVERSAL CREDIT < income
HMRC CHILD BENEFIT < income
STATE PENSION < income
BACS SALARY ACME < income
BGC ACME PAYROLL < income
HMRC SELF ASSESSMENT -> government_taxes
DVLA VEHICLE TAX -> government_taxes
COUNCIL TAX DD -> government_taxes
TV LICENCE MBP -> utilities_telecom
STUDENT LOANS COMPANY -> loans_fees
BLACK HORSE FINANCE -> loans_fees
FASTER PAYMENTS RECEIPT < transfers_cash
FPI J SMITH < transfers_cash
BANK GIRO CREDIT < transfers_cash
CHAPS OUT -> transfers_cash
LNK HIGH STREET -> transfers_cash
CASHPOINT LONDON -> transfers_cash
POT TRANSFER -> transfers_cash
SAVE THE CHANGE -> transfers_cash
REGULAR SAVER -> transfers_cash
BARCLAYCARD PAYMENT -> transfers_cash
NATWEST MORTGAGE -> housing
ACORN LETTINGS -> housing
AVIVA LIFE -> insurance
THAMES WATER -> utilities_telecom
OCTOPUS ENERGY -> utilities_telecom
NATIONAL LOTTERY -> entertainment
"""
SOUTH = """
FIXED MONTHLY FEE -> loans_fees
HONOURING FEE -> loans_fees
PROOF OF PMT EMAIL -> loans_fees
NOTIFIC FEE SMS NOTIFYME -> loans_fees
UNPAID DEBIT ORDER -> loans_fees
DEBETRENTE -> loans_fees
INTERNATIONAL TRANSACTION FEE -> loans_fees
KREDIETRENTE < income
SASSA GRANT < income
UIF BENEFIT < income
CENTRELINK PAYMENT < income
SALARIS MAART < income
MAGTAPE CREDIT SALARY < income
SARS EFILING -> government_taxes
ATO PAYMENT -> government_taxes
WESBANK VEHICLE FINANCE -> loans_fees
EWALLET SEND MONEY -> transfers_cash
PAYSHAP PAYMENT -> transfers_cash
CASHSEND 0821 -> transfers_cash
AUTOBANK CASH WITHDRAWAL -> transfers_cash
INSTANT MONEY -> transfers_cash
BYC DEBIT -> transfers_cash
OSKO PAYMENT J SMITH -> transfers_cash
INTER ACC TRANSFER -> transfers_cash
BOND REPAYMENT -> housing
BODY CORPORATE LEVY -> housing
FUNERAL POLICY -> insurance
OUTSURANCE PREMIUM -> insurance
ELECTRICITY PREPAID PURCHASE -> utilities_telecom
PREPAID AIRTIME VODACOM -> utilities_telecom
LOTTO PURCHASE -> entertainment
SCHOOL FEES GRADE 4 -> education
"""
EURO = """
RUNDFUNK ARD ZDF -> utilities_telecom
ABSCHLUSS PER 31.12 -> loans_fees
KONTOFUEHRUNGSGEBUEHR -> loans_fees
RUECKLASTSCHRIFT -> loans_fees
UEBERWEISUNG MIETZINS -> housing
FAMILIENBEIHILFE < income
FOD FINANCIEN -> government_taxes
KONTOFÜHRUNGSENTGELT -> loans_fees
COMMISSION D'INTERVENTION -> loans_fees
COMISION MANTENIMIENTO -> loans_fees
CANONE MENSILE CONTO -> loans_fees
KOSTEN BETAALPAKKET -> loans_fees
GEHALT MÄRZ < income
LOHN/GEHALT < income
VIR SALAIRE < income
ABONO NOMINA < income
STIPENDIO APRILE < income
SALARIS < income
KINDERGELD < income
FAMILIENKASSE < income
CAF < income
ZORGTOESLAG < income
FINANZAMT KÖLN -> government_taxes
KFZ-STEUER -> government_taxes
DGFIP IMPOT -> government_taxes
AGENCIA TRIBUTARIA -> government_taxes
AGENZIA ENTRATE F24 -> government_taxes
BELASTINGDIENST -> government_taxes
STEUERBERATER MEIER -> professional_services
MIETE APRIL -> housing
LOYER MAI -> housing
ALQUILER PISO -> housing
AFFITTO -> housing
HUUR JUNI -> housing
HYPOTHEEK -> housing
RATENKREDIT -> loans_fees
CUOTA PRESTAMO -> loans_fees
MAIF COTISATION -> insurance
HAFTPFLICHTVERSICHERUNG -> insurance
SEGURO COCHE -> insurance
POLIZZA AUTO -> insurance
STADTWERKE -> utilities_telecom
FACTURE EDF -> utilities_telecom
RECIBO LUZ -> utilities_telecom
BOLLETTA GAS -> utilities_telecom
RETRAIT DAB PARIS -> transfers_cash
GELDAUTOMAT BERLIN -> transfers_cash
CAJERO SOL -> transfers_cash
PRELIEVO BANCOMAT -> transfers_cash
GELDOPNAME UTRECHT -> transfers_cash
BIZUM A ANA -> transfers_cash
TIKKIE -> transfers_cash
DAUERAUFTRAG -> transfers_cash
VIREMENT PERMANENT -> transfers_cash
BONIFICO A FAVORE -> transfers_cash
"""
TRAPS = """
RENT A CENTER
RENT-A-WRECK
CASH CONVERTERS
CHECK INTO CASH
LOAN STAR TITLE
LOAN MART
FEE BROTHERS
INTEREST COFFEE
ATM TATTOO
PENSION HOUSE HOTEL
SALARY FINANCE
WAGE WORKS
DIVIDEND SOLAR
TRANSFER PIZZA
HEAT TRANSFER PRODUCTS
WASTE TRANSFER STATION
SPORT CHEK CHECK OUT
CHIMNEY SWEEP
BIKE SHARE
PREMIUM OUTLETS
WIRE ROPE SUPPLY
HACIENDA HOTEL
HOME DEPOT
SERVICE MASTER
CARD FACTORY
PAYLESS SHOES
CASH & CARRY
CURRENT SURF
BOND STREET CAFE
MONEY MAGAZINE
PRET A MANGER
DEPOSIT RETURN CENTRE
RYERSON STUDENT CAMPUS
ZELLERS
PASSPORT PHOTO
CARD PAYMENT TO ARGOS
DIRECT DEBIT ACME GYMS
STANDING ORDER
"""


@pytest.mark.parametrize("table", [COMMON, NORTH_AMERICA, BRITAIN, SOUTH, EURO])
def test_each_dialect_is_understood(table: str) -> None:
    """Lines that banks print, with the direction the money moved."""
    rows = rows_of(table)
    expected = [(description, category) for description, _, category in rows]
    assert expected == [(description, said(description, flow)) for description, flow, _ in rows]


@pytest.mark.parametrize("name", TRAPS.strip().splitlines())
def test_names_of_merchants_are_not_read(name: str) -> None:
    """A bank's word in a merchant's name says nothing, whatever the direction."""
    assert {None} == {said(name, flow) for flow in Flow}


def test_tax_masters_prepare_taxes() -> None:
    """A word behind "tax" may name a trade."""
    assert "professional_services" == said("TAX MASTERS LLC", Flow.OUT)


def test_trap_hides_only_itself() -> None:
    """What stands beside a trap is still read."""
    assert "loans_fees" == said("CHECK INTO CASH LOAN PAYMENT", Flow.OUT)


@pytest.mark.parametrize(
    ("description", "out", "coming"),
    [
        ("INTEREST", "loans_fees", "income"),
        ("SALARY JUNE", "professional_services", "income"),
        ("PAYMENT RECEIVED", None, "transfers_cash"),
    ],
)
def test_direction_is_evidence(description: str, out: str | None, coming: str) -> None:
    """The same words mean another thing when money comes in."""
    assert (out, coming) == (said(description, Flow.OUT), said(description, Flow.IN))


def test_pay_is_surer_when_it_comes_in() -> None:
    """Payroll that goes out is often a wage paid by a business, so it is said less firmly."""
    paid, received = match_grammar("payroll", Flow.OUT), match_grammar("payroll", Flow.IN)
    assert paid is not None
    assert received is not None
    assert paid.confidence < received.confidence


def test_order_of_labels_is_meaning() -> None:
    """A fee for a withdrawal is a fee, and a rent that is transferred is rent."""
    assert "loans_fees" == said("CASH WITHDRAWAL FEE", Flow.OUT)
    assert "housing" == said("TRANSFER TO J SMITH RENT", Flow.OUT)


def test_confidences_are_of_use() -> None:
    """A rule that is hardly surer than a guess would only outvote others."""
    assert [] == [rule for rule in Grammar.shipped().rules if rule.confidence < _FLOOR]


@pytest.mark.parametrize("phrase", ["# fee", ".. fee", "ab* fee", "?", "fee? paid"])
def test_phrase_needs_a_first_word(phrase: str) -> None:
    """A phrase that could begin with anything cannot be looked up."""
    with pytest.raises(ValueError, match="no word to look the phrase up by"):
        parse_phrase(phrase)


def test_rules_keep_their_word_on_names_of_merchants() -> None:
    """On purchase cards, where hardly any line is the bank's, no rule of some hits is wrong more often than it says.

    The bound is the confidence less two standard errors.
    """
    measured = list(hits(shipped_lines()))
    assert [] == [
        (each.rule.label, each.hits, each.right, each.wrong)
        for each in measured
        if _broken(each.rule, each.hits, each.right)
    ]


def _broken(rule: GrammarRule, count: int, right: int) -> bool:
    spread = (rule.confidence * (1 - rule.confidence) / count) ** 0.5
    return count > _FEW and right / count < rule.confidence - 2 * spread
