"""All fleets of all scenarios: the same figures whatever the number of processes."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import ArtefactError
from streams.settings.settings import Settings
from streams.trials.simulate.run import SimulationOptions, simulate
from streams.trials.simulate.scenarios import NULL, SCENARIOS

OPTIONS = SimulationOptions(
    [NULL, SCENARIOS["common-20"]], fleets=2, seed=4, rows=600, processes=1, days=1, labels_per_day=1_000
)


@pytest.mark.slow
def test_the_number_of_processes_makes_no_difference() -> None:
    """One after another here, or two at once in processes of their own; progress counts all fleets either way."""
    steps: list[tuple[str, int]] = []
    alone = simulate(OPTIONS, Settings(), lambda _step, _done: None)
    spread = simulate(replace(OPTIONS, processes=2), Settings(), lambda step, done: steps.append((step, done)))

    assert list(alone.runs) == list(spread.runs)
    assert (alone.error, alone.rightly) == (spread.error, spread.rightly)
    assert [("none", 1), ("none", 2), ("common-20", 3), ("common-20", 4)] == steps[-4:]


def test_options_win_over_the_scenario() -> None:
    """Those that are given; labels over the share that people are asked about are transactions."""
    traffic = replace(OPTIONS, blind_share=0.1, days=None).traffic(NULL)

    assert (NULL.traffic.days, 10_000.0, NULL.traffic.batch) == (traffic.days, traffic.per_day, traffic.batch)


def test_a_model_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """Before anything is simulated."""
    with pytest.raises(ArtefactError):
        simulate(OPTIONS, Settings(model=tmp_path / "none"), lambda _step, _done: None)
