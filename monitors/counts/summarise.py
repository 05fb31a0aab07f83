"""From what happened to a batch to its observation: the worker's side of the monitors."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

from models.contracts.corrections import Answered, Correction
from models.decisions.probing import Probe
from models.decisions.verdict import Decided, Traits, Verdict
from monitors.counts.cells import NOBODY, SURE, Exclusion, Origin, Outcome, Stat, Table, Verity, confidence_bin, index
from monitors.counts.observation import BUCKET_SECONDS, NOWHERE, Observation, SharedCells, Sparse, bucket_of

Happened = Decided | Exclusion
"""The fate of one record: a decision, or the reason for which no window holds one."""

Said = Correction | Exclusion
"""The fate of one record of the corrections."""

THOUSANDTHS = 1000
"""Weights are whole numbers of these."""


class BatchCounts:
    """What becomes of a batch of transactions, taken in the order of the input."""

    def __init__(self) -> None:
        self._places: list[float] = []
        self._verdicts: list[Verdict] = []
        self._aside: Counter[tuple[int, Exclusion]] = Counter()
        self._probes: Counter[tuple[int, Probe]] = Counter()

    def count(self, verdict: Verdict, at: float, *, ahead: bool) -> None:
        """Take a decision.

        Args:
            at: Timestamp of its transaction, Unix seconds.
            ahead: It lies ahead of the clock.
        """
        if ahead:
            # It would move the windows on, and expire what they hold.
            self.set_aside(Exclusion.AHEAD)
        else:
            self._places.append(at // BUCKET_SECONDS)
            self._verdicts.append(verdict)

    def probe(self, probe: Probe, at: float) -> None:
        """Take what the twin of a transaction showed, whatever became of the transaction itself.

        Args:
            at: Timestamp of the transaction, Unix seconds.
        """
        if probe.attribute is not None:
            self._probes[int(at // BUCKET_SECONDS), probe] += 1

    def set_aside(self, reason: Exclusion) -> None:
        """Take a record that has no place in time: it counts where the record before it does."""
        self._aside[int(self._places[-1]) if self._places else NOWHERE, reason] += 1

    def observation(self, *, records: tuple[str, int, int], model_version: str) -> Observation:
        """The summary.

        Args:
            records: Source (topic:partition), first offset, offset after the last.
        """
        cells = _cells_of(self._places, self._verdicts)
        for (bucket, reason), count in self._aside.items():
            cells[bucket] = {**cells.get(bucket, {}), index(Table.INTAKE, reason.value): count}
        for (bucket, (attribute, flip)), count in self._probes.items():
            cell = index(Table.PROBES, str(attribute), flip.value)
            cells[bucket] = {**cells.get(bucket, {}), cell: count}
        source, first, next_offset = records
        return Observation(source, first, next_offset, model_version, cells, _runs(self._places))


def observe(happened: Sequence[Happened], *, records: tuple[str, int, int], model_version: str) -> Observation:
    """Sum up a batch of transactions.

    Args:
        happened: For each record, in the order of the input; those that wait elsewhere for a decision are left out.
        records: Source (topic:partition), first offset, offset after the last.
    """
    batch = BatchCounts()
    for item in happened:
        if isinstance(item, Exclusion):
            batch.set_aside(item)
        else:
            batch.count(item.verdict, item.transaction.timestamp.timestamp(), ahead=item.ahead)
    return batch.observation(records=records, model_version=model_version)


def _cells_of(places: Sequence[float], verdicts: Sequence[Verdict]) -> dict[int, Sparse]:
    """Count decisions by bucket.

    Args:
        places: Bucket of each decision, a whole number.
    """
    # By identity: verdicts are shared, and hashing one for each transaction would cost more than counting.
    named = {id(verdict): verdict for verdict in verdicts}
    made: dict[tuple[int, int], Sparse] = {}
    cells: dict[int, Sparse] = {}
    sums: dict[int, defaultdict[int, int]] = {}
    for (place, name), count in Counter(zip(places, map(id, verdicts), strict=True)).items():
        alike = made.get((name, count))
        if alike is None:
            alike = made[name, count] = _decision_cells(named[name].traits, count)
        bucket = int(place)
        if bucket not in cells:
            cells[bucket] = alike
            continue
        if bucket not in sums:
            cells[bucket] = sums[bucket] = defaultdict(int, cells[bucket])
        # In place: a bucket of live traffic holds most of a batch.
        total = sums[bucket]
        for cell, number in alike.items():
            total[cell] += number
    return cells


def observe_corrections(said: Sequence[Said], *, records: tuple[str, int, int]) -> Observation:
    """Sum up a batch of corrections.

    Args:
        said: For each record, in the order of the input.
        records: Source (topic:partition), first offset, offset after the last.
    """
    cells: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    buckets: list[int] = []
    answered: dict[str, tuple[int, int]] = {}
    for item in said:
        if isinstance(item, Exclusion):
            # It has no place in time: it counts where the record before it does.
            cells[buckets[-1] if buckets else NOWHERE][index(Table.INTAKE, item.value)] += 1
            continue
        bucket = bucket_of(item.timestamp)
        buckets.append(bucket)
        if item.answers is None:
            cells[bucket][index(Table.CORRECTIONS, "unanswered")] += 1
            continue
        confirms = item.category == item.answers.category
        cells[bucket][index(Table.CORRECTIONS, "confirmed" if confirms else "changed")] += 1
        for cell, amount in _label(item.category, item.answers, confirms):
            cells[bucket][cell] += amount
        changed, confirmed = answered.get(item.answers.model_version, (0, 0))
        answered[item.answers.model_version] = changed + (not confirms), confirmed + confirms
    source, first, next_offset = records
    return Observation(source, first, next_offset, "", cells, _runs(buckets), answered)


def _runs(buckets: Iterable[float]) -> tuple[tuple[int, int], ...]:
    """Buckets in the order of the input as pairs: bucket, records in a row."""
    return tuple((int(bucket), len(list(alike))) for bucket, alike in groupby(buckets))


@lru_cache(maxsize=8_192)
def _decision_cells(traits: Traits, count: int) -> SharedCells:
    """The cells in which so many decisions alike count."""
    outcome = (Outcome.REVIEW if traits.requires_review else Outcome.ACCEPTED).value
    sure = (index(Table.SURE, traits.category, outcome),) if traits.confidence >= SURE else ()
    cells = (
        index(Table.DECISIONS, traits.category, traits.band, traits.decisive or NOBODY, outcome),
        index(Table.CONFIDENCE, str(confidence_bin(traits.confidence))),
        index(Table.FAMILIARITY, traits.category, traits.familiarity or NOBODY, outcome),
        *sure,
        *(index(Table.VOTED, method) for method in traits.methods),
    )
    return SharedCells(dict.fromkeys(cells, count))


def _label(category: str, answers: Answered, confirms: bool) -> list[tuple[int, int]]:
    """The cells of a label, and what it adds to each: 1, w and w^2, where w is 1 / the probability of being asked."""
    origin = Origin.BLIND if answers.blind else Origin.REVIEW
    verity = Verity.RIGHT if confirms else Verity.WRONG
    weight = 1 / answers.sampling_probability
    amounts = {Stat.COUNT: 1, Stat.WEIGHT: weight * THOUSANDTHS, Stat.WEIGHT_SQUARED: weight**2 * THOUSANDTHS}
    names = (origin.value, category, answers.amount_band.value, verity.value)
    # Rounded here, once per label: sums of whole numbers do not depend on their order.
    return [(index(Table.LABELS, *names, stat.value), round(amount)) for stat, amount in amounts.items()]
