"""A small stage for all tests here: the latest rows of the sample, decided on once."""

import pytest

from models.decisions.loading import load_ensemble
from streams.files.sample import load_sample
from streams.monitor.judging import load_judging
from streams.settings.settings import Settings
from streams.trials.simulate.population import populate
from streams.trials.simulate.scenarios import Variant
from streams.trials.simulate.stage import Stage

ROWS = 2_000


@pytest.fixture(scope="session")
def stage() -> Stage:
    """All forms of the latest rows."""
    ensemble = load_ensemble()
    return Stage.of(populate(ensemble, load_sample(ROWS), list(Variant)), ensemble, load_judging(Settings()))
