"""How many records a lane takes at once: what one transaction costs is shared by them, and waited for by each."""

from dataclasses import dataclass, field

LAGS = 4
"""A lane lags when so many usual batches wait."""

LONGEST_SECONDS = 0.5
"""Time within which a larger batch is to be committed: beyond, it would hold up other partitions and a stop."""


_SHORTEST_SECONDS = 1e-6


@dataclass(slots=True)
class BatchSize:
    """Usual batches while a lane keeps up; while it lags larger ones, which cost fewer transactions.

    Args:
        usual: Records at most while the lane keeps up.
        most: Records at most while it lags; where it is less than `usual`, batches stay as they are.

    >>> size = BatchSize(500, 2000)
    >>> for _ in range(3):
    ...     size.settled(size.records, seconds=0.05, waiting=100_000)
    >>> size.records
    2000
    >>> size.settled(2000, seconds=0.2, waiting=300)
    >>> size.records
    500
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
            seconds: From taking it to its commit.
            waiting: Records of the partition behind it.
        """
        if waiting < LAGS * self.usual:
            self.records = self.usual
            return
        fitting = int(records * LONGEST_SECONDS / max(seconds, _SHORTEST_SECONDS))
        # By steps: a model that is slow on what comes now is met with few records.
        self.records = max(self.usual, min(self.most, fitting, 2 * self.records))
