"""How often the two sides of a pair are decided otherwise, and how far that would move on other names.

Pairs of one base, such as those of one name in forty wordings, flip together, so bases are drawn anew (the cluster
bootstrap of `monitors.audits.bias.ratios`). The wordings are no sample but the list that is audited, and stay.

A share's interval is Wilson's (1927) for as many independent pairs as have the bootstrap's standard error (Korn and
Graubard 1998); where nothing flips, that error says nothing, and each base counts as one pair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.statistics.intervals import LEVEL, wilson
from models.statistics.paired import holm, mcnemar
from models.statistics.shares import Share
from monitors.audits.bias.ratios import ALL, Floats, GroupRatio, Terms, group_ratios, interval
from monitors.audits.counterfactual.deciding import Said
from monitors.audits.counterfactual.pairs import Clone, Pair


@dataclass(frozen=True, slots=True)
class Flips:
    """What flips in one group of pairs; always the compared side beside the reference.

    Args:
        by: What the pairs are grouped by; `all` for all of them.
        bases: Distinct bases among the pairs.
        category: Share of pairs that get two categories.
        review: Share of pairs of which one waits for a person and the other does not.
        category_widened: 95% interval of `category`, widened for being picked among the groups (Bonferroni).
        review_widened: The same of `review`.
        waits_more: Pairs of which only the compared side waits for a person.
        waits_less: Pairs of which only the reference does.
        review_change: Share waiting on the compared side less that on the reference side, with its 95% interval.
        confidence_change: The same of the mean confidence.
        p: McNemar's exact test of the direction, each base counted once by where most of its flips go, adjusted for
            the number of groups (Holm 1979).
    """

    by: str
    name: str
    pairs: int
    bases: int
    category: Share
    review: Share
    category_widened: tuple[float, float]
    review_widened: tuple[float, float]
    waits_more: int
    waits_less: int
    review_change: float
    review_change_interval: tuple[float, float]
    confidence_change: float
    confidence_change_interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class _Measured:
    """One number per pair, each (pairs,)."""

    category: Floats
    review: Floats
    direction: Floats
    confidence: Floats
    bases: NDArray[np.int64]


def flips(pairs: Sequence[Pair], said: Mapping[Clone, Said], *, rounds: int, seed: int) -> list[Flips]:
    """Count flips: of all pairs first, then by group.

    Args:
        pairs: Not empty, all with the same groupings.
        said: What was decided on their clones.
        rounds: Samples of the bootstrap.
        seed: Of the bootstrap.
    """
    measured = _measured(pairs, said)
    found = _grouped(measured, ALL, [ALL] * len(pairs), rounds, seed)
    for place, (by, _) in enumerate(pairs[0].groups):
        found += _grouped(measured, by, [pair.groups[place][1] for pair in pairs], rounds, seed)
    return found


def _measured(pairs: Sequence[Pair], said: Mapping[Clone, Said]) -> _Measured:
    sides = [(said[pair.other.clone], said[pair.reference.clone]) for pair in pairs]
    direction = np.array([float(one.reviewed) - float(other.reviewed) for one, other in sides])
    numbers: dict[str, int] = {}
    return _Measured(
        category=np.array([float(one.category != other.category) for one, other in sides]),
        review=np.abs(direction),
        direction=direction,
        confidence=np.array([one.confidence - other.confidence for one, other in sides]),
        bases=np.array([numbers.setdefault(pair.base, len(numbers)) for pair in pairs]),
    )


def _grouped(measured: _Measured, by: str, of: Sequence[str], rounds: int, seed: int) -> list[Flips]:
    names = tuple(dict.fromkeys(of))
    places = {name: place for place, name in enumerate(names)}
    numbers = np.array([places[name] for name in of])

    def ratios(values: Floats) -> dict[str, GroupRatio]:
        return group_ratios(
            Terms(values, np.ones(len(values)), measured.bases, numbers, names), rounds=rounds, seed=seed
        )

    category, review = ratios(measured.category), ratios(measured.review)
    direction, confidence = ratios(measured.direction), ratios(measured.confidence)
    found = []
    for place, name in enumerate(names):
        mine = measured.direction[numbers == place]
        more, less = _bases_by_direction(mine, measured.bases[numbers == place])
        shift, change = direction[name], confidence[name]
        found.append(
            Flips(
                by,
                name,
                len(mine),
                category[name].clusters,
                _share(category[name]),
                _share(review[name]),
                _share(category[name], among=len(names)).interval,
                _share(review[name], among=len(names)).interval,
                int((mine > 0).sum()),
                int((mine < 0).sum()),
                shift.value,
                interval(shift.value, shift.samples),
                change.value,
                interval(change.value, change.samples),
                mcnemar(more, less),
            )
        )
    return [replace(one, p=p) for one, p in zip(found, holm([one.p for one in found]), strict=True)]


def _share(ratio: GroupRatio, *, among: int = 1) -> Share:
    """The share with its interval, adjusted for being picked among several."""
    value, samples = ratio.value, ratio.samples[np.isfinite(ratio.samples)]
    variance = float(np.var(samples, ddof=1)) if len(samples) > 1 else 0.0
    alike = min(value * (1 - value) / variance, float(ratio.rows)) if variance else float(ratio.clusters)
    alike = max(alike, 1.0)
    bounds = wilson(value * alike, alike, level=1 - (1 - LEVEL) / among)
    return Share(round(value * ratio.rows), ratio.rows, bounds)


def _bases_by_direction(direction: Floats, bases: NDArray[np.int64]) -> tuple[int, int]:
    """Bases whose flips mostly go one way, and the other."""
    if not len(bases):
        return 0, 0
    sums = np.bincount(bases, weights=direction)
    return int((sums > 0).sum()), int((sums < 0).sum())
