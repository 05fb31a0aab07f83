"""A candidate beside the present model: what it would decide otherwise on the same transactions, and on whom.

Nothing here says who is right, since nobody has answered yet (`evaluate` does, on labelled rows). It says who would
wait for a person who does not now, and which figures of the monitors would move. Rows are the same for both, so that
differences are paired: McNemar's exact test on rows that only one of the two sends to review, adjusted for the number
of groups (Holm).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from models.decisions.verdict import Verdict
from models.statistics.counting import several
from models.statistics.intervals import LEVEL
from models.statistics.paired import holm, mcnemar
from models.statistics.shares import Share, share
from monitors.base.contract import Monitor, Reading, Reference, Rules, View
from monitors.catalogue.confidence import ConfidenceDrift, ConfidenceMedian
from monitors.catalogue.review import ReviewParity, ReviewRate, SureParity
from monitors.catalogue.usage import Abstention, MethodUsage, UnknownMerchants
from monitors.counts.cells import Counts, empty
from monitors.counts.summarise import BatchCounts
from monitors.counts.windows import LENGTHS, Window

JUDGED: tuple[Monitor, ...] = (
    ReviewRate(),
    ReviewParity(),
    SureParity(),
    ConfidenceMedian(),
    ConfidenceDrift(),
    MethodUsage(),
    Abstention(),
    UnknownMerchants(),
)
"""The monitors that need no time and no labels."""

SIGNIFICANT = 0.05
"""Adjusted p-value below which a difference is no chance."""

MOST_CHANGES = 10
"""Pairs of categories that are named."""


class Conclusion(StrEnum):
    """What follows for a promotion."""

    EVEN = "even"
    """No group would wait longer, and no monitor would alarm that does not now."""
    UNEVEN = "uneven"
    NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True, slots=True)
class Flips:
    """Rows of a group that one of the two models sends to review and the other does not.

    Args:
        kind: `all`, `category` (that of the present model) or `band`.
        difference: Share in review of the candidate less that of the present model; None without rows.
        interval: Its 95% interval, paired (Agresti and Min 2005).
        p: McNemar's, adjusted for the number of groups.
        waits_longer: Whether the group would be worse off beyond the tolerance, and not by chance.
    """

    kind: str
    name: str
    rows: int
    present: int
    candidate: int
    newly_reviewed: int
    newly_accepted: int
    difference: float | None
    interval: tuple[float, float] | None
    p: float
    waits_longer: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a monitor, as both models give it."""

    present: Reading
    candidate: Reading

    @property
    def alarms_anew(self) -> bool:
        """Whether the candidate is beyond a limit within which the present model is."""
        return self.candidate.state.severity is not None and self.present.state.severity is None

    @property
    def calmed(self) -> bool:
        """The reverse."""
        return self.present.state.severity is not None and self.candidate.state.severity is None


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that get another category.

    Args:
        sure: Those of them that neither model leaves to a person: nobody would see the change.
    """

    present: str
    candidate: str
    rows: int
    sure: int


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was compared.

    Args:
        reasons: Why the conclusion is what it is, in words; empty for `even`.
        changed: Rows that get another category.
        silently: Those of them that neither model leaves to a person, of all rows.
        confidence: Mean confidence of the candidate less that of the present model, on the same rows.
        confidence_interval: Its 95% interval, paired.
    """

    conclusion: Conclusion
    reasons: Sequence[str]
    rows: int
    changed: Share | None
    silently: Share | None
    confidence: float | None
    confidence_interval: tuple[float, float] | None
    changes: Sequence[Change]
    flips: Sequence[Flips]
    figures: Sequence[Figure]


class Shadow:
    """Takes what two models decide on the same transactions.

    Args:
        rules: The limits of the monitors; `tolerance` is also by how much more of a group may go to review.
        present: What the present model was like when it was made.
        candidate: The same of the other.
    """

    def __init__(self, *, rules: Rules, present: Reference, candidate: Reference) -> None:
        self._rules = rules
        self._references = present, candidate
        self._cells = empty(), empty()
        self._rows = 0
        self._outcomes: Counter[tuple[str, str, bool, bool]] = Counter()
        self._changes: Counter[tuple[str, str, bool]] = Counter()
        self._sum = self._squares = 0.0

    @property
    def rows(self) -> int:
        """How many transactions were taken."""
        return self._rows

    def take(self, present: Sequence[Verdict], candidate: Sequence[Verdict]) -> None:
        """Take the verdicts of a batch, in the same order."""
        for one, other in zip(present, candidate, strict=True):
            outcome = one.requires_review, other.requires_review
            for group in (("all", ""), ("category", one.category), ("band", one.traits.band)):
                self._outcomes[*group, *outcome] += 1
            if one.category != other.category:
                self._changes[one.category, other.category, not any(outcome)] += 1
            difference = other.traits.confidence - one.traits.confidence
            self._sum += difference
            self._squares += difference * difference
        self._rows += len(present)
        for cells, verdicts in zip(self._cells, (present, candidate), strict=True):
            _add(cells, verdicts)

    def findings(self) -> Findings:
        """What was found so far."""
        flips, figures = self._flips(), self._figures()
        changed, silently = self._changes.total(), sum(n for (_, _, sure), n in self._changes.items() if sure)
        mean, interval = self._confidence()
        reasons = [_waits(one) for one in flips if one.waits_longer]
        reasons += [_alarms(one) for one in figures if one.alarms_anew]
        conclusion = Conclusion.UNEVEN if reasons else Conclusion.EVEN
        if self._rows < max(self._rules.minimum_count, 1):
            conclusion = Conclusion.NOT_ENOUGH_DATA
            reasons = [f"{several(self._rows, 'transaction')}, {self._rules.minimum_count:,} are needed"]
        return Findings(
            conclusion=conclusion,
            reasons=reasons,
            rows=self._rows,
            changed=share(changed, self._rows) if self._rows else None,
            silently=share(silently, self._rows) if self._rows else None,
            confidence=mean,
            confidence_interval=interval,
            changes=self._most_changed(),
            flips=flips,
            figures=figures,
        )

    def _flips(self) -> list[Flips]:
        groups = list(dict.fromkeys(sorted(key[:2] for key in self._outcomes)))
        found = [self._flips_of(*group) for group in groups]
        # Together: of thirty groups, one or two differ by chance.
        return [
            replace(one, p=p, waits_longer=self._waits_longer(one, p))
            for one, p in zip(found, holm([one.p for one in found]), strict=True)
        ]

    def _flips_of(self, kind: str, name: str) -> Flips:
        both, newly_accepted, newly_reviewed, neither = (
            self._outcomes[kind, name, one, other] for one in (True, False) for other in (True, False)
        )
        rows = both + newly_accepted + newly_reviewed + neither
        difference, flipped = newly_reviewed - newly_accepted, newly_reviewed + newly_accepted
        # Half a row more in each of the four cells (Agresti and Min 2005): without flips there would be no interval.
        number = rows + 2
        variance = (flipped + 1 - difference * difference / number) / number**2
        low, high = _around(difference / number, variance)
        return Flips(
            kind=kind,
            name=name,
            rows=rows,
            present=both + newly_accepted,
            candidate=both + newly_reviewed,
            newly_reviewed=newly_reviewed,
            newly_accepted=newly_accepted,
            difference=difference / rows,
            interval=(max(low, -1.0), min(high, 1.0)),
            p=mcnemar(newly_reviewed, newly_accepted),
        )

    def _waits_longer(self, one: Flips, p: float) -> bool:
        enough = one.rows >= max(self._rules.minimum_count, 1)
        beyond = one.interval is not None and one.interval[0] > self._rules.tolerance
        return enough and beyond and p < SIGNIFICANT

    def _figures(self) -> list[Figure]:
        present, candidate = (
            {reading.subject: reading for reading in _readings(cells, self._rules, reference)}
            for cells, reference in zip(self._cells, self._references, strict=True)
        )
        return [Figure(present[subject], candidate[subject]) for subject in present if subject in candidate]

    def _confidence(self) -> tuple[float | None, tuple[float, float] | None]:
        if not self._rows:
            return None, None
        mean = self._sum / self._rows
        variance = max(self._squares / self._rows - mean * mean, 0.0) / self._rows
        return mean, _around(mean, variance)

    def _most_changed(self) -> list[Change]:
        pairs: Counter[tuple[str, str]] = Counter()
        for (one, other, _), rows in self._changes.items():
            pairs[one, other] += rows
        most = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:MOST_CHANGES]
        return [Change(one, other, rows, self._changes[one, other, True]) for (one, other), rows in most]


def _add(cells: Counts, verdicts: Sequence[Verdict]) -> None:
    """Add a batch to counts; all of it in one bucket, as when it happened is of no importance here."""
    batch = BatchCounts()
    for verdict in verdicts:
        batch.count(verdict, 0.0, ahead=False)
    summary = batch.observation(records=("", 0, len(verdicts)), model_version="")
    for counted in summary.cells.values():
        for cell, count in counted.items():
            cells[cell] += count


def _readings(cells: Counts, rules: Rules, reference: Reference) -> list[Reading]:
    """What the monitors say of counts, as if they were those of a week."""
    found = []
    for monitor in JUDGED:
        part = monitor.add(monitor.initial(), cells)
        view = View(
            parts=dict.fromkeys(LENGTHS, part),
            before=monitor.initial(),
            series=(),
            answered=(0, 0),
            newest=0,
            rules=rules,
            reference=reference,
            today=reference.trained_on or date.min,
        )
        found += [reading for reading in monitor.result(view) if reading.window is Window.WEEK]
    return found


def _around(value: float, variance: float) -> tuple[float, float]:
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * sqrt(variance)
    return value - half, value + half


def _waits(one: Flips) -> str:
    assert one.interval is not None
    whom = {"all": "all transactions", "band": f"amounts {one.name}"}.get(one.kind, one.name)
    low, high = one.interval
    return (
        f"{whom}: {one.difference:+.1%} [{low:+.1%}, {high:+.1%}] in review"
        f" ({one.present:,} to {one.candidate:,} of {one.rows:,})"
    )


def _alarms(one: Figure) -> str:
    reading = one.candidate
    about = " ".join(part for part in (reading.monitor.value, reading.category, reading.group) if part)
    values = " to ".join("-" if each.value is None else f"{each.value:.3f}" for each in (one.present, reading))
    return f"{about}: {values}, beyond {reading.threshold:.2f}"
