"""The ensemble that decides, put together from the settings."""

from pathlib import Path

from models.artefacts.store import is_artefact
from models.decisions.ensemble import Ensemble
from models.decisions.inspection import load_tried
from models.decisions.loading import load_ensemble, online_model
from models.learned.online.model import OnlineModel
from models.voters.house.rules import HouseRules
from streams.categorizer.promoted_model import PromotedModel
from streams.settings.settings import Settings


def house_rules(settings: Settings) -> HouseRules | None:
    """The bank's own rules; None where the settings name no file.

    Raises:
        FileError: The file cannot be read, or something in it is wrong: nothing decides without rules that were meant.
    """
    return HouseRules.read(Path(settings.house_rules)) if settings.house_rules else None


def promoted_model(settings: Settings) -> PromotedModel | None:
    """The promoted model of the store that the settings name, for those who watch it; None where they name none."""
    store = settings.model
    if store is None or is_artefact(store):
        return None

    def load(folder: Path) -> Ensemble:
        return load_tried(
            folder, policy=settings.policy, threshold=settings.review_threshold, precision=settings.precision
        )

    return PromotedModel(store, load)


def ensemble_for(settings: Settings, *, online: OnlineModel | None = None, house: HouseRules | None = None) -> Ensemble:
    """Load the ensemble that the settings ask for.

    Args:
        online: What people taught since training; None where nobody tells.
        house: The bank's own rules (`house_rules`); None where the model itself is looked at.

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
        house=house,
    )


def worker_ensemble(settings: Settings) -> Ensemble:
    """The same for a worker, which follows what people teach (`follow_updates`); it knows nothing of it yet.

    The bank's own rules are read, and watched from then on (`house_rules`).

    Raises:
        FileError: The file of rules cannot be used.
        ArtefactError: The model cannot be used.
        ConfigurationError: It has no thresholds for this precision.
    """
    house = house_rules(settings)
    if not settings.learn:
        return ensemble_for(settings, house=house)
    online = online_model(settings.learn_secret.get_secret_value().encode())
    return ensemble_for(settings, online=online, house=house)
