"""The bank's own rules: the first that fits decides, in whatever form the file is, and thousands cost little."""

import re
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError
from models.statements.normalise import statement_text
from models.voters.house.rule import HouseRule, Sign, look_at, spaced
from models.voters.house.rules import HouseRules, check
from models.voters.house.sources import FaultKind
from models.voters.line import key_of
from tests.harness.voters import transaction

YAML = b"""
- id: R-1
  text: [Harbour, "car park"]
  category: transport
  who: ops.ledger
  why: the council's car parks are no shops
- id: R-2
  merchant: Tim Hortons
  amount_from: 50
  amount_to: 99.99
  currency: CAD
  sign: out
  account: [BIZ-*, acct-7]
  category: professional_services
  from: 2020-11-01
  to: 2020-11-30
  who: ops.ledger
  why: catering
- id: R-3
  mcc: [5811-5813, 5814]
  category: food_dining
  who: ops.ledger
  why: kitchens
"""

CSV = b"""id,text,merchant,amount_from,amount_to,sign,mcc,account,currency,category,from,to,who,why
R-1,Harbour|car park,,,,,,,,transport,,,ops.ledger,the council's car parks are no shops
R-2,,Tim Hortons,50,99.99,out,,BIZ-*|acct-7,CAD,professional_services,2020-11-01,2020-11-30,ops.ledger,catering
R-3,,,,,,5811-5813|5814,,,food_dining,,,ops.ledger,kitchens
"""


def rules(text: str) -> HouseRules:
    """Rules of YAML in which who and why go without saying."""
    return HouseRules.read(
        "".join(f"- {{{line}, who: ops, why: said}}\n" for line in text.strip().splitlines()).encode()
    )


def matched(found: HouseRules, merchant: str | None = None, **fields: Any) -> str | None:
    """Id of the rule that decides on a transaction."""
    rule = found.match(transaction(**fields), merchant)
    return None if rule is None else rule.name


def test_yaml_and_csv_say_the_same() -> None:
    """One file in two forms: equal rules but for their lines, one version."""
    yaml, csv = HouseRules.read(YAML), HouseRules.read(CSV)
    assert [rule.conditions for rule in yaml.rules] == [rule.conditions for rule in csv.rules]
    assert yaml.version == csv.version
    assert ([2, 7, 19], [2, 3, 4]) == ([rule.line for rule in yaml.rules], [rule.line for rule in csv.rules])


def test_the_version_follows_from_what_is_said() -> None:
    """Spaces and quotes change nothing; order, a reason or an amount do; no rules have no version."""
    versions = {
        HouseRules.read(content).version
        for content in (
            YAML,
            YAML.replace(b"kitchens", b"other kitchens"),
            YAML.replace(b"99.99", b"99.98"),
            YAML[YAML.index(b"- id: R-3") :] + YAML[: YAML.index(b"- id: R-3")],
        )
    }
    assert 4 == len(versions)
    assert HouseRules.read(YAML.replace(b"50", b"50.00")).version in versions
    assert {12} == {len(version) for version in versions}
    assert ("", 0) == (HouseRules.read(b"").version, len(HouseRules.read(b"# nothing yet\n")))


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("HARBOUR CAR PARK 12", "R-1"),
        ("Car-Park *Harbour", "R-1"),
        ("HÁRBOUR  CAR   PARK", "R-1"),
        ("HARBOUR CAR WASH PARK", None),
        ("HARBOURS CAR PARK", None),
        ("CAR PARK", None),
    ],
)
def test_text_is_whole_words_side_by_side(description: str, found: str | None) -> None:
    """All phrases, each in one piece, whatever is between them, however they are spelled."""
    assert found == matched(HouseRules.read(YAML), description=description)


def test_text_may_stand_in_the_counterparty_but_not_across() -> None:
    """Both are looked at, and a phrase is not made of the end of one and the beginning of the other."""
    found = rules("id: a, text: north pier, category: pets")
    assert "a" == matched(found, description="CARD", counterparty="NORTH PIER LTD")
    assert matched(found, description="GREAT NORTH", counterparty="PIER LTD") is None


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({}, True),
        ({"amount": Decimal("50")}, True),
        ({"amount": Decimal("99.99")}, True),
        ({"amount": Decimal("49.99")}, False),
        ({"amount": Decimal("100")}, False),
        ({"amount": Decimal("-60")}, False),
        ({"currency": "USD"}, False),
        ({"account_id": "acct-7"}, True),
        ({"account_id": "acct-71"}, False),
        ({"account_id": "biz-1"}, False),
        ({"timestamp": "2020-11-01T00:00:00-05:00"}, True),
        ({"timestamp": "2020-10-31T23:59:59-05:00"}, False),
        ({"timestamp": "2020-11-30T23:59:59+09:00"}, True),
        ({"timestamp": "2020-12-01T00:00:00+09:00"}, False),
    ],
)
def test_everything_asked_must_hold(changed: dict[str, object], fits: bool) -> None:
    """Amounts and days with both ends, in the transaction's own currency and zone; accounts by name or beginning."""
    given = {"amount": Decimal("60"), "account_id": "BIZ-1"} | changed
    assert ("R-2" if fits else None) == matched(HouseRules.read(YAML), merchant="timhortons", **given)


def test_the_first_that_fits_decides() -> None:
    """The order of the file is the priority, whatever the rules are found by."""
    found = rules(
        """
        id: a, mcc: 5814, amount_from: 100, category: travel
        id: b, text: hortons, category: pets
        id: c, merchant: timhortons, category: fuel
        id: d, currency: CAD, category: other
        """
    )
    assert "a" == matched(found, "timhortons", mcc="5814", amount=Decimal(100))
    assert "b" == matched(found, "timhortons", mcc="5814", amount=Decimal(99))
    assert "c" == matched(found, "timhortons", description="TH 12")
    assert "d" == matched(found, description="TH 12")
    assert matched(found, description="TH 12", currency="USD") is None


_LINES = ("HARBOUR CAR PARK", "NORTH PIER", "CAR WASH", "PIER")
_RULES = st.lists(
    st.builds(
        HouseRule,
        name=st.uuids().map(str),
        category=st.sampled_from(CATEGORIES),
        phrases=st.sampled_from([(), (" car ",), (" north pier ",), (" pier ", " north "), (" park ",)]),
        merchants=st.sampled_from([frozenset(), frozenset(("m1",)), frozenset(("m1", "m2"))]),
        codes=st.sampled_from([frozenset(), frozenset(("5811",))]),
        currencies=st.sampled_from([frozenset(), frozenset(("CAD",))]),
        amounts=st.sampled_from([(None, None), (Decimal(10), None), (None, Decimal(10))]),
        groups=st.sampled_from([(), ("acct",), ("biz",)]),
        accounts=st.sampled_from([frozenset(), frozenset(("acct-1",)), frozenset(("solo",))]),
        sign=st.sampled_from([None, *Sign]),
        starts=st.sampled_from([None, date(2026, 1, 10)]),
        ends=st.sampled_from([None, date(2026, 1, 20)]),
    ),
    max_size=12,
)
_TRANSACTIONS = st.lists(
    st.tuples(
        st.builds(
            transaction,
            description=st.sampled_from(_LINES),
            mcc=st.sampled_from([None, "5811"]),
            amount=st.sampled_from([Decimal(-60), Decimal(5), Decimal(60)]),
            currency=st.sampled_from(["CAD", "USD"]),
            account_id=st.sampled_from(["acct-1", "acct-2", "biz-1", "solo"]),
            timestamp=st.sampled_from([f"2026-01-{day}T12:00:00Z" for day in ("09", "10", "20", "21")]),
        ),
        st.sampled_from([None, "m1", "m2"]),
    ),
    min_size=1,
    max_size=12,
)


@given(_RULES, _TRANSACTIONS)
@settings(max_examples=200, deadline=None)
def test_the_index_finds_what_looking_at_all_finds(
    given_rules: list[HouseRule], asked: list[tuple[Transaction, str | None]]
) -> None:
    """No rule is missed, none is found that does not fit, and no answer hangs on what was asked before."""
    found = HouseRules(given_rules)
    for one, merchant in asked:
        look = look_at(key_of(one), merchant)
        slow = next((rule for rule in given_rules if rule.concerns(look) and rule.fits(one)), None)
        assert slow is found.match(one, merchant)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_words_are_runs_of_letters_and_digits(text: str) -> None:
    """Of any text, also where there is nothing to part."""
    words = re.findall(r"[^\W_]+", statement_text(text))
    assert f" {' '.join(words)} " == spaced(text)


def test_a_rule_that_covers_another_fits_wherever_it_fits() -> None:
    """`covers` is what the check of shadows rests on."""

    @given(_RULES, st.sampled_from(_LINES), st.sampled_from([None, "m1", "m2"]), st.sampled_from([None, "5811"]))
    @settings(max_examples=200, deadline=None)
    def holds(given_rules: list[HouseRule], description: str, merchant: str | None, mcc: str | None) -> None:
        one = transaction(description=description, mcc=mcc)
        look = look_at(key_of(one), merchant)
        fitting = [rule for rule in given_rules if rule.concerns(look) and rule.fits(one)]
        for rule in given_rules:
            if any(rule.covers(other) for other in fitting):
                assert rule in fitting

    holds()


def test_five_thousand_rules_are_read_and_asked_quickly() -> None:
    """A line costs no more for the rules that have nothing to do with it."""
    lines = [f"id: r{number}, text: shop{number} branch, category: pets" for number in range(5_000)]
    start = time.process_time()
    found = rules("\n".join(lines))
    assert time.process_time() - start < 5
    one = transaction(description="SHOP4321 BRANCH 7")
    start = time.process_time()
    for _ in range(1_000):
        assert found.match(one, None) is not None
    assert time.process_time() - start < 0.5


def faults(content: bytes) -> list[tuple[str, int, str | None]]:
    """What the check finds: kind, line and field."""
    return [(fault.kind.value, fault.line, fault.field) for fault in check(content).faults]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("category: grocery", "did you mean groceries?"),
        ("category: zzz", "there are food_dining"),
        ("amount_from: -3", "0 or more"),
        ("amount_from: ten", "no number"),
        ("amount_to: NaN", "0 or more"),
        ("sign: minus", "out, in"),
        ("mcc: 58", "four digits"),
        ("mcc: 5814-5811", "ends before"),
        ("currency: ZZZ", "ISO 4217"),
        ("from: 31.1.2020", "write 2026-01-31"),
        ("account: '*'", "an account's id"),
        ("text: '***'", "no letter or digit"),
        ("colour: red", "no such field"),
        ("category: [pets, fuel]", "one value"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field: str, said: str) -> None:
    """By line and name, with what to do; a file with one is refused."""
    content = f"- id: R-1\n  text: pier\n  category: pets\n  who: ops\n  why: x\n- {field}\n  id: R-2\n".encode()
    name = field.partition(":")[0]
    (fault,) = [each for each in check(content).faults if each.field == name]
    assert (FaultKind.MALFORMED, 6) == (fault.kind, fault.line)
    assert said in fault.said
    with pytest.raises(FileError, match="line 6"):
        HouseRules.read(content)


def test_what_is_missing_is_named() -> None:
    """A rule that says not who stands behind it is none, nor one that asks nothing."""
    assert [
        ("malformed", 1, None),
        ("malformed", 1, "category"),
        ("malformed", 1, "who"),
        ("malformed", 1, "why"),
    ] == faults(b"- id: R-1\n")


@pytest.mark.parametrize(
    "content",
    [b"id: R-1\n", b"- just text\n", b"- [1, 2\n", b"\xff\xfe", b"- id: &a R-1\n  id: *a\n", b"id,category\nR-1\n"],
)
def test_what_is_no_file_of_rules_is_said_to_be_none(content: bytes) -> None:
    """Not YAML, not a list, not UTF-8, a field twice, a row too short: a fault with its line, never another error."""
    assert not check(content).usable
    with pytest.raises(FileError):
        HouseRules.read(content)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_rules_or_a_refusal(content: bytes) -> None:
    """Whatever the file holds, it is read or refused."""
    checked = check(content)
    assert checked.usable or checked.faults


def test_rules_against_each_other() -> None:
    """Repeated ids are refused; duplicates, contradictions, shadows and broad rules are for people to look at."""
    content = (
        "".join(
            f"- {{{line}, who: ops, why: said}}\n"
            for line in (
                "id: a, text: pier, category: pets",
                "id: b, text: pier, category: pets",
                "id: c, text: PIER, category: fuel",
                "id: d, text: [pier, north], amount_from: 5, category: fuel",
                "id: e, text: piers, category: fuel",
                "id: f, currency: CAD, category: fuel",
                "id: a, mcc: 5811, category: fuel",
            )
        )
    ).encode()
    assert [
        ("duplicate", 2, None),
        ("contradiction", 3, None),
        ("shadowed", 4, None),
        ("broad", 6, None),
        ("repeated_id", 7, "id"),
    ] == faults(content)
    assert not check(content).usable
    assert check(content.replace(b"id: a, mcc", b"id: g, mcc")).usable


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_csv_with_other_separators_is_told_as_that(separator: str, name: str) -> None:
    """Not as YAML without dashes; with a byte order mark and in quotes, too."""
    header = separator.join(('"id"', "text", "category", "who", "why"))
    checked = check(f"\ufeff{header}\nR-1{separator}x{separator}pets{separator}me{separator}so\n".encode())
    said = f"line 1: the columns are parted by {name}: save it with commas between them"
    assert ([said], False) == ([str(fault) for fault in checked.faults], checked.usable)


@pytest.mark.parametrize("deep", ["[" * 200_000, "- " * 200_000, "- text: " + "{a: " * 100_000])
def test_yaml_that_goes_deep_is_refused(deep: str) -> None:
    """Before anything is made of it: what calls itself for each level would end the process, not raise."""
    with pytest.raises(FileError, match="line 2: it goes more than 8 levels deep"):
        HouseRules.read(f"# rules\n{deep}".encode())


def test_yaml_takes_no_country_for_a_no() -> None:
    """What stands there is read as text: NO is a word, 0742 a code, 12:30 no number of seconds."""
    found = rules("id: 0742, text: [NO, '12:30'], mcc: 0742, category: pets")
    assert "0742" == matched(found, description="NO PIER 12:30", mcc="0742")


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Named, with what the system says."""
    with pytest.raises(FileError, match=r"rules\.yaml cannot be read: No such file"):
        HouseRules.read(tmp_path / "rules.yaml")
    (tmp_path / "rules.csv").write_bytes(CSV)
    assert 3 == len(HouseRules.read(tmp_path / "rules.csv"))
