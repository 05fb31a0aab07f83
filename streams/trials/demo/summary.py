"""The outcome of the demo: figures, dead letters, review rates, the monitors' figures, and the verification."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from models.statistics.shares import Share, share
from streams.files.sample import held_out
from streams.messages.dead_letters import DeadLetter
from streams.operate.verification import Verification
from streams.trials.demo.board import Board
from streams.trials.demo.fairness import Fairness, WindowFigure
from streams.trials.demo.feed import SentPlanted
from streams.trials.demo.lesson.lesson import Lesson
from streams.trials.demo.lesson.lesson import as_json as lesson_as_json
from streams.trials.demo.scrape import CommittedBatches


@dataclass(frozen=True, slots=True)
class PlantedFate:
    """A planted message and the dead letter that names its place, or None where there is none."""

    sent: SentPlanted
    letter: DeadLetter | None

    @property
    def fault(self) -> str:
        """The fault of the dead letter; empty where it gives the reason and the field that it should."""
        planted, letter = self.sent.planted, self.letter
        if letter is None:
            return "no dead letter names it"
        if (letter.reason, letter.contract_field) == (planted.reason.value, planted.field):
            return ""
        return f"refused as {letter.reason} {letter.contract_field or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """All that the demo found out; `with_mcc` tells that merchant category codes were sent."""

    board: Board
    batches: CommittedBatches
    planted: Sequence[PlantedFate]
    verification: Verification
    fairness: Fairness
    lesson: Lesson
    with_mcc: bool

    @property
    def rates(self) -> Mapping[str, Share]:
        """Review rate by category with its Wilson interval (95%), the category with most decisions first."""
        tally = self.board.tally
        return {name: share(tally.counts[name, True], tally.count(name)) for name in tally.by_count()}

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong, one line each; empty when all is as it must be."""
        checked, sent, decided = self.verification, self.board.sent, self.board.tally.total
        found = list(checked.problems)
        if checked.lag:
            found.append(f"{checked.lag} inputs are not committed yet")
        if checked.inputs != sent:
            found.append(f"{checked.inputs} records in the input topic, {sent} were sent")
        if decided != checked.categorized + checked.review:
            found.append(f"{decided} decisions read live, {checked.categorized + checked.review} at the end")
        if self.fairness.observed.records != sent:
            found.append(f"{self.fairness.observed.records} records observed by the monitor, {sent} were sent")
        found += self.lesson.problems
        found += [f"planted message ({one.sent.planted.kind}): {one.fault}" for one in self.planted if one.fault]
        return tuple(found)

    @property
    def ok(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


def match(sent: Sequence[SentPlanted], letters: Sequence[DeadLetter]) -> tuple[PlantedFate, ...]:
    """Find each planted message's dead letter by the partition and offset that it names."""
    by_place = {(letter.source_partition, letter.source_offset): letter for letter in letters}
    return tuple(PlantedFate(one, by_place.get((one.partition, one.offset))) for one in sent)


def as_json(summary: DemoSummary) -> Mapping[str, object]:
    """Give the summary as one JSON object."""
    board, checked, fairness = summary.board, summary.verification, summary.fairness
    return {
        "ok": summary.ok,
        "problems": list(summary.problems),
        "transactions": board.transactions_sent,
        "planted": len(summary.planted),
        "first_timestamp": board.timestamps[0].isoformat(),
        "last_timestamp": board.timestamps[-1].isoformat(),
        "held_out": held_out(board.timestamps),
        "with_mcc": summary.with_mcc,
        "categorized": checked.categorized,
        "review": checked.review,
        "dead_letters": [_fate(fate) for fate in summary.planted],
        "throughput": {
            "in_per_second": round(board.paced / board.send_seconds, 1),
            "out_per_second": round(board.paced / board.answer_seconds, 1),
            "send_seconds": round(board.send_seconds, 3),
            "answer_seconds": round(board.answer_seconds, 3),
            "most_waiting": board.most_waiting,
        },
        "worker": {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(summary.batches).items()
        },
        "review_rates": [
            {"category": name, "decisions": rate.rows, "review": rate.hits, "rate": rate.value}
            | dict(zip(("low", "high"), rate.interval, strict=True))
            for name, rate in summary.rates.items()
        ],
        "fairness": {
            "observed": fairness.observed.records,
            "alerts": [asdict(alert) for alert in fairness.last.alerts],
            "alerts_raised": fairness.observed.raised,
            "alerts_raised_later": fairness.later,
            "alerts_later": [asdict(alert) for alert in fairness.open_later],
            "figures": fairness.last.readings,
            "not_enough_data": fairness.last.lacking,
            "readings": [_figure(figure) for figure in fairness.figures],
        },
        "learning": lesson_as_json(summary.lesson),
        "verification": asdict(checked),
    }


def _figure(figure: WindowFigure) -> Mapping[str, object]:
    reading = figure.reading
    names = ("window", "monitor", "group", "state", "value", "interval", "level", "counts", "ratios")
    return {"until": figure.until.isoformat()} | {name: getattr(reading, name) for name in names}


def _fate(fate: PlantedFate) -> Mapping[str, object]:
    letter = fate.letter
    return {
        "planted": fate.sent.planted.kind,
        "source_partition": fate.sent.partition,
        "source_offset": fate.sent.offset,
        "stage": letter and letter.stage,
        "reason": letter and letter.reason,
        "field": letter and letter.contract_field,
        "bytes": letter and letter.size,
    }
