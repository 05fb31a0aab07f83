"""What happens to a batch of observations, without Faust and without I/O: take, judge, and say what to write."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.contracts.alerts import FairnessAlert
from models.contracts.taxonomy import CATEGORIES
from models.errors import ContractError
from monitors.alerts.lifecycle import step
from monitors.base.contract import Monitor, Reading, Reference, Rules
from monitors.counts.cells import BANDS, Counts, Table, empty, table
from monitors.counts.history import Changes, History
from monitors.counts.observation import Observation, decode
from monitors.evaluator import Evaluator
from streams.clock import Clock
from streams.messages.cloudevents import alert_record, dead_letter
from streams.messages.records import Output, Received
from streams.messages.roles import Role
from streams.monitor.changelog import Stored, alert_records, changelog, reported_record

EVEN, UNEVEN = "even", "uneven"
"""How a decision's category and amount band were treated: whether an alert was open for one of them."""

STEPS, STEPS_FOR = 100, timedelta(days=7)
"""Steps of alerts that are remembered at most, and for how long."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What a monitor judges by; the same for as long as it runs.

    Args:
        monitors: Who is asked.
        rules: Limits.
        reference: What was true of the model when it was made.
        model_version: The present model.
        runbooks: Address of the folder with the runbooks.
    """

    monitors: Sequence[Monitor]
    rules: Rules
    reference: Reference
    model_version: str
    runbooks: str

    def evaluator(self) -> Evaluator:
        """One that has looked at nothing yet."""
        return Evaluator(self.monitors, rules=self.rules, reference=self.reference, model_version=self.model_version)


class Memory:
    """What the lane of the monitor knows: the state, and what follows from it.

    It is changed while a batch is handled; a batch that is not committed is forgotten with all of it, and the lane
    restores it from the changelog.

    Args:
        stored: What the changelog holds.
        judging: What is judged by.
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
        return f"{len(self.history.buckets)} buckets, {len(self.alerts)} open alerts"


@dataclass(slots=True)
class MonitorResult:
    """What a batch of observations becomes.

    Args:
        written: Dead letters, the changelog, and steps of alerts.
        taken: Observations that were new.
        repeated: Observations that had been taken before.
        dead_letters: (stage, reason) of what could not be read.
        treatment: Decisions by `EVEN` and `UNEVEN`, as of the alerts that were open when they were observed.
        steps: Steps of alerts, as published.
        changes: What was changed.
    """

    written: list[Output] = field(default_factory=list)
    taken: int = 0
    repeated: int = 0
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    treatment: Counter[str] = field(default_factory=Counter)
    steps: Sequence[FairnessAlert] = ()
    changes: Changes = field(default_factory=Changes)

    def settled(self, memory: Memory, *, at: datetime) -> None:
        """The memory was changed already."""


class MonitorHandler:
    """Turns a batch of observations into changes of the state and steps of alerts. No input makes it raise.

    Args:
        judging: What is judged by.
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
        result.written += alert_records(memory.alerts, steps.open, changed)
        memory.alerts, memory.easing = dict(steps.open), dict(steps.easing)
        memory.uneven = treated_unevenly(memory.alerts.values())


def _of_corrections(observation: Observation) -> bool:
    """Whether it is one of the monitor's own, which say nothing of a worker."""
    return observation.source.rpartition(":")[0].endswith(Role.CORRECTIONS.value)


def treated_unevenly(alerts: Iterable[FairnessAlert]) -> Counts:
    """1 for each cell of `Table.DECISIONS` whose category or amount band has an open alert, 0 for the others.

    Args:
        alerts: The open alerts.

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
    """How many decisions of a batch were of a category or band with an open alert, and how many were not."""
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


_IS_DECISION = _decision_cells()
