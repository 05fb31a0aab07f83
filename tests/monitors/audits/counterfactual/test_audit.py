"""Counterfactual audits: a planted difference is found, equal lines are decided equally, and groups reach nobody."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.policy import AgreementPolicy
from models.evaluation.reports.document import document_html, document_markdown
from models.twins.people import ORIGINS
from models.voters.contract import Ballot, Kind, Method
from monitors.audits.bias.report import AuditedRun
from monitors.audits.checks import Outcome
from monitors.audits.counterfactual.audit import CounterfactualFindings, counterfactual_findings
from monitors.audits.counterfactual.flips import Decision, flips_of
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import Attribute, Line, Pair, pairs_of
from monitors.audits.counterfactual.report import counterfactual_document, counterfactual_json

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIMITS = CounterfactualLimits(least_named=500, rounds=100)
SUM = (Decimal("10.00"), "GBP")
FEW = 6
"""People of each origin and gender."""


class Sounding:
    """Votes by how the line ends: less surely where a word of it ends in one of these."""

    method = Method.TEXT

    def __init__(self, *endings: str) -> None:
        self._endings = endings

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot each."""
        return [Ballot("transfers_cash", self._sure(each), "as it sounds", kind=Kind.LEARNED) for each in transactions]

    def _sure(self, transaction: Transaction) -> float:
        words = f"{transaction.description} {transaction.counterparty or ''}".lower().split()
        return 0.3 if self._endings and any(word.endswith(self._endings) for word in words) else 0.95


def found(*endings: str, seed: int = 0) -> CounterfactualFindings:
    """The audit of names on a model that finds some endings strange."""
    ensemble = Ensemble([Sounding(*endings)], "planted", policy=AgreementPolicy(threshold=0.6), remembered=0)
    named = (Attribute.NAME_ORIGIN, Attribute.NAME_GENDER)
    return counterfactual_findings(ensemble, LIMITS, now=NOW, attributes=named, people_each=FEW, seed=seed)


def outcomes(findings: CounterfactualFindings) -> dict[str, Outcome]:
    """Name of each check to its outcome."""
    return {check.name: check.outcome for check in findings.checks}


@pytest.mark.parametrize("seed", range(3))
def test_names_that_are_sent_to_people_fail(seed: int) -> None:
    """Turkish and Slavic endings are; the category never moves, and the worst word flips in nearly all of its pairs."""
    findings = found("oglu", "ski", "ska", "enko", "ova", seed=seed)
    said = outcomes(findings)
    assert Outcome.FAIL is said["name_origin_review"] is said["name_origin_gap"] is findings.outcome
    assert Outcome.PASS is said["name_origin_category"]
    (origin, _) = findings.attributes
    assert {"slavic", "turkish"} >= {group.name for group in origin.groups if group.gap > 0}
    assert origin.worst_words[0].flips > 0.9 * origin.worst_words[0].pairs


def test_one_gender_sent_to_people_fails() -> None:
    """Women's forms of Slavic names."""
    said = outcomes(found("ska", "cka", "ova", "eva", "ina", "aya", "na"))
    assert Outcome.FAIL is said["name_gender_review"]


def test_a_model_that_hears_no_names_passes() -> None:
    """Nothing flips, nothing changes, and there are pairs of every origin."""
    findings = found()
    assert Outcome.PASS is findings.outcome
    for each in findings.attributes:
        assert (0, 0) == (each.every.category.hits, each.every.review.hits)
        assert () == each.worst_pairs == each.worst_words
        assert (0.0, (0.0, 0.0)) == (each.every.confidence, each.every.confidence_interval)
    assert {group.name for group in findings.attributes[0].groups} == set(ORIGINS[1:])


def test_few_pairs_pass_nothing() -> None:
    """Zero flips of a few hundred say little of a limit of one in two hundred."""
    ensemble = Ensemble([Sounding()], "planted", policy=AgreementPolicy(threshold=0.6))
    findings = counterfactual_findings(
        ensemble, CounterfactualLimits(rounds=100), now=NOW, attributes=(Attribute.NAME_ORIGIN,), people_each=1
    )
    assert Outcome.NOT_MEASURED is findings.outcome


@settings(max_examples=30, deadline=None)
@given(
    text=st.text("ABCDEFGH &*0123", min_size=1, max_size=40).filter(str.strip),
    groups=st.tuples(st.sampled_from(ORIGINS), st.sampled_from(ORIGINS)),
)
def test_the_group_reaches_nothing_but_through_the_text(text: str, groups: tuple[str, str]) -> None:
    """Whatever groups two equal lines are given, no byte of their transactions differs, nor what is decided."""
    line, twin = (Line(text, *SUM) for _ in groups)
    assert line.transaction(1).model_dump_json() == twin.transaction(1).model_dump_json()
    assert not any(group in line.transaction(1).model_dump_json() for group in groups)
    ensemble = Ensemble([Sounding("a", "b")], "planted", policy=AgreementPolicy(threshold=0.6))
    one, other = ensemble.categorize([line.transaction(1), twin.transaction(1)], now=NOW)
    assert one == other


@pytest.mark.parametrize("attribute", list(Attribute))
def test_pairs_differ_in_one_thing(attribute: Attribute) -> None:
    """In the text, or the other side, or the sum, or the time, and in nothing else; every line keeps the contract."""
    pairs = list(pairs_of(attribute, people_each=2, seed=0))
    assert len(pairs) > 90
    for pair in pairs[:300]:
        one, other = pair.first.transaction(1), pair.second.transaction(1)
        differing = {name for name in Transaction.model_fields if getattr(one, name) != getattr(other, name)}
        assert 1 == len(differing), (pair, differing)


def test_pairs_of_one_wording_are_no_independent_evidence() -> None:
    """All flips in one of twenty wordings: the interval is far wider than Wilson's."""
    decided = {f"{number}": Decision("pets" if number % 20 == 0 else "fuel", 0.9, False) for number in range(2000)}
    first = Line("first", *SUM)
    pairs = [
        Pair(Attribute.NAME_ORIGIN, ("english", "german"), first, Line(text, *SUM), f"wording {place % 20}", text, ())
        for place, text in enumerate(decided)
    ]
    decided["first"] = Decision("fuel", 0.9, False)
    found = flips_of(Attribute.NAME_ORIGIN, pairs, lambda line: decided[line.description], rounds=200, seed=0)
    low, high = found.every.category_interval
    wilson = found.every.category.interval
    assert 0.05 == found.every.category.value
    assert high - low > 4 * (wilson[1] - wilson[0])


def test_the_reports_say_the_same() -> None:
    """Every check's figures stand in the page, in Markdown and in JSON; names of attributes and worst pairs, too."""
    findings = found("oglu")
    run = AuditedRun("evenhand audit counterfactual", "pairs", "", "planted", "agreement", NOW)
    document = counterfactual_document(run, findings)
    page, text = document_html(document), document_markdown(document)
    data = json.loads(counterfactual_json(run, findings))
    assert len(data["checks"]) == len(findings.checks)
    for check in data["checks"]:
        figure = f"{100 * check['value']:.2f}"
        assert figure in page, check
        assert figure in text
    worst = data["attributes"][0]["worst_pairs"][0]["texts"][1]
    assert worst in page
    assert worst in text
