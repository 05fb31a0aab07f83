"""Control of false discoveries over all groups, windows and monitors that are tested at once."""

from collections.abc import Sequence
from dataclasses import replace

from monitors.base.contract import Reading, ReadingState


def threshold(e_values: Sequence[float], rate: float) -> float:
    """The e-value from which a hypothesis is a discovery: the e-BH procedure (Wang and Ramdas 2022, "False discovery
    rate control with e-values").

    With m e-values, it is the k-th largest for the largest k for which that is at least m / (k * rate). Of the
    discoveries at most `rate` are false in expectation, however the e-values depend on each other.

    Args:
        e_values: One for each hypothesis, at least 0.
        rate: In (0, 1).

    Returns:
        Infinity where there is no discovery.

    >>> threshold([90.0, 50.0, 1.0], 0.05), threshold([50.0, 1.0, 1.0], 0.05)
    (50.0, inf)
    """
    ranked = sorted(e_values, reverse=True)
    found = [e_value for k, e_value in enumerate(ranked, 1) if e_value * k * rate >= len(ranked)]
    return found[-1] if found else float("inf")


def control(readings: Sequence[Reading], rate: float) -> list[Reading]:
    """Take back the alarms of sequential tests that may be false because many were tested.

    Args:
        readings: Of all monitors. Those with an e-value and enough data are the family; the others are left alone.
        rate: Of false discoveries among the discoveries, in (0, 1).

    Returns:
        The same readings in the same order; a warning or page whose e-value is no discovery is OK instead. Whether an
        open alert holds is not changed.
    """
    tested = [
        reading.e_value
        for reading in readings
        if reading.e_value is not None and reading.state is not ReadingState.NOT_ENOUGH_DATA
    ]
    least = threshold(tested, rate)
    return [
        # Not `holds`: an open alert must not close because other tests were added.
        replace(reading, state=ReadingState.OK)
        if reading.state.severity and reading.e_value is not None and reading.e_value < least
        else reading
        for reading in readings
    ]
