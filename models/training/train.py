"""Trains the model that the worker serves: `train`, then `save`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from models.artefacts.artefact import Manifest, manifest_for, read_artefact, sha256, write_artefact
from models.decisions import policy_file
from models.decisions.calibrated import POLICY_FILE, PolicyModel
from models.decisions.precedence import trust as trust_file
from models.decisions.precedence.trust import ONLINE_TRUST_FILE
from models.errors import ArtefactError, DataError
from models.evaluation.judged import Judged
from models.learned import text_files as learned_files
from models.learned.encoder import FILES, Encoder, OnnxEncoder
from models.learned.linear import Floats, TextModel
from models.learned.memory import MerchantMemory, memory_key
from models.learned.neighbours import fit_neighbours
from models.learned.text import LearnedText, Likeness
from models.statistics.histogram import ConfidenceReference
from models.training import examples as source
from models.training.balance.parts import Part, part_of_brand
from models.training.confidence_reference import confidence_reference
from models.training.config import CURRENCY, TrainingConfig
from models.training.examples import Example, ExampleOrigin, Merchant
from models.training.fit_calibration import fit_calibration, fit_strength, score
from models.training.fit_linear import calibrated as with_calibration
from models.training.fit_linear import fit, has_reference
from models.training.fit_policy import fit_policy
from models.training.people import Taught
from models.training.policy_metrics import acceptance_metrics, metrics
from models.training.stand_ins import Informed, half_of, stand_ins, together
from models.training.trial_decisions import trial_decisions
from models.training.trust.corrected import simulate
from models.training.trust.fit_trust import fit_trust, trust_metrics
from models.training.withheld import gazetteer_without, is_withheld, withheld_keys, without_withheld
from models.voters.rules import RulesVoter

VAGUE_SHARE = 0.9
"""Share of a row that is not counted where its code is a catch-all."""

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
        judged: What the trial decided on lines that it never learned from (`models.training.trial_decisions`).
        familiar: Keys of the merchants that the trial remembers.
    """

    manifest: Manifest
    contents: dict[str, bytes]
    judged: Sequence[Judged] = ()
    familiar: frozenset[str] = frozenset()

    @property
    def learned(self) -> LearnedText:
        """The learned part, as it will be loaded from its files."""
        return learned_files.from_files(self.contents)

    @property
    def policy(self) -> PolicyModel:
        """The fitted policy, as it will be loaded from its file."""
        return policy_file.from_bytes(self.contents[POLICY_FILE])


@dataclass(frozen=True, slots=True)
class MerchantSplit:
    """Merchants: those learned from, and those held out for calibration and for the metrics."""

    fitted: list[Merchant]
    calibrating: list[Merchant]
    measuring: list[Merchant]

    def checked(self) -> "MerchantSplit":
        """The split itself.

        Raises:
            DataError: One of the three parts is empty.
        """
        if not (self.fitted and self.calibrating and self.measuring):
            raise DataError("too few descriptors to hold merchants out; raise `limit`")
        return self


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


def train(
    config: TrainingConfig,
    progress: Progress | None = None,
    *,
    trained_on: date | None = None,
    taught: Taught | None = None,
) -> TrainedModel:
    """Train on the tables that `config` names.

    First everything without the held-out merchants, which gives the calibrations, the policy, the metrics and the
    confidence reference; then, with those calibrations, the model on all merchants, which is the result.
    Deterministic: equal tables, configuration and library versions on one kind of machine give equal bytes.

    Args:
        trained_on: The day, for the manifest; no file depends on it.
        taught: What people say of merchants, beside the tables.

    Raises:
        DataError: A table is missing or malformed, or too small to hold merchants out.
        ArtefactError: There is no encoder where `config` names one.
    """
    say = progress or (lambda _: None)
    say("reading tables")
    encoder_files = encoder_of(config.encoder) if config.encoder else None
    encoder = EncodedOnce(OnnxEncoder(encoder_files)) if encoder_files else None
    merchants, knowledge = source.merchants(config), source.of_knowledge(config)
    if taught is not None:
        merchants = taught.over(merchants)
    split = split_by_merchant(merchants)
    withheld = withheld_keys(config)
    # A spelling that does not begin as its withheld name does stays among the fitted: it is learned at the end only.
    fitted = [merchant for merchant in split.fitted if not is_withheld(merchant.text, withheld)]
    open_names = without_withheld(knowledge, withheld)
    say(f"fitting without held-out merchants, {len(fitted):,} merchants and {len(open_names):,} names")
    trial = fit_learned(fitted, open_names, config, encoder)
    say("calibrating on held-out merchants")
    trial = calibrate(trial, split.calibrating)
    known = replace(trial, memory=_memory(fitted, config.recency))
    informed = Informed(known, RulesVoter(), RulesVoter(gazetteer=gazetteer_without(config, withheld)))
    policy = fit_policy(together(stand_ins(config, informed, split.calibrating, half=0)))
    measuring = stand_ins(config, informed, split.measuring, half=1)
    measured = {part.name: metrics(part.rows, policy) for part in measuring} | acceptance_metrics(policy)
    say("simulating corrections on held-out merchants")
    trust = fit_trust(simulate(split.calibrating, informed, policy, seed=config.seed), policy)
    measured |= trust_metrics(simulate(split.measuring, informed, policy, seed=config.seed), trust, policy)
    say("deciding on held-out merchants and generated lines")
    judged = trial_decisions(config, known, policy, split.measuring)
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
    contents = learned_files.to_files(final, encoder_files) | {
        POLICY_FILE: policy_file.to_bytes(policy),
        ONLINE_TRUST_FILE: trust_file.to_bytes(trust),
    }
    manifest = _manifest(contents, config, measured, reference, trained_on, taught)
    familiar = frozenset(memory_key(merchant.text) for merchant in fitted)
    return TrainedModel(manifest, contents, judged, familiar)


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


def split_by_merchant(merchants: Sequence[Merchant]) -> MerchantSplit:
    """Hold merchants out, each with all its branches and spellings: those whose written names are withheld.

    Raises:
        DataError: One of the three parts is empty.
    """
    split = MerchantSplit([], [], [])
    for merchant in merchants:
        if part_of_brand(merchant.text) is Part.TRAIN:
            split.fitted.append(merchant)
        elif half_of(merchant.text) == 0:
            split.calibrating.append(merchant)
        else:
            split.measuring.append(merchant)
    return split.checked()


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
    """The memory of merchants; several texts may have one key."""
    by_key: dict[str, list[Merchant]] = {}
    for merchant in merchants:
        if not has_reference(merchant.text):
            by_key.setdefault(memory_key(merchant.text), []).append(merchant)
    return MerchantMemory(
        (key, category, count)
        for key, named in by_key.items()
        for category, count in remembered_counts(named, recency).items()
    )


def remembered_counts(named: Sequence[Merchant], recency: int) -> dict[str, int]:
    """What the memory keeps of one merchant: category to rows, about as many as it has, shared by recent ones foremost.

    Of rows with a catch-all code one in ten counts: they say how a merchant was registered, not what it sells.

    Args:
        named: The merchant under all its texts.
        recency: How often a row of the last twelve months counts beside an older one.
    """
    weight: Counter[str] = Counter()
    solid = 0.0
    for merchant in named:
        for name, count in merchant.categories().items():
            weight[name] += count + (recency - 1) * merchant.recent[name]
            solid += count - VAGUE_SHARE * merchant.vague[name]
    # One at least, so that nothing that was seen is forgotten.
    return {name: max(1, round(solid * weight[name] / weight.total())) for name in sorted(weight)}


def _manifest(
    contents: dict[str, bytes],
    config: TrainingConfig,
    measured: dict[str, dict[str, float]],
    reference: ConfidenceReference | None,
    trained_on: date | None,
    taught: Taught | None,
) -> Manifest:
    encoder = " --encoder ENCODER" if config.encoder else ""
    dated = f" --trained-on {trained_on}" if trained_on else ""
    settings = {name: value for name, value in asdict(config).items() if name not in ("data", "encoder")}
    if taught is not None:
        settings["corrections"] = taught.summary()
    people = f" --with-corrections CORRECTIONS --consent {taught.terms.consent.value}" if taught else ""
    return manifest_for(
        contents,
        data={name: sha256(path.read_bytes()) for name, path in source.fingerprint_names(config).items()},
        command=f"evenhand train --output DIR{encoder}{dated}{people}",
        config=settings,
        metrics=measured,
        reference=reference,
        trained_on=trained_on,
    )
