"""What banks and card processors print around a merchant, bank by bank: the merchant is what is left.

The lines are made up: forms as the banks print them, with numbers of nobody.
"""

import pytest

from models.statements.normalise import merchant_text, statement_text
from models.statements.tails import without_tail
from models.voters.grammar import Flow, match_grammar
from models.voters.rules import SURE_GRAMMAR

BANKS = {
    "Ally": [
        "DEBIT CARD PURCHASE, {merchant} DAYTON OH USA",
        "NACHA DEBIT {merchant}~ FUTURE AMOUNT: 12.00 ~ TRAN: ACHDW",
    ],
    "American Express": ["APLPAY {merchant} DAYTON OH", "GglPay {merchant} DAYTON OH"],
    "Bank of America": [
        "CHECKCARD 0314 {merchant} DAYTON OH 24692164073100123456789",
        "CHECKCARD 0314 {merchant} 877-7781161 NY 24692164073100123456789 RECURRING",
        "{merchant} 03/14 PURCHASE DAYTON OH",
        "{merchant} 03/14 #000123456 PURCHASE {merchant} DAYTON OH",
        "{merchant} 03/14 MOBILE PURCHASE 866-555-0199 OH",
        "117 {merchant} 03/14 PURCHASE site.com PA",
        "PMNT SENT 0314 {merchant} CA",
        "{merchant} DES:BILLPAY ID:XXXXX12345 INDN:A PERSON CO ID:XXXXX12345 WEB",
    ],
    "BMO": [
        "POS PURCHASE TERMINAL 12345678 {merchant} DAYTON OH XXXXXXXXXXXX1234",
        "MERCHANT PURCHASE TERMINAL 12345678 {merchant} DAYTON OH 031424",
        "[PR]{merchant}",
    ],
    "Capital One": [
        "Debit Card Purchase - {merchant} DAYTON OH",
        "Digital Card Purchase - {merchant} DAYTON OH",
        "Withdrawal from {merchant}",
    ],
    "Chase": [
        "CARD PURCHASE 03/14 {merchant} DAYTON OH CARD 1234",
        "RECURRING CARD PURCHASE 03/14 {merchant} 866-5550199 OH CARD 1234",
        "CARD PURCHASE WITH PIN 03/14 {merchant} DAYTON OH CARD 1234",
        "CARD PURCHASE W/CASH 03/14 {merchant} DAYTON OH CARD 1234",
        "CARD PURCHASE RETURN 03/14 {merchant} DAYTON OH CARD 1234",
        "ORIG CO NAME:{merchant} ORIG ID:0000358635 DESC DATE:240314 CO ENTRY DESCR:BILL SEC:PPD TRACE#:02100002 EED:1",
        "{merchant} WEB ID: 123456789",
        "PAYPAL INST XFER {merchant} WEB ID: PAYPALSI77",
    ],
    "Chime": ["{merchant}, Dayton OH US"],
    "Citi": [
        "{merchant} 1250 MAIN ST DAYTON OH - Card Ending In 1234",
        "Debit Card Purchase 03/14 06:05p #1234 {merchant} DAYTON OH 24073",
        "Debit PIN Purchase 03/14 11:14a #1234 {merchant} DAYTON OH",
    ],
    "Citizens": [
        "1234 DBT PURCHASE - 123456 {merchant} DAYTON OH",
        "5678 DBT RECURR - {merchant}",
        "1234 POS DEBIT - VISA DDA {merchant}",
    ],
    "Discover": ["{merchant} DAYTON OHAPPLE PAY ENDING IN 1234", "APPLE PAY ENDING IN 1234 {merchant}"],
    "Fifth Third": [
        "MERCHANT PAYMENT {merchant} - 123456 DAYTON OH ON 031424 FROM CARD#: XXXXXXXXXXXX1234",
        "PURCHASE AT {merchant}, DAYTON, OH ON 031424 FROM CARD#: XXXXXXXXXXXX1234",
        "RECURRING PURCHASE AT {merchant}, DAYTON, OH ON 031424 FROM CARD#: XXXXXXXXXXXX1234",
        "WEB INITIATED PAYMENT AT {merchant}",
    ],
    "Huntington": [
        "PURCHASE {merchant} DAYTON OH 1234XXXXXXXX1234",
        "RECUR PURCH {merchant}",
        "{merchant} WEB PMTS 031424 ABC123",
    ],
    "KeyBank": [
        "POS MAC 03/14 {merchant} DAYTON OH",
        "POS DEB 03/14/24 1234 {merchant} DAYTON OH",
        "DIRECT WITHDRAWAL, {merchant}",
        "INTERNET WITHDRAWAL {merchant}",
    ],
    "M&T": [
        "POS DEB 1234 03/14/24 12345678 {merchant} DAYTON OH",
        "DBT PURCHASE ON 03/14 AT {merchant}",
        "DBT CRD 1234 03/14/24 87654321 {merchant} DAYTON OH C#1234",
        "DBT CRD 1234 03/14/24 {merchant} DAYTON OH",
    ],
    "Navy Federal": [
        "POS Debit- Debit Card 1234 03-14-24 {merchant} Dayton OH",
        "POS Debit - Visa Check Card 1234 - {merchant} Dayton OH",
        "POS Credit Adjustment 1234 Transaction 03-14-24 {merchant}",
        "Paid To - {merchant} Chk 1234",
    ],
    "PNC": [
        "1234 DEBIT CARD PURCHASE {merchant} DAYTON OH",
        "POS PURCHASE POS12345678 1234567 {merchant} DAYTON OH",
        "1234 RECURRING DEBIT CARD {merchant}",
        "CORPORATE ACH {merchant} XXXXX1234",
    ],
    "Regions": [
        "CARD PURCHASE {merchant} 5812 DAYTON OH 45402 1234",
        "RECURRING CARD TRANSACTION {merchant} 4899 DAYTON OH 45402 1234",
        "PIN PURCHASE {merchant} 5411 DAYTON OH 1234",
        "CARD CREDIT {merchant} 5311",
    ],
    "SoFi": ["SOFI DEBIT CARD PURCHASE {merchant} DAYTON OH"],
    "TD": [
        "DEBIT POS AP, *****12345678901, AUT 031424 VISA DDA PUR {merchant} DAYTON * OH",
        "DEBIT POS, *****12345678901, AUT 031424 DDA PURCHASE {merchant} DAYTON * OH",
        "VISA DDA PUR AP {merchant} DAYTON * OH",
    ],
    "Truist": [
        "DEBIT CARD PURCHASE {merchant} 03-14-24 DAYTON OH 1234",
        "DEBIT CARD RECURRING PYMT {merchant} 03-14 DAYTON OH 1234",
    ],
    "USAA": ["DEBIT CARD PURCHASE 031424 {merchant} DAYTON OH", "POS DEBIT 031424 1234 {merchant} DAYTON OH"],
    "US Bank": [
        "DEBIT PURCHASE -VISA {merchant} DAYTON OH",
        "DEBIT PURCHASE RET {merchant} DAYTON OH",
        "WEB AUTHORIZED PMT {merchant}",
        "ELECTRONIC WITHDRAWAL {merchant}",
    ],
    "Wells Fargo": [
        "PURCHASE AUTHORIZED ON 03/14 {merchant} DAYTON OH S384074012345678 CARD 1234",
        "RECURRING PAYMENT AUTHORIZED ON 03/14 {merchant} 866-555-0199 OH S304074012345678 CARD 1234",
        "PURCHASE WITH CASH BACK $ 20.00 AUTHORIZED ON 03/14 {merchant} DAYTON OH P00000123456789 CARD 1234",
        "PURCHASE RETURN AUTHORIZED ON 03/14 {merchant} DAYTON OH S123456789012345 CARD 1234",
        "PURCHASE INTL AUTHORIZED ON 03/14 {merchant} DAYTON OH S304074012345678 CARD 1234",
    ],
    "credit unions": [
        "Signature POS Debit 03/14 1234 OH DAYTON {merchant}",
        "POS Debit 03/14 1234 OH WEST CHESTER {merchant}",
        "POS W/D {merchant} DAYTON OH",
        "Withdrawal POS #407312345678 {merchant} DAYTON OH",
        "Withdrawal by Debit Card / {merchant}",
        "SIG PURCHASE {merchant}",
        "PURCHASE SIG 03/14 {merchant}",
        "VISA PURCHASE (NON-PIN) 03/14 {merchant} DAYTON OH",
        "POINT OF SALE DEBIT L340 TIME 05:12 PM DATE 03/14 {merchant}",
        "DEBIT SIGNATURE {merchant}",
        "PREAUTHORIZED ACH DEBIT {merchant}",
        "AUTOMATIC DEBIT {merchant}",
    ],
    "others in the USA": [
        "Signature POS Credit 03/14 1234 OH DAYTON {merchant}",
        "Recurring Signature POS Debit 03/14 1234 CA LOS GATOS {merchant}",
        "ELECTRONIC/ACH DEBIT {merchant}",
        "ACH ELECTRONIC DEBIT - {merchant}",
        "CKCD DEBIT 03/14 {merchant} DAYTON OH",
        "CKCD 0314 {merchant} DAYTON OH",
        "DEBIT FOR CHECKCARD XXXXXX1234 03/14/24 {merchant} DAYTON OH",
        "NON-PIN POS PURCHASE {merchant}",
        "PINLESS DEBIT {merchant}",
        "POS TRAN {merchant} DAYTON OH",
        "DBT CARD {merchant}",
        "CARD #1234 {merchant}",
        "AUTOMATED PAYMENT {merchant}",
        "ONLINE PMT {merchant}",
        "BILLPAY: {merchant}",
        "EFT DEBIT {merchant}",
        "SUBSCRIPTION PAYMENT {merchant}",
        "CHIP PURCHASE {merchant}",
        "PENDING - {merchant}",
        "{merchant} POS PURCHASE",
        "{merchant} DAYTON OH VISA DEBIT",
        "{merchant} #511 DAYTON OHUSA",
        "{merchant} 1934 N MAIN ST DAYTON 45405 OH USA",
    ],
    "Australia": [
        "EFTPOS 0123456 {merchant} 14/03",
        "Visa Purchase 14Mar {merchant}",
        "Eftpos Purchase - Receipt 123456In {merchant} Date 14 Mar 2024 Time 10:00 AM Card 1234",
        "{merchant} - Visa Purchase - Receipt 123456In DAYTON Date 14 Mar 2024 Card 462263xxxxxx1234",
        "{merchant} - Direct Debit - Receipt 123456",
    ],
    "New Zealand": [
        "VISA PURCHASE 1234-****-****-5678 {merchant}",
        "{merchant} 1234 5678 POS W/D",
        "POS W/D {merchant}-10:15",
        "Eft-Pos {merchant}",
        "EFTPOS TRANSACTION {merchant} 1234",
    ],
    "Britain": [
        "1234 14MAR24 CD {merchant} LONDON GB",
        "{merchant} ON 14 MAR BCC",
        "{merchant} ON 14 MAR CLP",
        "{merchant} CD 1234 DEB",
        "CARD PAYMENT TO {merchant},4.20 GBP, RATE 1.00/GBP ON 14-03-2024",
        "CR {merchant}",
    ],
    "Ireland": ["VDP-{merchant}", "VDC-{merchant}", "D/D {merchant}", "POS14MAR {merchant}", "CNC {merchant} 14/03"],
}
MERCHANTS = ("Blue Door Bakery", "KROGER", "NETFLIX.COM")


@pytest.mark.parametrize("merchant", MERCHANTS)
@pytest.mark.parametrize("bank", BANKS)
def test_the_merchant_survives(bank: str, merchant: str) -> None:
    """In every form of the bank, whatever the merchant's name looks like."""
    lines = [form.format(merchant=merchant) for form in BANKS[bank]]
    assert [(line, merchant.lower()) for line in lines] == [(line, merchant_text(line)) for line in lines]


@pytest.mark.parametrize("bank", BANKS)
def test_a_form_says_nothing_of_a_purpose(bank: str) -> None:
    """How a card was used is no cash, no transfer and no fee; a rule that is not sure asks the names of the line."""
    lines = [without_tail(statement_text(form.format(merchant="Blue Door"))) for form in BANKS[bank]]
    rules = [(line, match_grammar(line, Flow.OUT)) for line in lines]
    assert [] == [(line, rule.label) for line, rule in rules if rule and rule.confidence >= SURE_GRAMMAR]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("SHAKE SHACK 1166 W MAIN ST DAYTON OH", "shake shack"),
        ("BLUE DOOR 40 E 8TH ST DAYTON OH - Card Ending In 1234", "blue door"),
        ("FOREVER 21 FIFTH AVE NEW YORK NY", "forever 21 fifth ave"),
        ("CORNER BREW 2200 E 5TH AVE", "corner brew"),
        ("THE 519 CHURCH STREET", "the church street"),
        ("365 MARKET 03/14 PURCHASE DAYTON OH", "365 market"),
        ("FOREVER 21 FIFTH AVE", "forever 21 fifth ave"),
        ("POSTINO 42", "postino"),
        ("SIGNATURE ROOM", "signature room"),
        ("AUTOMATIC DONUTS", "automatic donuts"),
        ("APPLE STORE", "apple store"),
        ("CARD CREDIT UNION", "card credit union"),
        ("DIGITAL OCEAN", "digital ocean"),
        ("PAID IN FULL", "paid in full"),
    ],
)
def test_street_goes_and_a_name_that_looks_like_a_form_stays(line: str, left: str) -> None:
    """A number of three digits before a street is an address; a first word of a bank alone is no form."""
    assert left == merchant_text(line)
