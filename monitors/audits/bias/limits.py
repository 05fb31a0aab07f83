"""The limits of the bias gate, and how few rows are too few."""

from pydantic import BaseModel, ConfigDict, Field

from monitors.audits.limits import Limit


class BiasLimits(BaseModel):
    """Part `bias` of the limits file; gaps are shares: .10 is 10 points.

    Args:
        least_rows: Fewest rows of a group that is compared.
        least_merchants: Fewest distinct merchants of it: rows of one merchant are no independent evidence.
        minority_count: A category with fewer rows is a minority.
        rounds: Samples of the bootstrap over merchants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_rows: int = Field(default=30, ge=1)
    least_merchants: int = Field(default=10, ge=2)
    minority_count: int = Field(default=20, ge=1)
    rounds: int = Field(default=500, ge=100, le=10_000)

    amount_parity: Limit = Limit(limit=0.10, goal=0.01, needed=True)
    amount_acceptance: Limit = Limit(limit=0.15, goal=0.05)
    amount_equal_confidence: Limit = Limit(limit=0.05, goal=0.01)
    amount_association: Limit = Limit(limit=0.20, goal=0.05)
    minority_recall: Limit = Limit(limit=0.15, goal=0.02)
    category_recall: Limit = Limit(limit=0.30, goal=0.10)
    category_f1: Limit = Limit(limit=0.50, goal=0.10)
    category_equal_confidence: Limit = Limit(limit=0.30, goal=0.05)
    currency_parity: Limit = Limit(limit=0.10, goal=0.01)
    currency_equal_confidence: Limit = Limit(limit=0.45, goal=0.01)
    familiar_parity: Limit = Limit(limit=0.45, goal=0.10)
    familiar_precision: Limit = Limit(limit=0.10, goal=0.02)
    code_parity: Limit = Limit(limit=0.30, goal=0.05)
    column_parity: Limit = Limit(limit=0.10, goal=0.01)
    column_acceptance: Limit = Limit(limit=0.10, goal=0.01)
    column_equal_confidence: Limit = Limit(limit=0.05, goal=0.01)
    column_equalized_odds: Limit = Limit(limit=0.10, goal=0.02)
