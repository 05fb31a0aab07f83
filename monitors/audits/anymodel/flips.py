"""Clones side by side: who is decided differently, how often, and to whose disadvantage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from models.statistics.intervals import LEVEL, paired_newcombe
from models.statistics.paired import mcnemar
from models.statistics.shares import Share, share
from monitors.audits.anymodel.answers import Answers
from monitors.audits.anymodel.profiles import Profile
from monitors.audits.anymodel.variations import Variation


@dataclass(frozen=True, slots=True)
class CloneRow:
    """One profile with all its clones.

    Args:
        number: Of the profile, from 1.
        profile: Its other fields.
        decisions: One per value of the variation.
        probabilities: Of approval, likewise; empty where the model gives none.
        apart: Largest less smallest probability; None likewise.
    """

    number: int
    profile: Profile
    decisions: tuple[str, ...]
    probabilities: tuple[float, ...]
    apart: float | None
    flipped: bool


@dataclass(frozen=True, slots=True)
class PairFindings:
    """Two values, on the same profiles.

    Args:
        only_first: Profiles that are approved with the first value and not with the other.
        only_other: The reverse.
        difference: Approval with the first less approval with the other.
        interval: 95% interval of it, widened for the number of pairs.
        p: Exact McNemar test that neither direction is more frequent.
        holm: The same, adjusted for all pairs of the audit (Holm 1979).
        change: Mean probability with the first less that with the other; None where the model gives none.
    """

    first: str
    other: str
    only_first: int
    only_other: int
    difference: float
    interval: tuple[float, float]
    p: float
    holm: float
    change: float | None


@dataclass(frozen=True, slots=True)
class ValueFindings:
    """One value of what is varied, on every profile."""

    value: str
    approved: Share
    probability: float | None


@dataclass(frozen=True, slots=True)
class VariationFindings:
    """What one variation showed.

    Args:
        field: What was varied, in words.
        flips: Of the profiles, those whose clones are not all decided alike.
        repeated: Profiles left out, as they differ from another in nothing but what is varied.
        rows: All profiles.
    """

    field: str
    flips: Share
    values: tuple[ValueFindings, ...]
    pairs: tuple[PairFindings, ...]
    repeated: int
    rows: tuple[CloneRow, ...]


def side_by_side(
    profiles: Sequence[Profile], shown: Sequence[str], variation: Variation, answers: Sequence[Answers], positive: str
) -> tuple[CloneRow, ...]:
    """The clones of each profile.

    Args:
        shown: Fields to show of a profile.
        answers: One per value of the variation, on the same profiles.
        positive: The decision that is approval.
    """
    decisions = list(zip(*(each.decisions for each in answers), strict=True))
    given = [each.probabilities.get(positive, ()) for each in answers]
    probabilities = list(zip(*given, strict=True)) or [()] * len(profiles)
    return tuple(
        CloneRow(
            number,
            {name: profile[name] for name in shown if name in profile and name not in variation.fields},
            decided,
            chances,
            round(max(chances) - min(chances), 6) if chances else None,
            len(set(decided)) > 1,
        )
        for number, (profile, decided, chances) in enumerate(zip(profiles, decisions, probabilities, strict=True), 1)
    )


def varied(rows: Sequence[CloneRow], variation: Variation, positive: str, *, repeated: int = 0) -> VariationFindings:
    """Count the flips.

    Args:
        rows: At least one.
    """
    labels = variation.labels
    approved = [[row.decisions[at] == positive for row in rows] for at in range(len(labels))]
    means = [
        sum(row.probabilities[at] for row in rows) / len(rows) if rows[0].probabilities else None
        for at in range(len(labels))
    ]
    return VariationFindings(
        variation.name,
        share(sum(row.flipped for row in rows), len(rows)),
        tuple(
            ValueFindings(label, share(sum(hits), len(rows)), mean)
            for label, hits, mean in zip(labels, approved, means, strict=True)
        ),
        tuple(_pairs(labels, approved, means)),
        repeated,
        tuple(rows),
    )


def _pairs(
    labels: Sequence[str], approved: Sequence[Sequence[bool]], means: Sequence[float | None]
) -> Iterator[PairFindings]:
    pairs = list(combinations(range(len(labels)), 2))
    for first, other in pairs:
        both = list(zip(approved[first], approved[other], strict=True))
        only_first, only_other = both.count((True, False)), both.count((False, True))
        interval = paired_newcombe(
            both.count((True, True)),
            only_first,
            only_other,
            both.count((False, False)),
            level=1 - (1 - LEVEL) / len(pairs),
        )
        difference = (only_first - only_other) / len(both)
        p = mcnemar(only_first, only_other)
        mine, theirs = means[first], means[other]
        change = None if mine is None or theirs is None else mine - theirs
        yield PairFindings(labels[first], labels[other], only_first, only_other, difference, interval, p, p, change)
