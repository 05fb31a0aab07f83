"""What the learner learns with, made at its start: limits, what the model knows, and lines it must not cost much."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.contracts.corrections import Correction
from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import judge_each
from models.decisions.known_merchants import KnownMerchants
from models.decisions.line_keys import CorrectionKeys, Finder, line_keys, trade_of
from models.errors import ContractError
from models.learned.online.entries import Limits
from models.learned.online.holdout import Holdout, HoldoutRow
from models.learned.online.keys import LineKeys
from models.learned.online.learner import OnlineLearner
from models.learned.online.state import Means
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights
from models.learned.text_files import memory_of
from models.voters.line import Line, key_of
from models.voters.mcc import MccVoter
from streams.categorizer.ensemble import ensemble_for
from streams.files.sample import load_sample
from streams.learner.memory import Memory
from streams.learner.parking import Parking
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

HOLDOUT_ROWS = 4000
"""Of the shipped sample: in most categories and amount bands the fifty that give one a say."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a learner starts from; the same for as long as the process runs.

    Args:
        model_version: Of the model whose decisions people correct.
        memory: Makes a state that has learned nothing.
    """

    model_version: str
    memory: Callable[[], Memory]


def prepare(settings: Settings) -> Preparation:
    """Load the workers' model, and decide the holdout with it.

    Args:
        settings: Those of the model and of decisions, as the workers have them, and those of learning.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: It has no thresholds for this precision.
        DataError: The shipped sample is missing.
    """
    # Without what was learned and without rules of the bank: what people correct is held against the model.
    ensemble = ensemble_for(settings)
    _, contents = read_artefact(resolve(settings.model))
    known = KnownMerchants(memory_of(contents), ensemble)
    means = Means(
        known=known,
        beginning=known.beginning,
        trade=trade_of,
        secret=settings.learn_secret.get_secret_value().encode(),
        new_text=TextLearner,
        read_text=TextWeights.of,
    )
    holdout = holdout_of(ensemble, load_sample(HOLDOUT_ROWS))
    return preparation(settings, Keys(ensemble), holdout, means, ensemble.model_version)


class Keys:
    """Keys of corrections; one that trips a voter has none, and costs that one only.

    Args:
        finder: Names merchants; the workers' ensemble.
    """

    def __init__(self, finder: Finder) -> None:
        self._keys = CorrectionKeys(finder)

    def prepare(self, corrections: Sequence[Correction]) -> None:
        """Look at several together, which is quicker."""
        try:
            self._keys.prepare(corrections)
        except Exception as error:  # noqa: BLE001  # a bug in a voter: each is looked at by itself
            log.error("looking at corrections together failed (%s)", type(error).__name__)

    def __call__(self, correction: Correction) -> LineKeys | None:
        """The keys of one, or None."""
        try:
            return self._keys(correction)
        except Exception as error:  # noqa: BLE001  # a bug in a voter must not stop the learning of all others
            log.error("a correction could not be looked at (%s)", type(error).__name__)
            return None


def preparation(settings: Settings, keys: Keys, holdout: Holdout, means: Means, model_version: str) -> Preparation:
    """Put a preparation together."""
    limits = limits_of(settings)

    def memory() -> Memory:
        learner = OnlineLearner(limits, keys, holdout, means=means)
        parking = Parking(most=settings.learn_parked, longest=timedelta(hours=settings.learn_parked_hours))
        return Memory(learner, parking, prepare=keys.prepare)

    return Preparation(model_version, memory)


def limits_of(settings: Settings) -> Limits:
    """How far what people say is believed, as the settings say it."""
    return Limits(
        actor_rate=settings.learn_actor_rate,
        agreement=settings.learn_agreement,
        accounts=settings.learn_accounts,
        accounts_share=settings.learn_accounts_share,
        proposals=settings.learn_proposals,
        account_merchants=settings.learn_account_merchants,
    )


def holdout_of(ensemble: Ensemble, transactions: Sequence[Transaction]) -> Holdout:
    """Labelled lines as the model decides them by their text.

    Args:
        transactions: With merchant category codes, which tell the truth and are kept from the model; those whose code
            tells no category are left out.
    """
    codes = MccVoter().vote(transactions)
    labelled = [
        (transaction.model_copy(update={"mcc": None}), ballot.category)
        for transaction, ballot in zip(transactions, codes, strict=True)
        if ballot is not None
    ]
    found = judge_each(ensemble, [transaction for transaction, _ in labelled])
    return Holdout(
        HoldoutRow(
            keys=line_keys(Line(*key_of(transaction)), finding.merchant),
            decided=finding.verdict.category,
            truth=frozenset((truth,)),
            band=finding.verdict.checked["amount_band"].value,
            sure=not finding.verdict.requires_review,
        )
        for (transaction, truth), finding in zip(labelled, found, strict=True)
        if not isinstance(finding, ContractError)
    )
