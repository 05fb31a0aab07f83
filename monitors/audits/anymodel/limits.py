"""The limits of an audit of any model."""

from pydantic import BaseModel, ConfigDict, Field

from monitors.audits.limits import Limit


class ModelLimits(BaseModel):
    """Part `model` of the limits file; rates and gaps are shares: .02 is 2 points.

    Args:
        least_profiles: Fewest distinct profiles that can pass: none flipped of a few says little.
        flip_rate: Share of profiles whose clones are not all decided alike.
        approval_gap: Largest difference of approval between two values, over the same profiles. Flips in both
            directions leave it at 0, so that it is held closer than the flips.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_profiles: int = Field(default=200, ge=1)
    flip_rate: Limit = Limit(limit=0.02, goal=0.0, needed=True)
    approval_gap: Limit = Limit(limit=0.01, goal=0.0, needed=True)
