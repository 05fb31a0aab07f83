"""The audit: pairs of each attribute decided, and what follows from the limits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.decisions.ensemble import Ensemble
from monitors.audits.checks import Check, Outcome, held, overall, points
from monitors.audits.counterfactual.flips import AttributeFlips, Decision, Interval, flips_of
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import PEOPLE, WORDS, Attribute, Line, Pair, pairs_of
from monitors.audits.limits import Limit

BATCH = 1_000
"""Lines decided together."""

NAMED = (Attribute.NAME_ORIGIN, Attribute.NAME_GENDER)

Progress = Callable[[int], None]
"""Is told how many lines were decided since the last time."""


@dataclass(frozen=True, slots=True)
class CounterfactualFindings:
    """All that the audit found.

    Args:
        outcome: Of all checks together.
        lines: Distinct lines that were decided.
        people_each: People of each origin and gender.
    """

    outcome: Outcome
    checks: tuple[Check, ...]
    attributes: tuple[AttributeFlips, ...]
    lines: int
    people_each: int
    limits: CounterfactualLimits
    seed: int


def counterfactual_findings(
    ensemble: Ensemble,
    limits: CounterfactualLimits,
    *,
    now: datetime,
    attributes: Sequence[Attribute] = tuple(Attribute),
    people_each: int = PEOPLE,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> CounterfactualFindings:
    """Decide on both sides of each pair, and hold what differs against the limits.

    Args:
        now: The clock, timezone-aware.
        people_each: People of each origin and gender.
        seed: Of the people and of the bootstrap.

    Raises:
        ValueError: There are not so many names.
    """
    found = []
    asked: dict[Line, Decision] = {}
    for attribute in attributes:
        pairs = list(pairs_of(attribute, people_each=people_each, seed=seed))
        _decide(ensemble, pairs, asked, now, progress)
        found.append(flips_of(attribute, pairs, asked.__getitem__, rounds=limits.rounds, seed=seed))
    checks = tuple(check for each in found for check in _checks(each, limits))
    return CounterfactualFindings(overall(checks), checks, tuple(found), len(asked), people_each, limits, seed)


def _decide(
    ensemble: Ensemble, pairs: Sequence[Pair], asked: dict[Line, Decision], now: datetime, progress: Progress
) -> None:
    """Decide on each line that was not asked before."""
    lines = [
        line
        for line in dict.fromkeys(line for pair in pairs for line in (pair.first, pair.second))
        if line not in asked
    ]
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        events = ensemble.categorize([line.transaction(place) for place, line in enumerate(batch)], now=now)
        for line, event in zip(batch, events, strict=True):
            asked[line] = Decision(str(event.category), event.confidence, event.requires_review)
        progress(len(batch))


def _checks(found: AttributeFlips, limits: CounterfactualLimits) -> Iterator[Check]:
    name, about, every = found.attribute.value, WORDS[found.attribute], found.every
    least = limits.least_named if found.attribute in NAMED else limits.least_pairs
    figures: list[tuple[str, str, float, Interval, tuple[str, ...], int]] = [
        (
            "category", f"pairs of another category by {about}", every.category.value, every.category_interval,
            (), every.category.rows,
        ),
        (
            "review", f"pairs of which one waits for a person by {about}", every.review.value, every.review_interval,
            (), every.review.rows,
        ),
    ]  # fmt: skip
    if hasattr(limits, f"{name}_gap"):
        figures.append(_gap(found, about))
    for kind, words, value, bounds, groups, rows in figures:
        limit: Limit = getattr(limits, f"{name}_{kind}")
        if limit.limit is not None:
            yield _decided(f"{name}_{kind}", words, value, limit, bounds, groups, rows, least, every.category.rows)


def _gap(found: AttributeFlips, about: str) -> tuple[str, str, float, Interval, tuple[str, ...], int]:
    """The group that waits most beyond, or least below, the one that it is compared with."""
    worst = max(found.groups, key=lambda each: (abs(each.gap), each.name))
    low, high = worst.gap_interval
    bounds = (low, high) if worst.gap >= 0 else (-high, -low)
    named = (worst.name, worst.against) if worst.gap >= 0 else (worst.against, worst.name)
    return "gap", f"waiting for a person by {about}", abs(worst.gap), bounds, named, worst.review.rows


def _decided(
    name: str,
    about: str,
    value: float,
    limit: Limit,
    bounds: Interval,
    groups: tuple[str, ...],
    rows: int,
    least: int,
    pairs: int,
) -> Check:
    bound = limit.limit or 0.0
    outcome, said = held(
        value,
        bound,
        bounds[0],
        shown=points(bound),
        chance="but it may be chance",
        above=limit.goal or 0.0,
        few=f"fewer than {least:,} pairs" if pairs < least else "",
    )
    between = f" ({groups[0]} beside {groups[1]})" if groups else ""
    why = (
        f"{about[0].upper()}{about[1:]}{between}: {points(value)} points [{points(bounds[0])}, {points(bounds[1])}]"
        f" of {rows:,} pairs; {said}."
    )
    return Check(name, about, value, bound, limit.goal, bounds, groups, rows, outcome, why, limit.needed)
