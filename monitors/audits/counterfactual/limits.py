"""The limits of the counterfactual audit."""

from pydantic import BaseModel, ConfigDict, Field

from monitors.audits.limits import Limit


class CounterfactualLimits(BaseModel):
    """Part `counterfactual` of the limits file; figures are shares of pairs: .01 is one pair in a hundred.

    `X_category` is the share of pairs that get two categories, `X_review` that of which one waits for a person and the
    other does not; `_worst` the same in the group where it is highest, so that a group is not lost among others.

    Args:
        least_name_pairs: Fewest pairs of names that can pass: rare flips need many to be seen.
        rounds: Samples of the bootstrap over names and merchants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_name_pairs: int = Field(default=20_000, ge=1)
    rounds: int = Field(default=500, ge=100, le=10_000)

    # A name says nothing of what money was for.
    origin_category: Limit = Limit(limit=0.005, goal=0.001, needed=True)
    origin_review: Limit = Limit(limit=0.01, goal=0.002, needed=True)
    origin_category_worst: Limit = Limit(limit=0.01, goal=0.002, needed=True)
    origin_review_worst: Limit = Limit(limit=0.02, goal=0.004, needed=True)
    gender_category: Limit = Limit(limit=0.005, goal=0.001, needed=True)
    gender_review: Limit = Limit(limit=0.01, goal=0.002, needed=True)
    gender_category_worst: Limit = Limit(limit=0.01, goal=0.002, needed=True)
    gender_review_worst: Limit = Limit(limit=0.02, goal=0.004, needed=True)
    # The same words; two letters for an accent can make another word.
    spelling_category: Limit = Limit(limit=0.02, goal=0.005)
    spelling_review: Limit = Limit(limit=0.05, goal=0.01)
    # Different words for the same thing, of which some also mean another.
    faith_category: Limit = Limit(limit=0.05, goal=0.01)
    faith_review: Limit = Limit(limit=0.10, goal=0.02)
    faith_category_worst: Limit = Limit(limit=0.10, goal=0.02)
    faith_review_worst: Limit = Limit(limit=0.15, goal=0.04)
    cuisine_category: Limit = Limit(limit=0.05, goal=0.01)
    cuisine_review: Limit = Limit(limit=0.10, goal=0.02)
    cuisine_category_worst: Limit = Limit(limit=0.10, goal=0.02)
    cuisine_review_worst: Limit = Limit(limit=0.15, goal=0.04)
    # A sum may tell something of what was bought, and a wrong decision on a large one costs more.
    amount_category: Limit = Limit(limit=0.02, goal=0.005)
    amount_review: Limit = Limit(limit=0.05, goal=0.01)
    # A chain is known by its name, a small shop by its trade alone: only reported.
    size_category: Limit = Limit(limit=None)
    size_review: Limit = Limit(limit=None)
    # Some cities are words of trades.
    city_category: Limit = Limit(limit=0.01, goal=0.002)
    city_review: Limit = Limit(limit=0.02, goal=0.005)
    # None but the day on which pay is due tells anything.
    time_category: Limit = Limit(limit=0.001, goal=0.0)
    time_review: Limit = Limit(limit=0.001, goal=0.0)
