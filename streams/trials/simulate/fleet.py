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
from streams.trials.simulate.plan import Plan, draw
from streams.trials.simulate.scenarios import Scenario, Subject, Traffic, Variant
from streams.trials.simulate.stage import Stage, name_of, read_name

SOURCE = "/evenhand/simulate"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert that opened, or became a page.

    Args:
        subject: What it is about.
        severity: Which severity it reached.
        changed: Whether the planted change had happened. What follows is counted from it, or from the start.
        transactions: Transactions of the stream.
        pairs: Pairs of the alert's group.
        hours: Event time.
    """

    subject: Subject
    severity: Severity
    changed: bool
    transactions: int
    pairs: int
    hours: float


@dataclass(frozen=True, slots=True)
class FleetResult:
    """What came of one fleet.

    Args:
        number: Which one.
        transactions: Transactions until its end.
        labels: Blind labels.
        days: Event time.
        quiet_days: Of them before the change.
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
        stage: What all fleets share.
        scenario: What is planted.
        traffic: How much comes.
        number: Which fleet of the scenario.
        seed: Of all fleets.
        error: Error rate of the accepted decisions.

    Raises:
        DataError: A handler refused a simulated record.
    """
    random = np.random.default_rng([seed, number, *scenario.name.encode()])
    plan = draw(stage.population, scenario, traffic, error=error, random=random)
    stream = Stream(stage, plan, with_llm=scenario.variant is Variant.ASKED, seed=f"{seed}:{scenario.name}:{number}")
    watch = Watch(stage, stream)
    tally = Tally(scenario)
    for batch in range(traffic.batches):
        if batch == plan.change:
            tally.changed()
        outputs, answers = stream.batch(batch)
        tally.count(traffic.batch, traffic.batch / traffic.per_day * 24, answers, plan, stage)
        tally.note(watch.look(outputs))
        if scenario.stops and tally.found:
            break
    return tally.result(number)


class Stream:
    """The worker's side: transactions and corrections in, observations out.

    Args:
        stage: What all fleets share.
        plan: What happens.
        with_llm: Whether the LLM votes.
        seed: Of the blind sample.
    """

    def __init__(self, stage: Stage, plan: Plan, *, with_llm: bool, seed: str) -> None:
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


class Watch:
    """The monitor's side: observations in, steps of alerts out.

    Args:
        stage: What all fleets share.
        stream: Whose clock it reads.
    """

    def __init__(self, stage: Stage, stream: Stream) -> None:
        self._memory = Memory(Stored(History()), stage.judging, stream.clock)
        self._handler = MonitorHandler(stage.judging, source=SOURCE, clock=stream.clock)
        self._read = 0

    def look(self, outputs: Sequence[Output]) -> Sequence[FairnessAlert]:
        """Handle one batch of observations."""
        records = [
            Message(one.role.value, 0, self._read + place, one.key, one.value) for place, one in enumerate(outputs)
        ]
        self._read += len(records)
        return self._handler(records, self._memory).steps


@dataclass(slots=True)
class Tally:
    """Counts a fleet, and notes its alarms.

    Args:
        scenario: What is planted.
    """

    scenario: Scenario
    transactions: int = 0
    labels: int = 0
    hours: float = 0.0
    pairs: Counter[Subject] = field(default_factory=Counter)
    alarms: list[Alarm] = field(default_factory=list)
    _at_change: tuple[int, float, Counter[Subject]] | None = None
    _severities: dict[str, Severity] = field(default_factory=dict)

    def changed(self) -> None:
        """From here on, what is counted for alarms is counted from the planted change."""
        self._at_change = self.transactions, self.hours, self.pairs.copy()

    def count(self, transactions: int, hours: float, answers: Iterable[Answer], plan: Plan, stage: Stage) -> None:
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
        """Whether all that the scenario is to be found by has become a page since the change."""
        pages = {alarm.subject for alarm in self.alarms if alarm.changed and alarm.severity is Severity.PAGE}
        return pages.issuperset(self.scenario.subjects)

    def result(self, number: int) -> FleetResult:
        """All of it."""
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
