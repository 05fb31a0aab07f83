"""The state of all monitors: buckets of event time, and how far each source has been read.

    observations --take--> buckets  [ .  .  .  .  .  .  . ]  newest
                                      |<------ 7 d ------>|
                           sources  transactions:0 -> offset, newest bucket, last bucket

It is a pure function of the set of observations taken: their order between sources, their cuts and their speed make no
difference, and one that comes again changes nothing.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from monitors.counts.cells import Counts, empty
from monitors.counts.observation import BUCKET_SECONDS, NOWHERE, Observation, Sparse
from monitors.counts.windows import KEPT

HOUR = 3_600 // BUCKET_SECONDS
"""Buckets of an hour."""

# Versions come with releases; what is read is the present one, and the ones before after a rollback.
VERSIONS = 8
"""Model versions whose corrections are remembered; the least recently corrected is given up first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The position up to which a source has been read.

    Args:
        next_offset: The first offset not yet observed.
        newest: Newest bucket of the source; its watermark is that less the allowed lateness.
        last: Bucket of its last record that had one: what has no event time of its own counts there.
    """

    next_offset: int = 0
    newest: int = NOWHERE
    last: int = NOWHERE


@dataclass(slots=True)
class Changes:
    """The changes that taking observations made, for whoever stores them.

    Args:
        repeated: Observations that had been taken before.
    """

    buckets: set[int] = field(default_factory=set)
    expired: set[int] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    repeated: int = 0

    def __or__(self, later: "Changes") -> "Changes":
        """Join these changes with those that came after them."""
        return Changes(
            (self.buckets | later.buckets) - later.expired,
            self.expired | later.expired,
            self.sources | later.sources,
            self.repeated + later.repeated,
        )


@dataclass(slots=True)
class History:
    """All counts that the monitors have, by bucket of event time.

    Args:
        lateness: How many buckets behind its source's newest a record may come before it counts as late.
        buckets: Bucket to counts, shape (monitors.counts.cells.SIZE,); the newest `KEPT` buckets only.
        answered: Model version to corrections (that changed, that confirmed), least recently corrected first.
        late: Records that came after their source's watermark; they are counted in their bucket all the same.
        expired: Those of them that came when their source was more than the longest window ahead: no window holds them.
    """

    lateness: int = HOUR
    buckets: dict[int, Counts] = field(default_factory=dict)
    sources: dict[str, Mark] = field(default_factory=dict)
    answered: dict[str, tuple[int, int]] = field(default_factory=dict)
    late: int = 0
    expired: int = 0

    @property
    def newest(self) -> int | None:
        """The newest bucket of all sources; None before the first."""
        newest = max((mark.newest for mark in self.sources.values()), default=NOWHERE)
        return None if newest == NOWHERE else newest

    def take(self, observation: Observation) -> Changes:
        """Add one observation, unless it was taken before: then `repeated` of the changes is 1.

        Args:
            observation: Those of one source come in the order of their offsets.
        """
        mark = self.sources.get(observation.source, Mark())
        # Offsets only rise, so this alone tells a repeat after a crash, whatever the batches were.
        if observation.next_offset <= mark.next_offset:
            return Changes(repeated=1)
        changes = Changes(sources={observation.source})
        newest = self.newest
        self.sources[observation.source] = self._moved(mark, observation)
        over = self._over
        for bucket, cells in observation.cells.items():
            place = mark.last if bucket == NOWHERE else bucket
            if place not in over:
                self._count(place, cells, changes)
        for version, (changed, confirmed) in observation.answered.items():
            # Taken out and put back, so that the order of the dict is that of the newest corrections.
            before = self.answered.pop(version, (0, 0))
            self.answered[version] = before[0] + changed, before[1] + confirmed
        while len(self.answered) > VERSIONS:
            del self.answered[next(iter(self.answered))]
        if newest != self.newest:  # else nothing that is held has become too old
            self._expire(over, changes)
        return changes

    def between(self, first: int, last: int) -> Counts:
        """The counts of the buckets from `first` to `last`, both included, shape (SIZE,)."""
        total = empty()
        for bucket in range(first, last + 1):
            if (counts := self.buckets.get(bucket)) is not None:
                total += counts
        return total

    def _moved(self, mark: Mark, observation: Observation) -> Mark:
        newest, last = mark.newest, mark.last
        for bucket, records in observation.runs:
            self.late += records * (bucket < newest - self.lateness)
            self.expired += records * (bucket <= newest - KEPT)
            newest, last = max(newest, bucket), bucket
        return replace(mark, next_offset=observation.next_offset, newest=newest, last=last)

    def _count(self, bucket: int, cells: Sparse, changes: Changes) -> None:
        counts = self.buckets.get(bucket)
        if counts is None:
            counts = self.buckets[bucket] = empty()
        np.add.at(counts, list(cells), list(cells.values()))
        changes.buckets.add(bucket)

    @property
    def _over(self) -> range:
        """The buckets that no window holds any more."""
        return range(NOWHERE + 1, (NOWHERE if self.newest is None else self.newest - KEPT) + 1)

    def _expire(self, over: range, changes: Changes) -> None:
        for bucket in [bucket for bucket in self.buckets if bucket in over]:
            del self.buckets[bucket]
            changes.buckets.discard(bucket)
            changes.expired.add(bucket)


class Sums:
    """Sums over buckets; those of whole hours are remembered until their owner hears of a change in them."""

    def __init__(self) -> None:
        self._hours: dict[int, Counts] = {}

    def forget(self, changes: Changes) -> None:
        """Add up anew what was changed."""
        for bucket in changes.buckets | changes.expired:
            self._hours.pop(bucket // HOUR, None)

    def between(self, history: History, first: int, last: int) -> Counts:
        """Return the same as `history.between`, from sums of whole hours.

        Args:
            history: Always the same one; what changed in it was told by `forget`.
        """
        whole = range(-(-first // HOUR), (last + 1) // HOUR)
        if not whole:
            return history.between(first, last)
        # Whole hours from memory, the two ends bucket by bucket: a week has 2,016 buckets.
        total = history.between(first, whole.start * HOUR - 1) + history.between(whole.stop * HOUR, last)
        for hour in whole:
            total += self._hour(history, hour)
        return total

    def _hour(self, history: History, hour: int) -> Counts:
        if (known := self._hours.get(hour)) is not None:
            return known
        counts = history.between(hour * HOUR, (hour + 1) * HOUR - 1)
        if counts.any():  # an hour without a bucket would never be forgotten
            self._hours[hour] = counts
        return counts
