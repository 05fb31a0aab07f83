"""A monitor without Kafka, for tests: made-up summaries go in, and what it writes can be read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitors.base.contract import Monitor, Reference, Rules
from monitors.catalogue.review import ReviewParity, ReviewRate
from monitors.counts.cells import SURE, Exclusion, Table, confidence_bin, index
from monitors.counts.observation import Observation
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.monitor.changelog import restore
from streams.monitor.handler import Memory, MonitorHandler, MonitorResult
from streams.monitor.judging import Judging
from tests.harness.voters import NOON
from tests.streams.categorizer.test_handler import Record

NEWEST = int(NOON.timestamp()) // 300
HOUR = 12
LATENESS = 12


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time of day."""
        return self.now

    def move(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)


def judging(*monitors: Monitor, rules: Rules | None = None) -> Judging:
    """Judge by these monitors, or by the review rate alone."""
    return Judging(monitors or (ReviewRate(),), rules or Rules(), Reference(), "m1", "docs/runbooks")


BOTH = judging(ReviewRate(), ReviewParity())


@dataclass(frozen=True)
class Decisions:
    """Decisions that are alike, in one bucket."""

    accepted: int = 0
    review: int = 0
    category: str = "pets"
    band: str = "under_100"
    bucket: int = NEWEST
    confidence: float = 0.95

    def cells(self) -> dict[int, int]:
        """Their counts."""
        counts = {"accepted": self.accepted, "review": self.review}
        cells = {index(Table.CONFIDENCE, str(confidence_bin(self.confidence))): self.accepted + self.review}
        for outcome, count in counts.items():
            if count:
                cells[index(Table.DECISIONS, self.category, self.band, "text", outcome)] = count
                cells[index(Table.FAMILIARITY, self.category, "seen", outcome)] = count
                if self.confidence >= SURE:
                    cells[index(Table.SURE, self.category, outcome)] = count
        return cells


def summary(
    number: int, *decisions: Decisions, source: str = "transactions:0", lost: Mapping[Exclusion, int] | None = None
) -> Observation:
    """The `number`-th summary of a source, a thousand records each."""
    cells: dict[int, dict[int, int]] = {}
    for one in decisions:
        counts = cells.setdefault(one.bucket, {})
        for cell, count in one.cells().items():
            counts[cell] = counts.get(cell, 0) + count
    for what, count in (lost or {}).items():
        cells.setdefault(NEWEST, {})[index(Table.INTAKE, what.value)] = count
    runs = tuple((one.bucket, one.accepted + one.review) for one in decisions)
    return Observation(source, number * 1_000, (number + 1) * 1_000, "m1", cells, runs)


def record(observation: Observation | bytes | None, *, offset: int = 0) -> Record:
    """As it is read from `fairness.observations`."""
    value = observation.encode() if isinstance(observation, Observation) else observation
    return Record(value, offset=offset, key=b"transactions:0", topic="fairness.observations", partition=0)


@dataclass
class Watched:
    """A monitor and what it wrote."""

    judging: Judging = field(default_factory=judging)
    clock: Clock = field(default_factory=Clock)
    written: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.handler = MonitorHandler(self.judging, source="/evenhand/test", clock=self.clock)
        self.restart()

    def restart(self) -> None:
        """Forget everything but the changelog."""
        log = [(output.key, output.value) for output in self.of(Role.STATE)]
        self.memory = Memory(restore(log, lateness=LATENESS), self.judging, self.clock)

    def see(self, *observations: Observation | bytes | None) -> MonitorResult:
        """One batch."""
        batch = [record(one, offset=number) for number, one in enumerate(observations)]
        result = self.handler(batch, self.memory)
        self.written += result.written
        return result

    def of(self, role: Role) -> Sequence[Output]:
        """What was written to a topic."""
        return [output for output in self.written if output.role is role]
