"""What banks of France, Belgium, Luxembourg, Switzerland and Austria print, and what stands around a merchant there."""

from datetime import UTC, datetime

import pytest

from models.contracts.events import Transaction
from models.statements.normalise import merchant_text, statement_text
from models.voters.grammar import Flow, match_grammar
from models.voters.rules import RulesVoter
from tests.harness.grammar_lines import rows_of, said

FRANCE = """
PRELEVEMENT EUROPEEN 1234567890 DE: EDF CLIENTS PARTICULIERS ID: FR47 MOTIF: CLIENT REF: 01 -> utilities_telecom
VIR RECU 1234567890S DE: ACME SAS MOTIF: SALAIRE MARS REF: 123 < income
VIR RECU 1111111111S DE: NORD SAS MOTIF: SOLDE DE TOUT COMPTE REF: 1 < income
VIR RECU 1234567890S DE: C.P.A.M. DE PARIS MOTIF: 24001 REF: 1 < income
000001 VIR EUROPEEN EMIS LOGITEL POUR: M MARTIN 13 12 BQ 30002 REF: 913 -> transfers_cash
VIR PERM POUR: SCI LES LILAS REF: 123 MOTIF: LOYER -> housing
VIR SEPA RECU /DE CAF DE PARIS /MOTIF PRESTATIONS FAMILIALES /REF X < income
VIREMENT SEPA EMIS /MOTIF LOYER AVRIL /BEN AGENCE /REFDO 123 -> housing
VIR CPTE A CPTE EMIS /MOTIF /BEN M DUPONT -> transfers_cash
VIREMENT FAVEUR TIERS M DUPONT -> transfers_cash
VIREMENT EN VOTRE FAVEUR M LEROY < transfers_cash
VIR DRFIP REMBOURSEMENT IMPOT < income
VIR AG2R LA MONDIALE RETRAITE < income
VIR NOTE DE FRAIS ACME < income
PRLV SEPA DIRECTION GENERALE DES FINANCES PUBLIQUES -> government_taxes
PRLV SEPA TRESORERIE CANTINE MUNICIPALE -> education
VIR MAIRIE DE LYON < transfers_cash
PRLV SEPA MAIRIE DE LYON -> government_taxes
CARTE X1234 25/08 A 12H32 RETRAIT DAB PLAN DE CAMPAGNE -> transfers_cash
VRST REF 1234 < transfers_cash
REMISE CHEQUE 1234567 DE 1 CHQ < transfers_cash
CHQ. 1234567 -> transfers_cash
COTISATION JAZZ -> loans_fees
* COTISATION SUR UN CONTRAT ESPRIT LIBRE -> loans_fees
F COTIS EUROCOMPTE CONFORT -> loans_fees
RETRO F COTIS EUC CONFORT < loans_fees
ABON LCL ACCES -> loans_fees
FRAIS PAIEMENT HORS ZONE EURO 1 PAIEMENT -> loans_fees
OPTION TRANQUILLITE -> loans_fees
*INTER DEBITEURS -> loans_fees
INTERETS ACQUIS < income
ECH PRET CAP+IN 12345 678901 02 -> loans_fees
REMBOURSEMENT DE PRET 00012345678 -> loans_fees
ECHEANCE PRET IMMOBILIER 1234 -> housing
PRLV CARTE DEBIT DIFFERE -> transfers_cash
PRLV HARMONIE COMPLEMENTAIRE SANTE -> insurance
APPEL DE FONDS 2E TRIMESTRE -> housing
DON SECOURS CATHOLIQUE -> charity_donations
"""
BELGIUM = """
GROEIPAKKET FONS < income
VIREMENT EN EUROS DU COMPTE BE12 SPF FINANCES COMMUNICATION : IPP < income
OVERSCHRIJVING IN EURO NAAR REKENING BE12 MEDEDELING : HUUR APRIL -> housing
OVERSCHRIJVING VAN ACME NV MEDEDELING : LOON MAART < income
INSTANTOVERSCHRIJVING NAAR JAN -> transfers_cash
GELDOPNEMING AAN ANDERE AUTOMATEN MET KAART 4871 -> transfers_cash
UITGAVENSTAAT MASTERCARD -> transfers_cash
MAANDELIJKSE BIJDRAGE COMFORT PACK -> loans_fees
AFLOSSING WOONKREDIET 726 -> housing
FOD FINANCIEN PERSONENBELASTING -> government_taxes
SOLIDARIS TERUGBETALING 04 < income
SYNDICUS RESIDENTIE ZEEZICHT -> housing
CAISSE NATIONALE DE SANTE REMBOURSEMENT < income
"""
SWITZERLAND = """
LOHN/SALÄR MUSTER AG < income
AUSGLEICHSKASSE BERN FAMILIENZULAGEN < income
STEUERVERWALTUNG DES KANTONS BERN -> government_taxes
HYPOTHEKARZINS 1. QUARTAL -> housing
ZINSABSCHLUSS PER 31.12 < income
ZINSABSCHLUSS PER 31.12 -> loans_fees
BARGELDBEZUG VOM 06.04.2024 KARTEN NR. XXXX1234 -> transfers_cash
TWINT GELD SENDEN VOM 05.04.2024 AN TELEFON-NR. +41790000000 -> transfers_cash
EINZAHLUNG SÄULE 3A -> transfers_cash
VISECA KREDITKARTENRECHNUNG -> transfers_cash
SALDO DIENSTLEISTUNGSPREISABSCHLUSS -> loans_fees
BOUCLEMENT DU COMPTE -> loans_fees
ORDRE PERMANENT GERANCE IMMOBILIERE -> housing
SERAFE AG -> utilities_telecom
PRÄMIE KRANKENKASSE -> insurance
"""
AUSTRIA = """
FA ÖSTERREICH FAMILIENBEIHILFE < income
FINANZAMT ÖSTERREICH ARBEITNEHMERVERANLAGUNG < income
FINANZAMT ÖSTERREICH EINKOMMENSTEUER -> government_taxes
PENSIONSVERSICHERUNGSANSTALT < income
ENTGELT KONTOFÜHRUNG -> loans_fees
QUARTALSENTGELT -> loans_fees
PAUSCHALRATE KREDIT -> loans_fees
MIETVORSCHREIBUNG APRIL -> housing
BEHEBUNG AUTOMAT 04.04. 18:20 K1 -> transfers_cash
KIRCHENBEITRAGSSTELLE -> charity_donations
ORF-BEITRAGS SERVICE -> utilities_telecom
PAYLIFE ABRECHNUNG -> transfers_cash
HAUSHALTSVERSICHERUNG POLIZZE 12 -> insurance
"""
TRAPS = """
LATER.COM PLUS
PAIEMENT CARTE 120324 ALDI
DRIVE RETRAIT LECLERC
MIETWAGEN ZENTRUM
LYDIA COIFFURE
LE BAR PMU
REGIE DU THEATRE
BONUS BUFFET
LEASING GARAGE
TWINT COOP
AMAZON PRIME
AIR CANADA VACATIONS
REDBOX
LATER.COM PLUS
"""
BRANDS = """
EUR CARTE X1234 25/08 MONOPRIX -> groceries
EUR PAIEMENT CB 1203 LILLE DECATHLON 0234 CARTE 12345678 -> sports_fitness
EUR ACHAT CB KIABI 12.03.24 CARTE NUMERO 123 -> clothing
EUR PRELEVEMENT EUROPEEN 1234567890 DE: NETFLIX ID: FR47 MOTIF: ABO REF: 1 -> subscriptions_digital
EUR CB LEROY MERLIN FACT 120324 -> home_garden
EUR BETALING MET DEBETKAART NUMMER 4871 XXXX XXXX 1234 COLRUYT 23/04/2024 BANCONTACT -> groceries
EUR EUROPESE DOMICILIERING VAN TELENET BV -> utilities_telecom
EUR HOFER DANKT 0123 K1 12.03. 14:05 -> groceries
CHF KAUF/DIENSTLEISTUNG VOM 12.03.2024 KARTEN NR. XXXX1234 MIGROS M BERN (SCHWEIZ) -> groceries
CHF Belastung UBS TWINT: Denner -> groceries
CHF eBill: Swisscom (Schweiz) AG -> utilities_telecom
"""
WRAPPED = """
CARTE X1234 25/08 CARREFOUR MARKET -> carrefour market
CARTE X1234 REMBT 14/02 ZALANDO SE COMMERCE ELECTRONIQUE -> zalando se
CARTE X1234 25/08 ELIOR40000SITE1 111111111111111IOPD -> elior
CARTE 12/03/24 75 MONOPRIX 4 CB*1234 -> monoprix
PAIEMENT PAR CARTE X1234 CASTORAMA 12/03 -> castorama
PAIEMENT CB 1203 ST DENIS DECATHLON 0234 CARTE 12345678 -> decathlon
PAIEMENT PSC 1203 LYON 03 PAUL CARTE 12345678 -> paul
PAIEMENT PSC 1803 MONT SUR LOIR SC-PICARD CARTE 1042 -> picard
FACTURE CARTE DU 120324 LECLERC DRIVE CARTE 4974XXXXXXXX1234 -> leclerc drive
ACHAT CB INTERMARCHE 12.03.24 CARTE NUMERO 123 -> intermarche
ACHAT CB TOTAL ACCESS 12.03.24 EUR 62,00 CARTE NO 123 -> total access
CREDIT CARTE BANCAIRE FNAC 12.03.24 CARTE NUMERO 123 -> fnac
CB PICARD SURGELES FACT 120324 -> picard surgeles
AVOIR 12/03/24 KIABI CB*1234 -> kiabi
CARTE 14/03/24 MGP*VINTED CB*1234 -> vinted
PRELEVEMENT EUROPEEN 1234567890 DE: BASIC FIT ID: FR47 MOTIF: ABO REF: 1 -> basic fit
PRELEVEMENT DE MAIF REF : 123456 -> maif
CARREFOUR CITY\\NANTES\\ FR -> carrefour city
BETALING MET DEBETKAART NUMMER 4871 XXXX XXXX 1234 DELHAIZE 23/04/2024 BANCONTACT BANKREFERENTIE : 24 -> delhaize
PAIEMENT AVEC LA CARTE DE DEBIT NUMERO 4871 04XX XXXX 1234 COLRUYT 23/04/2024 BANCONTACT -> colruyt
EUROPESE DOMICILIERING VAN TELENET BV -> telenet bv
KAUF/DIENSTLEISTUNG VOM 12.03.2024 KARTEN NR. XXXX1234 MIGROS -> migros
ACHAT/PRESTATION DU 12.03.2024 CARTE N° XXXX1234 MANOR -> manor
Einkauf ZKB Visa Debit Card Nr. xxxx 1234, Qualipet -> qualipet
TWINT KAUF/DIENSTLEISTUNG VOM 12.03.2024 TWINT-ACC.: +41790000000 SBB MOBILE -> sbb mobile
eBill: Swisscom -> swisscom
POS 12,30 AT K1 12.03. 14:05 BILLA DANKT 001234 WIEN 1010 040 -> billa
Bezahlung Karte MC/000006589|POS 2800 K002 12.03. 10:39|HOFER DANKT 0233 -> hofer
"""


def _vote(currency: str, description: str) -> str | None:
    at = datetime(2024, 5, 6, tzinfo=UTC)
    line = Transaction(
        transaction_id="t", account_id="a", description=description, amount="10", currency=currency, timestamp=at
    )
    (ballot,) = RulesVoter().vote([line])
    return ballot.category if ballot else None


@pytest.mark.parametrize("table", [FRANCE, BELGIUM, SWITZERLAND, AUSTRIA])
def test_each_country_is_understood(table: str) -> None:
    """Lines that its banks print, with the direction the money moved."""
    rows = rows_of(table)
    expected = [(description, category) for description, _, category in rows]
    assert expected == [(description, said(description, flow)) for description, flow, _ in rows]


@pytest.mark.parametrize("name", TRAPS.strip().splitlines())
def test_names_of_merchants_are_not_read(name: str) -> None:
    """A bank's word in a merchant's name says nothing that a brand could not overrule, whatever the direction."""
    rules = [match_grammar(statement_text(name), flow) for flow in Flow]
    assert [] == [rule.label for rule in rules if rule and rule.confidence >= 0.7]


def test_the_merchant_is_left() -> None:
    """What banks put around a merchant, in front and behind, is cut."""
    rows = [tuple(line.split(" -> ")) for line in WRAPPED.strip().splitlines()]
    assert rows == [(line, merchant_text(line)) for line, _ in rows]


def test_names_are_found_inside_their_wrapping() -> None:
    """The brand decides, whatever the bank wraps it in; a purchase with an app is no transfer."""
    rows = [line.rsplit(" -> ", 1) for line in BRANDS.strip().splitlines()]
    assert rows == [[line, _vote(*line.split(" ", 1))] for line, _ in rows]
