"""Trains the model that the worker serves: `train`, then `save`."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from models.artefacts.artefact import Manifest, manifest_for, read_artefact, sha256, write_artefact
from models.decisions import calibrated
from models.decisions.calibrated import POLICY_FILE, PolicyModel
from models.errors import ArtefactError, DataError
from models.learned import text_files as learned_files
from models.learned.encoder import FILES, Encoder, OnnxEncoder
from models.learned.linear import Floats, TextModel
from models.learned.memory import MerchantMemory, memory_key
from models.learned.neighbours import fit_neighbours
from models.learned.text import LearnedText, Likeness
from models.statistics.histogram import ConfidenceReference
from models.training import examples as source
from models.training.confidence_reference import confidence_reference
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Example, ExampleOrigin, Merchant
from models.training.fit_calibration import fit_calibration, fit_strength, score
from models.training.fit_linear import calibrated as with_calibration
from models.training.fit_linear import fit, has_reference
from models.training.fit_policy import Calibrating, fit_policy
from models.training.policy_metrics import metrics
from models.training.votes import cast_seen, cast_votes
from models.voters.rules import RulesVoter

Progress = Callable[[str], None]
"""Is told, in a few words, what begins."""

_KEPT_NEAR = frozenset((ExampleOrigin.DESCRIPTOR, ExampleOrigin.NAME, ExampleOrigin.GENERATED))
"""Examples that become neighbours: other spellings would only say the same again."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The result of a training, ready to be saved or used.

    Args:
        manifest: Names the files, the data, the configuration and the metrics.
        contents: File name to bytes.
    """

    manifest: Manifest
    contents: dict[str, bytes]

    @property
    def learned(self) -> LearnedText:
        """The learned part, as it will be loaded from its files."""
        return learned_files.from_files(self.contents)

    @property
    def policy(self) -> PolicyModel:
        """The fitted policy, as it will be loaded from its file."""
        return calibrated.from_bytes(self.contents[POLICY_FILE])


@dataclass(frozen=True, slots=True)
class MerchantSplit:
    """Merchants: those learned from, and those held out for calibration and for the metrics."""

    fitted: list[Merchant]
    calibrating: list[Merchant]
    measuring: list[Merchant]


class EncodedOnce:
    """Embeds each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts; see `models.learned.encoder.Encoder`."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self._encoder.encode(fresh), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


def train(config: TrainingConfig, progress: Progress | None = None, *, trained_on: date | None = None) -> TrainedModel:
    """Train on the tables that `config` names.

    First everything without the held-out merchants, which gives the calibrations, the policy, the metrics and the
    confidence reference; then, with those calibrations, the model on all merchants, which is the result.
    Deterministic: equal tables, configuration and library versions on one kind of machine give equal bytes.

    Args:
        trained_on: The day, for the manifest; no file depends on it.

    Raises:
        DataError: A table is missing or malformed, or too small to hold merchants out.
        ArtefactError: There is no encoder where `config` names one.
    """
    say = progress or (lambda _: None)
    say("reading tables")
    encoder_files = encoder_of(config.encoder) if config.encoder else None
    encoder = EncodedOnce(OnnxEncoder(encoder_files)) if encoder_files else None
    merchants, knowledge = source.merchants(config), source.of_knowledge(config)
    split = split_by_merchant(merchants, config)
    say(f"fitting without held-out merchants, {len(split.fitted):,} merchants and {len(knowledge):,} names")
    trial = fit_learned(split.fitted, knowledge, config, encoder)
    say("calibrating on held-out merchants")
    trial = calibrate(trial, split.calibrating)
    rules = RulesVoter()
    known = replace(trial, memory=_memory(split.fitted, config.recency))
    rare = cast_votes(source.unseen_rows(split.calibrating, CURRENCY), known, rules)
    seen = cast_seen(split.calibrating, CURRENCY, trial, rules)
    council = cast_votes(source.council(config), known, rules)
    policy = fit_policy(Calibrating(rare, seen, council))
    measured = {
        "held_out_merchants": metrics(cast_votes(source.unseen_rows(split.measuring, CURRENCY), known, rules), policy),
        "merchants_seen_before": metrics(cast_seen(split.measuring, CURRENCY, trial, rules), policy),
    }
    held_out = [*split.calibrating, *split.measuring]
    reference = confidence_reference(config, trial, merchants=merchants, held_out=held_out, policy=policy)
    say(f"fitting on everything, {len(merchants):,} merchants and {len(knowledge):,} names")
    whole = fit_learned(merchants, knowledge, config, encoder)
    final = replace(
        whole,
        ngrams=with_calibration(whole.ngrams, trial.ngrams.calibration),
        likeness=_calibrated_as(whole.likeness, trial.likeness),
        strength=trial.strength,
        memory=_memory(merchants, config.recency),
    )
    contents = learned_files.to_files(final, encoder_files) | {POLICY_FILE: calibrated.to_bytes(policy)}
    return TrainedModel(_manifest(contents, config, measured, reference, trained_on), contents)


def save(trained: TrainedModel, folder: Path) -> None:
    """Write the artefact into a folder, which is made where it is missing."""
    write_artefact(folder, trained.manifest, trained.contents)


def encoder_of(folder: Path) -> dict[str, bytes]:
    """The files of an artefact's encoder, verified.

    Raises:
        ArtefactError: The artefact is missing or altered, or has no encoder.
    """
    _, contents = read_artefact(folder)
    if missing := [name for name in FILES if name not in contents]:
        raise ArtefactError(f"{folder} has no {', '.join(missing)}: name an artefact that has an encoder")
    return {name: contents[name] for name in FILES}


def split_by_merchant(merchants: Sequence[Merchant], config: TrainingConfig) -> MerchantSplit:
    """Hold merchants out, each with all its branches, by a hash of its first word and the seed.

    Raises:
        DataError: One of the three parts is empty.
    """
    split = MerchantSplit([], [], [])
    for merchant in merchants:
        digest = hashlib.sha256(f"{config.seed} {merchant.group}".encode()).digest()
        place = int.from_bytes(digest[:8]) / 2**64 / config.held_out
        part = split.calibrating if place < 0.5 else split.measuring if place < 1 else split.fitted
        part.append(merchant)
    if not (split.fitted and split.calibrating and split.measuring):
        raise DataError("too few descriptors to hold merchants out; raise `limit` or `held_out`")
    return split


def fit_learned(
    merchants: list[Merchant], knowledge: list[Example], config: TrainingConfig, encoder: EncodedOnce | None
) -> LearnedText:
    """Fit n-grams and, with an encoder, neighbours; not calibrated yet, with an empty memory."""
    learnt = [*source.of_merchants(merchants), *knowledge]
    ngrams = fit(learnt, config)
    likeness = _fit_likeness(learnt, ngrams, config, encoder) if encoder else None
    return LearnedText(ngrams, MerchantMemory(), 1.0, likeness, frozenset((CURRENCY,)))


def _fit_likeness(learnt: list[Example], ngrams: TextModel, config: TrainingConfig, encoder: EncodedOnce) -> Likeness:
    near = [
        example
        for example in learnt
        if example.origin in _KEPT_NEAR and example.category in ngrams.categories and not has_reference(example.text)
    ]
    neighbours = fit_neighbours(
        [example.text for example in near],
        [ngrams.categories.index(example.category) for example in near],
        encoder.encode([example.text for example in near]),
        columns=len(ngrams.categories),
        dimensions=config.dimensions,
    )
    return Likeness(encoder, neighbours, ngrams.calibration)


def _calibrated_as(likeness: Likeness | None, other: Likeness | None) -> Likeness | None:
    return replace(likeness, pooled=other.pooled) if likeness and other else None


def calibrate(trial: LearnedText, calibrating: list[Merchant]) -> LearnedText:
    """Calibrate on merchants that the trial did not learn from.

    Args:
        trial: From `fit_learned`.
        calibrating: Those merchants; one with a category that the trial does not have is passed over.
    """
    known = [merchant for merchant in calibrating if set(merchant.categories()) <= set(trial.categories)]
    texts = [merchant.text for merchant in known]
    likeness = trial.likeness
    scored = score(trial.ngrams, known, likeness.ask(texts).shares if likeness else None)
    trial = replace(
        trial,
        ngrams=with_calibration(trial.ngrams, fit_calibration(scored, pooled=False)),
        likeness=replace(likeness, pooled=fit_calibration(scored, pooled=True)) if likeness else None,
    )
    opinions = trial.opinions(texts).probabilities
    return replace(trial, strength=fit_strength(known, opinions, trial.categories))


def _memory(merchants: Sequence[Merchant], recency: int) -> MerchantMemory:
    return MerchantMemory(
        (memory_key(merchant.text), category, count + (recency - 1) * merchant.recent[category])
        for merchant in merchants
        for category, count in sorted(merchant.categories().items())
        if not has_reference(merchant.text)
    )


def _manifest(
    contents: dict[str, bytes],
    config: TrainingConfig,
    measured: dict[str, dict[str, float]],
    reference: ConfidenceReference | None,
    trained_on: date | None,
) -> Manifest:
    encoder = " --encoder ENCODER" if config.encoder else ""
    dated = f" --trained-on {trained_on}" if trained_on else ""
    settings = {name: value for name, value in asdict(config).items() if name not in ("data", "encoder")}
    return manifest_for(
        contents,
        data={name: sha256(path.read_bytes()) for name, path in source.fingerprint_names(config).items()},
        command=f"evenhand train --output DIR{encoder}{dated}",
        config=settings,
        metrics=measured,
        reference=reference,
        trained_on=trained_on,
    )
