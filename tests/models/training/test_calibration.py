"""Calibration of what was learned, on cases with a known answer."""

from collections import Counter

import numpy as np
import pytest

from models.contracts.events import AmountBand
from models.learned.linear import Calibration, Floats, softmax
from models.training.examples import Merchant
from models.training.fit_calibration import Scored, fit_calibration, fit_strength, score
from tests.harness.learned import CATEGORIES, small

BAND = AmountBand.UNDER_100


def merchant(text: str = "shell", **counts: int) -> Merchant:
    """A merchant with rows by category."""
    return Merchant(text, text.upper(), Counter({(category, BAND): count for category, count in counts.items()}))


def drawn(scores: Floats, draw: np.random.Generator) -> np.ndarray:
    """Outcomes with the probabilities that the softmax of scores gives."""
    return np.asarray((softmax(scores).cumsum(axis=1) < draw.random((len(scores), 1))).sum(axis=1))


def loss(scored: Scored, calibration: Calibration, shares: Floats | None = None) -> float:
    """Mean log loss."""
    probability = calibration.probabilities(scored.scores, scored.familiarity, shares)
    return float(-np.log(probability[np.arange(len(scored.target)), scored.target]).mean())


def test_calibration_finds_the_temperature() -> None:
    """Scores twice too large for the outcomes drawn from them are halved: factor about exp(-.69)."""
    draw = np.random.default_rng(0)
    truth = draw.normal(scale=2, size=(20_000, 3)).astype(np.float32)
    part = Scored(2 * truth, np.zeros((20_000, 2), np.float32), np.zeros((20_000, 3), np.float32), drawn(truth, draw))
    found = fit_calibration(part, pooled=False)
    assert np.log(0.5) == pytest.approx(found.intercept, abs=0.05)
    assert loss(part, found) < loss(part, Calibration(0.0, (0.0, 0.0)))
    assert 0.0 == found.neighbours


def test_temperature_may_depend_on_what_is_known() -> None:
    """Scores that are right where all words are known and twice too large where none is: slope about .69."""
    draw = np.random.default_rng(1)
    truth = draw.normal(scale=2, size=(20_000, 3)).astype(np.float32)
    known = (np.arange(20_000) % 2 == 0).astype(np.float32)
    scores = np.where(known[:, None] > 0, truth, 2 * truth)
    familiarity = np.column_stack([np.zeros(20_000), known]).astype(np.float32)
    found = fit_calibration(
        Scored(scores, familiarity, np.zeros((20_000, 3), np.float32), drawn(truth, draw)), pooled=False
    )
    assert np.log(0.5) == pytest.approx(found.intercept, abs=0.06)
    assert np.log(2) == pytest.approx(found.slopes[1], abs=0.08)


def test_neighbours_get_the_weight_they_deserve() -> None:
    """Outcomes drawn from score + 1.5 x share: both are found; without pooling the neighbours have no weight."""
    draw = np.random.default_rng(2)
    scores, shares = (draw.normal(size=(20_000, 3)).astype(np.float32) for _ in range(2))
    part = Scored(scores, np.zeros((20_000, 2), np.float32), shares, drawn(scores + 1.5 * shares, draw))
    found = fit_calibration(part, pooled=True)
    assert 1.5 == pytest.approx(found.neighbours, abs=0.08)
    assert 0.0 == pytest.approx(found.intercept, abs=0.05)
    assert 0.0 == fit_calibration(part, pooled=False).neighbours


def test_strength_by_hand() -> None:
    """Two merchants of two rows that agree, one of two that differ, all opinions one half: strength 2.

    A row with the other one known: (1 + s/2) / (1 + s) where they agree, (s/2) / (1 + s) where they differ. The slope
    of the log loss, 3/(1 + s) - 2/(2 + s) - 1/s, is 0 at s = 2.
    """
    chosen = [merchant(fuel=2), merchant(fuel=2), merchant(fuel=1, groceries=1)]
    opinions = np.full((3, 2), 0.5, dtype=np.float32)
    assert 2 == pytest.approx(fit_strength(chosen, opinions, ("fuel", "groceries")), abs=0.01)


def test_strength_follows_the_opinion() -> None:
    """An opinion that is right is worth more sightings than one that is wrong."""
    chosen = [merchant(fuel=2), merchant(fuel=3), merchant(fuel=1, groceries=1)]
    good = np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5]], dtype=np.float32)
    assert fit_strength(chosen, good[:, ::-1], ("fuel", "groceries")) < fit_strength(
        chosen, good, ("fuel", "groceries")
    )


def test_merchants_of_one_row_say_nothing_of_strength() -> None:
    """Where no merchant has another row, an opinion is worth one sighting."""
    opinions = np.full((2, 2), 0.5, dtype=np.float32)
    assert 1.0 == fit_strength([merchant(fuel=1), merchant(groceries=1)], opinions, ("fuel", "groceries"))


def test_merchants_are_scored_by_their_usual_category() -> None:
    """The target is the most frequent category, of equals the first by name; scores are those of the model."""
    ngrams = small().ngrams
    chosen = [merchant("cafe", fuel=1, groceries=2), merchant("shop", groceries=1, fuel=1)]
    found = score(ngrams, chosen, np.zeros((2, 3), dtype=np.float32))
    assert ["groceries", "fuel"] == [CATEGORIES[column] for column in found.target]
    np.testing.assert_allclose(found.scores, [[7, 0, 0], [0, 0, 0.7]], rtol=1e-5)
