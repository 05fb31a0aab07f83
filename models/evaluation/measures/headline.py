"""Everything that is measured on judged decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import DataError
from models.evaluation.judged import Judged
from models.evaluation.measures.categories import CategoryScore, category_scores, macro_f1
from models.evaluation.measures.coverage import CoverageCurve, coverage_curve
from models.evaluation.measures.gaps import ParityTable, parity_tables
from models.evaluation.measures.reliability import Reliability, reliability
from models.statistics.shares import Share, share, share_of


@dataclass(frozen=True, slots=True)
class Scores:
    """The headline.

    Args:
        accuracy: Share that is right of the decisions with a known truth.
        macro_f1: Mean F1 over the truths that occur, in [0, 1].
        coverage: Share that was accepted without review.
        accepted_precision: Share of the accepted that is right; None where none was accepted.
        calibration_error: Expected calibration error over 15 bins of equal width, in [0, 1].
    """

    accuracy: Share
    macro_f1: float
    coverage: Share
    accepted_precision: Share | None
    calibration_error: float
    merchants: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The headline and what lies behind it.

    Args:
        parity: By amount band, basis of the decision and currency; each by transaction and by merchant.
    """

    scores: Scores
    categories: tuple[CategoryScore, ...]
    reliability: Reliability
    coverage: CoverageCurve
    parity: tuple[ParityTable, ...]


def score(judged: Sequence[Judged]) -> Scores:
    """The headline alone.

    Raises:
        DataError: There is nothing to score.
    """
    if not judged:
        raise DataError("nothing to score: no row has a known truth; check the label column, the map and the dates")
    return Scores(
        accuracy=share(sum(each.right for each in judged), len(judged)),
        macro_f1=macro_f1(category_scores(judged)),
        coverage=share(sum(each.accepted for each in judged), len(judged)),
        accepted_precision=share_of([each.right for each in judged if each.accepted]),
        calibration_error=reliability(judged).error,
        merchants=len({each.merchant for each in judged}),
    )


def measure(judged: Sequence[Judged]) -> Metrics:
    """Measure everything.

    Raises:
        DataError: There is nothing to score.
    """
    return Metrics(
        score(judged), category_scores(judged), reliability(judged), coverage_curve(judged), parity_tables(judged)
    )
