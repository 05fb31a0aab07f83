"""The gate: every gap beside its limit, on labelled decisions."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import DataError
from models.evaluation.judged import Judged
from models.evaluation.measures.headline import Scores, score
from models.statistics.counting import several
from monitors.audits.bias import groups
from monitors.audits.bias.groups import Decisions, Grouping
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.ratios import (
    ALL,
    Floats,
    GroupRatio,
    RatioGap,
    Terms,
    cramers_v,
    gap,
    group_ratios,
    interval,
    widest,
)
from monitors.audits.bias.table import GroupTable, group_table
from monitors.audits.checks import Check, Outcome, held, overall
from monitors.audits.limits import Limit

RESIDUAL = "other"
"""Category of what belongs in no other: no purpose of its own whose recall or F1 is compared."""

MOST_GROUPS = 50
"""Most values of a column that can be groups; more are names or numbers of single rows."""


@dataclass(frozen=True, slots=True)
class BiasFindings:
    """All that the gate found.

    Args:
        outcome: Of all checks together.
        minorities: Categories with fewer rows than the count setting.
        chi_square_p: Of correctness and amount band being independent; None where there are not two of each. At volume
            everything is significant: it decides nothing.
        seed: Of the bootstrap.
    """

    outcome: Outcome
    checks: Sequence[Check]
    scores: Scores
    tables: Sequence[GroupTable]
    categories: GroupTable
    minorities: Sequence[str]
    chi_square_p: float | None
    limits: BiasLimits
    seed: int


def bias_checks(
    judged: Sequence[Judged],
    limits: BiasLimits,
    *,
    known: Container[str] = frozenset(),
    columns: Sequence[str] = (),
    seed: int = 0,
) -> list[Check]:
    """The checks alone; arguments and errors are those of `bias_findings`."""
    return _Audit(judged, limits, known=known, columns=columns, seed=seed).checks


def bias_findings(
    judged: Sequence[Judged],
    limits: BiasLimits,
    *,
    known: Container[str] = frozenset(),
    columns: Sequence[str] = (),
    seed: int = 0,
) -> BiasFindings:
    """Hold decisions against the limits, and lay the groups side by side.

    Args:
        judged: With as many `groups` as there are columns.
        known: Keys of merchants that the training knows.
        columns: Names of the columns that the auditor named.
        seed: Of the bootstrap over merchants.

    Raises:
        DataError: There is nothing to score, or a column has more than `MOST_GROUPS` values.
    """
    scores = score(judged)
    audit = _Audit(judged, limits, known=known, columns=columns, seed=seed)
    return BiasFindings(
        overall(audit.checks),
        audit.checks,
        scores,
        audit.tables(),
        audit.categories(),
        audit.minorities,
        audit.chi_square_p,
        limits,
        seed,
    )


class _Audit:
    """All checks of one set of decisions."""

    def __init__(
        self,
        judged: Sequence[Judged],
        limits: BiasLimits,
        *,
        known: Container[str],
        columns: Sequence[str],
        seed: int,
    ) -> None:
        checked = _count(limits, columns)
        gate = _Gate(Decisions.of(judged), limits, seed, checked)
        decisions = gate.decisions
        band, currency = groups.by_band(decisions), groups.by_currency(decisions)
        familiar, code = groups.by_familiarity(decisions, known), groups.by_code(decisions)
        named = groups.by_columns(decisions, columns)
        for each in named:
            _require_groups(each)
        self.chi_square_p, association = gate.association(band)
        # A label that allows several categories says nothing of any one of them.
        single = _Gate(Decisions.of([each for each in judged if len(each.truth) == 1]), limits, seed, checked)
        self.minorities, categories = single.categories()
        checks = [
            *gate.by_band(band),
            association,
            *categories,
            gate.widest("currency_parity", "accuracy by currency", decisions.accuracy(currency)),
            gate.widest(
                "currency_equal_confidence", "acceptance at equal confidence by currency", decisions.excess(currency)
            ),
            gate.widest(
                "familiar_parity", "accuracy on familiar and unfamiliar merchants", decisions.accuracy(familiar)
            ),
            gate.widest(
                "familiar_precision",
                "right of the accepted, familiar and unfamiliar merchants",
                decisions.precision(familiar),
            ),
            gate.widest("code_parity", "accuracy with and without merchant category code", decisions.accuracy(code)),
            *(check for each in named for check in gate.of_column(each)),
        ]
        self.checks = [check for check in checks if check is not None]
        self._gate, self._single = gate, single
        self._groupings = (band, currency, familiar, code, *named)

    def tables(self) -> list[GroupTable]:
        """The groups of each kind side by side."""
        return [self._gate.table(each) for each in self._groupings]

    def categories(self) -> GroupTable:
        """The categories side by side, of rows with one truth."""
        return self._single.table(groups.by_truth(self._single.decisions))


class _Gate:
    """Makes checks of figures."""

    def __init__(self, decisions: Decisions, limits: BiasLimits, seed: int, checks: int) -> None:
        self.decisions = decisions
        self._limits, self._seed, self._checks = limits, seed, checks

    def table(self, by: Grouping) -> GroupTable:
        """The groups side by side."""
        return group_table(self.decisions, by, least=self._limits.least_rows)

    def widest(self, name: str, about: str, terms: Terms, *, kind: str = "") -> Check | None:
        """The gap of the best and the worst group.

        Args:
            kind: Name of the limit, where it is another than that of the check.
        """
        enough = self._enough(self._ratios(terms))
        return self._check(name, about, widest(enough, checks=self._checks), enough, kind=kind)

    def weakest(self, name: str, about: str, terms: Terms) -> Check | None:
        """The worst group beside all rows."""
        ratios = self._ratios(terms)
        enough = self._enough(ratios)
        lowest = min(
            (ratio for ratio in enough if ratio.name != RESIDUAL),
            key=lambda ratio: (ratio.value, ratio.name),
            default=None,
        )
        # Of one group alone nothing can be said.
        found = gap(lowest, ratios[ALL], among=len(enough), checks=self._checks) if lowest and len(enough) > 1 else None
        return self._check(name, about, found, enough)

    def by_band(self, band: Grouping) -> Iterator[Check | None]:
        """The checks by size of the amount."""
        decisions, by = self.decisions, "by amount band"
        yield self.widest("amount_parity", f"accuracy {by}", decisions.accuracy(band))
        yield self.widest("amount_acceptance", f"acceptance {by}", decisions.acceptance(band))
        yield self.widest("amount_equal_confidence", f"acceptance at equal confidence {by}", decisions.excess(band))

    def categories(self) -> tuple[list[str], list[Check | None]]:
        """The rare categories, and the checks by what is true."""
        decisions, truth = self.decisions, groups.by_truth(self.decisions)
        rare, minority = self.minority(truth)
        equal = "acceptance at equal confidence by category"
        return rare, [
            minority,
            self.weakest("category_recall", "recall of the weakest category, beside all", decisions.accuracy(truth)),
            self.f1(truth),
            self.widest("category_equal_confidence", equal, decisions.excess(truth)),
        ]

    def f1(self, truth: Grouping) -> Check | None:
        """The gap of F1 between the categories that are often enough true."""
        counts = np.bincount(truth.numbers, minlength=len(truth.names))
        often = {name for name, rows in zip(truth.names, counts, strict=True) if rows >= self._limits.least_rows}
        often.discard(RESIDUAL)
        enough = [ratio for ratio in self._enough(self._ratios(self.decisions.f1())) if ratio.name in often]
        return self._check("category_f1", "F1 by category", widest(enough, checks=self._checks), enough)

    def minority(self, truth: Grouping) -> tuple[list[str], Check | None]:
        """The rare categories, and the mean of their recalls beside the accuracy on all rows."""
        ratios = self._ratios(self.decisions.accuracy(truth))
        rare = [ratio for name, ratio in ratios.items() if name != ALL and ratio.rows < self._limits.minority_count]
        names = [ratio.name for ratio in rare]
        about = f"mean recall of categories with fewer than {self._limits.minority_count} rows, beside all"
        if not rare:
            return names, self._unmeasured("minority_recall", about, "no category has so few rows")
        samples = np.column_stack([ratio.samples for ratio in rare])
        held = np.isfinite(samples)
        means = np.where(held, samples, 0).sum(axis=1) / np.maximum(held.sum(axis=1), 1)
        mean = float(np.mean([ratio.value for ratio in rare]))
        merchants, rows = sum(ratio.clusters for ratio in rare), sum(ratio.rows for ratio in rare)
        together = GroupRatio(f"{len(rare)} rare categories", mean, rows, merchants, means)
        if merchants < self._limits.least_merchants:
            return names, self._unmeasured(
                "minority_recall",
                about,
                f"{several(merchants, 'merchant')} in {several(len(rare), 'rare category', 'rare categories')}",
                rows,
            )
        found = gap(together, ratios[ALL], among=2, checks=self._checks)
        return names, self._check("minority_recall", about, found, [together])

    def association(self, band: Grouping) -> tuple[float | None, Check | None]:
        """Whether being right hangs on the amount: chi-square p, and Cramer's V beside its limit."""
        about = "association of being right with the amount band (Cramer's V)"
        right = self.decisions.right.astype(bool)
        table = np.array([np.bincount(band.numbers[right == hit], minlength=len(band.names)) for hit in (True, False)])
        if min(table.shape) < 2 or not table.sum(axis=1).all():
            return None, self._unmeasured(
                "amount_association", about, "not two bands, or nothing wrong", int(table.sum())
            )
        p, v = cramers_v(table.tolist())
        spread = self._spread_of_v(band)
        limit = self._limits.amount_association
        bounds = interval(v, spread, among=self._checks, least=0.0)
        return p, self._decided(
            "amount_association", about, limit, v, bounds, (), int(table.sum()),
            f"V {v:.3f} of {int(table.sum()):,} rows, chi-square p {p:.2g}, which decides nothing",
        )  # fmt: skip

    def of_column(self, by: Grouping) -> Iterator[Check]:
        """The checks of a column that the auditor named."""
        decisions = self.decisions
        figures: tuple[tuple[str, str, Callable[[Grouping], Terms]], ...] = (
            ("column_parity", "accuracy", decisions.accuracy),
            ("column_acceptance", "acceptance (demographic parity)", decisions.acceptance),
            ("column_equal_confidence", "acceptance at equal confidence", decisions.excess),
        )
        for kind, words, terms in figures:
            if check := self.widest(f"{kind}:{by.by}", f"{words} by {by.by}", terms(by), kind=kind):
                yield check
        for words, weight in (("right", decisions.right), ("wrong", 1 - decisions.right)):
            terms_of = Terms(decisions.accepted * weight, weight, decisions.clusters, by.numbers, by.names)
            about = f"acceptance among {words} decisions (equalized odds) by {by.by}"
            name = f"column_equalized_odds:{by.by}:{words}"
            if check := self.widest(name, about, terms_of, kind="column_equalized_odds"):
                yield check

    def _spread_of_v(self, band: Grouping) -> Floats:
        """Bootstrap samples of Cramer's V over merchants, from the accuracies of the bands and their shares of rows."""
        ratios = self._ratios(self.decisions.accuracy(band))
        shares = np.bincount(band.numbers, minlength=len(band.names)) / len(band.numbers)
        every = ratios[ALL].samples
        apart = sum(share * (ratios[name].samples - every) ** 2 for name, share in zip(band.names, shares, strict=True))
        with np.errstate(invalid="ignore", divide="ignore"):
            spread: Floats = np.sqrt(apart / (every * (1 - every)))
        return spread

    def _ratios(self, terms: Terms) -> dict[str, GroupRatio]:
        return group_ratios(terms, rounds=self._limits.rounds, seed=self._seed)

    def _enough(self, ratios: dict[str, GroupRatio]) -> list[GroupRatio]:
        limits = self._limits
        return [
            ratio
            for name, ratio in ratios.items()
            if name != ALL and ratio.rows >= limits.least_rows and ratio.clusters >= limits.least_merchants
        ]

    def _check(
        self, name: str, about: str, found: RatioGap | None, enough: Sequence[GroupRatio], *, kind: str = ""
    ) -> Check | None:
        limits = self._limits
        if found is None:
            few = f"not two groups with {limits.least_rows} rows and {limits.least_merchants} merchants or more"
            return self._unmeasured(name, about, few, sum(ratio.rows for ratio in enough), kind=kind)
        worse, better = found.worse, found.better
        words = (
            f"{_of(worse)}, {_of(better)}: {100 * found.value:.1f} points"
            f" [{100 * found.interval[0]:.1f}, {100 * found.interval[1]:.1f}]"
        )
        limit: Limit = getattr(limits, kind or name)
        rows = sum(ratio.rows for ratio in enough)
        return self._decided(name, about, limit, found.value, found.interval, (worse.name, better.name), rows, words)

    def _decided(
        self,
        name: str,
        about: str,
        limit: Limit,
        value: float,
        bounds: tuple[float, float],
        between: tuple[str, ...],
        rows: int,
        words: str,
    ) -> Check | None:
        if limit.limit is None:
            return None
        chance = "but too few merchants to tell it from chance"
        outcome, said = held(value, limit.limit, bounds[0], shown=_points(limit.limit), chance=chance)
        why = f"{about[0].upper()}{about[1:]}: {words}; {said}."
        return Check(name, about, value, limit.limit, limit.goal, bounds, between, rows, outcome, why, limit.needed)

    def _unmeasured(self, name: str, about: str, why: str, rows: int = 0, *, kind: str = "") -> Check | None:
        limit: Limit = getattr(self._limits, kind or name)
        if limit.limit is None:
            return None
        said = f"{about[0].upper()}{about[1:]}: not measured, {why}."
        return Check(
            name, about, None, limit.limit, limit.goal, None, (), rows, Outcome.NOT_MEASURED, said, limit.needed
        )


def _count(limits: BiasLimits, columns: Sequence[str]) -> int:
    """Checks that are made: each limit, those of columns once per column, and equalized odds of right and of wrong."""
    held = [name for name, limit in limits if isinstance(limit, Limit) and limit.limit is not None]
    of_column = [name for name in held if name.startswith("column_")]
    odds = "column_equalized_odds" in of_column
    return max(1, len(held) - len(of_column) + len(columns) * (len(of_column) + odds))


def _require_groups(by: Grouping) -> None:
    if len(by.names) > MOST_GROUPS:
        raise DataError(
            f"column {by.by} has {len(by.names):,} values, groups are at most {MOST_GROUPS}: name a column of groups"
        )


def _of(ratio: GroupRatio) -> str:
    return f"{ratio.name} {100 * ratio.value:.1f}% of {ratio.rows:,}"


def _points(value: float) -> str:
    return f"{100 * value:g} points"
