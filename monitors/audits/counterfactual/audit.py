"""The audit: pairs of each attribute are made and decided, flips counted and held against the limits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from models.decisions.ensemble import Ensemble
from models.statistics.shares import Share
from monitors.audits.checks import Check, Outcome, overall
from monitors.audits.counterfactual.attributes import ATTRIBUTES
from monitors.audits.counterfactual.deciding import clones_of, decided
from monitors.audits.counterfactual.flips import Flips, flips
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.counterfactual.pairs import Attribute
from monitors.audits.counterfactual.pulls import Pull, WorstPair, pulls, worst_pairs
from monitors.audits.limits import Limit

PAIRS = 20_000
"""Pairs of each attribute of names."""

_FIGURES = (("category", "another category"), ("review", "another decision on review"))
_NAMES = frozenset({"origin", "gender"})


@dataclass(frozen=True, slots=True)
class AttributeFindings:
    """What was found of one attribute.

    Args:
        lines: Distinct lines that were decided for it.
        flips: Of all pairs first, then by group.
    """

    attribute: Attribute
    lines: int
    flips: Sequence[Flips]
    pairs: Sequence[WorstPair]
    pulls: Sequence[Pull]

    @property
    def all(self) -> Flips:
        """Of all pairs."""
        return self.flips[0]

    @property
    def worst(self) -> Sequence[Flips]:
        """Those of the grouping that comes first."""
        by = self.flips[1].by
        return [each for each in self.flips if each.by == by]


@dataclass(frozen=True, slots=True)
class CounterfactualFindings:
    """All that the audit found.

    Args:
        outcome: Of all checks together.
        seed: Of the pairs and of the bootstrap.
        asked: Pairs of names that were asked for.
    """

    outcome: Outcome
    checks: Sequence[Check]
    attributes: Sequence[AttributeFindings]
    limits: CounterfactualLimits
    seed: int
    asked: int


def counterfactual_findings(
    ensemble: Ensemble,
    limits: CounterfactualLimits,
    *,
    attributes: Sequence[Attribute] = tuple(ATTRIBUTES.values()),
    pairs: int = PAIRS,
    seed: int = 0,
    on_progress: Callable[[int], None] = lambda _: None,
) -> CounterfactualFindings:
    """Hold an ensemble against the limits.

    Args:
        pairs: At least so many of each attribute of names; at most so many of the others, which have finite lists.
        seed: Of the pairs and of the bootstrap.
        on_progress: Is told how many lines more are decided.
    """
    found = [_found(ensemble, each, limits, pairs, seed, on_progress) for each in attributes]
    checks = [check for each in found for check in _checks(each, limits)]
    return CounterfactualFindings(overall(checks), checks, found, limits, seed, pairs)


def _found(
    ensemble: Ensemble,
    attribute: Attribute,
    limits: CounterfactualLimits,
    count: int,
    seed: int,
    on_progress: Callable[[int], None],
) -> AttributeFindings:
    pairs = attribute.pairs(count, seed)
    said = decided(ensemble, clones_of(pairs), on_progress=on_progress)
    return AttributeFindings(
        attribute,
        len(said),
        flips(pairs, said, rounds=limits.rounds, seed=seed),
        worst_pairs(pairs, said),
        pulls(pairs, said),
    )


def _checks(found: AttributeFindings, limits: CounterfactualLimits) -> Iterator[Check]:
    name = found.attribute.name
    least = limits.least_name_pairs if name in _NAMES else 1
    for figure, words in _FIGURES:
        share: Share = getattr(found.all, figure)
        yield from _check(f"{name}_{figure}", f"{name}: {words}", limits, share, share.interval, least=least)
        worst = max(found.worst, key=lambda each: (getattr(each, figure).value, each.name))
        share, widened = getattr(worst, figure), getattr(worst, f"{figure}_widened")
        about = f"{name}: {words}, highest by {worst.by}"
        # The others have as many pairs, so that the least is asked of all of them together.
        enough = least if found.all.pairs < least else 1
        yield from _check(f"{name}_{figure}_worst", about, limits, share, widened, least=enough, groups=(worst.name,))


def _check(
    name: str,
    about: str,
    limits: CounterfactualLimits,
    share: Share,
    bounds: tuple[float, float],
    *,
    least: int,
    groups: tuple[str, ...] = (),
) -> Iterator[Check]:
    limit: Limit | None = getattr(limits, name, None)
    if limit is None or limit.limit is None:
        return
    if share.value > limit.limit and bounds[0] > (limit.goal or 0.0):
        outcome, said = Outcome.FAIL, f"beyond {_percent(limit.limit)}"
    elif share.value > limit.limit:
        outcome, said = Outcome.NOT_MEASURED, f"beyond {_percent(limit.limit)}, but too few to tell it from chance"
    elif share.rows < least:
        outcome, said = Outcome.NOT_MEASURED, f"too few pairs to pass, {least:,} are needed"
    else:
        outcome, said = Outcome.PASS, f"within {_percent(limit.limit)}"
    named = f" ({groups[0]})" if groups else ""
    why = (
        f"{about[0].upper()}{about[1:]}{named}: {share.hits:,} of {share.rows:,} pairs, {_percent(share.value)}"
        f" [{100 * bounds[0]:.2f}, {100 * bounds[1]:.2f}]; {said}."
    )
    yield Check(
        name, about, share.value, limit.limit, limit.goal, bounds, groups, share.rows, outcome, why, limit.needed
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
