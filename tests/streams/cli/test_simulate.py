"""`evenhand simulate`."""

import json

import pytest

from streams.trials.simulate.scenarios import SCENARIOS
from tests.streams.cli.conftest import Invoke

SMALL = ("--rows", "600", "--fleets", "1", "--days", "1", "--processes", "1")


@pytest.mark.slow
def test_null_prints_false_alarms_and_the_bar(evenhand: Invoke) -> None:
    """A day of one fleet alarms nobody, and is far too little to meet the bar."""
    result = evenhand("simulate", "--null", *SMALL)

    assert 0 == result.exit_code
    said = "none, category_parity: at most one false page in 10^6 pairs: not shown, too few pairs (0 in "
    assert said in result.stdout
    assert "common-10" not in result.stdout


@pytest.mark.slow
def test_json_has_the_scenarios_that_were_asked_for(evenhand: Invoke) -> None:
    """In the order of the command, with the error rate that was set."""
    options = ("--scenario", "common-20", "--scenario", "none", "--base-error", "0.05", "--labels-per-day", "1000")
    result = evenhand("simulate", *options, *SMALL, "--json")
    found = json.loads(result.stdout)

    assert 0 == result.exit_code
    assert (["common-20"], ["none"]) == tuple([one["scenario"] for one in found[key]] for key in ("planted", "null"))
    assert (0.05, 1000) == (found["error_rate"], found["planted"][0]["transactions_per_day"])


@pytest.mark.parametrize("options", [("--scenario", "nothing"), ("--null", "--scenario", "common-5")])
def test_wrong_use_is_told(evenhand: Invoke, options: tuple[str, ...]) -> None:
    """A scenario that there is not, with those that there are; and two ways to say which."""
    result = evenhand("simulate", *options)

    assert 2 == result.exit_code
    assert "--scenario" in result.stderr
    assert options[0] == "--null" or all(name in result.stderr for name in SCENARIOS)
