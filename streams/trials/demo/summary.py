"""What the demo says at the end: figures, dead letters, review rates, what the monitors say, and the verification."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from models.statistics.intervals import wilson
from monitors.counts.tally import Tally
from streams.messages.dead_letters import DeadLetter
from streams.operate.verify import Verification
from streams.trials.demo.fairness import WINDOW, Fairness, Figure
from streams.trials.demo.feed import Sent
from streams.trials.demo.scrape import Batches


@dataclass(frozen=True, slots=True)
class Flow:
    """The replay in figures.

    Args:
        transactions: Real transactions sent.
        first: Timestamp of the first.
        last: Timestamp of the last.
        held_out: How many are of days that the shipped model was not trained on.
        send_seconds: From the first message to the last acknowledgement.
        answer_seconds: From the first message until every answer was read back.
        most_waiting: Most messages that were sent and not answered at one time.
        with_mcc: Whether merchant category codes were sent.
    """

    transactions: int
    first: datetime
    last: datetime
    held_out: int
    send_seconds: float
    answer_seconds: float
    most_waiting: int
    with_mcc: bool


@dataclass(frozen=True, slots=True)
class CategoryRate:
    """Review rate of one category, with the Wilson interval at 95%."""

    category: str
    decisions: int
    review: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PlantedFate:
    """A planted message and the dead letter that names its place, or None where there is none."""

    sent: Sent
    letter: DeadLetter | None

    @property
    def as_expected(self) -> bool:
        """Whether the dead letter gives the reason and the field that it should."""
        wanted = (self.sent.planted.reason.value, self.sent.planted.field or None)
        return self.letter is not None and wanted == (self.letter.reason, self.letter.contract_field)


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the demo found out."""

    flow: Flow
    tally: Tally
    batches: Batches
    planted: tuple[PlantedFate, ...]
    verification: Verification
    fairness: Fairness

    @property
    def sent(self) -> int:
        """Messages sent."""
        return self.flow.transactions + len(self.planted)

    @property
    def rates(self) -> list[CategoryRate]:
        """Review rates, the category with most decisions first."""
        return category_rates(self.tally)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, one line each; empty when all is as it must be."""
        checked = self.verification
        found = list(checked.problems)
        if checked.lag:
            found.append(f"{checked.lag} inputs are not committed yet")
        if checked.inputs != self.sent:
            found.append(f"{checked.inputs} records in the input topic, {self.sent} were sent")
        if self.tally.total != checked.categorized + checked.review:
            found.append(f"{self.tally.total} decisions read live, {checked.categorized + checked.review} at the end")
        if self.fairness.observed.records != self.sent:
            found.append(f"{self.fairness.observed.records} records observed by the monitor, {self.sent} were sent")
        found += [
            f"planted message ({fate.sent.planted.kind}): {_fault(fate)}"
            for fate in self.planted
            if not fate.as_expected
        ]
        return tuple(found)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def _fault(fate: PlantedFate) -> str:
    letter = fate.letter
    return "no dead letter names it" if letter is None else f"refused as {letter.reason} {letter.contract_field or ''}"


def match(sent: Sequence[Sent], letters: Sequence[DeadLetter]) -> tuple[PlantedFate, ...]:
    """Find each planted message's dead letter by the partition and offset that it names."""
    by_place = {(letter.source_partition, letter.source_offset): letter for letter in letters}
    return tuple(PlantedFate(one, by_place.get((one.partition, one.offset))) for one in sent)


def category_rates(tally: Tally) -> list[CategoryRate]:
    """Review rates by category with Wilson intervals (95%), the category with most decisions first."""
    names = {category for category, _ in tally.counts}
    return [_rate(name, tally) for name in sorted(names, key=lambda name: (-tally.count(name), name))]


def _rate(category: str, tally: Tally) -> CategoryRate:
    review, decisions = tally.counts[category, True], tally.count(category)
    return CategoryRate(category, decisions, review, review / decisions, *wilson(review, decisions))


def as_json(summary: Summary) -> Mapping[str, object]:
    """The summary as one JSON object."""
    flow, checked = summary.flow, summary.verification
    return {
        "ok": summary.ok,
        "problems": list(summary.problems),
        "transactions": flow.transactions,
        "planted": len(summary.planted),
        "first_timestamp": flow.first.isoformat(),
        "last_timestamp": flow.last.isoformat(),
        "held_out": flow.held_out,
        "with_mcc": flow.with_mcc,
        "categorized": checked.categorized,
        "review": checked.review,
        "dead_letters": [_fate(fate) for fate in summary.planted],
        "throughput": {
            "in_per_second": round(summary.sent / flow.send_seconds, 1),
            "out_per_second": round(summary.sent / flow.answer_seconds, 1),
            "send_seconds": round(flow.send_seconds, 3),
            "answer_seconds": round(flow.answer_seconds, 3),
            "most_waiting": flow.most_waiting,
        },
        "worker": {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(summary.batches).items()
        },
        "review_rates": [asdict(rate) for rate in summary.rates],
        "fairness": _fairness(summary.fairness),
        "verification": asdict(checked),
    }


def _fairness(found: Fairness) -> Mapping[str, object]:
    return {
        "observed": found.observed.records,
        "alerts": [asdict(alert) for alert in found.last.alerts],
        "alerts_raised": found.observed.raised,
        "figures": found.last.readings,
        "not_enough_data": found.last.lacking,
        "readings": [_reading(figure) for figure in found.figures],
    }


def _reading(figure: Figure) -> Mapping[str, object]:
    return {"window": WINDOW.value} | asdict(figure) | {"until": figure.until.isoformat()}


def _fate(fate: PlantedFate) -> Mapping[str, object]:
    place = {
        "planted": fate.sent.planted.kind,
        "source_partition": fate.sent.partition,
        "source_offset": fate.sent.offset,
    }
    letter = fate.letter
    if letter is None:
        return place | {"stage": None, "reason": None, "field": None, "bytes": None}
    return place | {
        "stage": letter.stage,
        "reason": letter.reason,
        "field": letter.contract_field,
        "bytes": letter.size,
    }
