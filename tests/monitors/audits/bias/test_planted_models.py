"""The gate on trained models; all 20 seeds: `python -m tests.monitors.audits.bias.planted_models`."""

import pytest

from monitors.audits.checks import Outcome, overall
from tests.monitors.audits.bias.planted_models import PLANTS, trained_checks


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bias_fails_and_nothing_else_does(plant: str) -> None:
    """Whoever trained on biased labels does not pass, and the check that fails is the one that was planted."""
    checks = trained_checks(plant, 0)
    name = PLANTS[plant].check
    assert (Outcome.FAIL if name else Outcome.PASS) is overall(checks)
    assert not name or any(check.name == name and check.outcome is Outcome.FAIL for check in checks)
