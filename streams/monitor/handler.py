"""The monitor's work on a batch of observations, without Faust and without I/O: take, judge, and say what to write."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.contracts.alerts import FairnessAlert
from models.contracts.taxonomy import CATEGORIES
from models.errors import ContractError
from models.statistics.counting import several
from monitors.alerts.lifecycle import step
from monitors.base.contract import Reading
from monitors.counts.cells import BANDS, Counts, Table, empty, table
from monitors.counts.history import Changes, History
from monitors.counts.observation import Observation, decode
from streams.clock import Clock
from streams.messages.cloudevents import alert_record, dead_letter
from streams.messages.observations import topic_of
from streams.messages.records import Output, Received
from streams.messages.roles import Role
from streams.monitor.changelog import Stored, alert_records, changelog, reported_record
from streams.monitor.judging import Judging

EVEN, UNEVEN = "even", "uneven"
"""Treatment of a decision: uneven where an alert was open for its category or amount band."""

STEPS, STEPS_FOR = 100, timedelta(days=7)
"""Steps of alerts that are remembered at most, and for how long."""


class Memory:
    """State of the monitor's lane: the counts and alerts, and what follows from them.

    It is changed while a batch is handled; a batch that is not committed is forgotten with all of it, and the lane
    restores it from the changelog.

    Args:
        clock: The time of day, timezone-aware.
    """

    def __init__(self, stored: Stored, judging: Judging, clock: Clock) -> None:
        self.history: History = stored.history
        self.alerts: dict[str, FairnessAlert] = stored.alerts
        self.easing: dict[str, datetime] = {}
        self.reported_ms = stored.reported
        self.steps: list[FairnessAlert] = stored.steps
        self.evaluator = judging.evaluator()
        self.readings: list[Reading] = self.evaluator.readings(self.history, today=clock().date())
        self.uneven = treated_unevenly(self.alerts.values())

    @property
    def reported(self) -> datetime | None:
        """When a categorizer's newest summary was written; None before the first."""
        return datetime.fromtimestamp(self.reported_ms / 1000, UTC) if self.reported_ms else None

    def recent(self, now: datetime) -> list[FairnessAlert]:
        """The last steps of alerts, newest first."""
        return [step for step in reversed(self.steps) if now - step.at <= STEPS_FOR]

    def __str__(self) -> str:
        return f"{several(len(self.history.buckets), 'bucket')}, {several(len(self.alerts), 'open alert')}"


@dataclass(slots=True)
class MonitorResult:
    """All that a batch of observations becomes.

    Args:
        written: Dead letters, the changelog, and steps of alerts.
        repeated: Observations that had been taken before.
        dead_letters: (stage, reason) of what could not be read.
        treatment: Decisions by `EVEN` and `UNEVEN`, as of the alerts that were open when they were observed.
    """

    written: list[Output] = field(default_factory=list)
    taken: int = 0
    repeated: int = 0
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    treatment: Counter[str] = field(default_factory=Counter)
    steps: Sequence[FairnessAlert] = ()
    changes: Changes = field(default_factory=Changes)


class MonitorHandler:
    """Turns a batch of observations into changes of the state and steps of alerts. No input makes it raise.

    Args:
        source: CloudEvents source of the alerts, such as `/evenhand/evenhand`.
        clock: The time of day, timezone-aware.
    """

    def __init__(self, judging: Judging, *, source: str, clock: Clock) -> None:
        self._judging = judging
        self._source = source
        self._clock = clock

    def __call__(self, records: Sequence[Received], memory: Memory) -> MonitorResult:
        """Handle one batch; the memory is changed."""
        result, reported = MonitorResult(), memory.reported_ms
        now = int(self._clock().timestamp() * 1000)
        for record in records:
            try:
                observation = decode(record.value or b"")
            except ContractError as error:
                result.written.append(dead_letter(record, error, "observe"))
                result.dead_letters["observe", error.reason] += 1
                continue
            if not _of_corrections(observation):
                # Not after now: a worker whose clock is ahead must not look alive after its end.
                memory.reported_ms = max(memory.reported_ms, min(record.timestamp, now))
            changes = memory.history.take(observation)
            result.changes |= changes
            if not changes.repeated:
                result.taken += 1
                result.treatment += treatment(observation, memory.uneven)
        result.repeated = result.changes.repeated
        result.written += changelog(memory.history, result.changes)
        if memory.reported_ms != reported:
            result.written.append(reported_record(memory.reported_ms))
        self._judge(memory, result)
        return result

    def _judge(self, memory: Memory, result: MonitorResult) -> None:
        now = self._clock()
        # All kept buckets are looked at, not the batch: replays and other cuts of batches give the same readings.
        memory.evaluator.forget(result.changes)
        memory.readings = memory.evaluator.readings(memory.history, today=now.date())
        steps = step(
            memory.alerts,
            memory.readings,
            at=now,
            newest=memory.history.newest,
            model_version=self._judging.model_version,
            runbooks=self._judging.runbooks,
            easing=memory.easing,
        )
        result.steps = steps.events
        memory.steps = [*memory.steps, *steps.events][-STEPS:]
        result.written += (alert_record(event, source=self._source) for event in steps.events)
        changed = [event.fingerprint for event in steps.events]
        # Before `memory.alerts` is replaced: what is only in the old one has to leave the changelog.
        result.written += alert_records(memory.alerts, steps.open, changed)
        memory.alerts, memory.easing = dict(steps.open), dict(steps.easing)
        memory.uneven = treated_unevenly(memory.alerts.values())


def _of_corrections(observation: Observation) -> bool:
    """Whether it is one of the monitor's own, which say nothing of a worker."""
    return topic_of(observation.source).endswith(Role.CORRECTIONS.value)


def treated_unevenly(alerts: Iterable[FairnessAlert]) -> Counts:
    """1 for each cell of `Table.DECISIONS` whose category or amount band has an open alert, 0 for the others.

    Returns:
        Shape (SIZE,).
    """
    marked = empty()
    decisions = table(marked, Table.DECISIONS)
    for alert in alerts:
        if alert.category is not None:
            decisions[CATEGORIES.index(alert.category)] = 1
        elif alert.group in BANDS:
            decisions[:, BANDS.index(alert.group)] = 1
    return marked


def treatment(observation: Observation, uneven: Counts) -> Counter[str]:
    """Count the decisions of a batch that were of a category or band with an open alert, and those that were not."""
    counts: Counter[str] = Counter()
    for cells in observation.cells.values():
        for cell, count in cells.items():
            if _IS_DECISION[cell]:
                counts[UNEVEN if uneven[cell] else EVEN] += count
    return counts


def _decision_cells() -> Counts:
    marked = empty()
    table(marked, Table.DECISIONS)[:] = 1
    return marked


# Made once: it is asked for every cell of every summary.
_IS_DECISION = _decision_cells()
