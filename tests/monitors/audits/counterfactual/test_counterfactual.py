"""The counterfactual audit: planted bias is found and named, else it passes, and no group reaches who decides."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.evaluation.reports.document import document_html
from models.statistics.paired import mcnemar
from models.twins.letters import plain_capitals
from models.twins.people import ORIGINS, family_names
from models.voters.contract import Ballot, Method
from monitors.audits.checks import Outcome
from monitors.audits.counterfactual.attributes import ATTRIBUTES
from monitors.audits.counterfactual.audit import counterfactual_findings
from monitors.audits.counterfactual.deciding import clones_of, decided
from monitors.audits.counterfactual.flips import flips
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import ACCOUNT, NOON, Attribute, Clone, Pair, Side
from monitors.audits.counterfactual.pulls import pulls, worst_pairs
from monitors.audits.counterfactual.report import AuditedModel, counterfactual_document, counterfactual_json, shown
from tests.harness.voters import sure_of

LIMITS = CounterfactualLimits(least_name_pairs=1_000, rounds=100)
NAMES = [ATTRIBUTES["origin"], ATTRIBUTES["gender"]]
RUN = AuditedModel("evenhand audit counterfactual", "test", "agreement at confidence 0.6")


@dataclass(frozen=True, slots=True)
class Distrusts:
    """A voter that is unsure, or of another opinion, where a line has one of these words."""

    words: frozenset[str]
    category: str = "fuel"
    confidence: float = 0.2
    method: Method = Method.TEXT

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Fuel for all, sure but for the distrusted."""
        return [
            Ballot(self.category, self.confidence, "distrusted")
            if self.words & set(f"{each.description} {each.counterparty or ''}".replace("/", " ").split())
            else Ballot("fuel", 0.95, "fuel")
            for each in transactions
        ]


def surnames(origin: str) -> frozenset[str]:
    """All surnames of one origin that no other one has."""
    others = {plain_capitals(name) for each in ORIGINS if each != origin for name in family_names(each)}
    return frozenset(map(plain_capitals, family_names(origin))) - others


def distrusting(voter: Distrusts) -> Ensemble:
    """An ensemble of that voter alone."""
    return Ensemble([voter], "test")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("origin", ["west_african", "chinese", "south_asian"])
def test_an_origin_that_is_sent_to_review_is_found(origin: str, seed: int) -> None:
    """In every seed the audit fails, says whom it hits, in which direction, and by which words."""
    ensemble = distrusting(Distrusts(surnames(origin)))
    found = counterfactual_findings(ensemble, LIMITS, attributes=NAMES[:1], pairs=5_000, seed=seed)
    assert found.outcome is Outcome.FAIL
    failed = {check.name: check.groups for check in found.checks if check.outcome is Outcome.FAIL}
    assert failed["origin_review_worst"] == (origin,)
    assert "origin_category" not in failed
    hit = next(each for each in found.attributes[0].flips if each.name == origin)
    assert (hit.waits_more > 0.8 * hit.pairs, hit.waits_less, hit.p < 0.05) == (True, 0, True)
    assert {pull.group for pull in found.attributes[0].pulls} == {origin}


def test_a_rare_origin_is_not_lost_among_the_others() -> None:
    """A few surnames of one origin: within the limit of all pairs, beyond that of the worst group."""
    listed = sorted(surnames("arabic"))
    ensemble = distrusting(Distrusts(frozenset(listed[::20])))
    found = counterfactual_findings(ensemble, LIMITS, attributes=NAMES[:1], pairs=8_000, seed=1)
    outcomes = {check.name: check for check in found.checks}
    assert outcomes["origin_review"].outcome is not Outcome.FAIL
    assert outcomes["origin_review_worst"].groups == ("arabic",)
    assert outcomes["origin_review_worst"].outcome is Outcome.FAIL


@pytest.mark.parametrize("seed", range(3))
def test_even_treatment_passes(seed: int) -> None:
    """The ensemble that says the same of everything flips on nothing; intervals say how far that was looked at."""
    found = counterfactual_findings(sure_of("fuel"), LIMITS, pairs=1_500, seed=seed)
    assert found.outcome is Outcome.PASS
    for each in found.attributes:
        assert (each.all.category.hits, each.all.review.hits, each.all.confidence_change, each.pulls) == (0, 0, 0, [])
        assert each.all.category.interval[0] == 0 < each.all.category.interval[1]


def test_too_few_pairs_do_not_pass() -> None:
    """Rare flips cannot be seen in few pairs, so silence there is no pass."""
    found = counterfactual_findings(
        sure_of("fuel"), CounterfactualLimits(rounds=100), attributes=NAMES, pairs=1_000, seed=0
    )
    assert found.outcome is Outcome.NOT_MEASURED
    assert all("20,000 are needed" in check.why for check in found.checks)


@given(
    text=st.text(st.characters(categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=40),
    counterparty=st.sampled_from([None, "ADA OKAFOR"]),
    amount=st.decimals(min_value=1, max_value=5_000, places=2).map(str),
    groups=st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=2, unique=True),
)
@settings(max_examples=60, deadline=None)
def test_the_group_reaches_nobody_but_by_the_text(
    text: str, counterparty: str | None, amount: str, groups: list[str]
) -> None:
    """Equal texts are one clone, whatever the groups; its transaction has nothing that the clone has not."""
    clone = Clone(text, amount, "GBP", NOON, counterparty)
    first, second = Side(clone, groups[0], ("A",)), Side(Clone(*clone), groups[1], ("B",))
    pair = Pair(first, second, "base", "setting", (("group", groups[0]),))
    said = decided(distrusting(Distrusts(frozenset({"OKAFOR"}))), clones_of([pair]))
    assert not pair.differs
    assert len(said) == 1
    counted = flips([pair], said, rounds=100, seed=0)[0]
    assert (counted.category.hits, counted.review.hits, counted.confidence_change) == (0, 0, 0)
    held = clone.transaction(7).model_dump()
    assert {"transaction_id": "7", "account_id": ACCOUNT, "mcc": None, "channel": None}.items() <= held.items()
    assert set(held) == {
        *("transaction_id", "account_id", "description", "amount", "currency", "timestamp"),
        *("mcc", "counterparty", "channel", "schema_version"),
    }
    assert clone.transaction(7) == Clone(text, amount, "GBP", NOON, counterparty).transaction(7)


@pytest.mark.parametrize("attribute", ATTRIBUTES.values(), ids=lambda each: each.name)
def test_pairs_are_as_asked_for_and_repeatable(attribute: Attribute) -> None:
    """Equal seeds give equal pairs, no side is its own twin, and groupings are the same for all."""
    pairs = attribute.pairs(1_000, 5)
    assert pairs == attribute.pairs(1_000, 5)
    assert pairs
    assert all(pair.differs and pair.other.group != pair.reference.group for pair in pairs)
    assert len({tuple(by for by, _ in pair.groups) for pair in pairs}) == 1


def test_the_default_run_has_twenty_thousand_pairs_of_names() -> None:
    """By origin, of eight origins beside the English one, and by gender, in nine."""
    origin, gender = (each.pairs(20_000, 0) for each in NAMES)
    assert len(origin) >= 20_000
    assert len(gender) >= 20_000
    assert {pair.groups[0][1] for pair in origin} == set(ORIGINS) - {"english"}
    assert {pair.groups[0][1] for pair in gender} == set(ORIGINS)
    assert {pair.other.group for pair in gender} == {"female"}


def pair(base: int, other: str, reference: str) -> Pair:
    """A pair of two texts."""
    one, two = (Side(Clone(text, "10.00", "GBP"), group, (text,)) for text, group in ((other, "x"), (reference, "y")))
    return Pair(one, two, str(base), f"setting {base}", (("half", "first" if base < 5 else "second"),))


def test_flips_are_counted_by_base() -> None:
    """Ten pairs of one name weigh as one in the test of the direction, and widen the interval."""
    ensemble = distrusting(Distrusts(frozenset({"ODD"})))
    alone = [pair(base, f"ODD {base}" if base == 0 else f"EVEN {base}", f"PLAIN {base}") for base in range(10)]
    repeated = [pair(0, f"ODD {copy}", f"PLAIN {copy}") for copy in range(10)] + [
        pair(base, f"EVEN {base}{copy}", f"PLAIN {base}{copy}") for base in range(1, 10) for copy in range(10)
    ]
    one, many = (
        flips(pairs, decided(ensemble, clones_of(pairs)), rounds=400, seed=3)[0] for pairs in (alone, repeated)
    )
    assert one.review.value == many.review.value == 0.1
    assert (many.pairs, many.bases, many.waits_more, many.waits_less) == (100, 10, 10, 0)
    assert one.p == many.p == mcnemar(1, 0)
    assert many.review.interval[1] - many.review.interval[0] > 0.25
    assert many.review_change == pytest.approx(0.1)
    assert many.category.hits == 0


def test_worst_pairs_and_words_are_named() -> None:
    """A silent change of category comes before a review; a word is odd beside what most lines of its setting get."""
    ensemble = distrusting(Distrusts(frozenset({"WRONG"}), category="pets", confidence=0.9))
    pairs = [pair(1, "WRONG", "A"), pair(1, "B", "A"), pair(1, "C", "A")]
    said = decided(ensemble, clones_of(pairs))
    (worst,), (pull,) = worst_pairs(pairs, said), pulls(pairs, said)
    assert (worst.kind, worst.text, worst.reference) == ("silent", "WRONG", "A")
    assert (pull.word, pull.group, pull.odd, pull.lines, pull.becomes) == ("WRONG", "x", 1, 1, "pets, accepted")


def test_report_and_json_have_the_same_figures() -> None:
    """Every share of the JSON stands in the page, with its interval; the same seed gives the same bytes."""
    ensemble = distrusting(Distrusts(surnames("turkish")))
    found, again = (counterfactual_findings(ensemble, LIMITS, attributes=NAMES, pairs=1_000, seed=2) for _ in range(2))
    text = counterfactual_json(RUN, found)
    page = document_html(counterfactual_document(RUN, found))
    assert text == counterfactual_json(RUN, again)
    assert page == document_html(counterfactual_document(RUN, again))
    cells = re.sub(r"<[^>]+>", "\n", page)
    for attribute, shown_ in zip(json.loads(text)["attributes"], found.attributes, strict=True):
        for one, flip in zip(attribute["flips"], shown_.flips, strict=True):
            low, high = one["review"]["interval"]
            assert f"{100 * one['review']['value']:.2f}% [{100 * low:.2f}, {100 * high:.2f}]" == shown(flip.review)
            assert shown(flip.review) in cells
            assert f"{one['waits_more']:,} / {one['waits_less']:,}" in cells
        for word in attribute["worst_words"]:
            assert f"\n{word['word']}\n" in cells
