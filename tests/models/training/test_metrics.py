"""The metrics in a manifest, worked out by hand."""

import pytest

from models.contracts.events import AmountBand
from models.training.policy_metrics import metrics
from models.training.votes import Cast
from models.voters.contract import Ballot, Kind
from tests.harness.policies import policy


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
