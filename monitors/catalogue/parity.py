"""Parity: is one group of transactions worse served than the others?

Two questions, two kinds of labels.

- **How large is the gap?** `value` and `interval`: accuracy of the others less accuracy of the group, over all
  decisions, from every label that people gave, weighted by inverse probability (`monitors.labels.weighting`). Above 0,
  the group is worse off.
- **Is it certain?** `state`: the sequential test (`monitors.statistics.sequential`) of the blind labels alone. They are
  of accepted decisions drawn with equal probability, so that each is a plain Bernoulli trial without a weight. The harm
  tested is the one that nobody would notice: what was posted, wrongly, without a person.

An open alert holds while there is still some evidence (the square root of what warns: half as much, in logarithms) and
the gap over the window is still above the tolerance. Both, since evidence forgets in a thousand labels or two what a
window of seven days may show for days, and since a gap in a small window may be chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from monitors.base.cells_monitor import CellsMonitor
from monitors.base.contract import LEVEL, MonitorName, Reading, ReadingState, Rules, View
from monitors.counts.cells import AXES, ORIGINS, STATS, VERITIES, Counts, Origin, Stat, Table, Verity, table
from monitors.counts.windows import LENGTHS, Window
from monitors.labels.weighting import WeightedShare, share
from monitors.statistics.sequential import Detector, Evidence

_CATEGORY, _BAND = 1, 2
"""Axes of the table of labels."""
_BLIND, _REVIEW = ORIGINS.index(Origin.BLIND), ORIGINS.index(Origin.REVIEW)
_WRONG, _RIGHT = VERITIES.index(Verity.WRONG), VERITIES.index(Verity.RIGHT)
_COUNT, _WEIGHT = STATS.index(Stat.COUNT), STATS.index(Stat.WEIGHT)
_WORDS: Mapping[int, str] = {_CATEGORY: "category", _BAND: "amount band"}


@dataclass(frozen=True, slots=True)
class _Side:
    """Labels of a group, or of all others.

    Args:
        labels: Of both origins.
        right: Those that say that the decision was right.
        blind: Those of accepted decisions drawn at random.
        blind_wrong: Those of them that say that it was wrong.
        share: Estimated share of all decisions that were right; None without a label.
    """

    labels: int
    right: int
    blind: int
    blind_wrong: int
    share: WeightedShare | None

    @classmethod
    def of(cls, sums: Counts) -> "_Side":
        """From sums of shape (ORIGINS, VERITIES, STATS)."""
        both = sums.sum(axis=0)
        return cls(
            labels=int(both[:, _COUNT].sum()),
            right=int(both[_RIGHT, _COUNT]),
            blind=int(sums[_BLIND, :, _COUNT].sum()),
            blind_wrong=int(sums[_BLIND, _WRONG, _COUNT]),
            share=share(both),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """Result of the sequential test for one group in one window."""

    window: Window
    place: int
    statistic: float
    e_value: float


class _Labels(CellsMonitor):
    """A monitor whose part is the table of labels."""

    def project(self, cells: Counts) -> Counts:
        """The labels, shape `monitors.counts.cells.SHAPES[Table.LABELS]`."""
        return table(cells, Table.LABELS)


class _Parity(_Labels):
    """Each group of one axis of the labels against all others."""

    sequential = True
    axis: ClassVar[int]
    across: ClassVar[int]
    """The axis along which the hint says where the errors are."""

    def __init__(self) -> None:
        self._detector = Detector()
        self._blind = _Blind(self.across)

    def result(self, view: View) -> list[Reading]:
        """A reading for each window and each group, whether it has labels or not."""
        evidence = self._evidence(view)
        readings = []
        for window in LENGTHS:
            groups = np.moveaxis(view.parts[window], self.axis, 0)
            everything = groups.sum(axis=0)
            statistic, e_value = (found.tolist() for found in (evidence[window].statistic, evidence[window].e_value))
            for place, own in enumerate(groups):
                found = _Found(window, place, statistic[place], e_value[place])
                readings.append(self._reading(found, own, everything - own, view.rules))
        return readings

    def _evidence(self, view: View) -> Mapping[Window, Evidence]:
        if view.newest is None or not view.series:
            return dict.fromkeys(LENGTHS, Evidence.none(len(AXES[Table.LABELS][self.axis])))
        buckets = np.array([bucket for bucket, _ in view.series])
        blind = self._blind([part for _, part in view.series])
        return self._detector(
            buckets, blind[..., _WRONG], blind.sum(axis=-1), newest=view.newest, tolerance=view.rules.tolerance
        )

    def _reading(self, found: _Found, own: Counts, rest: Counts, rules: Rules) -> Reading:
        group, others = (_Side.of(labels.sum(axis=1)) for labels in (own, rest))
        value, interval = others.share.above(group.share, LEVEL) if group.share and others.share else (None, None)
        state = _state(group, others, found.statistic, rules)
        above = value is not None and value > rules.tolerance
        known = state is not ReadingState.NOT_ENOUGH_DATA
        holds = known and above and found.statistic >= sqrt(rules.warn_evidence)
        name = AXES[Table.LABELS][self.axis][found.place]
        return Reading(
            monitor=self.name,
            window=found.window,
            state=state,
            counts=_counts(group, others),
            category=name if self.axis == _CATEGORY else None,
            group=name if self.axis == _BAND else None,
            value=value,
            interval=interval,
            threshold=rules.tolerance,
            holds=holds,
            evidence=found.statistic,
            e_value=found.e_value,
            reference=others.share.value if others.share else None,
            ratios=_ratios(group.share, others.share),
            hint=_hint(own, self.across, AXES[Table.LABELS][self.across]) if state.severity or holds else "",
        )


class _Blind:
    """Puts the blind labels of buckets side by side; what has not changed since the last time stays where it is.

    Args:
        across: The axis of the labels to sum over, `_CATEGORY` or `_BAND`.
    """

    def __init__(self, across: int) -> None:
        self._across = across
        self._parts: Sequence[Counts] = ()
        self._labels: Counts = np.zeros(0, dtype=np.int64)

    def __call__(self, parts: Sequence[Counts]) -> Counts:
        """Number of labels, shape (parts, groups, VERITIES).

        Args:
            parts: Labels of each bucket; an array that comes again holds what it held.
        """
        if len(parts) == len(self._parts):
            # By identity: comparing contents would cost what this saves.
            for place, (part, known) in enumerate(zip(parts, self._parts, strict=True)):
                if part is not known:
                    self._labels[place] = self._summed([part])[0]
        else:
            self._labels = self._summed(parts)
        self._parts = parts
        return self._labels

    def _summed(self, parts: Sequence[Counts]) -> Counts:
        # Taking the origin out and putting the buckets first leaves the other axes at their places.
        labels: Counts = np.stack([part[_BLIND] for part in parts])[..., _COUNT].sum(axis=self._across)
        return labels


class AmountParity(_Parity):
    """Accuracy in an amount band beside that in the other bands."""

    name = MonitorName.AMOUNT_PARITY
    axis = _BAND
    across = _CATEGORY


class CategoryParity(_Parity):
    """Recall of a category beside that of the others: of what belongs there, the share that was put there."""

    name = MonitorName.CATEGORY_PARITY
    axis = _CATEGORY
    across = _BAND


class MinorityRecall(_Labels):
    """Recall of the rare categories together, by level.

    Rare: the rarest quarter of the categories that have labels, by the number of decisions that their labels stand for.
    One figure for all of them, as each alone would have too few labels to say anything.
    """

    name = MonitorName.MINORITY_RECALL

    def result(self, view: View) -> list[Reading]:
        """A reading for each window."""
        return [self._reading(window, view.parts[window], view.rules) for window in LENGTHS]

    def _reading(self, window: Window, labels: Counts, rules: Rules) -> Reading:
        rare = _rarest(labels)
        own = labels[:, rare].sum(axis=2)
        side = _Side.of(own.sum(axis=1))
        state, holds, interval = ReadingState.NOT_ENOUGH_DATA, False, None
        if side.share:
            interval = side.share.interval(LEVEL)
        if side.share and interval and side.labels >= rules.minimum_labels:
            # By the bound, so that few labels alarm nobody.
            state = ReadingState.WARNING if interval[1] < rules.minority_recall else ReadingState.OK
            holds = 1 - side.share.value > rules.release * (1 - rules.minority_recall)
        names = [AXES[Table.LABELS][_CATEGORY][place] for place in rare]
        return Reading(
            monitor=self.name,
            window=window,
            state=state,
            counts={"labels": side.labels, "right": side.right, "blind": side.blind, "categories": len(rare)},
            value=side.share.value if side.share else None,
            interval=interval,
            threshold=rules.minority_recall,
            holds=holds,
            hint=_hint(own, _CATEGORY, names) if state.severity or holds else "",
        )


def _state(group: _Side, others: _Side, evidence: float, rules: Rules) -> ReadingState:
    # Of both sides: what the group is held against must be known as well.
    if min(group.blind, others.blind) < max(rules.minimum_labels, 1):
        return ReadingState.NOT_ENOUGH_DATA
    if evidence >= rules.page_evidence:
        return ReadingState.PAGE
    return ReadingState.WARNING if evidence >= rules.warn_evidence else ReadingState.OK


def _counts(group: _Side, others: _Side) -> dict[str, int]:
    return {
        "labels": group.labels,
        "right": group.right,
        "blind": group.blind,
        "blind_wrong": group.blind_wrong,
        "others": others.labels,
        "others_right": others.right,
        "others_blind": others.blind,
        "others_blind_wrong": others.blind_wrong,
    }


def _ratios(group: WeightedShare | None, others: WeightedShare | None) -> dict[str, float]:
    """Both directions, each below 1 where the group is worse off: its accuracy over that of the others, and the error
    rate of the others over its own. One with a zero below the line is left out.
    """
    if group is None or others is None:
        return {}
    pairs = {"accuracy": (group.value, others.value), "error": (1 - others.value, 1 - group.value)}
    return {name: above / below for name, (above, below) in pairs.items() if below > 0}


def _rarest(labels: Counts) -> list[int]:
    """Places of the rarest quarter, rounded up, of the categories with labels; none of fewer than four.

    Args:
        labels: Shape `monitors.counts.cells.SHAPES[Table.LABELS]`.
    """
    weights = labels[..., _WEIGHT].sum(axis=(0, 2, 3)).tolist()
    labelled = sorted((weight, place) for place, weight in enumerate(weights) if weight)
    # Fewer than four have no quarter, and the rarest of them would be the usual one.
    return sorted(place for _, place in labelled[: -(-len(labelled) // 4)]) if len(labelled) >= 4 else []


def _hint(labels: Counts, axis: int, names: Sequence[str]) -> str:
    """Count the labels that say "wrong", and name the place along an axis with most of them.

    Args:
        labels: Shape (ORIGINS, names, VERITIES, STATS).
        axis: `_CATEGORY` or `_BAND`.
        names: Along that axis.
    """
    wrong = labels[:, :, _WRONG, _COUNT]
    if not wrong.any():
        return ""
    asked = labels[..., _COUNT].sum(axis=(1, 2))
    most = int(wrong.sum(axis=0).argmax())
    return (
        f"Wrong are {wrong[_BLIND].sum()} of {asked[_BLIND]} blind labels (accepted, and posted wrongly) and "
        f"{wrong[_REVIEW].sum()} of {asked[_REVIEW]} from review; {wrong[:, most].sum()} of these are in "
        f"{_WORDS[axis]} {names[most]}."
    )
