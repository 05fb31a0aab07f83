"""The limits of the counterfactual audit, and how few pairs are too few."""

from pydantic import BaseModel, ConfigDict, Field

from monitors.audits.limits import Limit


class CounterfactualLimits(BaseModel):
    """Part `counterfactual` of the limits file; shares of pairs: .01 is 1 point.

    `_category`: pairs whose category differs. `_review`: pairs of which one waits for a person and the other does not.
    `_gap`: how much more often one group waits than the one that it is compared with, the worst group.

    Args:
        least_pairs: Fewest pairs of an attribute that pass anything.
        least_named: Fewest pairs by origin, and by gender, of a name.
        rounds: Samples of the bootstrap.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_pairs: int = Field(default=200, ge=1)
    least_named: int = Field(default=20_000, ge=1)
    rounds: int = Field(default=300, ge=100, le=10_000)

    name_origin_category: Limit = Limit(limit=0.005, goal=0.0, needed=True)
    name_origin_review: Limit = Limit(limit=0.01, goal=0.0, needed=True)
    name_origin_gap: Limit = Limit(limit=0.01, goal=0.0)
    name_gender_category: Limit = Limit(limit=0.005, goal=0.0, needed=True)
    name_gender_review: Limit = Limit(limit=0.01, goal=0.0, needed=True)
    name_gender_gap: Limit = Limit(limit=0.01, goal=0.0)
    # Names that no list has are found by the form of a line alone, and not in every form.
    name_coined_category: Limit = Limit(limit=0.05, goal=0.005)
    name_coined_review: Limit = Limit(limit=0.05, goal=0.01)
    name_coined_gap: Limit = Limit(limit=0.03, goal=0.005)
    spelling_category: Limit = Limit(limit=0.10, goal=0.02)
    spelling_review: Limit = Limit(limit=0.15, goal=0.05)
    faith_category: Limit = Limit(limit=0.05, goal=0.01)
    faith_review: Limit = Limit(limit=0.10, goal=0.02)
    faith_gap: Limit = Limit(limit=0.10, goal=0.02)
    cuisine_category: Limit = Limit(limit=0.05, goal=0.01)
    cuisine_review: Limit = Limit(limit=0.10, goal=0.02)
    cuisine_gap: Limit = Limit(limit=0.10, goal=0.02)
    amount_category: Limit = Limit(limit=0.05, goal=0.01)
    amount_review: Limit = Limit(limit=0.15, goal=0.05)
    city_category: Limit = Limit(limit=0.05, goal=0.01)
    city_review: Limit = Limit(limit=0.10, goal=0.02)
    time_category: Limit = Limit(limit=0.005, goal=0.0)
    time_review: Limit = Limit(limit=0.01, goal=0.0)
    # A chain is in the knowledge base and a small shop is not: that is known, and only reported.
    size_category: Limit = Limit(limit=None)
    size_review: Limit = Limit(limit=None)
