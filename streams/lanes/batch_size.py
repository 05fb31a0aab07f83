"""How many records a lane takes at once: what one transaction costs is shared by them, and waited for by each."""

from dataclasses import dataclass, field

LAGS = 4
"""A lane lags when so many usual batches wait."""

LONGEST_SECONDS = 0.25
"""Time in which a batch is to be handled: meanwhile the process does nothing else, such as answer `/healthz`."""

_SHORTEST_SECONDS = 1e-6


@dataclass(slots=True)
class BatchSize:
    """Usual batches while a lane keeps up; while it lags larger ones, which cost fewer transactions.

    Both are less where records take long, such as lines of a thousand letters that are new each time.

    Args:
        usual: Records at most while the lane keeps up.
        most: Records at most while it lags; where it is less than `usual`, those.

    >>> size = BatchSize(500, 2000)
    >>> for _ in range(3):
    ...     size.settled(size.records, seconds=0.05, waiting=100_000)
    >>> size.records
    2000
    >>> size.settled(2000, seconds=0.2, waiting=300)
    >>> size.records
    500
    >>> size.settled(500, seconds=1.0, waiting=300)
    >>> size.records
    125
    """

    usual: int
    most: int
    records: int = field(init=False)
    """Records to take next, at most."""

    def __post_init__(self) -> None:
        self.records = self.usual

    def settled(self, records: int, *, seconds: float, waiting: int) -> None:
        """Learn from a batch.

        Args:
            records: How many it had, at least one.
            seconds: That its handler took.
            waiting: Records of the partition behind it.
        """
        allowed = max(self.usual, self.most) if waiting >= LAGS * self.usual else self.usual
        fitting = int(records * LONGEST_SECONDS / max(seconds, _SHORTEST_SECONDS))
        if seconds <= LONGEST_SECONDS:
            # What few records took says little of many: it is no reason for less than now.
            fitting = max(fitting, self.records)
        # By steps: records that are slow to handle are met with few of them.
        self.records = max(1, min(allowed, fitting, 2 * self.records))
