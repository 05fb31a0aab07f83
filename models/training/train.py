"""Trains the model that the worker serves: `train`, then `save`."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from models.artefact import Manifest, manifest_for, sha256, write_artefact
from models.errors import DataError
from models.text_files import from_files, to_files
from models.text_model import TextModel
from models.training.calibration import fit_calibration, metrics, score
from models.training.config import TrainingConfig
from models.training.examples import Example, Origin, collect, tables
from models.training.fitting import calibrated, fit

Progress = Callable[[str], None]
"""Is told, in a few words, what begins."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a training made, ready to be saved or used.

    Args:
        manifest: Names the files, the data, the configuration and the metrics.
        contents: File name to bytes.
    """

    manifest: Manifest
    contents: dict[str, bytes]

    @property
    def text(self) -> TextModel:
        """The text model, as it will be loaded from its files."""
        return from_files(self.contents)


@dataclass(frozen=True, slots=True)
class Split:
    """Examples by merchant: those fitted, and those held out for calibration and for the metrics."""

    fitted: list[Example]
    calibrating: list[Example]
    measuring: list[Example]


def train(config: TrainingConfig, progress: Progress | None = None) -> TrainedModel:
    """Train on the tables that `config` names.

    First a model without the held-out merchants, which gives the calibration and the metrics; then, with that
    calibration, the model on everything, which is the result. Deterministic: equal tables, configuration and library
    versions on one kind of machine give equal bytes.

    Args:
        config: Settings.
        progress: Told what begins, for a person who waits.

    Raises:
        DataError: A table is missing or malformed, or too small to hold merchants out.
    """
    say = progress or (lambda _: None)
    say("reading tables")
    examples = collect(config)
    split = split_by_merchant(examples, config)
    say(f"fitting without held-out merchants, {len(split.fitted):,} examples")
    trial = fit(split.fitted, config)
    say("calibrating on held-out merchants")
    repeated = [
        example for example in split.fitted if example.memorable
    ]  # a text fitted once proves nothing about itself
    calibration = fit_calibration((score(trial, each_once(_real(split.calibrating))), score(trial, repeated)))
    measured = metrics(score(trial, each_once(_real(split.measuring))), calibration)
    say(f"fitting on everything, {len(examples):,} examples")
    contents = to_files(calibrated(fit(examples, config), calibration))
    return TrainedModel(_manifest(contents, config, measured), contents)


def save(trained: TrainedModel, folder: Path) -> None:
    """Write the artefact into a folder, which is made where it is missing."""
    write_artefact(folder, trained.manifest, trained.contents)


def split_by_merchant(examples: Sequence[Example], config: TrainingConfig) -> Split:
    """Hold merchants out, each with all its examples, by a hash of merchant and seed.

    Raises:
        DataError: No real descriptor falls into one of the three parts.
    """
    split = Split([], [], [])
    for example in examples:
        digest = hashlib.sha256(f"{config.seed} {example.merchant}".encode()).digest()
        place = int.from_bytes(digest[:8]) / 2**64 / config.held_out
        part = split.calibrating if place < 0.5 else split.measuring if place < 1 else split.fitted
        part.append(example)
    if not all(map(_real, (split.fitted, split.calibrating, split.measuring))):
        raise DataError("too few descriptors to hold merchants out; raise `limit` or `held_out`")
    return split


def each_once(examples: Sequence[Example]) -> list[Example]:
    """The same examples with weights that sum to 1 for each text, so that a frequent merchant counts once."""
    totals: defaultdict[str, float] = defaultdict(float)
    for example in examples:
        totals[example.text] += example.weight
    return [replace(example, weight=example.weight / totals[example.text]) for example in examples]


def _real(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.origin is Origin.DESCRIPTOR]


def _manifest(contents: dict[str, bytes], config: TrainingConfig, measured: dict[str, float]) -> Manifest:
    settings = {name: value for name, value in asdict(config).items() if name != "data"}
    return manifest_for(
        contents,
        data={path.name: sha256(path.read_bytes()) for path in tables(config)},
        command="evenhand train --output DIR",
        config=settings,
        metrics={"held_out_merchants": measured},
    )
