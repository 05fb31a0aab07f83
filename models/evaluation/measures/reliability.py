"""Calibration: whether decisions of a stated confidence are right that often."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.contracts.events import ConfidenceBand
from models.decisions.policy import confidence_band
from models.evaluation.judged import Judged
from models.statistics.calibration import BINS, calibration_bin, calibration_error
from models.statistics.shares import Share, share_of


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions whose confidence is in [low, high), the last bin with its end.

    Args:
        confidence: Mean confidence in the bin.
    """

    low: float
    high: float
    confidence: float
    accuracy: Share


@dataclass(frozen=True, slots=True)
class Band:
    """Decisions of one confidence band, as events carry it."""

    name: ConfidenceBand
    accuracy: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability diagram as a table.

    Args:
        error: Expected calibration error: mean over decisions of |mean confidence - accuracy| of their bin.
        bins: Bins that are not empty, lowest first.
        bands: Bands that are not empty, in the order of `ConfidenceBand`.
    """

    error: float
    bins: tuple[Bin, ...]
    bands: tuple[Band, ...]


def reliability(judged: Sequence[Judged]) -> Reliability:
    """Sort decisions into bins by confidence.

    Args:
        judged: At least one.
    """
    sorted_in: list[list[Judged]] = [[] for _ in range(BINS)]
    for each in judged:
        sorted_in[calibration_bin(each.confidence)].append(each)
    bins = []
    for place, held in enumerate(sorted_in):
        if accuracy := share_of([each.right for each in held]):
            mean = sum(each.confidence for each in held) / len(held)
            bins.append(Bin(place / BINS, (place + 1) / BINS, mean, accuracy))
    error = calibration_error([each.confidence for each in judged], [each.right for each in judged])
    return Reliability(error, tuple(bins), tuple(_bands(judged)))


def _bands(judged: Sequence[Judged]) -> Iterator[Band]:
    for name in ConfidenceBand:
        if accuracy := share_of([each.right for each in judged if confidence_band(each.confidence) is name]):
            yield Band(name, accuracy)
