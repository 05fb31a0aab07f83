"""Bank grammar, brands and cue words, and how the rules voter chooses among them."""

import csv
import gzip
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.gazetteer.table import WRITTEN, Entry, Gazetteer
from models.statements.normalise import statement_text
from models.statements.places import SITES
from models.training.shipped.cues import fit, merchants
from models.voters.contract import Ballot, Kind
from models.voters.cues import CUE_FLOOR, Cue, Cues
from models.voters.grammar import Flow, Grammar, match_grammar
from models.voters.rules import AGREED, CONTRADICTED, CONTRADICTING, SURE_CUE, RulesVoter

_DATA = Path(__file__).parents[3] / "models" / "data"


def _vote(
    description: str, amount: str = "10", currency: str = "CAD", voter: RulesVoter | None = None
) -> Ballot | None:
    transaction = Transaction(
        transaction_id="t1",
        account_id="a1",
        description=description,
        amount=amount,
        currency=currency,
        timestamp=datetime(2024, 5, 1, tzinfo=UTC),
    )
    return (voter or RulesVoter()).vote([transaction])[0]


_GRAMMAR: tuple[tuple[str, str, str], ...] = (
    ("ATM CASH WITHDRAWAL FEE", "2.50", "loans_fees"),
    ("MONTHLY ACCOUNT FEE", "9.95", "loans_fees"),
    ("#Service Fees", "4", "loans_fees"),
    ("NSF RETURNED ITEM FEE", "35", "loans_fees"),
    ("Insufficient Funds Fee", "7", "loans_fees"),
    ("OVERDRAFT PROTECTION", "5", "loans_fees"),
    ("FOREIGN TRANSACTION FEE", "1.20", "loans_fees"),
    ("SERVICE FEE REBATE", "-69", "loans_fees"),
    ("Kontofuehrung Frais bancaires", "4", "loans_fees"),
    ("ATM WITHDRAWAL 123 MAIN ST", "60", "transfers_cash"),
    ("ABM CASH ADVANCE", "100", "transfers_cash"),
    ("Geldautomat Berlin", "50", "transfers_cash"),
    ("PAYROLL ACME CORP", "-2500", "income"),
    ("SALARY", "-1800", "income"),
    ("DIRECT DEP EMPLOYER", "-900", "income"),
    ("CANADA CHILD BENEFIT", "-300", "income"),
    ("DIVIDEND ACME", "-12", "income"),
    ("INTEREST PAID", "-0.42", "income"),
    ("INTEREST CHARGED", "14.10", "loans_fees"),
    ("INT ON LOAN ACCOUNT", "7.79", "loans_fees"),
    ("ONLINE TRANSFER TO SAVINGS", "200", "transfers_cash"),
    ("ZELLE TO J SMITH", "40", "transfers_cash"),
    ("VENMO PAYMENT", "15", "transfers_cash"),
    ("INTERAC E-TRANSFER SENT", "100", "transfers_cash"),
    ("FASTER PAYMENT J SMITH", "25", "transfers_cash"),
    ("VISA PAYMENT - THANK YOU", "-300", "transfers_cash"),
    ("CREDIT CARD PAYMENT", "300", "transfers_cash"),
    ("RENT MAY", "1200", "housing"),
    ("MORTGAGE PYMT", "1900", "housing"),
    ("HOME LOAN REPAYMENT", "1900", "housing"),
    ("STUDENT LOAN PMT", "250", "loans_fees"),
    ("PERSONAL LOAN PAYMENT", "250", "loans_fees"),
    ("IRS USATAXPYMT", "800", "government_taxes"),
    ("HMRC SELF ASSESSMENT", "800", "government_taxes"),
    ("CANADA REVENUE AGENCY", "800", "government_taxes"),
    ("SARS EFILING", "800", "government_taxes"),
    ("COUNCIL TAX", "150", "government_taxes"),
    ("TAX PREPARATION", "150", "professional_services"),
    ("LIFE INSURANCE PREMIUM", "45", "insurance"),
    ("SCHOOL FEES", "500", "education"),
    ("PREPAID AIRTIME", "29", "utilities_telecom"),
    ("LOTTO WINNINGS", "-50", "entertainment"),
    ("DONATION", "20", "charity_donations"),
    ("TV LICENCE", "14", "utilities_telecom"),
)


@pytest.mark.parametrize(("description", "amount", "expected"), _GRAMMAR)
def test_the_bank_says_what_it_is(description: str, amount: str, expected: str) -> None:
    """Lines in the bank's own words, in the direction that the money moved."""
    ballot = _vote(description, amount)
    assert ballot is not None
    assert expected == ballot.category
    assert ballot.evidence.startswith("statement says ")


@pytest.mark.parametrize(
    "description",
    [
        "DIRECT DEBIT",
        "STANDING ORDER",
        "CARD PURCHASE",
        "RENT-A-CAR",
        "COFFEE HOUSE",
        "STEPHENSONS RENT ALL",
        "LOANHEAD",
    ],
)
def test_shells_and_look_alikes_are_no_grammar(description: str) -> None:
    """How money moved is no purpose, and a bank's word inside another word is none."""
    assert match_grammar(statement_text(description), Flow.OUT) is None


def test_direction_decides_interest() -> None:
    """Interest that comes in is income; interest that goes out is a cost."""
    paid, earned = match_grammar("interest", Flow.OUT), match_grammar("interest", Flow.IN)
    assert paid is not None
    assert earned is not None
    assert ("loans_fees", "income") == (paid.category, earned.category)


@pytest.mark.slow
def test_short_cut_hides_no_rule() -> None:
    """The search for trigger words gives up only where no rule would match."""
    with gzip.open(_DATA / "toronto_descriptors.csv.gz", "rt", encoding="utf-8") as file:
        real = {statement_text(row["description"]) for row in islice(csv.DictReader(file), 0, None, 40)}
    texts = sorted(real | {statement_text(description) for description, _, _ in _GRAMMAR})
    plain = Grammar.shipped().match_without_index
    assert [] == [text for text in texts for flow in Flow if match_grammar(text, flow) != plain(text, flow)]


def test_brand_is_named_in_evidence() -> None:
    """A reviewer reads which brand was found and what kind it is."""
    ballot = _vote("TIM HORTONS #2317 TORONTO ON")
    assert ballot is not None
    assert ("food_dining", "brand tim hortons (written)") == (ballot.category, ballot.evidence)


def test_brand_far_from_home_is_no_vote_at_the_start() -> None:
    """A one-word brand of another country was right in one case of five, so it stays silent."""
    assert _vote("GREGGS ZQXW", currency="GBP") is not None
    assert _vote("GREGGS ZQXW", currency="CAD") is None


@pytest.mark.parametrize(
    ("description", "currency", "expected"),
    [
        ("LUIGIS PIZZA", "CAD", "food_dining"),
        ("HIRSCH APOTHEKE", "EUR", "health_medical"),
        ("BOULANGERIE MARTIN", "EUR", "groceries"),
        ("PELUQUERIA ANA", "EUR", "personal_care"),
        ("CITY CAR WASH", "USD", "auto"),
        ("KAROO SLAGHUIS", "ZAR", "groceries"),
        ("MARIAS ITALIAN RESTAUR", "CAD", "food_dining"),
    ],
)
def test_cue_words_tell_the_trade(description: str, currency: str, expected: str) -> None:
    """One word in several languages, two that make one, and one that the card network cut off."""
    ballot = _vote(description, currency=currency)
    assert ballot is not None
    assert expected == ballot.category
    assert "cue word" in ballot.evidence


def test_brand_and_cue_that_agree_are_surer() -> None:
    """Two reasons for one category are named together."""
    ballot = _vote("PIZZA NOVA")
    assert ballot is not None
    assert ballot.confidence >= AGREED
    assert "brand pizza nova (written), cue word pizza" == ballot.evidence


def test_surest_wins_and_the_other_is_an_alternative() -> None:
    """A brand gives way to a word of another trade behind it and stays visible."""
    alpine = Entry("alpine", "auto", "shop/tyres", 1, False, frozenset(("ca",)))
    voter = RulesVoter(gazetteer=Gazetteer({"alpine": [alpine]}), cues=Cues([Cue("lawn", "home_garden", 0.9)]))
    evidence = "cue word lawn, no brand alpine (shop/tyres)"
    expected = Ballot("home_garden", CONTRADICTING, evidence, (("auto", 0.18),), Kind.CONTRADICTED)
    assert expected == _vote("ALPINE LAWN", voter=voter)


def test_refund_keeps_the_merchant() -> None:
    """Money back from a shop belongs where the purchase belonged."""
    spent, refunded = _vote("TIM HORTONS", "10"), _vote("TIM HORTONS", "-10")
    assert spent == refunded


def test_unknown_merchant_is_no_vote() -> None:
    """Nothing known, nothing said."""
    assert _vote("QWZTRP HJKLM") is None


def test_weak_cues_stay_silent() -> None:
    """A word that is mostly wrong is not used."""
    assert Cues([Cue("party", "gifts_occasions", CUE_FLOOR - 0.01)]).find(["party"]) is None


CUT = Cues(
    [
        Cue("restaurant", "food_dining", 0.8),
        Cue("restaurante", "food_dining", 0.7),
        Cue("veterinary", "pets", 0.8),
        Cue("veterans", "charity_donations", 0.6),
        Cue("restore", "home_garden", CUE_FLOOR - 0.01),
    ]
)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["marias", "italian", "restaur"], "restaurant"),
        (["marias", "italian", "resta"], "restaurant"),
        (["saint", "bernard", "veter"], None),
        (["saint", "bernard", "veteri"], "veterinary"),
        (["maria", "restaur"], None),
        (["marias", "italian", "k", "rest"], None),
        (["restaur", "marias", "italian"], None),
        ([], None),
    ],
    ids=["cut off", "shortest stem", "two trades", "one trade", "line too short", "stem too short", "not last", "none"],
)
def test_a_cut_off_word_counts_where_it_can_be_one_trade_only(tokens: list[str], expected: str | None) -> None:
    """The last word of a long line may be the start of a cue, if all cues that begin so have one category."""
    found = CUT.find(tokens)
    assert expected == (found.word if found else None)


def test_a_whole_cue_comes_before_a_cut_off_one() -> None:
    """What is spelled out needs no guess."""
    found = CUT.find(["veterinary", "saint", "restaur"])
    assert found is not None
    assert "veterinary" == found.word


def test_last_of_equal_cues_wins() -> None:
    """In most names the trade comes last."""
    cues = Cues([Cue("hotel", "travel", 0.9), Cue("pizza", "food_dining", 0.9)])
    found = cues.find(["hotel", "pizza"])
    assert found is not None
    assert "pizza" == found.word


def test_cue_confidence_is_shrunk_precision() -> None:
    """Eight of ten merchants and a prior of one half that counts as five give 10.5 / 15."""
    truth = {f"pizza {number}x": "food_dining" if number < 8 else "travel" for number in range(10)}
    cue = {"word": "pizza", "category": "food_dining", "prior": "0.5"}
    assert [("pizza", "food_dining", "0.5", "10", "0.70")] == list(fit([cue], truth))


def test_shipped_cues_are_what_the_shipped_descriptors_say() -> None:
    """The table is the output of `python -m models.training.shipped cues`."""
    with gzip.open(_DATA / "toronto_descriptors.csv.gz", "rt", encoding="utf-8", newline="") as file:
        truth = merchants(csv.DictReader(file))
    shipped = list(csv.DictReader((_DATA / "cues.csv").read_text(encoding="utf-8").splitlines()))
    assert [tuple(row.values()) for row in shipped] == list(fit(shipped, truth))
    assert set() == {row["category"] for row in shipped} - set(CATEGORIES)


def _entry(name: str, category: str = "fuel", *, kind: str = WRITTEN, place: str = "ca") -> dict[str, list[Entry]]:
    """A brand by its key."""
    return {name.replace(" ", ""): [Entry(name, category, kind, 1, False, frozenset((place,)))]}


_TRADES = Cues(
    [
        Cue("ale", "food_dining", 0.8),
        Cue("bbq", "food_dining", SURE_CUE),
        Cue("petrol", "fuel", 0.8),
        Cue("party", "gifts_occasions", SURE_CUE - 0.01),
        *(Cue(word, "travel", 0.9) for word in ("airport", "mall", "station", "hospital", "university")),
    ]
)
_NAMES = {
    **_entry("true north"),
    **_entry("smoke shop", "shopping"),
    **_entry("far away", place="za"),
    **_entry("tyre palace", "auto", kind="shop/tyres"),
}


def _named(description: str) -> Ballot:
    """The vote of rules that know these names and words only."""
    ballot = _vote(description, voter=RulesVoter(gazetteer=Gazetteer(_NAMES), cues=_TRADES, grammar=False))
    assert ballot is not None
    return ballot


@pytest.mark.parametrize(
    ("description", "kind", "category"),
    [
        ("TRUE NORTH", Kind.BRAND, "fuel"),
        ("TRUE NORTH ZQXW", Kind.BRAND_BEFORE, "fuel"),
        ("ZQXW TRUE NORTH", Kind.BRAND_INSIDE, "fuel"),
        ("FAR AWAY", Kind.BRAND_ABROAD, "fuel"),
        ("TRUE NORHT", Kind.MISSPELT, "fuel"),
        ("TYRE PALACE", Kind.INDEX, "auto"),
        ("TYRE PALACE ZQXW", Kind.INDEX, "auto"),
        ("ZQXW ALE", Kind.CUE, "food_dining"),
        ("TRUE NORTH PETROL", Kind.NAME_AND_CUE, "fuel"),
    ],
)
def test_a_ballot_says_what_it_rests_on(description: str, kind: Kind, category: str) -> None:
    """How much of the line a name explains, where it is at home and who wrote it down are kinds of their own."""
    ballot = _named(description)
    assert (kind, category) == (ballot.kind, ballot.category)


@pytest.mark.parametrize(
    ("description", "said", "other"),
    [("TRUE NORTH ALE COMPANY", "food_dining", "fuel"), ("SMOKE SHOP BBQ", "food_dining", "shopping")],
)
def test_behind_a_name_a_word_of_another_trade_decides(description: str, said: str, other: str) -> None:
    """The name is part of another one; it stays visible as the second guess, and neither is sure."""
    ballot = _named(description)
    assert (said, Kind.CONTRADICTED, CONTRADICTING) == (ballot.category, ballot.kind, ballot.confidence)
    assert [other] == [category for category, _ in ballot.alternatives]
    assert ballot.confidence + ballot.alternatives[0][1] < 1


def test_behind_a_word_of_another_trade_a_name_is_in_doubt() -> None:
    """The name comes last, so it is still the better guess."""
    ballot = _named("ALE TRUE NORTH")
    assert ("fuel", Kind.CONTRADICTED, CONTRADICTED) == (ballot.category, ballot.kind, ballot.confidence)
    assert ["food_dining"] == [category for category, _ in ballot.alternatives]


@pytest.mark.parametrize("site", ["AIRPORT", "MALL", "STATION", "HOSPITAL", "UNIVERSITY"])
@pytest.mark.parametrize("line", ["TRUE NORTH {site}", "TRUE NORTH {site} ZQXW", "{site} TRUE NORTH"])
def test_where_a_shop_stands_contradicts_nothing(site: str, line: str) -> None:
    """Even where the word alone tells a trade."""
    assert site.lower() in SITES
    assert "travel" == _named(f"ZQXW {site}").category
    ballot = _named(line.format(site=site))
    assert "fuel" == ballot.category
    assert ballot.kind is not Kind.CONTRADICTED


@pytest.mark.parametrize("description", ["TRUE NORTH PARTY", "TRUE NORTH PETROL", "TRUE NORTH ZQXW"])
def test_no_sure_word_of_another_trade_no_contradiction(description: str) -> None:
    """A word that is often wrong, one of the same trade, or none: the name stands."""
    ballot = _named(description)
    assert "fuel" == ballot.category
    assert ballot.kind is not Kind.CONTRADICTED


def test_a_name_that_is_the_whole_line_is_not_contradicted() -> None:
    """A word of another trade may be part of the name."""
    voter = RulesVoter(gazetteer=Gazetteer(_entry("true north ale")), cues=_TRADES, grammar=False)
    ballot = _vote("TRUE NORTH ALE", voter=voter)
    assert ballot is not None
    assert ("fuel", Kind.BRAND) == (ballot.category, ballot.kind)
