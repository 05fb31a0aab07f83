"""The ensemble that decides, put together from the settings."""

from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble
from streams.settings.settings import Settings


def ensemble_for(settings: Settings) -> Ensemble:
    """Load the ensemble that the settings ask for.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: It has no thresholds for this precision.
    """
    return load_ensemble(
        settings.model, policy=settings.policy, threshold=settings.review_threshold, precision=settings.precision
    )
