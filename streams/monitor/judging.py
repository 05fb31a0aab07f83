"""Everything that a monitor judges by, put together from the settings and the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.artefacts.artefact import read_manifest
from models.artefacts.store import resolve
from monitors.base.contract import Monitor, Reference, Rules
from monitors.base.reference import load_reference
from monitors.catalogue.registry import MONITORS
from monitors.evaluator import Evaluator
from streams.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Judging:
    """Monitors, limits and reference; the same for as long as the process runs.

    Args:
        reference: Figures of the model as of when it was made.
        runbooks: Address of the folder with the runbooks.
    """

    monitors: Sequence[Monitor]
    rules: Rules
    reference: Reference
    model_version: str
    runbooks: str

    def evaluator(self) -> Evaluator:
        """One that has looked at nothing yet."""
        return Evaluator(self.monitors, rules=self.rules, reference=self.reference, model_version=self.model_version)


def load_judging(settings: Settings) -> Judging:
    """Read the manifest of the model that the workers have, and the reference.

    Args:
        settings: `model`, `reference`, `monitor_rules`, `runbooks`.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: The reference cannot be used.
    """
    # The manifest alone: a monitor decides on nothing, and needs none of the model's files in memory.
    manifest = read_manifest(resolve(settings.model))
    return Judging(
        monitors=MONITORS,
        rules=settings.rules,
        reference=load_reference(manifest, settings.reference),
        model_version=manifest.model_version,
        runbooks=settings.runbooks,
    )
