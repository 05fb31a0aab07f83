"""The metrics in a manifest, worked out by hand."""

import pytest

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES
from models.decisions.acceptance import Dimension
from models.decisions.pool import Familiarity
from models.training.policy_metrics import acceptance_metrics, metrics
from models.training.votes import Cast
from models.voters.contract import Ballot, Kind
from tests.harness.policies import policy, raised


def row(said: str, confidence: float, *truth: str, weight: float = 1.0) -> Cast:
    """One vote with its truth."""
    return Cast((Ballot(said, confidence, "x", kind=Kind.SEEN),), AmountBand.UNDER_100, frozenset(truth), weight)


def test_metrics_by_hand() -> None:
    """Four equal rows of two categories: two sure and right, one sure and wrong, one unsure and right.

    said  confidence  true
    fuel  .95         fuel
    auto  .95         auto
    fuel  .95         auto
    fuel  .52         fuel
    """
    rows = [
        row("fuel", 0.95, "fuel"),
        row("auto", 0.95, "auto"),
        row("fuel", 0.95, "auto"),
        row("fuel", 0.52, "fuel"),
    ]
    assert metrics(rows, policy(0.6)) == pytest.approx(
        {
            "rows": 4,
            "accuracy": 0.75,
            "macro_f1": (0.8 + 2 / 3) / 2,
            "calibration_error": abs(3 * 0.95 - 2) / 4 + abs(0.52 - 1) / 4,
            "accepted_precision": 2 / 3,
            "coverage": 0.75,
        },
        abs=1e-4,
    )


def test_weights_count_and_need_not_sum_to_one() -> None:
    """A right row of weight 3 beside a wrong one of weight 1."""
    found = metrics([row("fuel", 0.9, "fuel", weight=3), row("fuel", 0.9, "auto")], policy(0.6))
    assert (0.75, 0.75, 1.0, 2) == (
        found["accuracy"],
        found["accepted_precision"],
        found["coverage"],
        found["rows"],
    )


def test_any_of_several_truths_is_right() -> None:
    """Where two categories are right, either answer counts."""
    assert 1.0 == metrics([row("fuel", 0.9, "auto", "fuel")], policy(0.6))["accuracy"]


def test_nothing_accepted_has_no_precision() -> None:
    """No division by nothing: precision 0 of coverage 0."""
    found = metrics([row("fuel", 0.5, "fuel")], policy(0.6))
    assert (0.0, 0.0, 1.0) == (found["accepted_precision"], found["coverage"], found["accuracy"])


def test_no_rows_give_zeros() -> None:
    """The same names, so that a manifest keeps its shape."""
    one = metrics([row("fuel", 0.5, "fuel")], policy(0.6))
    assert dict.fromkeys(one, 0) == metrics([], policy(0.6))


def test_the_manifest_says_from_where_on_decisions_stand() -> None:
    """The common line, that of likeness alone, and of each raised group what showed that it has to be."""
    groups = [raised(Dimension.CATEGORY, "pets", 0.93), raised(Dimension.BAND, "over_1000", 0.95)]
    shown = {"right": 0.88, "low": 0.845, "high": 0.908, "rows": 400}
    assert {
        "acceptance": {"line": 0.86, "by_likeness_alone": 0.95},
        "raised_pets": {"line": 0.93, **shown},
        "raised_over_1000": {"line": 0.95, **shown},
    } == acceptance_metrics(policy(0.86, resemblance=0.95, groups=groups))


def test_where_no_group_is_raised_the_manifest_has_the_lines_alone() -> None:
    """No entry of an empty group."""
    assert ["acceptance"] == list(acceptance_metrics(policy(0.9)))


def test_no_two_groups_have_one_name() -> None:
    """Raised groups are told apart by their name alone, whatever they are made by."""
    names = [*CATEGORIES, *(band.value for band in AmountBand), *(known.value for known in Familiarity)]
    assert len(names) == len(set(names))


def test_what_the_lines_refuse_is_not_accepted() -> None:
    """A group whose line is higher, and a likeness that nothing else supports, cover nothing."""
    rows = [row("pets", 0.9, "pets"), row("fuel", 0.9, "fuel")]
    groups = [raised(Dimension.CATEGORY, "pets", 0.95)]
    assert 0.5 == metrics(rows, policy(0.85, groups=groups))["coverage"]
    alike = Cast((Ballot("fuel", 0.9, "x", kind=Kind.LEARNED),), AmountBand.UNDER_100, frozenset(("fuel",)), 1.0)
    assert (1.0, 0.0) == tuple(metrics([alike], policy(0.85, resemblance=line))["coverage"] for line in (0.85, 0.95))
