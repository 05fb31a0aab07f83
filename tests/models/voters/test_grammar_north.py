"""Lines of banks in Poland, the Nordic countries and New Zealand: what they mean, and the names found behind them."""

import pytest

from models.gazetteer.knowledge import Known, knowledge
from models.statements.normalise import merchant_text
from models.voters.grammar import Flow
from tests.harness.grammar_lines import rows_of, said

POLAND = """
OPŁATA ZA KARTĘ -> loans_fees
PROWIZJA ZA PRZELEW ZAGRANICZNY -> loans_fees
Opłata mies. za obsługę karty -> loans_fees
ODSETKI KARNE -> loans_fees
ODSETKI < income
KAPITALIZACJA ODSETEK < income
PODATEK OD ODSETEK -> government_taxes
PRZELEW DO US PIT-37 -> government_taxes
MANDAT KARNY -> government_taxes
ZWROT PODATKU PIT < income
WYNAGRODZENIE ZA WRZESIEŃ < income
PRZELEW PRZYCHODZĄCY ACME SP Z O O WYPŁATA < income
ŚWIADCZENIE 800 PLUS < income
ZUS EMERYTURA < income
CZYNSZ MAJ -> housing
ZLECENIE STAŁE NAJEM MIESZKANIA -> housing
WSPÓLNOTA MIESZKANIOWA UL. DŁUGA 5 -> housing
RATA KREDYTU HIPOTECZNEGO -> housing
RATA POŻYCZKI GOTÓWKOWEJ -> loans_fees
SPŁATA KARTY KREDYTOWEJ -> transfers_cash
WYPŁATA Z BANKOMATU EURONET -> transfers_cash
WPŁATA GOTÓWKI WE WPŁATOMACIE < transfers_cash
BLIK PRZELEW NA TELEFON -> transfers_cash
PRZELEW ŚRODKÓW NA KONTO OSZCZĘDNOŚCIOWE -> transfers_cash
LOKATA TERMINOWA -> transfers_cash
DAROWIZNA NA CELE STATUTOWE -> charity_donations
POLISA OC -> insurance
DOŁADOWANIE TELEFONU -> utilities_telecom
FAKTURA ZA PRĄD -> utilities_telecom
CZESNE -> education
"""
SWEDEN = """
ÅRSAVGIFT BANKKORT -> loans_fees
VALUTAPÅSLAG -> loans_fees
RÄNTA < income
DRÖJSMÅLSRÄNTA -> loans_fees
LÖN < income
Lön från Region Skåne < income
FÖRSÄKRINGSKASSAN BARNBIDRAG < income
CSN STUDIEMEDEL < income
SKATTEVERKET < income
KVARSKATT -> government_taxes
TRÄNGSELSKATT -> government_taxes
HYRA OKTOBER -> housing
BRF SOLROSEN AVGIFT -> housing
BOLÅN -> housing
ÅTERBETALNING STUDIELÅN -> loans_fees
PRIVATLÅN -> loans_fees
HEMFÖRSÄKRING -> insurance
ELRÄKNING -> utilities_telecom
FÖRSKOLEAVGIFT -> education
UTTAG BANKOMAT -> transfers_cash
Swish betalning ANDERSSON,KARIN -> transfers_cash
ÖVERFÖRING EGNA KONTON -> transfers_cash
MÅNADSSPARANDE -> transfers_cash
KREDITKORTSFAKTURA -> transfers_cash
UTDELNING < income
"""
NORWAY = """
OMKOSTNINGER -> loans_fees
ÅRSPRIS KORT -> loans_fees
KREDITRENTER < income
DEBETRENTER -> loans_fees
LØNN < income
FERIEPENGER < income
NAV BARNETRYGD < income
SKATTEETATEN < income
RESTSKATT -> government_taxes
KOMMUNALE AVGIFTER -> government_taxes
HUSLEIE MAI -> housing
FELLESKOSTNADER -> housing
BOLIGLÅN TERMIN -> housing
LÅNEKASSEN -> loans_fees
BILFORSIKRING -> insurance
NETTLEIE -> utilities_telecom
BARNEHAGE FORELDREBETALING -> education
MINIBANK UTTAK -> transfers_cash
VIPPS STRAKSBETALING KARI -> transfers_cash
OVERFØRING MELLOM EGNE KONTI -> transfers_cash
FAST SPARING -> transfers_cash
"""
DENMARK = """
KORTGEBYR -> loans_fees
RENTER -> loans_fees
RENTER < income
LØNOVERFØRSEL < income
SU-UDBETALING < income
BØRNE- OG UNGEYDELSE < income
FOLKEPENSION < income
OVERSKYDENDE SKAT < income
RESTSKAT -> government_taxes
EJERAFGIFT -> government_taxes
HUSLEJE OKTOBER -> housing
EJERFORENINGEN BRYGGEN -> housing
TOTALKREDIT TERMINSYDELSE -> housing
AFDRAG -> loans_fees
INDBOFORSIKRING -> insurance
VARMEREGNING -> utilities_telecom
DAGINSTITUTION -> education
HÆVET I AUTOMAT -> transfers_cash
MobilePay overførsel Mette -> transfers_cash
BUDGETOVERFØRSEL -> transfers_cash
OPSPARING -> transfers_cash
UDBYTTE < income
"""
FINLAND = """
PALVELUMAKSU -> loans_fees
LUOTTOKORTIN VUOSIMAKSU -> loans_fees
KORKO < income
LUOTTOKORKO -> loans_fees
PALKKA < income
KELA ASUMISTUKI < income
ELÄKE < income
VERONPALAUTUS < income
JÄÄNNÖSVERO -> government_taxes
AJONEUVOVERO -> government_taxes
VUOKRA LOKAKUU -> housing
HOITOVASTIKE -> housing
ASUNTOLAINA -> housing
OPINTOLAINAN LYHENNYS -> loans_fees
AUTOVAKUUTUS -> insurance
SÄHKÖLASKU -> utilities_telecom
VARHAISKASVATUSMAKSU -> education
NOSTO OTTO AUTOMAATTI -> transfers_cash
TILISIIRTO OMA TILI -> transfers_cash
SÄÄSTÖTILI -> transfers_cash
LUOTTOKORTTILASKU -> transfers_cash
LAHJOITUS -> charity_donations
OSINKO < income
"""
NEW_ZEALAND = """
OFFSHORE SERVICE MARGINS -> loans_fees
UNARRANGED OVERDRAFT FEE -> loans_fees
DEBIT INTEREST -> loans_fees
CREDIT INTEREST PAID < income
RESIDENT WITHHOLDING TAX -> government_taxes
IRD GST -> government_taxes
RATES INSTALMENT -> government_taxes
VEHICLE LICENCE -> government_taxes
INLAND REVENUE DEPT < income
MSD W&I BENEFIT < income
WINZ 012345 < income
IRD WFF < income
ACC WEEKLY COMP < income
D/C FROM ACME LTD WAGES < income
LOAN PRINCIPAL -> housing
A/P FLAT RENT -> housing
ATM W/D LAMBTON QUAY -> transfers_cash
INTERNET XFR TO SAVINGS -> transfers_cash
KIWISAVER -> transfers_cash
TITHE -> charity_donations
SCHOOL DONATION -> education
"""
TRAPS = """
SWISH MAINTENANCE LTD
SAVE THE CHILDREN
HATCH CAFE
FOUR MOMS
GIRL POWER
EASYJET LON
BOB SKATEBOARDS
PRISMA KANNELMAKI
BRIGHT HORIZONS ATELIER
CAFE SIIRI
RENTOKIL
VERO MODA
KINO
LADY GODIVA
NORDIC CHOICE
"""
WRAPPED = {
    "pl": (
        "PŁATNOŚĆ KARTĄ 03.10.2026 {} 2345 KRAKÓW",
        "ZAKUP PRZY UŻYCIU KARTY {} WARSZAWA POL",
        "DOP. MOB. PŁATN. {}",
        "ZAKUP BLIK {}",
        "Przelew wychodzący {}",
        "POLECENIE ZAPŁATY {}",
        "BLIK ZAKUP INTERNET {}",
        "Operacja kartą 4123XXXX1234 {}",
    ),
    "se": (
        "KORTKÖP 251003 {} UPPSALA",
        "Kortköp {}",
        "Autogiro {}",
        "BG 123-4567 {}",
        "Betalning BG 5050-1055 {}",
        "SWISH: {}",
    ),
    "no": (
        "VAREKJØP {} TRONDHEIM",
        "Visa varekjøp 03.10 {}",
        "*1234 02.10 NOK 245.00 {} Kurs: 1.0000",
        "Vipps*{}",
        "AvtaleGiro {}",
        "Nettgiro til {}",
    ),
    "dk": (
        "DANKORT-NOTA {} 12345",
        "Visa/Dankort {} AARHUS",
        "DK-NOTA K1234 {}",
        "BETALINGSSERVICE {}",
        "MobilePay køb {}",
        "MobilePay {}",
    ),
    "fi": ("KORTTIOSTO {} HELSINKI", "Osto {}", "OSTO 251003 VISA DEBIT {}", "E-LASKU {}", "Viitemaksu {}"),
    "nz": (
        "EFTPOS W/D {}",
        "POS W/D {} -14:32",
        "EFTPOS {}",
        "Visa Purchase 4835-****-****-1234 Df {}",
        "VISA PURCHASE 1234 03/10 {}",
        "CARD 1234 {}",
        "D/D {}",
        "BILL PAYMENT {}",
        "AP#12345 TO {}",
        "DIRECT CREDIT {}",
    ),
}
"""How a country's banks wrap a merchant."""
NAMES = {
    "pl": ("BIEDRONKA", "ORLEN", "TAURON SPRZEDAZ", "ROSSMANN"),
    "se": ("ICA MAXI", "TELIA SVERIGE", "SYSTEMBOLAGET", "STOCKHOLMSHEM"),
    "no": ("KIWI", "TELENOR NORGE", "VINMONOPOLET", "FJELLINJEN"),
    "dk": ("NETTO", "LAGKAGEHUSET", "NEMLIG.COM", "HOFOR"),
    "fi": ("PRISMA", "ALKO", "HELEN", "KOTIPIZZA"),
    "nz": ("COUNTDOWN", "MERIDIAN ENERGY", "WATERCARE", "PAK N SAVE"),
}
KEPT = """
AP PENSION
BP EXPRESS
BILL MILLER BAR B Q
ZAP FITNESS
KOP OG KANDE
NOTA BENE
E LECLERC
APPLE STORE
BS PETROL
BANKGIRO LOTERIJ
EFTPOS NEW ZEALAND
MOSS COPENHAGEN
"""
"""Names that begin as a wrapper does, or end with a town that is part of them."""
CATEGORIES_OF_A_COUNTRY = 25
NAMES_OF_A_COUNTRY = 1_500


@pytest.mark.parametrize("table", [POLAND, SWEDEN, NORWAY, DENMARK, FINLAND, NEW_ZEALAND])
def test_each_country_is_understood(table: str) -> None:
    """Lines that banks print, with the direction the money moved."""
    rows = rows_of(table)
    expected = [(description, category) for description, _, category in rows]
    assert expected == [(description, said(description, flow)) for description, flow, _ in rows]


@pytest.mark.parametrize("name", TRAPS.strip().splitlines())
def test_names_of_merchants_are_not_read(name: str) -> None:
    """A word of these languages in a merchant's name says nothing, whatever the direction."""
    assert {None} == {said(name, flow) for flow in Flow}


@pytest.mark.parametrize("country", WRAPPED)
def test_a_name_is_found_through_its_country_s_wrapping(country: str) -> None:
    """Whatever stands around it, a merchant has one text."""
    for name in NAMES[country]:
        expected = dict.fromkeys(WRAPPED[country], merchant_text(name))
        assert expected == {form: merchant_text(form.format(name)) for form in WRAPPED[country]}


@pytest.mark.parametrize("name", KEPT.strip().splitlines())
def test_names_that_look_wrapped_stay(name: str) -> None:
    """What looks like a wrapper is cut only where it is one."""
    assert name.lower() == merchant_text(name)


@pytest.fixture(scope="module")
def shipped() -> list[Known]:
    """All spellings that come with the package."""
    return knowledge()


@pytest.mark.parametrize("country", WRAPPED)
def test_every_name_of_a_wrapping_is_known(country: str, shipped: list[Known]) -> None:
    """The names of this file stand in the knowledge base, which covers nearly every category there."""
    known = [each for each in shipped if country in each.places]
    keys = {each.key for each in known}
    assert [] == [
        name for name in NAMES[country] if "".join(merchant_text(name).removesuffix(".com").split()) not in keys
    ]
    assert len({each.category for each in known}) >= CATEGORIES_OF_A_COUNTRY
    assert len(known) >= NAMES_OF_A_COUNTRY
