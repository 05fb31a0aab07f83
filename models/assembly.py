"""Putting the ensemble together from an artefact and the shipped tables."""

from pathlib import Path

from models.ensemble import Ensemble
from models.policy import POLICIES
from models.voters.mcc import MccVoter
from models.voters.rules import RulesVoter


def load_ensemble(model: Path | None = None, *, policy: str = "agreement", threshold: float = 0.6) -> Ensemble:
    """Load the model and give the ensemble that decides.

    Args:
        model: Folder of an artefact; None for the one that is shipped.
        policy: Name of the review policy, a key of `models.policy.POLICIES`.
        threshold: Confidence below which a person decides.

    Raises:
        ArtefactError: The artefact is missing, altered or of another format.
    """
    return Ensemble([MccVoter(), RulesVoter()], "rules-only", policy=POLICIES[policy](threshold=threshold))
