"""One fleet: its batches through the real handlers, one after another.

    transactions --CategorizeHandler--> decisions, requests --people--> corrections --CorrectionsHandler-->
                                        observations --MonitorHandler--> steps of alerts

Everything between the handlers is bytes. Kafka is not there: what one writes the next one reads, in the same order. The
clock stands at the time of the batch's last transaction.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from models.contracts.alerts import AlertState, FairnessAlert, Severity
from models.contracts.taxonomy import CATEGORIES
from models.errors import DataError
from monitors.base.contract import MonitorName
from monitors.counts.cells import BANDS
from monitors.counts.history import History
from monitors.labels.blind_sample import BlindSample
from streams.categorizer.handler import CategorizeHandler
from streams.corrections.handler import CorrectionsHandler
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import Codec
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.monitor.changelog import Stored
from streams.monitor.handler import Memory, MonitorHandler
from streams.trials.simulate.people import Answer, Message, answer
from streams.trials.simulate.plan import FleetPlan, draw
from streams.trials.simulate.scenarios import Scenario, Subject, Traffic, Variant
from streams.trials.simulate.stage import Stage, name_of, read_name

SOURCE = "/evenhand/simulate"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert that opened, or became a page.

    Args:
        changed: The planted change had happened. The figures below are counted from it, else from the start.
    """

    subject: Subject
    severity: Severity
    changed: bool
    transactions: int
    pairs: int
    hours: float


@dataclass(frozen=True, slots=True)
class FleetResult:
    """Outcome of one fleet at its end.

    Args:
        quiet_days: Days of event time before the change.
        pairs: Subject of a parity monitor to its pairs.
        alarms: In the order in which they came.
    """

    number: int
    transactions: int
    labels: int
    days: float
    quiet_days: float
    pairs: dict[Subject, int]
    alarms: tuple[Alarm, ...]


def run_fleet(
    stage: Stage, scenario: Scenario, traffic: Traffic, *, number: int, seed: int, error: float
) -> FleetResult:
    """Run one fleet; the same arguments give the same result.

    Args:
        error: Error rate of the accepted decisions, apart from what the scenario plants.

    Raises:
        DataError: A handler refused a simulated record.
    """
    random = np.random.default_rng([seed, number, *scenario.name.encode()])
    plan = draw(stage.population, scenario, traffic, error=error, random=random)
    name, with_llm = f"{seed}:{scenario.name}:{number}", scenario.variant is Variant.ASKED
    worker = WorkerSide(stage, plan, with_llm=with_llm, seed=name)
    monitor = MonitorSide(stage, worker)
    log = FleetLog(scenario)
    for batch in range(traffic.batches):
        if batch == plan.change:
            log.changed()
        outputs, answers = worker.batch(batch)
        log.count(traffic.batch, traffic.batch / traffic.per_day * 24, answers, plan, stage)
        log.note(monitor.look(outputs))
        if scenario.stops and log.found:
            break
    return log.result(number)


class WorkerSide:
    """The worker's side: transactions and corrections in, observations out."""

    def __init__(self, stage: Stage, plan: FleetPlan, *, with_llm: bool, seed: str) -> None:
        self._stage, self._plan = stage, plan
        self.now = stage.start
        self._handler = CategorizeHandler(
            stage.with_llm if with_llm else stage.ensemble,
            Codec(SOURCE),
            self.clock,
            blind=BlindSample(share=plan.traffic.blind_share, seed=seed),
        )
        self._corrections = CorrectionsHandler(self.clock)
        self._windows = [DuplicateWindow(max_ids=plan.traffic.batch, max_age=timedelta(days=1)) for _ in range(2)]
        self._answered = 0

    def clock(self) -> datetime:
        """The time of day."""
        return self.now

    def batch(self, number: int) -> tuple[list[Output], list[Answer]]:
        """One batch, and the answers to it.

        Returns:
            Observations, and what people said.

        Raises:
            DataError: A handler refused a record.
        """
        size = self._plan.traffic.batch
        records = [self._transaction(place) for place in range(number * size, (number + 1) * size)]
        self.now = self._time(records[-1].offset)
        decided = self._handler(records, self._windows[0])
        answers = answer(decided.outputs, self._truth)
        messages = [
            Message(Role.CORRECTIONS.value, 0, self._answered + place, one.transaction_id.encode(), one.value)
            for place, one in enumerate(answers)
        ]
        self._answered += len(answers)
        written = decided.written
        decided.settled(self._windows[0], at=self.now)
        if messages:
            summed = self._corrections(messages, self._windows[1])
            summed.settled(self._windows[1], at=self.now)
            written += summed.written
        if refused := sum(one.role is Role.DEAD_LETTER for one in written):
            raise DataError(f"{refused} simulated records were refused: the sample breaks the contract")
        return [one for one in written if one.role is Role.OBSERVATIONS], answers

    def _transaction(self, place: int) -> Message:
        row, variant = int(self._plan.rows[place]), int(self._plan.variants[place])
        fields = self._stage.population.casts[Variant(variant)].fields[row]
        head = f'{{"transaction_id":"{name_of(place, row, variant)}","timestamp":"{self._time(place).isoformat()}",'
        return Message(Role.TRANSACTIONS.value, 0, place, None, (head + fields).encode())

    def _time(self, place: int) -> datetime:
        return self._stage.start + timedelta(days=place / self._plan.traffic.per_day)

    def _truth(self, transaction_id: str) -> str:
        return str(CATEGORIES[self._plan.truth[read_name(transaction_id)[0]]])


class MonitorSide:
    """The monitor's side, on the worker's clock: observations in, steps of alerts out."""

    def __init__(self, stage: Stage, worker: WorkerSide) -> None:
        self._memory = Memory(Stored(History()), stage.judging, worker.clock)
        self._handler = MonitorHandler(stage.judging, source=SOURCE, clock=worker.clock)
        self._read = 0

    def look(self, outputs: Sequence[Output]) -> Sequence[FairnessAlert]:
        """Handle one batch of observations."""
        records = [
            Message(one.role.value, 0, self._read + place, one.key, one.value) for place, one in enumerate(outputs)
        ]
        self._read += len(records)
        return self._handler(records, self._memory).steps


@dataclass(slots=True)
class FleetLog:
    """Counts a fleet, and notes its alarms."""

    scenario: Scenario
    transactions: int = 0
    labels: int = 0
    hours: float = 0.0
    pairs: Counter[Subject] = field(default_factory=Counter)
    alarms: list[Alarm] = field(default_factory=list)
    _at_change: tuple[int, float, Counter[Subject]] | None = None
    _severities: dict[str, Severity] = field(default_factory=dict)

    def changed(self) -> None:
        """Count for alarms from here on: the planted change has come."""
        self._at_change = self.transactions, self.hours, self.pairs.copy()

    def count(self, transactions: int, hours: float, answers: Iterable[Answer], plan: FleetPlan, stage: Stage) -> None:
        """Count a batch."""
        self.transactions += transactions
        self.hours += hours
        places = np.array([read_name(one.transaction_id)[0] for one in answers if one.blind], dtype=np.int64)
        self.labels += len(places)
        bands = stage.population.band[plan.rows[places]]
        for monitor, names, groups in (
            (MonitorName.CATEGORY_PARITY, CATEGORIES, plan.truth[places]),
            (MonitorName.AMOUNT_PARITY, BANDS, bands),
        ):
            counts = np.bincount(groups, minlength=len(names)).tolist()
            for name, own in zip(names, counts, strict=True):
                self.pairs[subject_of(monitor, name)] += min(own, len(places) - own)

    def note(self, steps: Iterable[FairnessAlert]) -> None:
        """Take down which alerts opened, and which became pages."""
        for step in steps:
            if step.state is AlertState.RESOLVED:
                self._severities.pop(step.fingerprint, None)
                continue
            before = self._severities.get(step.fingerprint)
            self._severities[step.fingerprint] = step.severity
            self.alarms += (self._alarm(step, severity) for severity in _reached(before, step.severity))

    @property
    def found(self) -> bool:
        """True where all that the scenario is to be found by has become a page since the change."""
        pages = {alarm.subject for alarm in self.alarms if alarm.changed and alarm.severity is Severity.PAGE}
        return pages.issuperset(self.scenario.subjects)

    def result(self, number: int) -> FleetResult:
        """Give the outcome."""
        quiet = self.hours if self._at_change is None else self._at_change[1]
        return FleetResult(
            number, self.transactions, self.labels, self.hours / 24, quiet / 24, dict(self.pairs), tuple(self.alarms)
        )

    def _alarm(self, step: FairnessAlert, severity: Severity) -> Alarm:
        subject = step.monitor, None if step.category is None else step.category.value, step.group
        transactions, hours, pairs = self._at_change or (0, 0.0, Counter())
        return Alarm(
            subject=subject,
            severity=severity,
            changed=self._at_change is not None,
            transactions=self.transactions - transactions,
            pairs=self.pairs[subject] - pairs[subject],
            hours=self.hours - hours,
        )


def subject_of(monitor: MonitorName, group: str) -> Subject:
    """Subject of a parity monitor's alert on a group."""
    return (monitor.value, group, None) if monitor is MonitorName.CATEGORY_PARITY else (monitor.value, None, group)


def _reached(before: Severity | None, now: Severity) -> Iterator[Severity]:
    """The severities that an alert has come to: a page is a warning too."""
    if before is None:
        yield Severity.WARNING
    if now is Severity.PAGE and before is not Severity.PAGE:
        yield Severity.PAGE
