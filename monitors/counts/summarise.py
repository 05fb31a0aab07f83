"""From what happened to a batch to its observation: the worker's side of the monitors."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from models.contracts.corrections import Answered, Correction
from models.decisions.verdict import Decided, Traits, Verdict
from monitors.counts.cells import NOBODY, Exclusion, Origin, Outcome, Stat, Table, Verity, confidence_bin, index
from monitors.counts.observation import BUCKET_SECONDS, NOWHERE, Observation, Sparse, bucket_of

Happened = Decided | Exclusion
"""The fate of one record: a decision, or the reason for which no window holds one."""

Said = Correction | Exclusion
"""The fate of one record of the corrections."""

THOUSANDTHS = 1000
"""Weights are whole numbers of these."""


class _Counting:
    """Counts a batch record by record, in the order of the input."""

    def __init__(self) -> None:
        self.cells: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.runs: list[list[int]] = []
        self.last = NOWHERE

    def run(self, bucket: int) -> list[int]:
        """The run of records that the next one belongs to, for the caller to count it: its bucket and its length."""
        if bucket != self.last:
            self.runs.append([bucket, 0])
            self.last = bucket
        return self.runs[-1]

    def set_aside(self, reason: Exclusion) -> None:
        """Count a record that has no place in time: where the record before it counts."""
        self.cells[self.last][index(Table.INTAKE, reason.value)] += 1

    def observation(
        self,
        records: tuple[str, int, int],
        model_version: str = "",
        answered: Mapping[str, tuple[int, int]] | None = None,
    ) -> Observation:
        """All of it.

        Args:
            records: Source, first offset, offset after the last.
        """
        source, first, next_offset = records
        cells: dict[int, Sparse] = {bucket: dict(counts) for bucket, counts in self.cells.items()}
        runs = tuple((bucket, count) for bucket, count in self.runs)
        return Observation(source, first, next_offset, model_version, cells, runs, answered or {})


def observe(happened: Sequence[Happened], *, records: tuple[str, int, int], model_version: str) -> Observation:
    """Sum up a batch of transactions.

    Args:
        happened: For each record, in the order of the input; those that wait elsewhere for a decision are left out.
        records: Source (topic:partition), first offset, offset after the last.
    """
    batch = _Counting()
    buckets: defaultdict[int, dict[int, int]] = defaultdict(dict)
    known: dict[int, tuple[Verdict, tuple[int, ...]]] = {}
    place, run, alike = math.nan, [NOWHERE, 0], buckets[NOWHERE]  # of the record before; nan is no place
    for item in happened:
        if isinstance(item, Exclusion):
            batch.set_aside(item)
            continue
        verdict, transaction, ahead = item
        # One ahead of the clock would move the windows on, and expire what they hold.
        if ahead:
            batch.set_aside(Exclusion.AHEAD)
            continue
        here = transaction.timestamp.timestamp() // BUCKET_SECONDS
        if here != place:
            place, bucket = here, int(here)
            run, alike = batch.run(bucket), buckets[bucket]
        run[1] += 1
        # By identity: verdicts are shared, and hashing one for each transaction would cost more than counting.
        name = id(verdict)
        if name in alike:
            alike[name] += 1
        else:
            alike[name] = 1
            if name not in known:
                # The verdict is kept alive: an id may be used again once its object is gone.
                known[name] = verdict, _decision_cells(verdict.traits)
    for bucket, counts in buckets.items():
        for name, count in counts.items():  # one pass per distinct (bucket, verdict): the hot loop
            cells = batch.cells[bucket]
            for cell in known[name][1]:
                cells[cell] += count
    return batch.observation(records, model_version)


def observe_corrections(said: Sequence[Said], *, records: tuple[str, int, int]) -> Observation:
    """Sum up a batch of corrections.

    Args:
        said: For each record, in the order of the input.
        records: Source (topic:partition), first offset, offset after the last.
    """
    batch = _Counting()
    answered: dict[str, tuple[int, int]] = {}
    for item in said:
        if isinstance(item, Exclusion):
            batch.set_aside(item)
            continue
        bucket = bucket_of(item.timestamp)
        batch.run(bucket)[1] += 1
        cells = batch.cells[bucket]
        if item.answers is None:
            cells[index(Table.CORRECTIONS, "unanswered")] += 1
            continue
        confirms = item.category == item.answers.category
        cells[index(Table.CORRECTIONS, "confirmed" if confirms else "changed")] += 1
        for cell, amount in _label(item.category, item.answers, confirms):
            cells[cell] += amount
        changed, confirmed = answered.get(item.answers.model_version, (0, 0))
        answered[item.answers.model_version] = changed + (not confirms), confirmed + confirms
    return batch.observation(records, answered=answered)


@lru_cache(maxsize=8_192)
def _decision_cells(traits: Traits) -> tuple[int, ...]:
    """The cells in which a decision counts, one each."""
    outcome = (Outcome.REVIEW if traits.requires_review else Outcome.ACCEPTED).value
    return (
        index(Table.DECISIONS, traits.category, traits.band, traits.decisive or NOBODY, outcome),
        index(Table.CONFIDENCE, str(confidence_bin(traits.confidence))),
        index(Table.FAMILIARITY, traits.category, traits.familiarity or NOBODY, outcome),
        *(index(Table.VOTED, method) for method in traits.methods),
    )


def _label(category: str, answers: Answered, confirms: bool) -> list[tuple[int, int]]:
    """The cells of a label, and what it adds to each: 1, w and w^2, where w is 1 / the probability of being asked."""
    origin = Origin.BLIND if answers.blind else Origin.REVIEW
    verity = Verity.RIGHT if confirms else Verity.WRONG
    weight = 1 / answers.sampling_probability
    amounts = {Stat.COUNT: 1, Stat.WEIGHT: weight * THOUSANDTHS, Stat.WEIGHT_SQUARED: weight**2 * THOUSANDTHS}
    names = (origin.value, category, answers.amount_band.value, verity.value)
    # Rounded here, once per label: sums of whole numbers do not depend on their order.
    return [(index(Table.LABELS, *names, stat.value), round(amount)) for stat, amount in amounts.items()]
