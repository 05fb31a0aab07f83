"""A share with its count and interval: no figure is reported without them."""

from collections.abc import Collection
from dataclasses import dataclass

from models.statistics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `rows` that are hits.

    Args:
        rows: Of how many, at least 1.
        interval: 95% Wilson interval of the share.
    """

    hits: int
    rows: int
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.hits / self.rows


def share(hits: int, rows: int) -> Share:
    """The share of hits with its interval; `rows` is at least 1.

    >>> share(3, 4).value
    0.75
    """
    return Share(hits, rows, wilson(hits, rows))


def share_of(hits: Collection[bool]) -> Share | None:
    """The share of those that are true; None where there are none."""
    return share(sum(hits), len(hits)) if hits else None
