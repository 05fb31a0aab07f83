"""Level rules: a share against a limit, by its interval, so that few cases alarm nobody."""

from dataclasses import replace

from models.statistics.intervals import wilson
from monitors.base.contract import Reading, ReadingState, Rules


def figure(blank: Reading, hits: int, total: int, *, rules: Rules) -> Reading:
    """A share with its interval (Wilson 1927), which alarms nobody.

    Args:
        blank: What it is about; its state is "not enough data".

    Returns:
        `blank` as it is below the minimum count.
    """
    if total < max(rules.minimum_count, 1):
        return blank
    return replace(
        blank,
        state=ReadingState.OK,
        value=hits / total,
        interval=wilson(hits, total, level=blank.level),
    )


def above(blank: Reading, hits: int, total: int, *, rules: Rules) -> Reading:
    """The same, held against `blank.threshold`: it warns where the lower bound is above."""
    return judged(figure(blank, hits, total, rules=rules), rules=rules)


def judged(reading: Reading, *, rules: Rules) -> Reading:
    """A figure with its interval, held against its threshold: it warns where the lower bound is above."""
    if reading.value is None or reading.interval is None:
        return reading
    return replace(
        reading,
        # The bound opens and the figure holds: near the limit an alert neither comes nor goes by chance.
        state=ReadingState.WARNING if reading.interval[0] > reading.threshold else ReadingState.OK,
        holds=reading.value > rules.release * reading.threshold,
    )
