"""The plan of one fleet, drawn before it runs: its rows in order, and the answers of people to them."""

from dataclasses import dataclass

import numpy as np

from models.contracts.taxonomy import CATEGORIES
from monitors.counts.cells import BANDS
from streams.trials.simulate.population import Flags, Indices, Population
from streams.trials.simulate.scenarios import Scenario, Traffic


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """One fleet; arrays of shape (transactions,).

    Args:
        variants: `Variant` in which each row comes.
        truth: Place in `CATEGORIES` of the answer of a person.
        change: Number of batches before the change.
    """

    traffic: Traffic
    rows: Indices
    variants: Indices
    truth: Indices
    change: int


def draw(
    population: Population, scenario: Scenario, traffic: Traffic, *, error: float, random: np.random.Generator
) -> FleetPlan:
    """Draw a fleet.

    Rows are drawn from the sample with equal probability. A row that would be accepted comes to be wrong with the
    error rate of its right category and amount band: then another row of the same band takes its place, one that is
    accepted as another category, and the person says the category that was drawn first. So the error rate of each group
    is exactly the planted one, and each decision is a real one.

    Args:
        error: Error rate of the accepted decisions, before and apart from what is planted.
    """
    change = round(traffic.batches * scenario.change)
    size = traffic.batches * traffic.batch
    after = np.arange(size) >= change * traffic.batch
    rows = random.integers(len(population.truth), size=size)
    truth = population.truth[rows]
    rates = np.where(after & _affected(population, scenario, rows), error + _points(scenario), error)
    wrong = population.accepted[rows] & (random.random(size) < rates)
    rows[wrong] = _mistaken(population, rows[wrong], random)
    shares = np.where(after, scenario.shares[1], scenario.shares[0])
    variants = np.where(random.random(size) < shares, int(scenario.variant), 0)
    return FleetPlan(traffic, rows, variants, truth, change)


def _affected(population: Population, scenario: Scenario, rows: Indices) -> Flags:
    worse = scenario.worse
    found = np.full(len(rows), worse is not None)
    if worse is not None and worse.category is not None:
        found &= population.truth[rows] == CATEGORIES.index(worse.category)
    if worse is not None and worse.band is not None:
        found &= population.band[rows] == BANDS.index(worse.band)
    return found


def _points(scenario: Scenario) -> float:
    return 0.0 if scenario.worse is None else scenario.worse.points


def _mistaken(population: Population, rows: Indices, random: np.random.Generator) -> Indices:
    """For each row another one of its amount band that is accepted as another category; itself where there is none."""
    found = rows.copy()
    for band in range(len(BANDS)):
        candidates = np.flatnonzero(population.accepted & (population.band == band))
        present = np.unique(population.decided[candidates])
        others = np.isin(population.truth[rows], present, invert=True) | (len(present) > 1)
        left = np.flatnonzero((population.band[rows] == band) & others) if present.size else candidates
        while left.size:
            found[left] = random.choice(candidates, size=left.size)
            left = left[population.decided[found[left]] == population.truth[rows[left]]]
    return found
