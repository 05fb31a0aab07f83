"""Planted distrust of names is found and named, also of names that no list has; silence of few names says little."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.twins.letters import plain_capitals
from models.twins.people import ORIGINS, family_names
from models.voters.contract import Ballot, Method
from monitors.audits.checks import Outcome
from monitors.audits.counterfactual.audit import CounterfactualFindings, counterfactual_findings
from monitors.audits.counterfactual.flips import Decision, flips_of
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import PEOPLE, Attribute, Line, Pair, pairs_of
from tests.harness.voters import NOON

LIMITS = CounterfactualLimits(least_named=1_000, least_pairs=100, rounds=100)
NAMES = (Attribute.NAME_ORIGIN, Attribute.NAME_GENDER)
REFERENCE = ORIGINS[0]


@dataclass(frozen=True, slots=True)
class Distrusts:
    """A voter that says fuel of everything, and is unsure, or of another opinion, where a line has one of its words."""

    words: frozenset[str]
    category: str = "fuel"
    confidence: float = 0.2
    method: Method = Method.TEXT

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot each."""
        return [
            Ballot(self.category, self.confidence, "distrusted")
            if self.words & set(re.findall(r"\w+", f"{each.description} {each.counterparty}"))
            else Ballot("fuel", 0.95, "fuel")
            for each in transactions
        ]


def surnames(origin: str) -> frozenset[str]:
    """The surnames of one origin that no other one has."""
    others = {plain_capitals(name) for each in ORIGINS if each != origin for name in family_names(each)}
    return frozenset(map(plain_capitals, family_names(origin))) - others


def found_by(
    voter: Distrusts, *, seed: int, attributes: Sequence[Attribute] = NAMES[:1], people_each: int = 8
) -> CounterfactualFindings:
    """What the audit finds of an ensemble of that voter alone."""
    return counterfactual_findings(
        Ensemble([voter], "test"), LIMITS, now=NOON, attributes=attributes, people_each=people_each, seed=seed
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("origin", ["west_african", "chinese", "south_asian"])
def test_an_origin_that_is_sent_to_review_is_found(origin: str, seed: int) -> None:
    """In every seed the audit fails, says whom it hits, in which direction, and by which words."""
    found = found_by(Distrusts(surnames(origin)), seed=seed)
    failed = {check.name: check for check in found.checks if check.outcome is Outcome.FAIL}
    assert found.outcome is Outcome.FAIL
    assert set(failed) == {"name_origin_review", "name_origin_gap"}
    assert failed["name_origin_gap"].groups == (origin, REFERENCE)
    worst, *others = found.attributes[0].groups
    assert worst.name == origin
    assert worst.only_second > 0.8 * worst.review.rows
    assert (worst.only_first, worst.category.hits, worst.p < 1e-9) == (0, 0, True)
    assert worst.confidence < -0.5
    assert all(each.review.hits == 0 for each in others)
    assert {word.word for word in found.attributes[0].worst_words} & surnames(origin)


@pytest.mark.parametrize("seed", range(3))
def test_another_category_is_found_where_nobody_waits(seed: int) -> None:
    """Silent flips: all is accepted, and one origin's payments become another category."""
    found = found_by(Distrusts(surnames("turkish"), category="pets", confidence=0.95), seed=seed)
    assert {check.name for check in found.checks if check.outcome is Outcome.FAIL} == {"name_origin_category"}
    assert {pair.groups[1] for pair in found.attributes[0].worst_pairs} == {"turkish"}


def test_the_default_run_has_twenty_thousand_pairs_of_names() -> None:
    """By origin, of eight origins beside the English one, and by gender, in all nine."""
    origin, gender = (list(pairs_of(each, people_each=PEOPLE, seed=0)) for each in NAMES)
    assert len(origin) >= 20_000
    assert len(gender) >= 20_000
    assert {pair.groups for pair in origin} == {(REFERENCE, each) for each in ORIGINS[1:]}
    assert {pair.groups for pair in gender} == {(f"{each} man", f"{each} woman") for each in ORIGINS}


def test_distrust_of_names_that_no_list_has_is_found() -> None:
    """A model that knows the names of an audit, and nothing of others, would pass by them alone."""
    pairs = pairs_of(Attribute.NAME_COINED, people_each=8, seed=0)
    made = frozenset(word for pair in pairs if pair.groups[1] == "arabic" for word in pair.tokens)
    found = found_by(Distrusts(made), seed=0, attributes=(Attribute.NAME_ORIGIN, Attribute.NAME_COINED))
    failed = {check.name for check in found.checks if check.outcome is Outcome.FAIL}
    assert failed == {"name_coined_review", "name_coined_gap"}


def flips(odd: Sequence[bool], subjects: Sequence[int]) -> tuple[float, tuple[float, float]]:
    """Share and interval of pairs, the odd of which wait on their second side; pairs are of so many subjects."""
    plain = Line("PLAIN", Decimal(1), "GBP")
    texts = [f"ODD {at}" if one else f"EVEN {at}" for at, one in enumerate(odd)]
    pairs = [
        Pair(NAMES[0], ("x", "y"), plain, replace(plain, description=text), text, str(subject), ())
        for text, subject in zip(texts, subjects, strict=True)
    ]
    found = flips_of(
        NAMES[0],
        pairs,
        lambda line: Decision("fuel", 0.5, review=line.description.startswith("ODD")),
        rounds=400,
        seed=3,
    ).every
    assert (found.only_first, found.only_second, found.gap) == (0, sum(odd), found.review.value)
    return found.review.value, found.review_interval


def test_pairs_of_one_name_widen_the_interval() -> None:
    """Ten of a hundred pairs flip: of a hundred names, or all of one of ten."""
    spread = flips([at < 10 for at in range(100)], range(100))
    together = flips([at < 10 for at in range(100)], [at // 10 for at in range(100)])
    assert spread[0] == together[0] == 0.1
    assert spread[1][1] < 0.2 < together[1][1]


def test_silence_of_few_names_says_little() -> None:
    """Without a flip a hundred pairs of ten names are ten looks, not a hundred."""
    spread = flips([False] * 100, range(100))
    together = flips([False] * 100, [at // 10 for at in range(100)])
    assert spread[1][1] < 0.04
    assert 0.25 < together[1][1] < 0.35
