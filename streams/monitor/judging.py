"""What a monitor judges by, from the settings."""

from models.artefacts.artefact import read_manifest
from models.artefacts.store import resolve
from monitors.base.reference import load_reference
from monitors.catalogue.registry import MONITORS
from streams.monitor.handler import Judging
from streams.settings.settings import Settings


def load_judging(settings: Settings) -> Judging:
    """Read the manifest of the model that the workers have, and the reference.

    Args:
        settings: `model`, `reference`, `monitor_rules`, `runbooks`.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: The reference cannot be used.
    """
    manifest = read_manifest(resolve(settings.model))
    return Judging(
        monitors=MONITORS,
        rules=settings.rules,
        reference=load_reference(manifest, settings.reference),
        model_version=manifest.model_version,
        runbooks=settings.runbooks,
    )
