"""The shifts that are planted: one table of scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from models.contracts.events import AmountBand
from monitors.base.contract import MonitorName, Rules

Subject = tuple[str, str | None, str | None]
"""(monitor, category, group): what an alert is about."""

COMMON, RARE = "shopping", "food_dining"
"""A category with every fifth of the sample's transactions, and one with every fortieth."""

FAMILY = "home_garden"
"""Whose frequent merchants become unknown."""


class Variant(IntEnum):
    """Forms in which a transaction of the sample comes."""

    PLAIN = 0
    ASKED = 1
    """As it is, and the LLM has answered on it."""
    UNKNOWN = 2
    """The frequent merchants of `FAMILY` under names that nobody knows."""
    CUT = 3
    """The description cut to its first letters."""


class Unit(StrEnum):
    """Units of a delay, beside event time."""

    PAIRS = "pairs"
    """Blind labels of the affected group that had one of the other groups beside them."""
    TRANSACTIONS = "transactions"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Size of a stream.

    Args:
        days: Length of the stream, in days of event time.
        labels_per_day: Blind labels, about: a few decisions go to review instead.
        blind_share: Share of accepted decisions that a person is asked about; transactions are labels over this.
        batch: Transactions of a batch. People's answers on it follow at once, and the monitors look after each.
    """

    days: float
    labels_per_day: int
    blind_share: float = 1.0
    batch: int = 250

    @property
    def per_day(self) -> float:
        """Transactions a day."""
        return self.labels_per_day / self.blind_share

    @property
    def batches(self) -> int:
        """Batches of the whole stream."""
        return max(2, round(self.per_day * self.days / self.batch))


@dataclass(frozen=True, slots=True)
class Worse:
    """A group whose error rate rises.

    Args:
        points: By how much, as a difference of shares.
        category: By its right category, or None.
        band: By its amount band, or None.
    """

    points: float
    category: str | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of fleet.

    Args:
        subjects: Alerts any of which finds it; empty where each page is false.
        change: Share of the stream that is over when it happens.
        worse: Group whose error rate rises then, or None.
        shares: Share of the transactions that come in that form, before and after.
        stops: A fleet ends when all is found, since nothing more is asked of it.
        within: Pairs within which half of the fleets are to be paged: a bar, or None.
    """

    name: str
    title: str
    traffic: Traffic
    subjects: tuple[Subject, ...] = ()
    unit: Unit = Unit.TRANSACTIONS
    change: float = 1.0
    worse: Worse | None = None
    variant: Variant = Variant.PLAIN
    shares: tuple[float, float] = (0.0, 0.0)
    stops: bool = False
    within: int | None = None

    @property
    def null(self) -> bool:
        """True where nothing is planted that an alert is for: each page is false."""
        return not self.subjects


NULL = Scenario("none", "nothing happens", Traffic(days=8, labels_per_day=570))
TOLERATED = Scenario(
    "tolerated",
    f"{COMMON} less accurate by 2 points from the start, which is let pass",
    NULL.traffic,
    change=0.0,
    worse=Worse(Rules().tolerance, category=COMMON),
)

_WITHIN = {10: 800, 20: 300}
_COMMON_TRAFFIC = Traffic(days=8, labels_per_day=2_000)
_RARE_TRAFFIC = Traffic(days=8, labels_per_day=6_000, batch=500)
_BUSY = Traffic(days=3, labels_per_day=400, blind_share=0.02, batch=500)


def _falls(name: str, title: str, traffic: Traffic, *, category: str | None, band: str | None) -> list[Scenario]:
    monitor = MonitorName.CATEGORY_PARITY if category else MonitorName.AMOUNT_PARITY
    return [
        Scenario(
            f"{name}-{points}",
            f"{title} by {points} points",
            traffic,
            subjects=((monitor.value, category, band),),
            unit=Unit.PAIRS,
            change=0.25,
            worse=Worse(points / 100, category, band),
            stops=True,
            within=_WITHIN.get(points),
        )
        for points in (5, 10, 20)
    ]


PLANTED = (
    *_falls("common", f"{COMMON} less accurate", _COMMON_TRAFFIC, category=COMMON, band=None),
    *_falls("rare", f"{RARE} less accurate", _RARE_TRAFFIC, category=RARE, band=None),
    *_falls("small", "small amounts less accurate", _COMMON_TRAFFIC, category=None, band=AmountBand.UNDER_100.value),
    Scenario(
        "unknown-merchants",
        f"half of {FAMILY} under unknown names",
        _BUSY,
        subjects=(
            (MonitorName.REVIEW_RATE.value, FAMILY, None),
            (MonitorName.REVIEW_RISE.value, FAMILY, None),
        ),
        change=2 / 3,
        variant=Variant.UNKNOWN,
        shares=(0.0, 1.0),
    ),
    Scenario(
        "llm-share",
        "the LLM votes on 30% instead of 5%",
        _BUSY,
        subjects=((MonitorName.METHOD_USAGE.value, None, "llm"),),
        change=2 / 3,
        variant=Variant.ASKED,
        shares=(0.05, 0.30),
    ),
    Scenario(
        "cut-descriptions",
        "descriptions cut to 10 characters",
        _BUSY,
        subjects=(
            (MonitorName.CONFIDENCE_CHANGE.value, None, None),
            (MonitorName.CONFIDENCE_DRIFT.value, None, None),
            (MonitorName.CONFIDENCE_MEDIAN.value, None, None),
        ),
        change=2 / 3,
        variant=Variant.CUT,
        shares=(0.0, 1.0),
    ),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({each.name: each for each in (NULL, TOLERATED, *PLANTED)})
"""All scenarios by name."""
