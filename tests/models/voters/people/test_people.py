"""People are told from firms by the form of the line and by words that only firms have."""

import pytest

from models.statements.normalise import statement_text
from models.training.shipped.names import rows
from models.voters.line import Line
from models.voters.people import PERSON, People
from models.voters.people.forms import read_forms
from models.voters.people.names import KnownNames

HIDDEN = """
ZELLE PAYMENT TO JOHN SMITH 18273645 -> zelle payment to @ 18273645
VENMO *LAKEISHA WASHINGTON -> venmo *@
CASH APP*KOFI MARKET*CASH OUT -> cash app*@*cash out
INTERAC e-Transfer To: AGNIESZKA WÓJCIK -> interac e-transfer to: @
FASTER PAYMENT TO JOHN SMITH REF RENT -> faster payment to @ ref rent
BILL PAYMENT VIA FASTER PAYMENT TO A OKONKWO REFERENCE DINNER -> bill payment via faster payment to @ reference dinner
STANDING ORDER MR B SHELL -> standing order @
TO MCDONALD KELLY -> to @
JOHN SMITH RENT MARCH -> @ rent march
VIREMENT EMIS VERS MME DUPONT CLAIRE -> virement emis vers @
VIR RECU DE: M MARTIN MOTIF LOYER -> vir recu de: @ motif loyer
UEBERWEISUNG AN HANS MÜLLER MIETE MAI -> ueberweisung an @ miete mai
BONIFICO A FAVORE DI ROSSI MARIO -> bonifico a favore di @
TRANSFERENCIA A MARIA LOPEZ -> transferencia a @
SWISH BETALNING TILL ANNA -> swish betalning till @
PIX ENVIADO JOÃO SILVA -> pix enviado @
OVERBOEKING NAAR JAN DE VRIES -> overboeking naar @
PRZELEW WYCHODZĄCY AGNIESZKA WÓJCIK -> przelew wychodzacy @
UPI/P2A/312345678901/ANIL KUMAR/SBI -> upi/p2a/312345678901/@/sbi
UPI-ANIL KUMAR-ANIL@OKSBI-123456 -> upi-@--123456
NEFT DR-XXXX0000-ANIL KUMAR-FDRLM0000000000 -> neft dr-xxxx0000-@-fdrlm0000000000
MR B JONES -> @
""".strip().splitlines()
"""Lines of many countries, and what is left of them; @ stands for the person."""

FIRMS = """
PAYMENT TO TESCO
PAYMENT TO MORRISONS
PAYMENT TO BRITISH GAS
PAYMENT TO VODAFONE UK
PAYMENT TO JOHN LEWIS
PAYMENT TO VICTORIA PLUMBING
CARD PAYMENT TO JACK SPARROW
STANDING ORDER THAMES WATER
STANDING ORDER LEEDS CITY COUNCIL
STANDING ORDER SAVE THE CHILDREN
STANDING ORDER ST MARY CHURCH
TO BRITISH GAS
TO GO COFFEE
TO SAVINGS
ZELLE TO ACME PLUMBING LLC
ZELLE TO VICTORIA PLUMBING
ZELLE TO ACKERMANN PLUMBING
PAYMENT TO PAUL SMITH
PAYMENT TO SKY
PAYMENT TO SMITH AB
PAYMENT TO GREENFIELD SA
STANDING ORDER 北京大学
STANDING ORDER 株式会社日立製作所
PAYMENT TO 星巴克
PAYMENT TO ПЯТЕРОЧКА
LOAN TO ACME LTD
WISE PAYMENTS LIMITED
REVOLUT TOP UP
ZELLE RECURRING PAYMENT
RENT PAYMENT GREYSTAR
PARKSIDE APARTMENTS RENT
CAR RENT
ACME LTD SALARY
SALARY JUNE
FASTER PAYMENT RECEIVED NORDTECH LTD
TRANSFER TO CHECKING 1234
TRANSFER FROM SAV XXXXX1234
VIREMENT RECU CAF DE PARIS
VIR SEPA EDF CLIENTS PARTICULIERS
GUTSCHRIFT VON DEUTSCHE RENTENVERSICHERUNG
UPI-ZOMATO LTD-ZOMATO@HDFCBANK
UPI-FLIPKART-FLIPKART@AXISBANK
NEFT CR-NORDTECH SOLUTIONS PVT LTD-SALARY
MR PRICE HOME
MISS SELFRIDGE
DR MARTENS LONDON
MRS FIELDS COOKIES
JOHN SMITHS PUB
ROSE BAKERY
SHELL BEACH SURF SCHOOL
""".strip().splitlines()
"""Lines that name no private person, or nobody."""


@pytest.mark.parametrize("row", HIDDEN)
def test_a_person_is_hidden_and_the_banks_words_stay(row: str) -> None:
    line, left = row.split(" -> ")
    assert left.replace("@", PERSON) == People.shipped().hidden(statement_text(line), "GBP")


@pytest.mark.parametrize("line", FIRMS)
def test_a_firm_keeps_its_name(line: str) -> None:
    assert statement_text(line) == People.shipped().hidden(statement_text(line), "GBP")


def test_no_part_of_a_name_is_left_for_the_voters() -> None:
    """Neither the text that is looked up nor the one that n-grams read has a piece of the name."""
    line = Line("PAYMENT TO ROSE CHURCH", "GBP", None, credit=False)
    assert line.names_person
    assert ("payment to someperson", "payment to", "bank transfer") == (line.statement, line.merchant, line.compared)


@pytest.mark.parametrize(
    "text", ["SOMEPERSON PIZZA", "CARD PAYMENT SOMEPERSON", "AWESOMEPERSON LTD", "ＳＯＭＥＰＥＲＳＯＮ"]
)
def test_the_mark_of_a_hidden_name_written_in_a_line_hides_nobody(text: str) -> None:
    assert not Line(text, "GBP", None, credit=False).names_person
    assert not Line("CAFE", "GBP", None, credit=False, counterparty=text).names_person


def test_a_line_of_nothing_but_a_name_has_no_merchant() -> None:
    assert Line("MR B JONES", "GBP", None, credit=False).merchant == ""


def test_a_firm_behind_a_front_is_the_merchant() -> None:
    assert ["morrisons", "tesco"] == [
        Line(line, "GBP", None, credit=False).merchant for line in ("PAYMENT TO MORRISONS", "TO TESCO")
    ]


def test_the_table_of_names_is_what_its_lists_give() -> None:
    """Make it anew with `python -m models.training.shipped names` where this fails."""
    names, table = KnownNames.shipped(), rows()
    assert {name for name, part in table if part != "family"} == names.given
    assert {name for name, part in table if part != "given"} == names.family


def test_words_that_are_names_too_are_words_of_firms() -> None:
    """Else they would say nothing."""
    forms = read_forms()
    assert not forms.names_too - forms.firms
    assert not forms.doubtful_titles - forms.titles
    assert not forms.first_names - forms.stops - forms.little
