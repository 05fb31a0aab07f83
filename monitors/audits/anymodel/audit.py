"""The audit of a model: every variation, and what follows from the limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.errors import DataError
from models.evaluation.reports.wording import share_text
from models.statistics.paired import holm
from monitors.audits.anymodel.answers import Answers, AuditedModel, approval
from monitors.audits.anymodel.flips import PairFindings, VariationFindings, side_by_side, varied
from monitors.audits.anymodel.limits import ModelLimits
from monitors.audits.anymodel.profiles import Profile
from monitors.audits.anymodel.variations import Variation, clones, distinct, require_learned
from monitors.audits.checks import Check, Outcome, held, overall, points
from monitors.audits.limits import Limit


@dataclass(frozen=True, slots=True)
class ModelFindings:
    """All that the audit found.

    Args:
        outcome: Of all checks together.
        positive: The decision that is approval.
        notes: What a reader must know of this model.
    """

    outcome: Outcome
    checks: tuple[Check, ...]
    variations: tuple[VariationFindings, ...]
    positive: str
    notes: tuple[str, ...]
    limits: ModelLimits


@dataclass(frozen=True, slots=True)
class _Asked:
    """A variation, the profiles that tell it, and what the model said for each value."""

    variation: Variation
    profiles: tuple[Profile, ...]
    repeated: int
    answers: tuple[Answers, ...]


def model_findings(
    model: AuditedModel,
    profiles: Sequence[Profile],
    variations: Sequence[Variation],
    *,
    limits: ModelLimits | None = None,
    positive: str | None = None,
) -> ModelFindings:
    """Ask a model about clones, and hold what differs against the limits.

    Each variation stands alone: everything else stays as the profile has it.

    Args:
        positive: The decision that is approval; None: `1` of 0 and 1, `True` of False and True.

    Raises:
        DataError: A field is absent, a value was never learned, the model cannot take the profiles, or nobody says
            which decision is approval.
    """
    if not profiles:
        raise DataError("there are no profiles to make clones of")
    limits = limits or ModelLimits()
    asked = [_ask(model, profiles, variation.typed(profiles)) for variation in variations]
    good = approval((said for each in asked for answer in each.answers for said in answer.decisions), model.decides,
                    positive)  # fmt: skip
    shown = model.reads or tuple(profiles[0])
    found = [
        varied(
            side_by_side(each.profiles, shown, each.variation, each.answers, good), each.variation, good,
            repeated=each.repeated,
        )
        for each in asked
    ]  # fmt: skip
    adjusted = _adjusted(found)
    checks = tuple(check for each in adjusted for check in _checks(each, limits))
    return ModelFindings(overall(checks), checks, adjusted, good, tuple(_notes(model, asked)), limits)


def _ask(model: AuditedModel, profiles: Sequence[Profile], variation: Variation) -> _Asked:
    if not model.reads or set(variation.fields) & set(model.reads):
        require_learned(profiles, variation, model)
    different = distinct(profiles, variation, model)
    cloned = clones(different, variation)
    # All at once: a model may take as long to start as to answer.
    together = model.answer([profile for group in cloned for profile in group])
    size = len(different)
    answers = [
        Answers(
            together.decisions[start : start + size],
            {name: chances[start : start + size] for name, chances in together.probabilities.items()},
        )
        for start in range(0, size * len(cloned), size)
    ]
    return _Asked(variation, different, len(profiles) - size, tuple(answers))


def _adjusted(found: Sequence[VariationFindings]) -> tuple[VariationFindings, ...]:
    """With the p-values adjusted for all pairs of the audit."""
    values = iter(holm([pair.p for each in found for pair in each.pairs]))
    return tuple(replace(each, pairs=tuple(replace(pair, holm=next(values)) for pair in each.pairs)) for each in found)


def _checks(found: VariationFindings, limits: ModelLimits) -> Iterator[Check]:
    flips, rows = found.flips, found.flips.rows
    about = f"profiles that flip with {found.field}"
    if limits.flip_rate.limit is not None:
        yield _decided(
            f"flip_rate:{found.field}", about, flips.value, limits.flip_rate, limits.flip_rate.limit, flips.interval,
            (), rows, limits.least_profiles, share_text(flips),
        )  # fmt: skip
    if limits.approval_gap.limit is not None:
        widest = max(found.pairs, key=lambda pair: abs(pair.difference))
        gap, interval, between = _toward_better(widest)
        yield _decided(
            f"approval_gap:{found.field}", f"approval by {found.field}", gap, limits.approval_gap,
            limits.approval_gap.limit, interval, between, rows, limits.least_profiles,
            f"{_behind(gap, between)} on the same {rows:,} profiles",
        )  # fmt: skip


def _toward_better(pair: PairFindings) -> tuple[float, tuple[float, float], tuple[str, ...]]:
    """The gap of a pair, its interval and its values, the worse off first; no values where there is no gap."""
    low, high = pair.interval
    if not pair.difference:
        return 0.0, (low, high), ()
    if pair.difference >= 0:
        return pair.difference, (low, high), (pair.other, pair.first)
    return -pair.difference, (-high, -low), (pair.first, pair.other)


def _behind(gap: float, between: tuple[str, ...]) -> str:
    return f"{between[0]} {100 * gap:.1f} points below {between[1]}" if between else "no difference"


def _decided(
    name: str,
    about: str,
    value: float,
    limit: Limit,
    bound: float,
    interval: tuple[float, float],
    between: tuple[str, ...],
    rows: int,
    least: int,
    words: str,
) -> Check:
    outcome, said = held(
        value,
        bound,
        interval[0],
        shown=f"{points(bound)} points",
        chance="but it may be chance",
        above=limit.goal or 0.0,
        few=f"fewer than {least:,} distinct profiles" if rows < least else "",
    )
    why = f"{about[0].upper()}{about[1:]}: {words}; {said}."
    return Check(name, about, value, bound, limit.goal, interval, between, rows, outcome, why, limit.needed)


def _notes(model: AuditedModel, asked: Sequence[_Asked]) -> Iterator[str]:
    for each in asked:
        name = each.variation.name
        if model.reads and not set(each.variation.fields) & set(model.reads):
            yield (
                f"{model.name} does not read {name}, so that no clone can flip. Whether another field stands for it is"
                " not seen by clones: compare approval on real applicants."
            )
        elif any(field not in model.learned for field in each.variation.fields):
            yield f"{model.name} does not say which values of {name} it learned."
        if each.repeated:
            yield f"{each.repeated:,} profiles differ from another in {name} alone and were left out."
