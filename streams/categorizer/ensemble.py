"""The ensemble that decides, put together from the settings."""

from models.decisions.ensemble import Ensemble
from models.decisions.line_keys import trade_of
from models.decisions.loading import load_ensemble
from models.learned.online.model import OnlineModel
from models.learned.online.weights import TextWeights
from streams.settings.settings import Settings


def ensemble_for(settings: Settings, *, online: OnlineModel | None = None) -> Ensemble:
    """Load the ensemble that the settings ask for.

    Args:
        online: What people taught since training; None where nobody tells.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: It has no thresholds for this precision.
    """
    return load_ensemble(
        settings.model,
        policy=settings.policy,
        threshold=settings.review_threshold,
        precision=settings.precision,
        online=online,
    )


def worker_ensemble(settings: Settings) -> Ensemble:
    """The same for a worker, which follows what people teach (`follow_updates`); it knows nothing of it yet.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: It has no thresholds for this precision.
    """
    if not settings.learn:
        return ensemble_for(settings)
    secret = settings.learn_secret.get_secret_value().encode()
    return ensemble_for(settings, online=OnlineModel(trade=trade_of, secret=secret, read_text=TextWeights.of))
