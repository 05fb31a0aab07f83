"""A person's name moves nothing: equal forms get equal decisions, whoever is named, and firms keep their names."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from models.decisions.verdict import DecisionEvent

NOW = datetime(2024, 5, 12, 12, tzinfo=UTC)
NAMES = 200
MOST_REVIEW_GAP, MOST_CONFIDENCE_GAP = 0.02, 0.02

FORMS = (
    ("PAYMENT TO {}", "40.00", "GBP", "transfers_cash"),
    ("PAYMENT TO {}", "1450.00", "GBP", "transfers_cash"),
    ("STANDING ORDER {}", "600.00", "GBP", "transfers_cash"),
    ("ZELLE TO {}", "85.00", "USD", "transfers_cash"),
    ("FASTER PAYMENT {} REF 20419", "25.00", "GBP", "transfers_cash"),
    ("INTERAC E-TRANSFER SENT {}", "120.00", "CAD", "transfers_cash"),
    ("VIREMENT EMIS VERS {}", "90.00", "EUR", "transfers_cash"),
    ("TO {}", "1450.00", "GBP", "transfers_cash"),
    ("SALARY {}", "-2100.00", "GBP", "income"),
    ("{} SALARY", "-2100.00", "GBP", "income"),
    ("{} RENT", "900.00", "GBP", "housing"),
    ("RENT {}", "900.00", "GBP", "housing"),
)
"""Form, amount, currency and the category that every name must get."""


@cache
def names_by_origin() -> Mapping[str, tuple[str, ...]]:
    """Two hundred full names of each origin, spread over all given and family names."""
    path = Path(__file__).with_name("names_by_origin.toml")
    origins = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        origin: tuple(
            f"{given} {family}".upper()
            for given, family in list(product(parts["given"].split(), parts["family"].split()))[::2]
        )[:NAMES]
        for origin, parts in origins.items()
    }


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return load_ensemble()


def decided(ensemble: Ensemble, lines: list[str], amount: str, currency: str) -> list[DecisionEvent]:
    return ensemble.categorize(
        [
            Transaction(
                transaction_id=str(number),
                account_id="a1",
                description=line,
                amount=amount,
                currency=currency,
                timestamp=NOW,
            )
            for number, line in enumerate(lines)
        ],
        now=NOW,
    )


@pytest.mark.parametrize(("form", "amount", "currency", "category"), FORMS)
def test_review_rates_of_seven_origins_are_within_two_points(
    ensemble: Ensemble, form: str, amount: str, currency: str, category: str
) -> None:
    """The bars of the names: review rates, confidence and category of 200 names each."""
    rates, means = {}, {}
    for origin, names in names_by_origin().items():
        events = decided(ensemble, [form.format(name) for name in names], amount, currency)
        rates[origin] = sum(event.requires_review for event in events) / len(events)
        means[origin] = sum(event.confidence for event in events) / len(events)
        others = [
            (name, event.category) for name, event in zip(names, events, strict=True) if event.category != category
        ]
        assert len(others) <= NAMES * 0.01, (origin, others)
    assert max(rates.values()) - min(rates.values()) <= MOST_REVIEW_GAP, rates
    assert max(means.values()) - min(means.values()) <= MOST_CONFIDENCE_GAP, means


PURPOSES = """
{} LOAN REPAYMENT;40.00;GBP;loans_fees
LOAN {};500.00;GBP;loans_fees
GUTSCHRIFT {} MIETE;600.00;EUR;housing
CHILDCARE {};300.00;GBP;education
PIANO LESSONS {};40.00;GBP;education
TUTOR {};40.00;GBP;education
DONATION {};40.00;GBP;charity_donations
BILL PAYMENT {};40.00;GBP;transfers_cash
WAGES {};-400.00;GBP;income
WAGES {};400.00;GBP;professional_services
SALARY FROM {};-2000.00;GBP;income
GIFT {};40.00;GBP;gifts_occasions
{} BIRTHDAY;40.00;GBP;gifts_occasions
INVOICE {} 20231;400.00;GBP;professional_services
FATURA {};90.00;TRY;professional_services
GUTSCHRIFT {};-90.00;EUR;transfers_cash
{} REF 1234;40.00;GBP;transfers_cash
PAYMENT {} REF RENT;900.00;GBP;housing
CHEQUE {};500.00;GBP;transfers_cash
HAVALE {};900.00;TRY;transfers_cash
EFT {};90.00;ZAR;transfers_cash
BIZUM {};30.00;EUR;transfers_cash
PENSION {};-400.00;GBP;income
INTEREST {};-40.00;GBP;income
REFUND {};-40.00;GBP;transfers_cash
UNTERHALT {};300.00;EUR;transfers_cash
VERZEKERING {};40.00;EUR;insurance
SCHOOL FEES {};140.00;GBP;education
CZYNSZ {};900.00;PLN;housing
ПЕРЕВОД {};900.00;RUB;transfers_cash
ΜΕΤΑΦΟΡΑ ΠΡΟΣ {};90.00;EUR;transfers_cash
تحويل الى {};90.00;AED;transfers_cash
העברה {};90.00;ILS;transfers_cash
转账 {};90.00;CNY;transfers_cash
振込 {};9000;JPY;transfers_cash
이체 {};90000;KRW;transfers_cash
โอนเงิน {};900.00;THB;transfers_cash
{} PLUMBING;140.00;GBP;home_garden
{} TAXI;14.00;GBP;transport
""".strip().splitlines()
"""The same of purposes beside a name, of transfers in other scripts, and of what somebody by this name sells."""


@pytest.mark.parametrize("row", PURPOSES)
def test_what_money_was_for_is_read_without_the_name(ensemble: Ensemble, row: str) -> None:
    """Equal to the last digit for all but one in fifty; names that are brands or words of other trades are these."""
    form, amount, currency, category = row.split(";")
    names = [name for names in names_by_origin().values() for name in names[::5]]
    said = Counter(
        (event.category, event.confidence, event.requires_review)
        for event in decided(ensemble, [form.format(name) for name in names], amount, currency)
    )
    (usual, count), *others = said.most_common()
    assert category == usual[0]
    unequal = sum(times for each, times in others if abs(each[1] - usual[1]) > 0.05 or each[0] != category)
    assert count >= 0.85 * len(names), said
    assert unequal <= 0.02 * len(names), said


TRADES = """
PLUMBING;home_garden
ROOFING;home_garden
ELECTRICAL;home_garden
LANDSCAPING;home_garden
& SONS BUILDERS;home_garden
TAXI;transport
BAKERY;groceries
CAFE;food_dining
RESTAURANT;food_dining
DENTAL;health_medical
PHARMACY;health_medical
OPTICIANS;health_medical
VETERINARY CLINIC;pets
HAIR;personal_care
TAILORS;clothing
SOLICITORS;professional_services
AUTO REPAIR;auto
DRIVING SCHOOL;education
""".strip().splitlines()

OTHER_TRADES = 0.04
"""Share of the surnames that tell another trade or are a brand of this one: CHURCH, BURGER, BOOKER (a bakery's)."""


@pytest.mark.parametrize("row", TRADES)
def test_a_surname_before_a_trade_moves_nothing(ensemble: Ensemble, row: str) -> None:
    """Of twenty surnames of each origin: category, confidence to the last digit and review."""
    trade, category = row.split(";")
    path = Path(__file__).with_name("names_by_origin.toml")
    origins = tomllib.loads(path.read_text(encoding="utf-8"))
    lines = [f"{name.upper()} {trade}" for parts in origins.values() for name in parts["family"].split()]
    events = decided(ensemble, lines, "140.00", "GBP")
    (usual, count), *_ = Counter(
        (event.category, event.confidence, event.requires_review) for event in events
    ).most_common()
    unequal = [line for line, event in zip(lines, events, strict=True) if event.confidence != usual[1]]
    assert category == usual[0]
    assert count >= (1 - OTHER_TRADES) * len(lines), unequal


@pytest.mark.parametrize(
    "line",
    ["O'BRIEN DENTAL", "VAN DER BERG DENTAL", "SMITH'S DENTAL", "DR OKAFOR DENTAL", "BARNES DENTAL", "DENTAL MARTIN"],
)
def test_a_surname_of_any_shape_is_as_sure(ensemble: Ensemble, line: str) -> None:
    """Apostrophes, particles, a genitive, a title, a brand elsewhere, at the other end."""
    named, plain = decided(ensemble, [line, "OKAFOR DENTAL"], "140.00", "GBP")
    assert plain.category == named.category
    assert abs(plain.confidence - named.confidence) < 0.02
    assert plain.requires_review == named.requires_review


SHAPES = """
ROSE CHURCH
KOFI MARKET
ROSS MCDONALD
MCDONALD ROSS
B SHELL
J R SMITH
MR B SHELL
MR & MRS SMITH
DR AYSE DEMIR
ANNA AND JOHN SMITH
J & M OKONKWO
ANNE-MARIE O'NEILL
MARIA DEL CARMEN GARCIA LOPEZ
JAN VAN DER BERG
SMITH, JOHN
APRIL JONES
JUNE BAKER
WAI SO
NA CHEN
NIKE ADEBAYO
SUMMER BAKER
JORDAN BISHOP
OLUWASEUN ADEYEMI-OKAFOR
ZRINKA QUVANDZIC
""".strip().splitlines()
"""Names of two to five parts, with titles, initials, hyphens; names that are words or brands; one of no list."""


@pytest.mark.parametrize("form", ["PAYMENT TO {}", "STANDING ORDER {}", "ZELLE TO {}", "{} RENT", "FPO {} 12MAR"])
def test_a_name_of_any_shape_gets_the_same_votes(ensemble: Ensemble, form: str) -> None:
    """Equal to the last digit: votes, confidence and outcome."""
    events = decided(ensemble, [form.format(name) for name in SHAPES], "40.00", "GBP")
    said = {
        name: (event.votes, event.confidence, event.requires_review) for name, event in zip(SHAPES, events, strict=True)
    }
    assert {said["ROSE CHURCH"]} == set(said.values()), {
        name for name, each in said.items() if each != said["ROSE CHURCH"]
    }


SCRIPTS = """
李娜
王伟
山田太郎
山田 太郎
やまだ
김민준
राहुल
राहुल शर्मा
செல்வி
செல்வி முருகன்
রহিম উদ্দিন
გიორგი
გიორგი ბერიძე
Արամ Սարգսյան
สมชาย
สมชาย ใจดี
МАРИЯ ИВАНОВА
محمد احمد
""".strip().splitlines()
"""Names in scripts other than the Latin one, with and without blanks."""

FORMS_OF_NAMES = """
ÅSA
ÅSA LINDQVIST
ANA SÁ
JOÃO SÁ
AB SMITH
AG KUMAR
AS SINGH
CO NGUYEN
NV RAO
BV REDDY
SA KHAN
""".strip().splitlines()
"""Names that are written like a firm's legal form."""

BRANDS_OF_NAMES = """
PAUL SMITH
FRED MEYER
ANN TAYLOR
KATE SPADE
EDWARD JONES
JOHN LEWIS
TED BAKER
WENDY
PAUL
""".strip().splitlines()
TRADES_OF_NAMES = ["PHARMA PATEL", "SUSHI TANAKA", "GARAGE SINGH", "BLESSING ADEYEMI"]
GIVEN_NAMES = ["ABDUL", "LLOYD", "AXEL", "JOY", "PAUL", "WENDY", "ANGEL", "FATIMA", "COLLINS", "OKAFOR"]

_ANY_FRONT = (
    "PAYMENT TO {}",
    "STANDING ORDER {}",
    "{} RENT",
    "SALARY {}",
    "FPS {}",
    "FROM {}",
    "VIREMENT DE {}",
    "ZELLE TO {}",
    "LOAN TO {}",
    "CHEQUE TO {}",
)
_RAILS = ("ZELLE TO {}", "VENMO {}", "SWISH TILL {}", "BIZUM A {}", "PAYNOW TO {}", "MOBILEPAY {}")


@pytest.mark.parametrize(
    ("form", "names"),
    [
        *((form, SCRIPTS) for form in _ANY_FRONT),
        *((form, FORMS_OF_NAMES) for form in (*_ANY_FRONT[:2], *_RAILS)),
        *((form, BRANDS_OF_NAMES) for form in _RAILS),
        *((form, TRADES_OF_NAMES) for form in _RAILS),
        *((form, GIVEN_NAMES) for form in ("PAYMENT TO {}", "TO {}", "STANDING ORDER {}")),
        *(
            (form, ["李娜", "RAHUL SHARMA"])
            for form in ("REVOLUT {}", "WISE {}", "A/P {}", "GIFT TO {}", "LOAN FROM {}")
        ),
    ],
)
def test_names_of_every_kind_are_decided_as_john_smith_is(ensemble: Ensemble, form: str, names: list[str]) -> None:
    """Equal to the last digit, and no voter has a piece of the name."""
    first, *others = decided(ensemble, [form.format(name) for name in ("JOHN SMITH", *names)], "40.00", "GBP")
    unequal = {name: said(event) for name, event in zip(names, others, strict=True) if said(event) != said(first)}
    assert not unequal


def said(event: DecisionEvent) -> tuple[object, ...]:
    """What was decided, and each vote but for the words of its evidence."""
    votes = tuple((vote.method, vote.category, vote.confidence, vote.weight) for vote in event.votes)
    return event.category, event.confidence, event.requires_review, votes


UNLISTED = (
    ("IHUOMA", "DOSUNMU"),
    ("KHULOUD", "BENCHEKROUN"),
    ("ELAKKIYA", "THIRUVENGADAM"),
    ("OTTILIE", "SWITHENBANK"),
)
"""Names of which the lists have at most the given one: no list has all."""


@pytest.mark.parametrize(
    ("form", "counterparty"),
    [
        ("{initial} {family} REF 20419", None),
        ("{given} {family} FP 12/05/24 40", None),
        ("SEPA CREDIT TRANSFER", "{given} {family}"),
        ("INSTANT PAYMENT OUT", "{given} {family}"),
    ],
)
def test_a_name_that_no_list_has_is_found_by_the_form(ensemble: Ensemble, form: str, counterparty: str | None) -> None:
    """An initial, a closing of transfers, or a text that says but that money moved: equal to a listed name's."""
    events = []
    for given, family in (("MARY", "SMITH"), *UNLISTED):
        parts = {"given": given, "family": family, "initial": given[0]}
        line = Transaction(
            transaction_id=family,
            account_id="a1",
            description=form.format(**parts),
            amount="40.00",
            currency="GBP",
            timestamp=NOW,
            counterparty=counterparty.format(**parts) if counterparty else None,
        )
        events += ensemble.categorize([line], now=NOW)
    assert {(event.category, event.confidence, event.requires_review) for event in events} == {
        ("transfers_cash", events[0].confidence, False)
    }


def test_a_firm_in_the_field_of_the_other_side_stays_one(ensemble: Ensemble) -> None:
    """A brand, a legal form and a trade are paid by transfer, too."""
    for firm, category in (("THAMES WATER", "utilities_telecom"), ("QUARMBY DENTAL", "health_medical")):
        line = Transaction(
            transaction_id="t1",
            account_id="a1",
            description="SEPA CREDIT TRANSFER",
            amount="40.00",
            currency="GBP",
            timestamp=NOW,
            counterparty=firm,
        )
        (event,) = ensemble.categorize([line], now=NOW)
        assert event.category == category, firm
