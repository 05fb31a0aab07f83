"""Calibration error: the distance between how sure decisions are and how often they are right."""

from collections.abc import Sequence

import numpy as np

BINS = 15
"""Bins of equal width over [0, 1], as Guo et al. (2017) have them."""


def calibration_bin(confidence: float) -> int:
    """The bin that a confidence in [0, 1] falls into; the last one holds 1.0 as well.

    >>> calibration_bin(0.0), calibration_bin(0.5), calibration_bin(1.0)
    (0, 7, 14)
    """
    return min(int(confidence * BINS), BINS - 1)


def calibration_error(
    confidence: Sequence[float], right: Sequence[bool], weight: Sequence[float] | None = None
) -> float:
    """Expected calibration error: the mean over decisions of |mean confidence - accuracy| of their bin.

    Args:
        confidence: In [0, 1], at least one.
        weight: How much each decision counts, all alike where it is not said; need not sum to 1.

    >>> round(calibration_error([0.95, 0.95, 0.55], [True, False, True]), 4)
    0.45
    """
    counted = np.ones(len(confidence)) if weight is None else np.asarray(weight, dtype=float)
    off = counted * (np.asarray(confidence, dtype=float) - np.asarray(right, dtype=float))
    by_bin = np.bincount([calibration_bin(each) for each in confidence], off, minlength=BINS)
    return float(np.abs(by_bin).sum() / counted.sum())
