"""Why a rule decides or not: what is said agrees with what the rule does."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.voters.house.evidence import Decisive, decisive_in, evidence_of
from models.voters.house.explaining import explain, nearest
from models.voters.house.rule import look_at
from models.voters.house.rules import HouseRules
from models.voters.line import key_of
from tests.harness.voters import transaction

RULES = HouseRules.read(
    b"""
- {id: far, text: harbour, mcc: 7523, category: transport, who: ops, why: said}
- {id: dear, text: hortons, amount_from: 50, sign: out, category: travel, who: ops, why: said}
- {id: biz, merchant: timhortons, account: [BIZ-*, acct-7], from: 2020-12-01, category: other, who: ops, why: said}
- {id: fits, mcc: 5811-5817, category: food_dining, who: ops, why: said}
- {id: late, mcc: 5814, currency: CAD, to: 2019-12-31, category: pets, who: ops, why: said}
- {id: broad, currency: USD, category: fuel, who: ops, why: said}
"""
)


def test_what_lacks_least_comes_first() -> None:
    """The rule that decides, then those that have something in common with the line, with what they lack."""
    found = nearest(RULES, transaction(mcc="5814"), "timhortons", most=9)
    assert [
        ("fits", []),
        ("dear", ["amount_from: 50 or more, 49.01"]),
        ("late", ["to: 2019-12-31 or earlier, 2020-11-02"]),
        ("biz", ["account: one of BIZ-*, acct-7, acct-1", "from: 2020-12-01 or later, 2020-11-02"]),
    ] == [(each.rule.name, [f"{point.field}: {point.asked}, {point.found}" for point in each.missed]) for each in found]
    assert found[:2] == nearest(RULES, transaction(mcc="5814"), "timhortons", most=2)


def test_codes_and_words_that_are_not_there_are_said() -> None:
    """A range of codes is cut short, and an absent phrase is named."""
    rule = HouseRules.read(b"- {id: a, text: [a b, hortons], mcc: 5811-5819, category: pets, who: o, why: y}\n").rules[
        0
    ]
    assert [
        ("text", "a b, hortons", "no a b"),
        ("mcc", "one of 5811, 5812, 5813, 5814, 5815, and 4 more", "none"),
    ] == [(point.field, point.asked, point.found) for point in explain(rule, transaction(), None).missed]


@given(
    st.sampled_from(["TIM HORTONS 12", "HARBOUR PARKING", "X"]),
    st.sampled_from([None, "timhortons"]),
    st.sampled_from([None, "5814", "7523"]),
    st.sampled_from(["acct-1", "acct-7", "BIZ-3"]),
    st.sampled_from(["49.99", "50", "-60"]),
    st.sampled_from(["2019-12-31T12:00:00Z", "2020-12-01T00:00:00Z"]),
)
@settings(max_examples=200, deadline=None)
def test_it_says_that_a_rule_fits_where_it_does(
    description: str, merchant: str | None, mcc: str | None, account: str, amount: str, timestamp: str
) -> None:
    """Every rule; and the first that fits is the one that decides."""
    one = transaction(description=description, mcc=mcc, account_id=account, amount=Decimal(amount), timestamp=timestamp)
    look = look_at(key_of(one), merchant)
    for rule in RULES.rules:
        assert (rule.concerns(look) and rule.fits(one)) == explain(rule, one, merchant).fits
    fitting = [each.rule for each in nearest(RULES, one, merchant, most=9) if each.fits]
    assert RULES.match(one, merchant) is (fitting[0] if fitting else None)


@pytest.mark.parametrize("rule", ["R-1", "a.b:c/d_e", "0742"])
def test_the_evidence_names_the_rule(rule: str) -> None:
    """What is written is what is read; other evidence names none."""
    assert Decisive(rule, "0a1b") == decisive_in(evidence_of(Decisive(rule, "0a1b")))
    assert decisive_in("rule of thumb") is None
