"""Traffic for the benchmark of the monitors: a week that they have seen, and the summaries that come in next.

The decisions are the ensemble's, on real transactions, again from the first when they are used up; a worker's own code
sums them up. Only their timestamps are new: live traffic falls into the newest buckets of event time. What people said
of them is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import merge
from itertools import chain, cycle, islice
from math import pi, sin
from random import Random
from typing import NamedTuple

import numpy as np

from models.contracts.corrections import Answered, Correction
from models.contracts.events import AmountBand, Transaction
from models.contracts.taxonomy import CATEGORIES, Category
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Decided
from monitors.counts.cells import Counts, empty
from monitors.counts.history import History, Mark
from monitors.counts.observation import BUCKET_SECONDS, Observation, bucket_of
from monitors.counts.summarise import observe, observe_corrections
from monitors.counts.windows import KEPT, LENGTHS, Window
from streams.trials.bench.job import PARTITIONS

PER_SECOND = 20_000
"""Transactions of a second of live traffic."""

LABELS_PER_SECOND = 10
"""Corrections of a second; half of them answer a blind question."""

CORRECTIONS = 1_000
"""Corrections that are drawn; they come again, too."""

BLIND_SHARE = 0.01
"""Probability of a blind question, as the worker has it by default."""

WRONG_BLIND, WRONG_REVIEWED = 0.05, 0.25
"""Share of corrections that change the decision."""

ANSWERED = (10, 90)
"""Corrections of the present model before the traffic begins, that changed and that confirmed a decision."""

CHUNKS = 50
"""Decisions and corrections are cut into so many chunks, of which the week is drawn."""

_SEED = 20_000
TRANSACTIONS, _CORRECTIONS = _TOPICS = ("transactions", "transactions.corrections")


class TimedSummary(NamedTuple):
    """One record of `fairness.observations`.

    Args:
        seconds: Time of its coming, from the beginning of the traffic.
        transactions: Number of those summed up; 0 where it is of corrections.
        source: Key of the record; `value` is the observation.
    """

    seconds: float
    transactions: int
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class MonitorTraffic:
    """Decisions and corrections that summaries are made of.

    Args:
        corrections: Answers of people to some of the decisions.
        begin: First moment of event time, timezone-aware. The week that was seen ends with the bucket before.
    """

    decided: Sequence[Decided]
    corrections: Sequence[Correction]
    model_version: str
    begin: datetime

    @classmethod
    def of(cls, ensemble: Ensemble, transactions: Sequence[Transaction], *, begin: datetime) -> "MonitorTraffic":
        """Decide on the transactions, at least one, and draw what people say of it."""
        decided = _at(begin, ensemble.decide(transactions, now=begin))
        return cls(decided, _drawn(decided, ensemble.model_version, begin), ensemble.model_version, begin)

    def week(self) -> History:
        """The state after seven days of such traffic: `KEPT` buckets; nights are calmer than days."""
        random = np.random.default_rng(_SEED)
        decisions = _Chunks.of(self.decided, partial(observe, model_version=self.model_version))
        labels = _Chunks.of(self.corrections, observe_corrections)
        newest = bucket_of(self.begin) - 1
        history = History(answered={self.model_version: ANSWERED})
        for bucket in range(newest - KEPT + 1, newest + 1):
            busy = 1 + 0.5 * sin(2 * pi * bucket / LENGTHS[Window.DAY])
            counts = decisions.drawn(BUCKET_SECONDS * PER_SECOND * busy, random)
            history.buckets[bucket] = counts + labels.drawn(BUCKET_SECONDS * LABELS_PER_SECOND, random)
        for source in (f"{topic}:{number}" for topic in _TOPICS for number in range(PARTITIONS)):
            history.sources[source] = Mark(0, newest, newest)
        return history

    def summaries(self, transactions: int, *, batch: int) -> Iterator[TimedSummary]:
        """Give what comes in, in the order of time.

        Args:
            transactions: Total of the traffic, at `PER_SECOND`.
        """
        labels = int(transactions / PER_SECOND * LABELS_PER_SECOND)
        sources = self._of_decisions(transactions, batch), self._of_corrections(labels)
        return merge(*sources, key=lambda summary: summary.seconds)

    def _of_decisions(self, transactions: int, batch: int) -> Iterator[TimedSummary]:
        offsets = [0] * PARTITIONS
        rows = cycle(self.decided)
        for number, done in enumerate(range(0, transactions, batch)):
            moment = self.begin + timedelta(seconds=done / PER_SECOND)
            decided = _at(moment, islice(rows, min(batch, transactions - done)))
            partition = number % PARTITIONS
            first, offsets[partition] = offsets[partition], offsets[partition] + len(decided)
            source = f"{TRANSACTIONS}:{partition}"
            summed = observe(decided, records=(source, first, offsets[partition]), model_version=self.model_version)
            yield TimedSummary((done + len(decided)) / PER_SECOND, len(decided), source, summed.encode().decode())

    def _of_corrections(self, count: int) -> Iterator[TimedSummary]:
        for number, correction in enumerate(islice(cycle(self.corrections), count)):
            seconds = number / LABELS_PER_SECOND
            said = correction.model_copy(update={"timestamp": self.begin + timedelta(seconds=seconds)})
            source, first = f"{_CORRECTIONS}:{number % PARTITIONS}", number // PARTITIONS
            summed = observe_corrections([said], records=(source, first, first + 1))
            yield TimedSummary(seconds, 0, source, summed.encode().decode())


@dataclass(frozen=True, slots=True)
class _Chunks:
    """Decisions, or corrections, cut into chunks of one size.

    Args:
        counts: Cells of each chunk, shape (chunks, SIZE).
    """

    size: int
    counts: Counts

    @classmethod
    def of(cls, items: Sequence[Decided] | Sequence[Correction], summed: Callable[..., Observation]) -> "_Chunks":
        size = max(1, len(items) // CHUNKS)
        starts = range(0, len(items) - size + 1, size)
        return cls(size, np.stack([_counts(summed(items[at : at + size], records=("", 0, 1))) for at in starts]))

    def drawn(self, items: float, random: np.random.Generator) -> Counts:
        """Cells of about so many of them: chunks drawn at random, each many times."""
        chunks = len(self.counts)
        drawn: Counts = random.multinomial(round(items / self.size), [1 / chunks] * chunks) @ self.counts
        return drawn


def _counts(observation: Observation) -> Counts:
    counts = empty()
    for cells in observation.cells.values():
        counts[list(cells)] += list(cells.values())
    return counts


def _at(moment: datetime, rows: Iterable[Decided]) -> list[Decided]:
    """The same verdicts at another time. Of a transaction only its time is summed up, so that one stands for all."""
    first, *others = rows
    transaction = first.transaction.model_copy(update={"timestamp": moment})
    return [Decided(row.verdict, transaction, ahead=False) for row in (first, *others)]


def _drawn(decided: Sequence[Decided], model_version: str, moment: datetime) -> list[Correction]:
    """Half on accepted decisions, asked blindly, and half on those in review, as far as there are both."""
    random = Random(_SEED)
    kinds = ([row for row in decided if row.requires_review is review] for review in (False, True))
    turns = chain.from_iterable(zip(*(cycle(kind) for kind in kinds if kind), strict=False))
    return [
        _said(row, str(number), random, model_version, moment) for number, row in enumerate(islice(turns, CORRECTIONS))
    ]


def _said(row: Decided, name: str, random: Random, model_version: str, moment: datetime) -> Correction:
    traits, blind = row.verdict.traits, not row.requires_review
    wrong = random.random() < (WRONG_BLIND if blind else WRONG_REVIEWED)
    return Correction(
        correction_id=name,
        transaction_id=row.transaction.transaction_id,
        category=Category(random.choice(CATEGORIES) if wrong else traits.category),
        actor="bench",
        timestamp=moment,
        answers=Answered(
            category=Category(traits.category),
            confidence=traits.confidence,
            amount_band=AmountBand(traits.band),
            blind=blind,
            sampling_probability=BLIND_SHARE if blind else 1.0,
            model_version=model_version,
        ),
    )
