"""Which alarms are right without anything planted."""

import pytest

from streams.trials.simulate.expected import rightly_alarmed
from streams.trials.simulate.stage import Stage


@pytest.mark.parametrize(("error", "right"), [(0.02, False), (0.4, True)])
def test_a_share_of_the_population_beyond_its_limit_is_no_false_alarm(stage: Stage, error: float, right: bool) -> None:
    """The recall of rare categories is below 80% where four of ten decisions are wrong, not where two of 100 are."""
    subjects = rightly_alarmed(stage, error=error, seed=0)

    assert right == (("minority_recall", None, None) in subjects)
    assert ("corrections", None, None) in subjects


def test_no_test_of_a_gap_is_asked(stage: Stage) -> None:
    """Without a shift no group differs from the others: an alarm of theirs is false, always."""
    monitors = {monitor for monitor, _, _ in rightly_alarmed(stage, error=0.4, seed=0)}

    assert not monitors & {"category_parity", "amount_parity", "review_rise", "confidence_change"}
