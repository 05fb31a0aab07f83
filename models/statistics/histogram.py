"""Histograms of confidences, in the form that training, manifest and monitors share: whole numbers in equal bins."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

BINS = 50
"""Bins of the confidence histogram: bin k holds confidences from k/50 up to, not including, (k+1)/50; the last one
holds 1.0 as well."""

_MOST = 10**15
"""Largest count of a bin: the sum over all bins stays within 64 bits."""


def _counted(histogram: tuple[int, ...]) -> tuple[int, ...]:
    if not any(histogram):
        raise ValueError("a histogram of nothing")
    return histogram


Histogram = Annotated[
    tuple[Annotated[int, Field(strict=True, ge=0, le=_MOST)], ...],
    Field(min_length=BINS, max_length=BINS),
    AfterValidator(_counted),
]
"""`BINS` counts, not all of them 0."""


class ConfidenceReference(BaseModel):
    """The confidences that a model gave to transactions it had not seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confidence: Histogram
    rows: Annotated[int, Field(strict=True)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.rows != sum(self.confidence):
            raise ValueError("rows is not the sum of the bins")
        return self


def confidence_bin(confidence: float) -> int:
    """The bin of the histogram that a confidence in [0, 1] falls into.

    >>> confidence_bin(0.8), confidence_bin(1.0)
    (40, 49)
    """
    # 0.58 * 50 is 28.999999999999996: without the nudge a bound would fall into the bin below it.
    return min(int(confidence * BINS + 1e-9), BINS - 1)


def histogram(confidences: Iterable[tuple[float, int]]) -> tuple[int, ...]:
    """Count confidences.

    Args:
        confidences: A confidence in [0, 1], and how many transactions had it.

    Returns:
        `BINS` counts.

    >>> counts = histogram([(0.97, 2), (1.0, 3), (0.99, 1)])
    >>> counts[48:], sum(counts)
    ((2, 4), 6)
    """
    counts = [0] * BINS
    for confidence, times in confidences:
        counts[confidence_bin(confidence)] += times
    return tuple(counts)


def median(counts: Sequence[int]) -> float:
    """The median of a histogram, as if the confidences of a bin lay evenly spread in it.

    Args:
        counts: `BINS` counts, not all of them 0.

    Returns:
        In [0, 1], off the median of the confidences themselves by less than the width of a bin, 0.02.

    >>> round(median([0] * 48 + [30, 70]), 4)
    0.9857
    """
    left = sum(counts) / 2
    for place, count in enumerate(counts):
        if count and left <= count:
            return (place + left / count) / BINS
        left -= count
    raise ValueError("a histogram of nothing has no median")
