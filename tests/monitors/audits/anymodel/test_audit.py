"""The audit: planted flips are counted to the one, few profiles pass nothing, and a report repeats its JSON."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from models.errors import DataError
from models.evaluation.reports.document import document_html, document_markdown
from models.statistics.intervals import paired_newcombe
from models.statistics.paired import mcnemar
from monitors.audits.anymodel.audit import ModelFindings, model_findings
from monitors.audits.anymodel.estimators import FunctionModel
from monitors.audits.anymodel.limits import ModelLimits
from monitors.audits.anymodel.profiles import Profile, made_profiles
from monitors.audits.anymodel.report import AuditedModelRun, model_data, model_document, model_json
from monitors.audits.anymodel.schema import ChoiceField, IntegerField, ProfileSchema
from monitors.audits.anymodel.variations import Variation
from monitors.audits.checks import Outcome
from monitors.audits.limits import Limit

GENDER = Variation.parse("Gender=Male,Female,Other")
PEOPLE = made_profiles(
    ProfileSchema(
        count=1_000,
        fields=(
            ChoiceField(name="Gender", values=("Male", "Female", "Other")),
            IntegerField(name="Number", minimum=0, maximum=10**9),
        ),
    )
)


def planted(women: int, others: int) -> FunctionModel:
    """Turns down the women of the first profiles, and those of another gender of the last ones; men never."""
    numbers = sorted(int(profile["Number"]) for profile in PEOPLE)
    low, high = set(numbers[:women]), set(numbers[len(numbers) - others :])

    def decide(profiles: Sequence[Profile]) -> list[tuple[int, float]]:
        worse = {"Female": low, "Other": high, "Male": set[int]()}
        turned = [profile["Number"] in worse[str(profile["Gender"])] for profile in profiles]
        return [(0, 0.25) if each else (1, 0.75) for each in turned]

    return FunctionModel("planted", decide)


def audited(women: int, others: int = 0, *, count: int = 1_000, limits: ModelLimits | None = None) -> ModelFindings:
    """The findings on so many planted flips."""
    return model_findings(planted(women, others), PEOPLE[:count], [GENDER], limits=limits)


def test_planted_flips_are_counted_to_the_one() -> None:
    """Profiles, values, pairs, probabilities and McNemar are those of the planting."""
    found = audited(30, 10).variations[0]
    assert (40, 1_000) == (found.flips.hits, found.flips.rows)
    assert [("Male", 1_000), ("Female", 970), ("Other", 990)] == [
        (each.value, each.approved.hits) for each in found.values
    ]
    pairs = {(pair.first, pair.other): (pair.only_first, pair.only_other) for pair in found.pairs}
    assert {("Male", "Female"): (30, 0), ("Male", "Other"): (10, 0), ("Female", "Other"): (10, 30)} == pairs
    first = found.pairs[0]
    assert (mcnemar(30, 0), 3 * mcnemar(30, 0)) == (first.p, first.holm)
    assert 0.5 * 30 / 1_000 == pytest.approx(first.change)
    assert 40 == sum(row.flipped for row in found.rows) == sum(row.apart == 0.5 for row in found.rows)


@pytest.mark.parametrize(
    ("women", "count", "outcome"),
    [
        (0, 1_000, Outcome.PASS),
        (10, 1_000, Outcome.PASS),
        (40, 1_000, Outcome.FAIL),
        (0, 199, Outcome.NOT_MEASURED),
    ],
)
def test_outcomes(women: int, count: int, outcome: Outcome) -> None:
    """Within both limits, beyond them, and too few to say; nothing of few profiles passes."""
    assert outcome is audited(women, count=count).outcome


def test_flips_both_ways_fail_though_approval_is_even() -> None:
    """As many women as men lose: no gap, and flips all the same."""
    limits = ModelLimits(flip_rate=Limit(limit=0.02, goal=0.0), approval_gap=Limit(limit=0.01, goal=0.0))
    held = model_findings(planted(100, 100), PEOPLE, [Variation.parse("Gender=Female,Other")], limits=limits)
    assert [("flip_rate:Gender", Outcome.FAIL), ("approval_gap:Gender", Outcome.PASS)] == [
        (check.name, check.outcome) for check in held.checks
    ]


def test_a_limit_of_null_only_reports() -> None:
    """The figure stands in the report and decides nothing."""
    found = audited(500, limits=ModelLimits(flip_rate=Limit(limit=None), approval_gap=Limit(limit=0.9)))
    assert (["approval_gap:Gender"], Outcome.PASS) == ([check.name for check in found.checks], found.outcome)


def test_the_interval_of_a_gap_holds_what_is_true() -> None:
    """95% intervals of 1,000 drawn samples of pairs miss the true difference about 50 times, never twice that."""
    random = Random(5)
    shares = {(True, True): 0.7, (True, False): 0.03, (False, True): 0.01, (False, False): 0.26}
    missed = 0
    for _ in range(1_000):
        drawn = random.choices(list(shares), list(shares.values()), k=300)
        low, high = paired_newcombe(*(drawn.count(pair) for pair in shares))
        missed += not low <= 0.02 <= high
    assert 20 <= missed <= 80


@pytest.mark.parametrize(
    ("vary", "positive", "said"),
    [
        ("Sex=M,F", None, "field Sex to vary is absent from 1,000 of 1,000 profiles; fields are Gender, Number"),
        ("Gender=Male,Femal", None, "no profile has Gender=Femal"),
        ("Number=1,two", None, "Number=two to vary is of another kind"),
    ],
)
def test_what_cannot_be_varied_is_said(vary: str, positive: str | None, said: str) -> None:
    """Instead of an audit that finds nothing."""
    with pytest.raises(DataError, match=said):
        model_findings(planted(1, 1), PEOPLE, [Variation.parse(vary)], positive=positive)


def test_a_free_text_may_be_varied_to_what_no_profile_has() -> None:
    """Names are no categories; a third of these people flips with theirs."""
    people = [{"Name": f"name {number}", "Number": number} for number in range(300)]
    model = FunctionModel("names", lambda given: [int(p["Name"] == "Emily" or int(p["Number"]) % 3 > 0) for p in given])
    found = model_findings(model, people, [Variation.parse("Name=Emily,Lakisha")])
    assert 100 == found.variations[0].flips.hits


def test_approval_is_not_guessed() -> None:
    """Of words nobody can tell which one is good."""
    model = FunctionModel("words", lambda profiles: ["granted" if each["Number"] else "refused" for each in profiles])
    with pytest.raises(DataError, match="--positive"):
        model_findings(model, [*PEOPLE, {"Gender": "Male", "Number": 0}], [GENDER])
    assert "granted" == model_findings(model, PEOPLE, [GENDER], positive="granted").positive


def test_no_profiles_is_no_audit() -> None:
    """A question about nobody has no answer."""
    with pytest.raises(DataError, match="no profiles"):
        model_findings(planted(0, 0), [], [GENDER])


def test_page_and_markdown_have_the_figures_of_the_json() -> None:
    """Flips, approvals, pairs and every listed clone."""
    run = AuditedModelRun(
        "evenhand audit model", "planted", "code", "people.yml", 1_000, datetime(2026, 1, 2, tzinfo=UTC)
    )
    findings = audited(30, 10)
    data = json.loads(model_json(run, findings))
    assert model_data(run, findings) == data
    document = model_document(run, findings)
    markdown, page = document_markdown(document), re.sub(r"<[^>]+>", " ", document_html(document))
    [varied] = data["variations"]
    figures = [f"{varied['flips']['value']:.1%}"]
    figures += [f"{each['approved']['value']:.1%}" for each in varied["values"]]
    figures += [f"{100 * pair['difference']:+.1f}" for pair in varied["pairs"]]
    figures += [f"{100 * check['value']:.2f}" for check in data["checks"]]
    assert [] == [figure for figure in figures if figure not in markdown or figure not in page]
    for clone in varied["clones"][:20]:
        cells = [
            f"{said} ({chance:.2f})" for said, chance in zip(clone["decisions"], clone["probabilities"], strict=True)
        ]
        assert f"| {clone['number']}: Number {clone['profile']['Number']} | {' | '.join(cells)} |" in markdown
